package op

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A Settler is the source of an op that decides something by the pixels: where
// a trim or a crop by interest cuts, how far normalize stretches. The pictures
// of an animation have to share what was decided for the first.
type Settler interface {
	pixel.Source
	// Settle returns an op that does to any image of the same size what the
	// source does to its own. It is nil until that is decided, which it is
	// when the first strip was read, or the image as Wrap returns.
	Settle() Op
}

// Settle tells where the trim cuts.
func (s *wholeSource) Settle() Op { return Crop{Rect: s.box} }

// Settle tells what was chosen.
func (s *smartCropSource) Settle() Op {
	if s.out == nil {
		return nil
	}
	return Crop{Rect: s.box}
}

// Settle tells how far lightness is stretched.
func (s *normalizeSource) Settle() Op {
	if s.out == nil {
		return nil
	}
	return s.by
}

// stretch is what a normalize has settled on: the lightness of CIELAB times
// factor plus offset, in libvips' order. The zero value changes nothing.
type stretch struct{ factor, offset float64 }

// apply stretches the lightness of t.
func (o stretch) apply(t *pixel.Strip, layout pixel.Layout, row *labRow) {
	if o == (stretch{}) {
		return
	}
	factor, offset := float32(o.factor), float32(o.offset)
	mapLAB(t, layout, row, func(l, _, _ []float32) {
		for i, v := range l {
			l[i] = float32(factor*v) + offset
		}
	})
}

func (stretch) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true, as of Normalize.
func (stretch) AcceptsDeep(pixel.Layout) bool { return true }

func (o stretch) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(o, in) }

func (stretch) Work(pixel.Shape) int64 { return labRowBytes }

func (o stretch) String() string { return fmt.Sprintf("stretch by %g%+g", o.factor, o.offset) }

func (o stretch) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := o.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	return &stretchSource{upstream: upstream{in: in, pool: pool, shape: shape}, op: o}, nil
}

type stretchSource struct {
	upstream
	op  stretch
	row labRow
}

func (s *stretchSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err == nil {
		s.op.apply(t, s.shape.Layout, &s.row)
	}
	return t, err
}
