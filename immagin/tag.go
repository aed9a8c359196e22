package immagin

import (
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A tag is what a template asks for in one place.
type tag struct {
	PictureOptions
	name, key string

	widths          []int
	resize          edit.Resize // its width is of widths
	edits           []edit.Edit
	formats         []edit.Format
	quality         int
	withPlaceholder bool
	given           []string // names of options, in order
}

// A tagOption sets one thing of a tag. Templates make them by the functions of
// these names.
type tagOption struct {
	name string
	set  func(*tag)
}

// tagOptions are the functions that make options.
func tagOptions() map[string]any {
	text := func(name string, set func(*tag, string)) func(string) tagOption {
		return func(s string) tagOption { return tagOption{name, func(g *tag) { set(g, s) }} }
	}
	number := func(name string, set func(*tag, int)) func(int) tagOption {
		return func(n int) tagOption { return tagOption{name, func(g *tag) { set(g, n) }} }
	}
	factor := func(name string, e func(float64) edit.Edit) func(float64) tagOption {
		return func(v float64) tagOption { return tagOption{name, func(g *tag) { g.edits = append(g.edits, e(v)) }} }
	}
	return map[string]any{
		"w":          func(widths ...int) tagOption { return tagOption{"w", func(g *tag) { g.widths = widths }} },
		"h":          number("h", func(g *tag, n int) { g.resize.Height = n }),
		"fit":        text("fit", func(g *tag, s string) { g.resize.Fit = edit.Fit(s) }),
		"position":   text("position", func(g *tag, s string) { g.resize.Position = edit.Position(s) }),
		"background": text("background", func(g *tag, s string) { g.resize.Background = edit.Color(s) }),
		"blur":       factor("blur", func(v float64) edit.Edit { return edit.Blur(v) }),
		"sharpen":    factor("sharpen", func(v float64) edit.Edit { return edit.Sharpen(v) }),
		"rotate":     factor("rotate", func(v float64) edit.Edit { return edit.Rotate{Angle: v} }),
		"grayscale": func() tagOption {
			return tagOption{"grayscale", func(g *tag) { g.edits = append(g.edits, edit.Grayscale(true)) }}
		},
		"edits": func(edits []edit.Edit) tagOption {
			return tagOption{"edits", func(g *tag) { g.edits = append(g.edits, edits...) }}
		},
		"format": func(formats ...string) tagOption {
			return tagOption{"format", func(g *tag) {
				for _, f := range formats {
					g.formats = append(g.formats, edit.Format(f))
				}
			}}
		},
		"quality": number("quality", func(g *tag, n int) { g.quality = n }),
		"version": text("version", func(g *tag, s string) { g.Version = s }),

		"alt":   text("alt", func(g *tag, s string) { g.Alt = s }),
		"sizes": text("sizes", func(g *tag, s string) { g.Sizes = s }),
		"densities": func(densities ...float64) tagOption {
			return tagOption{"densities", func(g *tag) { g.Densities = densities }}
		},
		"size": func(width, height int) tagOption {
			return tagOption{"size", func(g *tag) { g.OriginalWidth, g.OriginalHeight = width, height }}
		},
		"loading":  text("loading", func(g *tag, s string) { g.Loading = s }),
		"decoding": text("decoding", func(g *tag, s string) { g.Decoding = s }),
		"priority": text("priority", func(g *tag, s string) { g.FetchPriority = s }),
		"class":    text("class", func(g *tag, s string) { g.Class = s }),
		"withPlaceholder": func() tagOption {
			return tagOption{"withPlaceholder", func(g *tag) { g.withPlaceholder = true }}
		},
	}
}

// ofElements are the options that URLs alone do not have.
var ofElements = []string{"alt", "sizes", "size", "loading", "decoding", "priority", "class", "withPlaceholder"}

// newTag takes the options, and refuses what says nothing or twice.
func newTag(name, key string, options []tagOption) (*tag, error) {
	g := &tag{name: name, key: key}
	for _, o := range options {
		switch {
		case o.set == nil:
			return nil, g.wrong("has an option that none of its functions made")
		case slices.Contains(g.given, o.name) && o.name != "edits":
			return nil, g.wrong("has the option %s twice", o.name)
		case (name == "url" || name == "srcset") && slices.Contains(ofElements, o.name),
			name == "url" && o.name == "densities":
			return nil, g.wrong("has no option %s", o.name)
		}
		g.given = append(g.given, o.name)
		o.set(g)
	}
	if slices.Contains(g.given, "w") && len(g.widths) == 0 {
		return nil, g.wrong("needs at least one width after w")
	}
	for _, w := range g.widths {
		if w < 1 {
			return nil, g.wrong("needs widths above 0, not %d", w)
		}
	}
	g.widths = distinct(g.widths)
	return g, nil
}

// wrong says which place of the template is.
func (g *tag) wrong(format string, arguments ...any) error {
	return fmt.Errorf("immagin: {{%s %.60q}}: "+format, append([]any{g.name, g.key}, arguments...)...)
}

// because says so of an error that names its package already.
func (g *tag) because(err error) error { return fmt.Errorf("{{%s %.60q}}: %w", g.name, g.key, err) }

// allEdits returns the edits, in front of which h, fit, position and background
// put a resize.
func (g *tag) allEdits() ([]edit.Edit, error) {
	for _, name := range []string{"h", "fit", "position", "background"} {
		if !slices.Contains(g.given, name) {
			continue
		}
		switch {
		case len(g.widths) == 0:
			return nil, g.wrong("has %s, which goes with w", name)
		case firstResize(g.edits) >= 0:
			return nil, g.wrong("has %s, but its edits have a resize: say it there", name)
		case name != "h" && !slices.Contains(g.given, "h"):
			return nil, g.wrong("has %s, which goes with w and h", name)
		case name == "h" && g.resize.Height < 1:
			return nil, g.wrong("needs a height above 0, not %d", g.resize.Height)
		}
		r := g.resize
		r.Width = slices.Max(g.widths)
		return append([]edit.Edit{r}, g.edits...), nil
	}
	return g.edits, nil
}

// output is the one that goes without sources.
func (g *tag) output() (edit.Output, error) {
	switch len(g.formats) {
	case 0:
		return edit.Output{Quality: g.quality}, nil
	case 1:
		return edit.Output{Format: g.formats[0], Quality: g.quality}, nil
	}
	return edit.Output{}, g.wrong("takes one format, not %d: a picture takes several", len(g.formats))
}

func (g *tag) urlOptions() ([]edit.Edit, *URLOptions, error) {
	edits, err := g.allEdits()
	if err != nil {
		return nil, nil, err
	}
	output, err := g.output()
	if err != nil {
		return nil, nil, err
	}
	return edits, &URLOptions{Output: orNil(output), Version: g.Version}, nil
}

// orNil leaves out an output that says nothing.
func orNil(o edit.Output) *edit.Output {
	if o == (edit.Output{}) {
		return nil
	}
	return &o
}
