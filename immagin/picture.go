package immagin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// PictureOptions are the settings of [Images.Picture]. The zero value of a
// field is its default.
type PictureOptions struct {
	// Widths that the browser chooses from, in pixels, by Sizes and the
	// screen's density; for pictures that are as wide as the page lets them.
	Widths []int
	// Sizes is the sizes attribute that goes with Widths: how wide the picture
	// stands on the page. By default as wide as the page, and at most Width.
	Sizes string
	// Densities of the screen that the browser chooses by where there are no
	// Widths: for pictures that are as wide on every page. 1 and 2 by default.
	Densities []float64

	// Sources are the formats of the sources, the best first, with their
	// options. By default there is one of WebP with Output's quality, or none
	// where Output is WebP or auto; none for an empty list that is not nil.
	// Name only what the server encodes: a browser takes a source by its type,
	// and shows nothing where that fails.
	Sources []edit.Output
	// Output is what the img has, which all browsers show; JPEG by default.
	// Pictures with alpha want PNG.
	Output *edit.Output
	// Version and Expires are those of [URLOptions].
	Version string
	Expires time.Time

	// Width and Height of the img in CSS pixels, which keep its place while it
	// loads. Width is also that of the picture at density 1; by default the
	// first resize's, or else the largest of Widths. Height is by default what
	// the edits leave at that width.
	Width, Height int
	// OriginalWidth and OriginalHeight are the size of the original, upright,
	// as [Metadata] tells it (stored, where edits say AutoOrient(false)).
	// Where no Height is given they are needed to know one, unless a resize
	// has both sides and a fit that fills them.
	OriginalWidth, OriginalHeight int

	// Alt says what is to be seen, for those who do not see it; empty for what
	// is decoration.
	Alt string
	// Loading is "lazy", the default, or "eager", for what is to be seen at
	// once.
	Loading string
	// Decoding is "async", the default, "sync" or "auto".
	Decoding string
	// FetchPriority is "high", "low" or "auto"; left out by default.
	FetchPriority string
	// Class is the img's class attribute; left out by default.
	Class string
	// Placeholder, whose DataURL is shown until the picture is there, as a
	// background: not for pictures with alpha, which would let it through.
	// Policies against inline styles keep it from being shown.
	Placeholder *Placeholder
}

// A Picture is a picture element: one image in several formats and sizes, of
// which the browser takes one. Its text is HTML in full, by [Picture.HTML].
type Picture struct {
	// Sources in the order in which browsers try them.
	Sources []Source
	// Img is the last that they try, and says how all are shown.
	Img Img
}

// A Source is one source of a [Picture]: what stands in its attributes, not
// escaped.
type Source struct {
	// Type is the media type, such as "image/webp".
	Type string
	// SrcSet and Sizes are the attributes of these names. Sizes is empty where
	// SrcSet is by densities.
	SrcSet, Sizes string
}

// An Img is an img element: what stands in its attributes, not escaped. Empty
// ones are left out, but Alt never is.
type Img struct {
	Src, SrcSet, Sizes string
	// Width and Height in CSS pixels; 0 where they are not known.
	Width, Height               int
	Alt, Loading, Decoding      string
	FetchPriority, Class, Style string
}

// Picture returns a picture element for an original after edits: sources by
// format and by width or density, and an img. nil options are all defaults.
// Where the size of the picture cannot be known, the error says what to give:
// without it the page would jump when the picture comes.
//
//	picture, err := client.Images.Picture(ctx, "hero.jpg", nil, &immagin.PictureOptions{
//		Widths: []int{400, 800, 1600}, Width: 800, OriginalWidth: 4000, OriginalHeight: 3000,
//	})
func (i *Images) Picture(ctx context.Context, key string, edits []edit.Edit, opts *PictureOptions) (*Picture, error) {
	return i.picture(ctx, key, edits, opts, false)
}

// picture leaves out what is not known of the size if that is allowed.
func (i *Images) picture(ctx context.Context, key string, edits []edit.Edit, opts *PictureOptions, sizeless bool) (*Picture, error) {
	var o PictureOptions
	if opts != nil {
		o = *opts
	}
	if o.Output == nil {
		o.Output = &edit.Output{Format: edit.FormatJPEG}
	}
	if o.Sources == nil {
		o.Sources = defaultSources(*o.Output)
	}
	b := &pictureBuilder{PictureOptions: o, edits: edits, sizeless: sizeless}
	b.url = func(output edit.Output, width int, density float64) (string, error) {
		w := width
		if density != 1 {
			var err error
			if w, err = dense(width, density); err != nil {
				return "", err
			}
		}
		return i.URL(ctx, key, atWidth(edits, w), &URLOptions{Output: orNil(output), Version: o.Version, Expires: o.Expires})
	}
	return b.build()
}

// defaultSources is WebP, unless browsers get that, or choose, anyway.
func defaultSources(fallback edit.Output) []edit.Output {
	switch fallback.Format {
	case "", edit.FormatWebP, edit.FormatAuto:
		return nil
	}
	return []edit.Output{{Format: edit.FormatWebP, Quality: fallback.Quality}}
}

// A pictureBuilder makes a picture of URLs that come from somewhere.
type pictureBuilder struct {
	PictureOptions
	edits    []edit.Edit
	sizeless bool
	// base is the width at density 1 that url is asked for; width by default.
	base int
	// url is of the picture at a density times width.
	url func(output edit.Output, width int, density float64) (string, error)
}

