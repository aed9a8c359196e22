package immagin

import (
	"context"
	"fmt"
	"html/template"
	"sync"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// TemplateOptions are the settings of [TemplateFuncs]. The zero value of a
// field is its default.
type TemplateOptions struct {
	// Prefix of all names, such as "immagin_", where others are called the
	// same; none by default.
	Prefix string
	// Sources are the formats of the sources of {{picture}} where it names
	// none, see [PictureOptions].
	Sources []edit.Output
	// Size returns the size of an original, upright, from where the program
	// keeps it. It is asked where the height of a picture is not known from
	// the template. Without it such pictures have no height attribute, and the
	// page may jump when they come.
	Size func(ctx context.Context, key string) (width, height int, err error)
	// Placeholder returns the placeholder of an original, from where the
	// program keeps it; [Images.Placeholder] by default, whose answers are kept
	// for ten minutes.
	Placeholder func(ctx context.Context, key string) (*Placeholder, error)
}

// TemplateFuncs returns functions for templates of html/template, which sign
// URLs as client does. ctx is for what takes a call: the project's secret,
// once, unless the client's [Options] have it, and placeholders. It is that of
// the program, or of a request where the template is cloned for one:
//
//	t.Clone() … .Funcs(immagin.TemplateFuncs(r.Context(), client, nil))
//
// These make markup, of an original's key and options in any order:
//
//	{{img "hero.jpg" (w 800)}}                                  <img …> for screens of density 1 and 2
//	{{img "hero.jpg" (w 400 800 1600) (sizes "50vw")}}          <img …> for any width of the page
//	{{picture "hero.jpg" (w 800) (h 600) (alt .Title)}}         <picture> with sources by format
//	<a href="{{url "hero.jpg" (w 1600)}}">                      one URL
//	<img srcset="{{srcset "hero.jpg" (w 400 800)}}" …>          a srcset
//	<div style="background: url('{{placeholder "hero.jpg"}}')"> a data URL of less than 1 KB
//
// These are options of the picture: w (widths), h (the height that goes with
// the largest width), fit, position, background, blur, sharpen, grayscale,
// rotate, edits (of type []edit.Edit, for all others), format (several are a
// picture's sources, the best first, and last what its img has), quality and
// version. And these of the element: alt, sizes, densities, size (width and
// height of the original), loading, decoding, priority, class and
// withPlaceholder (no argument: the placeholder is shown until the picture is
// there). Options that mean nothing where they stand are errors, which end the
// template.
//
// What they return is of html/template's types for safe content, and escaped
// already, whatever the keys and texts are.
func TemplateFuncs(ctx context.Context, client *Client, opts *TemplateOptions) template.FuncMap {
	t := &templates{ctx: ctx, images: client.Images}
	if opts != nil {
		t.TemplateOptions = *opts
	}
	if t.Placeholder == nil {
		kept := &keptPlaceholders{images: client.Images}
		t.Placeholder = kept.get
	}
	funcs := template.FuncMap{}
	for name, f := range t.markup() {
		funcs[t.Prefix+name] = f
	}
	for name, f := range tagOptions() {
		funcs[t.Prefix+name] = f
	}
	return funcs
}

type templates struct {
	TemplateOptions
	ctx    context.Context
	images *Images
}

func (t *templates) markup() map[string]any {
	return map[string]any{
		"img":     t.img,
		"picture": t.picture,
		"url":     t.url,
		"srcset":  t.srcset,
		"placeholder": func(key string) (template.URL, error) {
			p, err := t.Placeholder(t.ctx, key)
			if err != nil {
				return "", err
			}
			if err := p.check(); err != nil {
				return "", err
			}
			return template.URL(p.DataURL), nil
		},
	}
}

func (t *templates) img(key string, options ...tagOption) (template.HTML, error) {
	g, err := newTag("img", key, options)
	if err != nil {
		return "", err
	}
	output, err := g.output()
	if err != nil {
		return "", err
	}
	g.Sources, g.Output = []edit.Output{}, &output
	p, err := t.element(g)
	if err != nil {
		return "", err
	}
	return p.Img.HTML(), nil
}

func (t *templates) picture(key string, options ...tagOption) (template.HTML, error) {
	g, err := newTag("picture", key, options)
	if err != nil {
		return "", err
	}
	if n := len(g.formats); n > 0 {
		g.Sources = []edit.Output{}
		for _, f := range g.formats[:n-1] {
			g.Sources = append(g.Sources, edit.Output{Format: f, Quality: g.quality})
		}
		g.Output = &edit.Output{Format: g.formats[n-1], Quality: g.quality}
	} else {
		g.Sources = t.Sources
		g.Output = &edit.Output{Format: edit.FormatJPEG, Quality: g.quality}
	}
	p, err := t.element(g)
	if err != nil {
		return "", err
	}
	return p.HTML(), nil
}

// element makes what img and picture have in common.
func (t *templates) element(g *tag) (*Picture, error) {
	edits, err := g.allEdits()
	if err != nil {
		return nil, err
	}
	o := g.PictureOptions
	switch {
	case len(g.widths) == 1:
		o.Width = g.widths[0]
	case len(g.widths) > 1:
		o.Widths = g.widths
	}
	if o.OriginalWidth == 0 && t.Size != nil {
		if o.OriginalWidth, o.OriginalHeight, err = t.Size(t.ctx, g.key); err != nil {
			return nil, g.because(err)
		}
	}
	if len(g.widths) == 0 && resizeWidth(edits) == 0 {
		if o.OriginalWidth == 0 {
			return nil, g.wrong("needs a width, such as (w 800)")
		}
		// As large as it is: there is nothing to choose from.
		o.Width, o.Densities = o.OriginalWidth, []float64{1}
	}
	if g.withPlaceholder {
		if o.Placeholder, err = t.Placeholder(t.ctx, g.key); err != nil {
			return nil, g.because(err)
		}
	}
	p, err := t.images.picture(t.ctx, g.key, edits, &o, true)
	if err != nil {
		return nil, g.because(err)
	}
	return p, nil
}

func (t *templates) url(key string, options ...tagOption) (template.URL, error) {
	g, err := newTag("url", key, options)
	if err != nil {
		return "", err
	}
	if len(g.widths) > 1 {
		return "", g.wrong("takes one width, not %d", len(g.widths))
	}
	edits, opts, err := g.urlOptions()
	if err != nil {
		return "", err
	}
	if len(g.widths) == 1 {
		edits = atWidth(edits, g.widths[0])
	}
	u, err := t.images.URL(t.ctx, key, edits, opts)
	if err != nil {
		return "", g.because(err)
	}
	return template.URL(u), nil
}

func (t *templates) srcset(key string, options ...tagOption) (template.Srcset, error) {
	g, err := newTag("srcset", key, options)
	if err != nil {
		return "", err
	}
	edits, opts, err := g.urlOptions()
	if err != nil {
		return "", err
	}
	var set string
	switch {
	case len(g.widths) > 1 && len(g.Densities) > 0:
		return "", g.wrong("takes several widths or densities, not both")
	case len(g.widths) > 1:
		set, err = t.images.SrcSet(t.ctx, key, edits, g.widths, opts)
	default:
		width, densities := 0, g.Densities
		if len(g.widths) == 1 {
			width = g.widths[0]
		}
		if len(densities) == 0 {
			densities = []float64{1, 2}
		}
		set, err = t.images.DensitySrcSet(t.ctx, key, edits, width, densities, opts)
	}
	if err != nil {
		return "", g.because(err)
	}
	return template.Srcset(set), nil
}

// keptPlaceholders remembers a bounded number of placeholders.
type keptPlaceholders struct {
	images *Images
	mu     sync.Mutex
	byKey  map[string]keptPlaceholder
}

type keptPlaceholder struct {
	*Placeholder
	ends time.Time
}

const (
	mostPlaceholders = 1024
	placeholderAge   = 10 * time.Minute
)

func (k *keptPlaceholders) get(ctx context.Context, key string) (*Placeholder, error) {
	k.mu.Lock()
	kept, ok := k.byKey[key]
	k.mu.Unlock()
	if ok && time.Now().Before(kept.ends) {
		return kept.Placeholder, nil
	}
	p, err := k.images.Placeholder(ctx, key, nil)
	if err != nil {
		return nil, fmt.Errorf("placeholder of %.60q: %w", key, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byKey == nil || len(k.byKey) >= mostPlaceholders {
		k.byKey = map[string]keptPlaceholder{}
	}
	k.byKey[key] = keptPlaceholder{p, time.Now().Add(placeholderAge)}
	return p, nil
}
