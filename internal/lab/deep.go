package lab

import "math"

// A DeepSpace is a [Space] for samples of 16 bits. It is read only.
type DeepSpace struct {
	*Space
	linear [65536]float32
	code   [65537]float32 // sample of light in steps of 1/65535
}

// NewDeep computes the tables, which take another half a megabyte and about
// 30 ms.
func NewDeep(s *Space) *DeepSpace {
	d := &DeepSpace{Space: s}
	fifth, twelfth := 0.1, 0.5
	for i := range d.linear {
		f32 := float32(i) / 65535
		if f32 <= 0.04045 {
			d.linear[i] = f32 / 12.92
		} else {
			t := float64((f32 + 0.055) / 1.055)
			t2 := float64(t * t)
			fifth = root(t2, 5, fifth)
			d.linear[i] = float32(float64(t2*fifth) * excess(t))
		}
		f := float64(f32)
		v := float64(12.92 * f)
		if f > 0.0031308 {
			f2 := float64(f * f)
			twelfth = root(float64(float64(f2*f2)*f), 12, twelfth)
			v = float64(1.055*twelfth) - 0.055
		}
		d.code[i] = float32(math.RoundToEven(float64(65535 * v)))
	}
	d.code[65536] = d.code[65535]
	return d
}

// excess is x to the power of what a float32 is more than 2.4: libvips'
// exponent is one.
func excess(t float64) float64 {
	const more = float64(float32(2.4)) - 2.4
	u := (t - 1) / (t + 1)
	u2 := float64(u * u)
	log, term := 0., 2*u
	for k := 0; k < 60 && math.Abs(term) > 1e-12; k++ {
		log += term / float64(2*k+1)
		term = float64(term * u2)
	}
	return 1 + float64(more*log)
}

// xyz returns a pixel's coordinates, Y from 0 to 100.
func (d *DeepSpace) xyz(red, green, blue uint16) (x, y, z float32) {
	r, g, b := float32(d.linear[red]*100), float32(d.linear[green]*100), float32(d.linear[blue]*100)
	x = float32(0.4124*r) + float32(0.3576*g) + float32(0.1805*b)
	y = float32(0.2126*r) + float32(0.7152*g) + float32(0.0722*b)
	z = float32(0.0193*r) + float32(0.1192*g) + float32(0.9505*b)
	return x, y, z
}

// FromRGB is [Space.FromRGB].
func (d *DeepSpace) FromRGB(l, a, b []float32, red, green, blue []uint16) {
	for i := range l {
		x, y, z := d.xyz(red[i], green[i], blue[i])
		fx, fy, fz := d.f(x, whiteX), d.f(y, whiteY), d.f(z, whiteZ)
		l[i] = float32(116*fy) - 16
		a[i] = 500 * (fx - fy)
		b[i] = 200 * (fy - fz)
	}
}

// Lightness is [Space.Lightness].
func (d *DeepSpace) Lightness(dst []float32, red, green, blue []uint16) {
	for i := range dst {
		_, y, _ := d.xyz(red[i], green[i], blue[i])
		dst[i] = float32(116*d.f(y, whiteY)) - 16
	}
}

// sample returns the sample of light, clipped, and 0 for what is not a number.
func (d *DeepSpace) sample(light float32) uint16 {
	t := min(float32(light*65535), 65535)
	if !(t > 0) {
		t = 0
	}
	i := int(t)
	v := d.code[i] + float32((d.code[i+1]-d.code[i])*(t-float32(i)))
	return uint16(math.RoundToEven(float64(v)))
}

// ToRGB is [Space.ToRGB].
func (d *DeepSpace) ToRGB(red, green, blue []uint16, l, a, b []float32) {
	for i := range l {
		r, g, u := linearRGB(l[i], a[i], b[i])
		red[i], green[i], blue[i] = d.sample(r), d.sample(g), d.sample(u)
	}
}

// ToGray is [Space.ToGray].
func (d *DeepSpace) ToGray(dst []uint16, l, a, b []float32) {
	for i := range l {
		r, g, u := linearRGB(l[i], a[i], b[i])
		dst[i] = d.sample(float32(0.2126*r) + float32(0.7152*g) + float32(0.0722*u))
	}
}

// Gray is [Space.Gray].
func (d *DeepSpace) Gray(dst, red, green, blue []uint16) {
	for i := range dst {
		dst[i] = d.sample(float32(0.2126*d.linear[red[i]]) + float32(0.7152*d.linear[green[i]]) + float32(0.0722*d.linear[blue[i]]))
	}
}
