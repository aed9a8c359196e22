package op

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/alpha"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Premultiply multiplies the colours of an image by its alpha, as everything
// that mixes neighbouring pixels needs: a transparent pixel's colour must not
// bleed. It leaves opaque images alone.
type Premultiply struct{}

// Unpremultiply undoes Premultiply.
type Unpremultiply struct{}

// Flatten lays an image on a background of one colour, red, green and blue,
// and drops its alpha. It leaves opaque images alone. On a background that is
// no gray, it wants RGBA in place of GrayAlpha.
type Flatten struct{ Background [3]uint8 }

// Accepts implements [Op].
func (Premultiply) Accepts(in pixel.Layout) pixel.Layout { return in }

// Accepts implements [Op].
func (Unpremultiply) Accepts(in pixel.Layout) pixel.Layout { return in }

// Accepts implements [Op].
func (f Flatten) Accepts(in pixel.Layout) pixel.Layout {
	if b := f.Background; in == pixel.GrayAlpha && (b[0] != b[1] || b[1] != b[2]) {
		return pixel.RGBA
	}
	return in
}

// AcceptsDeep is true.
func (Premultiply) AcceptsDeep(pixel.Layout) bool { return true }

// AcceptsDeep is true.
func (Unpremultiply) AcceptsDeep(pixel.Layout) bool { return true }

// AcceptsDeep is true.
func (Flatten) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (o Premultiply) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(o, in) }

// Out implements [Op].
func (o Unpremultiply) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(o, in) }

// Out implements [Op].
func (f Flatten) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(f, in); err != nil {
		return in, err
	}
	in.Layout = in.Layout.Opaque()
	return in, nil
}

// Work implements [Op].
func (Premultiply) Work(pixel.Shape) int64 { return 0 }

// Work implements [Op].
func (Unpremultiply) Work(pixel.Shape) int64 { return 0 }

// Work implements [Op].
func (Flatten) Work(pixel.Shape) int64 { return 0 }

// String implements [Op].
func (Premultiply) String() string { return "premultiply" }

// String implements [Op].
func (Unpremultiply) String() string { return "unpremultiply" }

// String implements [Op].
func (f Flatten) String() string {
	return fmt.Sprintf("flatten on #%02x%02x%02x", f.Background[0], f.Background[1], f.Background[2])
}

// Wrap implements [Op].
func (o Premultiply) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	return wrapAlpha(o, in, func(_ int, row, a []uint8) { alpha.Premultiply(row, a) },
		func(_ int, row, a []uint16) { alpha.PremultiplyDeep(row, a) })
}

// Wrap implements [Op].
func (o Unpremultiply) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	return wrapAlpha(o, in, func(_ int, row, a []uint8) { alpha.Unpremultiply(row, a) },
		func(_ int, row, a []uint16) { alpha.UnpremultiplyDeep(row, a) })
}

// Wrap implements [Op].
func (f Flatten) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	return wrapAlpha(f, in, func(p int, row, a []uint8) { alpha.Flatten(row, a, f.Background[p]) },
		func(p int, row, a []uint16) { alpha.FlattenDeep(row, a, deepen(f.Background[p], false)) })
}

func wrapAlpha(o Op, in pixel.Source, row func(p int, row, alpha []uint8), deep func(p int, row, alpha []uint16)) (pixel.Source, error) {
	shape := in.Shape()
	out, err := o.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if !shape.Layout.HasAlpha() {
		return in, nil
	}
	last := shape.Layout.Planes() - 1
	if shape.Deep {
		return &inPlace{upstream: upstream{in: in, shape: out}, edit: func(t *pixel.Strip) {
			for y := range t.Rows {
				a := t.Planes[last].Row16(y)
				for p := range last {
					deep(p, t.Planes[p].Row16(y), a)
				}
			}
		}}, nil
	}
	return &inPlace{upstream: upstream{in: in, shape: out}, edit: func(t *pixel.Strip) {
		for y := range t.Rows {
			a := t.Planes[last].Row(y)
			for p := range last {
				row(p, t.Planes[p].Row(y), a)
			}
		}
	}}, nil
}

// inPlace edits the strips of its input where they stand. What edit leaves in
// the planes past those of the shape's layout is dropped.
type inPlace struct {
	upstream
	edit func(t *pixel.Strip)
	out  pixel.Strip
}

func (s *inPlace) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	s.out = *t
	s.edit(&s.out)
	clear(s.out.Planes[s.shape.Layout.Planes():])
	return &s.out, nil
}
