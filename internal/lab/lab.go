// Package lab converts rows of 8-bit sRGB samples to linear light and to
// CIELAB under D65 and back, in the arithmetic of libvips (libvips/colour:
// sRGB2scRGB.c, scRGB2XYZ.c, XYZ2Lab.c and their inverses, scRGB2BW.c): 32-bit
// floats between steps, table look-ups for the powers. Every product is rounded
// by an explicit conversion and the tables are made by arithmetic alone, so
// that every machine makes the same bits.
package lab

import "math"

// The white of D65 in libvips' XYZ.
const (
	whiteX = 95.0470
	whiteY = 100.0
	whiteZ = 108.8827
)

// A Space holds the tables of the conversions. It is read only: any number of
// goroutines may use one.
type Space struct {
	linear [256]float32 // light of a sample, 0 to 1
	// xyz[c][v] is what value v of channel c adds to X, Y and Z; the fourth is
	// 0.
	xyz [3][256][4]float32
	bw  [3][256]float32 // to luminance, 0 to 1
	// root is f of CIELAB at i/steps.
	root [steps]float32
	// code has the value and the slope that make a sample of light in steps of
	// 1/255.
	code [256]segment
}

// A segment is a part of a function that is made of lines.
type segment struct{ value, slope float32 }

// foot is where the line begins that stands in for small cube roots.
const foot = float32(16) / 116

// steps is how fine the table of cube roots is.
const steps = 100_000

// New computes the tables, which take half a megabyte and about 2 ms.
func New() *Space {
	s := new(Space)
	s.gamma()
	for v, lin := range s.linear {
		light := float32(lin * 100)
		for c := range 3 {
			s.xyz[c][v] = [4]float32{
				float32([...]float32{0.4124, 0.3576, 0.1805}[c] * light),
				float32([...]float32{0.2126, 0.7152, 0.0722}[c] * light),
				float32([...]float32{0.0193, 0.1192, 0.9505}[c] * light),
			}
			s.bw[c][v] = float32([...]float32{0.2126, 0.7152, 0.0722}[c] * lin)
		}
	}
	r := 0.2
	for i := range s.root {
		t := float32(float64(i) / steps)
		if float64(t) < 0.008856 {
			s.root[i] = float32(7.787*t) + foot
			continue
		}
		r = root(float64(t), 3, r)
		s.root[i] = float32(r)
	}
	return s
}

// gamma fills the tables of sRGB's transfer function and of its inverse, whose
// exponents are 12/5 and 5/12.
func (s *Space) gamma() {
	var code [257]float32
	for i := range 256 {
		f32 := float32(i) / 255
		if f32 <= 0.04045 {
			s.linear[i] = f32 / 12.92
		} else {
			s.linear[i] = power24((f32 + 0.055) / 1.055)
		}
		f := float64(f32)
		v := float64(12.92 * f)
		if f > 0.0031308 {
			f2 := float64(f * f)
			v = float64(1.055*root(float64(float64(f2*f2)*f), 12, 1)) - 0.055
		}
		code[i] = float32(math.RoundToEven(float64(255 * v)))
	}
	code[256] = code[255]
	for i := range 256 {
		s.code[i] = segment{code[i], code[i+1] - code[i]}
	}
}

// power24 returns x to the power of 2.4 as a float32, for 0 < x <= 1. The
// exponent is a float32 too, as it is in libvips, and so not quite 2.4.
func power24(x float32) float32 {
	const excess = float64(float32(2.4)) - 2.4
	t := float64(x)
	t2 := float64(t * t)
	// The logarithm by its series in (t-1)/(t+1): little of it is needed.
	u := (t - 1) / (t + 1)
	u2 := float64(u * u)
	log, term := 0., 2*u
	for k := range 60 {
		log += term / float64(2*k+1)
		term = float64(term * u2)
	}
	return float32(float64(t2*root(t2, 5, 1)) * (1 + float64(excess*log)))
}

// root returns the nth root of x, 0 < x <= 1, by Newton's method from start.
func root(x float64, n int, start float64) float64 {
	y := start
	for range 200 {
		power := 1.
		for range n - 1 {
			power = float64(power * y)
		}
		next := (float64(float64(n-1)*y) + x/power) / float64(n)
		if math.Abs(next-y) <= 1e-16 {
			return next
		}
		y = next
	}
	return y
}

// f is the f of CIELAB for a coordinate of XYZ and that of white.
func (s *Space) f(v float32, white float64) float32 {
	n := float32(float64(float32(steps*v)) / white)
	i := min(max(int(n), 0), steps-2)
	return s.root[i] + float32((n-float32(i))*(s.root[i+1]-s.root[i]))
}

// Lightness sets dst to the L* of pixels, 0 to 100. All slices are as long as
// dst.
func (s *Space) Lightness(dst []float32, r, g, b []uint8) {
	n := len(dst)
	s.lightness(dst, r[:n], g[:n], b[:n])
}

func (s *Space) lightnessGeneric(dst []float32, r, g, b []uint8) {
	r, g, b = r[:len(dst)], g[:len(dst)], b[:len(dst)]
	for i := range dst {
		y := s.xyz[0][r[i]][1] + s.xyz[1][g[i]][1] + s.xyz[2][b[i]][1]
		dst[i] = float32(116*s.f(y, whiteY)) - 16
	}
}

