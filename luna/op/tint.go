package op

import (
	"github.com/immagin/immagin-go/luna/pixel"
)

// Tint replaces each colour by what Table says of the gray of its luminance
// (see [Grayscale]). Alpha stays. As in sharp, a gray image stays gray: it gets
// the luminance of the colours of Table; convert it to RGB for the colours
// themselves.
type Tint struct{ Table LUT }

// NewTint returns the op that gives the gray copy of an image the chroma of
// one colour, full at middle gray and none at black and white, as sharp's tint
// does.
func NewTint(red, green, blue uint8) Tint {
	s := space()
	var l, a, b [1]float32
	s.FromRGB(l[:], a[:], b[:], []uint8{red}, []uint8{green}, []uint8{blue})
	tintA, tintB := float64(a[0]), float64(b[0])
	var t Tint
	for v := range 256 {
		gray := []uint8{uint8(v)}
		s.FromRGB(l[:], a[:], b[:], gray, gray, gray)
		d := l[0]/100 - 0.5
		weight := float64(1 - float32(4*float32(d*d)))
		a[0], b[0] = float32(weight*tintA), float32(weight*tintB)
		s.ToRGB(t.Table.Red[v:v+1], t.Table.Green[v:v+1], t.Table.Blue[v:v+1], l[:], a[:], b[:])
	}
	return t
}

// Accepts implements [Op].
func (Tint) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// Out implements [Op].
func (t Tint) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(t, in) }

// Work implements [Op].
func (Tint) Work(pixel.Shape) int64 { return 0 }

// String implements [Op].
func (Tint) String() string { return "tint" }

// Wrap implements [Op].
func (t Tint) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := t.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	table := &t.Table
	if shape.Layout.Opaque() == pixel.Gray {
		var gray Table
		space().Gray(gray[:], table.Red[:], table.Green[:], table.Blue[:])
		return LUT{gray, gray, gray}.Wrap(in, pool)
	}
	return &inPlace{upstream: upstream{in: in, shape: shape}, edit: func(s *pixel.Strip) {
		for y := range s.Rows {
			red, green, blue := s.Planes[0].Row(y), s.Planes[1].Row(y), s.Planes[2].Row(y)
			space().Gray(red, red, green, blue)
			for x, v := range red {
				red[x], green[x], blue[x] = table.Red[v], table.Green[v], table.Blue[v]
			}
		}
	}}, nil
}
