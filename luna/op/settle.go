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
	if !s.stretch {
		return stretch{}
	}
	return stretch{factor: s.factor, offset: s.offset}
}

// stretch is what a normalize has settled on: the lightness of CIELAB times
// factor plus offset. The zero value changes nothing.
type stretch struct{ factor, offset float64 }

func (stretch) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

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
	if err != nil || s.op == (stretch{}) {
		return t, err
	}
	factor, offset := float32(s.op.factor), float32(s.op.offset)
	mapLAB(t, s.shape.Layout, &s.row, func(l, _, _ []float32) {
		for i, v := range l {
			l[i] = float32(factor*v) + offset
		}
	})
	return t, nil
}
