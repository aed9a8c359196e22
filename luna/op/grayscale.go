package op

import "github.com/immagin/immagin-go/luna/pixel"

// Grayscale replaces colours by the gray of equal luminance, which it computes
// in linear light (Rec. 709 weights), as libvips' colourspace does. Gray images
// it leaves alone; others become gray. Alpha stays.
type Grayscale struct{}

// Accepts implements [Op].
func (Grayscale) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true.
func (Grayscale) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (o Grayscale) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(o, in); err != nil {
		return in, err
	}
	in.Layout = grayed(in.Layout)
	return in, nil
}

// grayed returns l with one gray plane for its colours.
func grayed(l pixel.Layout) pixel.Layout {
	if l.HasAlpha() {
		return pixel.GrayAlpha
	}
	return pixel.Gray
}

// Work implements [Op].
func (Grayscale) Work(pixel.Shape) int64 { return 0 }

// String implements [Op].
func (Grayscale) String() string { return "grayscale" }

// Wrap implements [Op].
func (o Grayscale) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := o.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if out == shape {
		return in, nil
	}
	return &inPlace{upstream: upstream{in: in, shape: out}, edit: func(t *pixel.Strip) {
		for y := range t.Rows {
			if shape.Deep {
				row := t.Planes[0].Row16(y)
				deepSpace().Gray(row, row, t.Planes[1].Row16(y), t.Planes[2].Row16(y))
				continue
			}
			row := t.Planes[0].Row(y)
			space().Gray(row, row, t.Planes[1].Row(y), t.Planes[2].Row(y))
		}
		t.Planes[1] = t.Planes[3]
	}}, nil
}