// FromRGB sets l, a and b to the CIELAB coordinates of pixels. All slices are
// as long as l.
func (s *Space) FromRGB(l, a, b []float32, red, green, blue []uint8) {
	n := len(l)
	s.fromRGB(l, a[:n], b[:n], red[:n], green[:n], blue[:n])
}

func (s *Space) fromRGBGeneric(l, a, b []float32, red, green, blue []uint8) {
	n := len(l)
	a, b, red, green, blue = a[:n], b[:n], red[:n], green[:n], blue[:n]
	for i := range l {
		r, g, u := &s.xyz[0][red[i]], &s.xyz[1][green[i]], &s.xyz[2][blue[i]]
		fx := s.f(r[0]+g[0]+u[0], whiteX)
		fy := s.f(r[1]+g[1]+u[1], whiteY)
		fz := s.f(r[2]+g[2]+u[2], whiteZ)
		l[i] = float32(116*fy) - 16
		a[i] = 500 * (fx - fy)
		b[i] = 200 * (fy - fz)
	}
}

// linearRGB returns the light of a colour in CIELAB, out of gamut where it is.
func linearRGB(l, a, b float32) (red, green, blue float32) {
	var fy float64
	var x, y, z float32
	if l < 8 {
		y = float32(float64(float64(l)*whiteY) / 903.3)
		fy = float64(7.787*(float64(y)/whiteY)) + 16./116
	} else {
		fy = (float64(l) + 16) / 116
		y = float32(float64(float64(whiteY*fy)*fy) * fy)
	}
	if t := float64(a)/500 + fy; t < 0.2069 {
		x = float32(float64(whiteX*(t-0.13793)) / 7.787)
	} else {
		x = float32(float64(float64(whiteX*t)*t) * t)
	}
	if t := fy - float64(b)/200; t < 0.2069 {
		z = float32(float64(whiteZ*(t-0.13793)) / 7.787)
	} else {
		z = float32(float64(float64(whiteZ*t)*t) * t)
	}
	x, y, z = x/100, y/100, z/100
	red = float32(3.240625*x) + float32(-1.537208*y) + float32(-0.498629*z)
	green = float32(-0.968931*x) + float32(1.875756*y) + float32(0.041518*z)
	blue = float32(0.055710*x) + float32(-0.204021*y) + float32(1.056996*z)
	return red, green, blue
}

// sample returns the 8-bit sample of light, clipped, and 0 for what is not a
// number.
func (s *Space) sample(light float32) uint8 {
	t := min(float32(light*255), 255)
	if !(t > 0) {
		t = 0
	}
	i := uint8(t)
	line := &s.code[i]
	v := line.value + float32(line.slope*(t-float32(i)))
	// Adding 1<<23 leaves the nearest whole number, ties to even, in the last
	// bits.
	return uint8(math.Float32bits(v + 1<<23))
}

// ToRGB is the inverse of FromRGB. Each channel is clipped by itself.
func (s *Space) ToRGB(red, green, blue []uint8, l, a, b []float32) {
	n := len(l)
	s.toRGB(red[:n], green[:n], blue[:n], l, a[:n], b[:n])
}

func (s *Space) toRGBGeneric(red, green, blue []uint8, l, a, b []float32) {
	n := len(l)
	a, b, red, green, blue = a[:n], b[:n], red[:n], green[:n], blue[:n]
	for i := range l {
		r, g, u := linearRGB(l[i], a[i], b[i])
		red[i], green[i], blue[i] = s.sample(r), s.sample(g), s.sample(u)
	}
}

// ToGray sets dst to the gray of colours in CIELAB.
func (s *Space) ToGray(dst []uint8, l, a, b []float32) {
	n := len(l)
	dst, a, b = dst[:n], a[:n], b[:n]
	for i := range l {
		r, g, u := linearRGB(l[i], a[i], b[i])
		dst[i] = s.sample(float32(0.2126*r) + float32(0.7152*g) + float32(0.0722*u))
	}
}

// Gray sets dst to the gray of the same luminance as pixels. All slices are as
// long as dst, which may be one of the others.
func (s *Space) Gray(dst, red, green, blue []uint8) {
	n := len(dst)
	s.gray(dst, red[:n], green[:n], blue[:n])
}

func (s *Space) grayGeneric(dst, red, green, blue []uint8) {
	n := len(dst)
	red, green, blue = red[:n], green[:n], blue[:n]
	for i := range dst {
		dst[i] = s.sample(s.bw[0][red[i]] + s.bw[1][green[i]] + s.bw[2][blue[i]])
	}
}

// SinCos returns the sine and cosine of an angle in degrees, within 1e-15.
func SinCos(degrees int) (sin, cos float64) {
	d := degrees % 360
	if d < 0 {
		d += 360
	}
	// Within 45 degrees of an axis.
	quarter := (d + 45) / 90
	x := float64(d-90*quarter) * (math.Pi / 180)
	x2 := float64(x * x)
	s, c := 1., 1.
	for k := 18.; k >= 2; k -= 2 { // Taylor: the first term left out is 1e-21
		s = 1 - float64(s*x2)/float64(k*(k+1))
		c = 1 - float64(c*x2)/float64(k*(k-1))
	}
	s = float64(s * x)
	switch quarter % 4 {
	case 1:
		return c, -s
	case 2:
		return -s, -c
	case 3:
		return -c, s
	}
	return s, c
}
