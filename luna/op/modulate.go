package op

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/lab"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Modulate changes colours in the cylindrical form of CIELAB, as sharp's
// modulate does: L becomes L*Brightness+Lightness, chroma is multiplied by
// Saturation, and hue turned by Hue degrees. The zero Modulate makes everything
// black. Alpha stays. What leaves sRGB's gamut is clipped, channel by channel.
type Modulate struct {
	Brightness, Saturation, Lightness float64
	Hue                               int
}

// Accepts implements [Op].
func (Modulate) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true.
func (Modulate) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (m Modulate) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(m, in) }

// Work implements [Op].
func (Modulate) Work(pixel.Shape) int64 { return labRowBytes }

// String implements [Op].
func (m Modulate) String() string {
	s := "modulate"
	for _, f := range []struct {
		name        string
		value, zero float64
	}{{"brightness", m.Brightness, 1}, {"saturation", m.Saturation, 1}, {"hue", float64(m.Hue), 0}, {"lightness", m.Lightness, 0}} {
		if f.value != f.zero {
			s += fmt.Sprintf(" %s %g", f.name, f.value)
		}
	}
	return s
}

// Wrap implements [Op].
func (m Modulate) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	shape, err := m.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	row := new(labRow)
	sin, cos := lab.SinCos(m.Hue)
	sin, cos = float64(sin*m.Saturation), float64(cos*m.Saturation)
	return &inPlace{upstream: upstream{in: in, shape: shape}, edit: func(t *pixel.Strip) {
		mapLAB(t, shape.Layout, row, func(l, a, b []float32) {
			a, b = a[:len(l)], b[:len(l)]
			for i := range l {
				l[i] = float32(float64(float64(l[i])*m.Brightness) + m.Lightness)
				u, v := float64(a[i]), float64(b[i])
				a[i] = float32(float64(u*cos) - float64(v*sin))
				b[i] = float32(float64(u*sin) + float64(v*cos))
			}
		})
	}}, nil
}
