package edit

import (
	"fmt"
	"math"
)

// A Color is a CSS colour, or a JSON object {"r":…,"g":…,"b":…,"alpha":…} as
// text. The empty Color means that the caller left it out.
//
// The CSS colours are #rgb, #rgba, #rrggbb, #rrggbbaa; rgb(), rgba(), hsl()
// and hsla() in their comma and their space syntax, with alpha as a number or
// a percentage; the 148 names; and transparent. Upper and lower case are the
// same. Components outside their range are clamped, as in CSS. In the object
// r, g and b are whole numbers from 0 to 255, and alpha, 1 by default, a
// number from 0 to 1.
type Color string

// RGB returns an opaque colour as #rrggbb.
func RGB(r, g, b uint8) Color {
	return Color(fmt.Sprintf("#%02x%02x%02x", r, g, b))
}

// RGBA returns a colour as an object; alpha is straight, from 0 to 1. Any
// other alpha makes a Color that is refused where it is used.
func RGBA(r, g, b uint8, alpha float64) Color {
	return components{int(r), int(g), int(b), &alpha}.color()
}

// ParseColor reads a colour in any form that [Color] knows, and reports what
// is wrong with it otherwise. The result is s itself.
func ParseColor(s string) (Color, error) {
	if _, _, _, _, err := Color(s).RGBA(); err != nil {
		return "", err
	}
	return Color(s), nil
}

// RGBA returns the colour in 8-bit sRGB with straight alpha, which is rounded
// from alpha*255. The empty Color is an error: what it stands for is the
// edit's to say.
func (c Color) RGBA() (r, g, b, a uint8, err error) {
	if len(c) > 0 && c[0] == '{' {
		var f faults
		v, ok := readComponents(string(c), &f)
		if !ok {
			return 0, 0, 0, 0, fmt.Errorf("must be a colour {r,g,b,alpha}: %v", f.list[0])
		}
		alpha := 1.0
		if v.Alpha != nil {
			alpha = *v.Alpha
		}
		return uint8(v.R), uint8(v.G), uint8(v.B), channel(255 * alpha), nil
	}
	v, err := parseCSS(string(c))
	if err != nil {
		return 0, 0, 0, 0, err
	}
	return uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v), nil
}

func hex(r, g, b, a uint8) Color {
	return Color(fmt.Sprintf("#%02x%02x%02x%02x", r, g, b, a))
}

// components are a colour as an object.
type components struct {
	R, G, B int
	Alpha   *float64
}

func (c *components) fields(f *form) {
	f.whole("r", &c.R, 0, 255)
	f.whole("g", &c.G, 0, 255)
	f.whole("b", &c.B, 0, 255)
	f.numberOr("alpha", &c.Alpha, 1, unit)
}

func (c components) color() Color {
	w := walk{mode: writing, out: []byte{'{'}}
	c.fields(&form{walk: &w})
	return Color(append(w.out, '}'))
}

// components reports the colour's components if it is a valid object.
func (c Color) components() (components, bool) {
	if len(c) == 0 || c[0] != '{' {
		return components{}, false
	}
	var f faults
	return readComponents(string(c), &f)
}

func readComponents(s string, f *faults) (components, bool) {
	var c components
	n, ok := scan([]byte(s), nil, f)
	if ok && n.kind == object {
		w := walk{mode: reading}
		r := form{walk: &w, node: &n}
		c.fields(&r)
		r.unknown()
		f.list = append(f.list, w.faults.list...)
	}
	return c, len(f.list) == 0
}

// channel rounds and clamps to 8 bits.
func channel(v float64) uint8 {
	return uint8(math.Floor(min(max(v, 0), 255) + 0.5))
}
