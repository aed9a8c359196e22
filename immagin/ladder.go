package immagin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A Ladder is one signature for a set of pictures: the URLs of one original
// at several widths, densities and formats, of which a page or a script may
// choose by the query, without the secret.
//
//	https://…/{payload}?w=800&dpr=2&fm=avif&sig=…
//
// All of the set is in the payload, so that there are no more pictures than
// were signed for: len(Widths) times len(Densities) times len(Formats), at most
// 16 each. It is an extension: other servers of Immagin may not know it. A
// Ladder may be used by any number of goroutines.
type Ladder struct {
	request   edit.Request
	path      string // of the URLs, up to the query
	signature string
}

// Ladder signs the set of pictures that ladder lists, of an original after
// edits. The width chosen is that of the first resize; where edits have none,
// one is put first. A height that it has stays as it is at every width, which
// is why [Ladder.SrcSet] and [Ladder.Picture] refuse one. Formats go with
// opts.Output, whose options each must have. Faults of the ladder are errors of
// [edit.Request.Payload].
func (i *Images) Ladder(ctx context.Context, key string, edits []edit.Edit, ladder edit.Ladder, opts *URLOptions) (*Ladder, error) {
	if len(ladder.Widths) == 0 {
		return nil, errNoWidths
	}
	ladder.Widths = distinct(ladder.Widths)
	ladder.Densities = distinct(ladder.Densities)
	ladder.Formats = distinct(ladder.Formats)
	edits = slices.Clone(edits)
	if firstResize(edits) < 0 {
		edits = atWidth(edits, slices.Max(ladder.Widths))
	}
	request := edit.Request{Key: key, Edits: edits, Ladder: &ladder}
	if opts != nil {
		request.Version = opts.Version
		if opts.Output != nil {
			request.Output = new(*opts.Output)
		}
		if !opts.Expires.IsZero() {
			request.Expires = new(ceilUnix(opts.Expires))
		}
	}
	payload, err := request.Payload()
	if err != nil {
		return nil, fmt.Errorf("immagin: %w", err)
	}
	p, err := i.c.signer(ctx)
	if err != nil {
		return nil, err
	}
	return &Ladder{request, p.delivery + "/" + payload, p.keyring.Sign(payload)}, nil
}

// URL returns the URL of one picture of the set. A density of 0 is 1, and an
// empty format the output's; any other choice is an error unless it is of the
// ladder's lists, since the server would refuse it.
func (l *Ladder) URL(width int, density float64, format edit.Format) (string, error) {
	if _, err := l.request.Resolve(width, density, format); err != nil {
		return "", fmt.Errorf("immagin: %w", err)
	}
	return l.path + "?" + l.request.Ladder.Query(width, density, format) + "&sig=" + l.signature, nil
}

// SrcSet returns the text of a srcset attribute with all widths of the set in
// one format, as [Images.SrcSet] does.
func (l *Ladder) SrcSet(format edit.Format) (string, error) {
	if err := l.proportional(); err != nil {
		return "", err
	}
	return widthSet(l.request.Ladder.Widths, func(width int) (string, error) { return l.URL(width, 0, format) })
}

// DensitySrcSet returns the text of a srcset attribute with all densities of
// the set at one width in one format, as [Images.DensitySrcSet] does. Density 1
// comes first even if the set does not list it.
func (l *Ladder) DensitySrcSet(width int, format edit.Format) (string, error) {
	if err := l.proportional(); err != nil {
		return "", err
	}
	return densitySet(l.densities(), func(density float64) (string, error) { return l.rung(width, density, format) })
}

func (l *Ladder) densities() []float64 {
	return distinct(append([]float64{1}, l.request.Ladder.Densities...))
}

// rung is URL where a density of 1 need not be of the list.
func (l *Ladder) rung(width int, density float64, format edit.Format) (string, error) {
	if density == 1 {
		density = 0
	}
	return l.URL(width, density, format)
}

func (l *Ladder) proportional() error {
	if r := l.request.Edits[firstResize(l.request.Edits)].(edit.Resize); r.Height > 0 {
		return fmt.Errorf("immagin: a srcset of a ladder takes a resize without a height: its pictures would be %d pixels high at every width", r.Height)
	}
	return nil
}

// Picture returns a picture element over the set. Widths are the ladder's,
// unless options have Densities or the ladder has one width only; Sources are
// the ladder's formats in their order, but the output's. Both may be narrowed by
// the options, whose Output, Version and Expires must be empty: those are signed
// already. Of Sources only the format counts. At density 1 the picture is as
// wide as Width, or as the next larger width of the set.
func (l *Ladder) Picture(opts *PictureOptions) (*Picture, error) {
	if err := l.proportional(); err != nil {
		return nil, err
	}
	var o PictureOptions
	if opts != nil {
		o = *opts
	}
	if o.Output != nil || o.Version != "" || !o.Expires.IsZero() {
		return nil, errors.New("immagin: picture: Output, Version and Expires of a ladder are signed already")
	}
	ladder := l.request.Ladder
	o.Output = new(edit.Output)
	if l.request.Output != nil {
		*o.Output = *l.request.Output
	}
	fallback := o.Output.WithDefaults().Format
	if o.Sources == nil {
		for _, f := range ladder.Formats {
			if f != fallback && f != edit.FormatAuto {
				o.Sources = append(o.Sources, edit.Output{Format: f})
			}
		}
	}
	if len(o.Widths) == 0 && len(o.Densities) == 0 {
		if len(ladder.Widths) > 1 {
			o.Widths = ladder.Widths
		} else {
			o.Densities = l.densities()
		}
	}
	b := &pictureBuilder{PictureOptions: o, edits: l.request.Edits}
	b.url = func(output edit.Output, width int, density float64) (string, error) {
		if output == *b.Output {
			output.Format = "" // that of the output, as it is signed
		}
		return l.rung(width, density, output.Format)
	}
	b.base = rungFor(ladder.Widths, b.width())
	return b.build()
}

// rungFor returns the smallest of widths that is no less than width, or else
// the largest.
func rungFor(widths []int, width int) int {
	best := slices.Max(widths)
	for _, w := range widths {
		if w >= width && w < best {
			best = w
		}
	}
	return best
}