func (b *pictureBuilder) build() (*Picture, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	width := b.width()
	if width <= 0 {
		return nil, errors.New("immagin: picture: give Width, Widths, or a resize among the edits")
	}
	if len(b.Widths) > 0 && b.Sizes == "" {
		b.Sizes = fmt.Sprintf("(max-width: %dpx) 100vw, %[1]dpx", width)
	}
	p := &Picture{Img: Img{
		Sizes: b.Sizes, Alt: b.Alt, Loading: b.Loading, Decoding: b.Decoding,
		FetchPriority: b.FetchPriority, Class: b.Class,
	}}
	if b.base == 0 {
		b.base = width
	}
	for _, output := range b.Sources {
		set, err := b.set(output)
		if err != nil {
			return nil, err
		}
		p.Sources = append(p.Sources, Source{Type: mimeTypes[output.Format], SrcSet: set, Sizes: b.Sizes})
	}
	var err error
	if p.Img.Src, err = b.url(*b.Output, b.base, 1); err != nil {
		return nil, err
	}
	if p.Img.SrcSet, err = b.set(*b.Output); err != nil {
		return nil, err
	}
	if p.Img.Width, p.Img.Height, err = b.size(width); err != nil {
		return nil, err
	}
	if b.Placeholder != nil {
		if p.Img.Style, err = b.Placeholder.style(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (b *pictureBuilder) set(output edit.Output) (string, error) {
	if len(b.Widths) > 0 {
		return widthSet(b.Widths, func(w int) (string, error) { return b.url(output, w, 1) })
	}
	return densitySet(b.Densities, func(d float64) (string, error) { return b.url(output, b.base, d) })
}

// check refuses what no attribute may be, and fills in defaults.
func (b *pictureBuilder) check() error {
	for _, f := range []struct {
		name    string
		value   *string
		allowed []string
		zero    string
	}{
		{"Loading", &b.Loading, []string{"lazy", "eager"}, "lazy"},
		{"Decoding", &b.Decoding, []string{"async", "sync", "auto"}, "async"},
		{"FetchPriority", &b.FetchPriority, []string{"high", "low", "auto"}, ""},
	} {
		switch {
		case *f.value == "":
			*f.value = f.zero
		case !slices.Contains(f.allowed, *f.value):
			return fmt.Errorf("immagin: picture: %s must be one of %v, not %q", f.name, f.allowed, *f.value)
		}
	}
	switch {
	case len(b.Widths) > 0 && len(b.Densities) > 0:
		return errors.New("immagin: picture: give Widths or Densities, not both")
	case b.Sizes != "" && len(b.Widths) == 0:
		return errors.New("immagin: picture: Sizes is for Widths, of which there are none")
	case b.Width < 0 || b.Height < 0 || b.OriginalWidth < 0 || b.OriginalHeight < 0:
		return errors.New("immagin: picture: no width or height may be negative")
	}
	for _, s := range b.Sources {
		if mimeTypes[s.Format] == "" {
			return fmt.Errorf("immagin: picture: a source must have a format of its own, not %q", s.Format)
		}
	}
	if len(b.Densities) == 0 {
		b.Densities = []float64{1, 2}
	}
	return nil
}

// width is that of the picture at density 1.
func (b *pictureBuilder) width() int {
	if b.Width > 0 {
		return b.Width
	}
	if w := resizeWidth(b.edits); w > 0 {
		return w
	}
	if len(b.Widths) > 0 {
		return slices.Max(b.Widths)
	}
	return 0
}

// size is what the img tells: what the caller wants, in the picture's
// proportions.
func (b *pictureBuilder) size(width int) (int, int, error) {
	if b.Width > 0 && b.Height > 0 {
		return b.Width, b.Height, nil
	}
	s, err := size{b.OriginalWidth, b.OriginalHeight}.after(atWidth(b.edits, width))
	switch {
	case err != nil && b.sizeless:
		return width, b.Height, nil
	case err != nil:
		return 0, 0, fmt.Errorf("immagin: picture: %w", err)
	case b.Width > 0:
		return b.Width, proportional(s.height, b.Width, s.width), nil
	case b.Height > 0:
		return proportional(s.width, b.Height, s.height), b.Height, nil
	}
	return s.width, s.height, nil
}

// mimeTypes are those of formats that can be told beforehand.
var mimeTypes = map[edit.Format]string{
	edit.FormatWebP: "image/webp",
	edit.FormatJPEG: "image/jpeg",
	edit.FormatPNG:  "image/png",
	edit.FormatAVIF: "image/avif",
	edit.FormatGIF:  "image/gif",
	edit.FormatJP2:  "image/jp2",
	edit.FormatTIFF: "image/tiff",
	edit.FormatHEIF: "image/heif",
}

// attributes lists what an img has, in order.
func (m *Img) attributes() []attribute {
	return []attribute{
		{"src", m.Src, true},
		{"srcset", m.SrcSet, false},
		{"sizes", m.Sizes, false},
		{"width", pixels(m.Width), false},
		{"height", pixels(m.Height), false},
		{"alt", m.Alt, true},
		{"loading", m.Loading, false},
		{"decoding", m.Decoding, false},
		{"fetchpriority", m.FetchPriority, false},
		{"class", m.Class, false},
		{"style", m.Style, false},
	}
}

func pixels(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}
