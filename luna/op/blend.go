package op

import "math"

// A Blend says how the colours of a layer mix with those below it (W3C
// Compositing and Blending Level 1; PDF 1.7, 11.3.5). The zero Blend is Over.
type Blend uint8

// The blend modes.
const (
	Over Blend = iota
	Multiply
	Screen
	Overlay
	Darken
	Lighten
	ColorDodge
	ColorBurn
	HardLight
	SoftLight
	Difference
	Exclusion
)

var blendNames = [...]string{
	Over: "over", Multiply: "multiply", Screen: "screen", Overlay: "overlay", Darken: "darken", Lighten: "lighten",
	ColorDodge: "color-dodge", ColorBurn: "color-burn", HardLight: "hard-light", SoftLight: "soft-light",
	Difference: "difference", Exclusion: "exclusion",
}

// Valid reports whether b is one of the blend modes.
func (b Blend) Valid() bool { return int(b) < len(blendNames) }

// String returns the name of b, in CSS's words.
func (b Blend) String() string {
	if !b.Valid() {
		return "unknown blend mode"
	}
	return blendNames[b]
}

// mix lays over on under, planes of RGBA with straight alpha; the alpha of
// under is nil where that is opaque.
func (b Blend) mix(under, over [4][]uint8) {
	for i, alpha := range over[3] {
		if alpha == 0 && b == Over && under[3] == nil {
			continue
		}
		aOver, aUnder := float32(alpha)/255, float32(1)
		if under[3] != nil {
			aUnder = float32(under[3][i]) / 255
		}
		a := aOver + float32(aUnder*(1-aOver))
		for p := range 3 {
			// Both multiplied by their alpha.
			o := float32(float32(over[p][i]) / 255 * aOver)
			u := float32(float32(under[p][i]) / 255 * aUnder)
			var c float32
			if b == Over {
				c = o + float32((1-aOver)*u)
			} else {
				c = float32((1-aUnder)*o) + float32((1-aOver)*u) + float32(float32(aOver*aUnder)*b.of(o, u))
			}
			if a == 0 {
				under[p][i] = 0
				continue
			}
			under[p][i] = cut8(c / a)
		}
		if under[3] != nil {
			under[3][i] = cut8(a)
		}
	}
}

// settle is mix with a transparent layer: colours are multiplied by alpha,
// divided again, and cut.
func settle(under [4][]uint8) {
	for i, alpha := range under[3] {
		a := float32(alpha) / 255
		switch alpha {
		case 255:
		case 0:
			under[0][i], under[1][i], under[2][i] = 0, 0, 0
		default:
			for p := range 3 {
				under[p][i] = cut8(float32(float32(under[p][i])/255*a) / a)
			}
		}
	}
}

// cut8 turns 0 to 1 into 8 bits, toward zero.
func cut8(v float32) uint8 { return uint8(min(max(float32(v*255), 0), 255)) }

// of is the blend function: the colour that a layer's makes of the one below.
func (b Blend) of(o, u float32) float32 {
	switch b {
	case Multiply:
		return float32(o * u)
	case Screen:
		return o + u - float32(o*u)
	case Overlay:
		return HardLight.of(u, o)
	case Darken:
		return min(o, u)
	case Lighten:
		return max(o, u)
	case ColorDodge:
		if o < 1 {
			return min(1, u/(1-o))
		}
		return 1
	case ColorBurn:
		if o > 0 {
			return 1 - min(1, (1-u)/o)
		}
		return 0
	case HardLight:
		if o <= 0.5 {
			return float32(2 * o * u)
		}
		return 1 - float32(2*float32((1-o)*(1-u)))
	case SoftLight:
		return softLight(o, u)
	case Difference:
		return max(o-u, u-o)
	case Exclusion:
		return o + u - float32(2*o*u)
	}
	return o
}

func softLight(o, u float32) float32 {
	if o <= 0.5 {
		return u - float32(float32((1-float32(2*o))*u)*(1-u))
	}
	d := sqrt32(u)
	if u <= 0.25 {
		d = float32((float32((float32(16*u)-12)*u) + 4) * u)
	}
	return u + float32((float32(2*o)-1)*(d-u))
}

func sqrt32(v float32) float32 { return float32(math.Sqrt(float64(v))) }
