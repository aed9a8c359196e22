package color

// perceptualBlack is what version 4 fixes as black of perceptual tables
// (ICC.1:2022, 6.3.4.3).
var perceptualBlack = [3]float64{0.00336, 0.0034731, 0.00287}

// An evaluation is a profile in floating point: slow, and what tables are made
// of.
type evaluation struct {
	p *Profile
	// light is the matrix from the connection space to linear sRGB.
	light matrix
	scale [3]float64 // of black point compensation, before light
	shift [3]float64
}

func newEvaluation(p *Profile) *evaluation {
	e := &evaluation{p: p, light: *fromXYZ(), scale: [3]float64{1, 1, 1}}
	if black := p.black(); black != ([3]float64{}) {
		// Black becomes 0, and white stays: sRGB's own black is 0.
		for i := range e.scale {
			away := black[i] - white[i]
			e.scale[i] = -white[i] / away
			e.shift[i] = float64(white[i]*black[i]) / away
		}
	}
	return e
}

// xyz returns the XYZ of samples of 0 to 1, in the connection space, by the
// table l or, where that is nil, by curves.
func (p *Profile) xyz(l *lut, v [4]float64) [3]float64 {
	if l != nil {
		return l.xyz(v)
	}
	if p.space == Gray {
		y := p.curves[0].at(v[0])
		if p.lab {
			return labToXYZ(float64(100*y), 0, 0)
		}
		return [3]float64{float64(white[0] * y), y, float64(white[2] * y)}
	}
	var w [3]float64
	for i := range w {
		w[i] = p.curves[i].at(v[i])
	}
	return p.toXYZ.apply(w)
}

// black is the black point for perceptual rendering, as the Little CMS of sharp
// finds it: what version 4 says, or the colour of all ink or of no light.
func (p *Profile) black() [3]float64 {
	l := p.perceptual
	if p.modern {
		if !p.shaped {
			return perceptualBlack
		}
		if p.exact != nil {
			l = p.exact
		}
	}
	var v [4]float64
	if p.space == CMYK {
		v = [4]float64{1, 1, 1, 1}
	}
	black := p.xyz(l, v)
	if y := black[1]; !(y > 0 && y < 0.18418651851244416) { // a lightness of 50
		return [3]float64{}
	}
	return black
}

// linear returns the linear sRGB, 0 to 1 and beyond, of samples of 0 to 1.
func (e *evaluation) linear(v [4]float64) [3]float64 {
	w := e.p.xyz(e.p.perceptual, v)
	for i := range w {
		w[i] = float64(w[i]*e.scale[i]) + e.shift[i]
	}
	return e.light.apply(w)
}

// rgb returns sRGB, 0 to 1.
func (e *evaluation) rgb(v [4]float64) [3]float64 {
	w := e.linear(v)
	for i := range w {
		w[i] = encode(w[i])
	}
	return w
}

// gray returns the luminance of a sample of gray, 0 to 1.
func (e *evaluation) gray(v float64) float64 {
	w := e.p.xyz(e.p.perceptual, [4]float64{v})
	return clamp(float64(w[1]*e.scale[1]) + e.shift[1])
}

// plain reports whether samples are what sRGB would have, to one level of 255:
// such profiles are left out, as they mean to say nothing.
func (e *evaluation) plain() bool {
	const steps, near = 17, 1. / 255
	differ := func(a, b float64) bool { return !(a-b <= near && b-a <= near) }
	switch e.p.space {
	case Gray:
		for i := range 256 {
			if v := float64(i) / 255; differ(encode(e.gray(v)), v) {
				return false
			}
		}
		return true
	case RGB:
		for i := range steps * steps * steps {
			v := [4]float64{float64(i%steps) / (steps - 1), float64(i/steps%steps) / (steps - 1), float64(i/steps/steps) / (steps - 1)}
			w := e.rgb(v)
			if differ(w[0], v[0]) || differ(w[1], v[1]) || differ(w[2], v[2]) {
				return false
			}
		}
		return true
	}
	return false
}
