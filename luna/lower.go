package luna

import (
	"fmt"
	"image"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/op"
)

// lower turns canonical edits into operations, one after the other, on an
// image whose size is known at every step. What it makes is right but slow:
// the other passes are there to improve it.
func (p *planner) lower(edits []edit.Edit) error {
	l := &lowering{
		planner: p,
		width:   p.Source.Shape.Width,
		height:  p.Source.Shape.Height,
		alpha:   p.decoded.Layout.HasAlpha(),
	}
	orient := true
	for _, e := range edits {
		if o, ok := e.(edit.AutoOrient); ok {
			orient = bool(o)
		}
	}
	if orient {
		if err := l.add(op.Orient{Orientation: op.Orientation(p.Source.Orientation)}); err != nil {
			return err
		}
	}
	for _, e := range edits {
		if err := l.edit(e); err != nil {
			return err
		}
	}
	return nil
}

// A lowering is the planner with what is known of the image after the
// operations so far.
type lowering struct {
	*planner
	width, height int
	alpha         bool
	grayed        bool // an edit took the colours
	trimmed       bool // the size is the largest that can be
}

// add appends operations that change no alpha.
func (l *lowering) add(ops ...op.Op) error {
	for _, o := range ops {
		w, h, err := extent(o, l.width, l.height)
		if err != nil {
			return err
		}
		l.width, l.height = w, h
		l.Ops = append(l.Ops, o)
	}
	return nil
}

// edit lowers one edit. Those that are no case of it are refused.
func (l *lowering) edit(e edit.Edit) error {
	if l.trimmed {
		return l.later(e)
	}
	switch e := e.(type) {
	case edit.AutoOrient:
		return nil // has run
	case edit.Resize:
		return l.resize(e)
	case edit.Rotate:
		return l.rotate(e)
	case edit.Flip:
		return l.add(op.Flip{})
	case edit.Flop:
		return l.add(op.Flop{})
	case edit.Crop:
		return l.add(op.Crop{Rect: image.Rect(e.Left, e.Top, e.Left+e.Width, e.Top+e.Height)})
	case edit.Extend:
		return l.extend(e)
	case edit.Trim:
		return l.trim(e)
	case edit.Flatten:
		return l.flatten(e)
	case edit.Blur:
		return l.premultiplied(op.Blur{Sigma: float64(e)})
	case edit.Sharpen:
		return l.premultiplied(op.Sharpen{Sigma: float64(e)})
	case edit.Grayscale:
		return l.grayscale()
	case edit.Modulate:
		return l.modulate(e)
	case edit.Tint:
		return l.tint(e)
	case edit.Invert:
		return l.invert()
	case edit.Normalize:
		return l.normalize(e)
	case edit.Contrast:
		return l.add(contrast(e))
	case edit.Gamma:
		return l.add(gamma(e))
	case edit.Sigmoid:
		return l.add(sigmoid(e))
	case edit.Text:
		return l.text(e)
	case edit.Image:
		return l.image(e)
	case edit.Custom:
		return l.custom(e)
	}
	return &UnsupportedEditError{Name: e.Name()}
}

func (l *lowering) flatten(e edit.Flatten) error {
	r, g, b, _, err := e.Background.RGBA()
	if err != nil {
		return err
	}
	l.alpha = false
	return l.add(op.Flatten{Background: [3]uint8{r, g, b}})
}

// fits reports whether a picture of that size may be made.
func (l *lowering) fits(w, h int) error {
	if most := l.opts.MaxOutputSide; w > most || h > most {
		return fmt.Errorf("a result of %dx%d pixels has a side over %d: %w", w, h, most, ErrImpossible)
	}
	if most := l.opts.MaxPixels; int64(w)*int64(h) > most {
		return fmt.Errorf("the edits make %dx%d pixels, which is more than %d: %w", w, h, most, ErrImpossible)
	}
	return nil
}
