package edit

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var errColor = errors.New("must be a CSS colour, such as #ff8800, rgb(255, 136, 0), hsl(32, 100%, 50%) or darkorange")

// parseCSS reads a CSS colour into 0xrrggbbaa.
func parseCSS(s string) (uint32, error) {
	v, ok := uint32(0), false
	switch {
	case strings.HasPrefix(s, "#"):
		v, ok = parseHex(s[1:])
	case strings.HasSuffix(s, ")"):
		name, arguments, _ := strings.Cut(s[:len(s)-1], "(")
		v, ok = parseFunction(strings.ToLower(name), arguments)
	case len(s) <= len("lightgoldenrodyellow"):
		v, ok = named(strings.ToLower(s))
	}
	if !ok {
		return 0, fmt.Errorf("%w, not %s", errColor, quote(s))
	}
	return v, nil
}

func parseHex(s string) (uint32, bool) {
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		return 0, false
	}
	switch c := uint32(v); len(s) {
	case 3:
		c = c<<4 | 0xf
		return spread(c), true
	case 4:
		return spread(c), true
	case 6:
		return c<<8 | 0xff, true
	case 8:
		return c, true
	}
	return 0, false
}

// spread doubles each of four hex digits.
func spread(c uint32) uint32 {
	c = c&0xf000<<12 | c&0xf00<<8 | c&0xf0<<4 | c&0xf
	return c<<4 | c
}

// parseFunction reads rgb() and hsl() by CSS Color 4, section 5: commas
// between all arguments, or spaces and a slash before alpha.
func parseFunction(name, arguments string) (uint32, bool) {
	args, commas, ok := split(arguments)
	if !ok {
		return 0, false
	}
	alpha := 1.0
	if len(args) == 4 {
		v, percent, ok := value(args[3])
		if !ok {
			return 0, false
		}
		if alpha = v; percent {
			alpha = v / 100
		}
	}
	var rgb [3]float64 // 0 to 255
	switch name {
	case "rgb", "rgba":
		percents := 0
		for i := range rgb {
			v, percent, ok := value(args[i])
			if !ok {
				return 0, false
			}
			if percent {
				percents++
				v = v * 255 / 100
			}
			rgb[i] = v
		}
		if commas && percents != 0 && percents != 3 {
			return 0, false
		}
	case "hsl", "hsla":
		h, ok := degrees(args[0])
		if !ok {
			return 0, false
		}
		var sl [2]float64
		for i := range sl {
			v, percent, ok := value(args[1+i])
			if !ok || commas && !percent {
				return 0, false
			}
			sl[i] = min(max(v, 0), 100) / 100
		}
		rgb = fromHSL(h, sl[0], sl[1])
	default:
		return 0, false
	}
	c := uint32(0)
	for _, v := range rgb {
		c = c<<8 | uint32(channel(v))
	}
	return c<<8 | uint32(channel(255*alpha)), true
}

// split cuts arguments into three or four, and says whether by commas.
func split(s string) (args []string, commas, ok bool) {
	if strings.Contains(s, ",") {
		args = strings.Split(s, ",")
		for i, a := range args {
			args[i] = strings.Trim(a, " \t\r\n\f")
		}
		return args, true, len(args) == 3 || len(args) == 4
	}
	s, alpha, slash := strings.Cut(s, "/")
	args = strings.Fields(s)
	if len(args) != 3 {
		return nil, false, false
	}
	if slash {
		args = append(args, strings.Trim(alpha, " \t\r\n\f"))
	}
	return args, false, true
}

// value reads a number or a percentage.
func value(s string) (v float64, percent, ok bool) {
	s, percent = strings.CutSuffix(s, "%")
	v, ok = cssNumber(s)
	return v, percent, ok
}

// degrees reads a hue: a number, or an angle with its unit.
func degrees(s string) (float64, bool) {
	s = strings.ToLower(s)
	turn := 360.0
	for _, unit := range []struct {
		suffix string
		turn   float64
	}{{"deg", 360}, {"grad", 400}, {"rad", 2 * math.Pi}, {"turn", 1}} {
		if rest, ok := strings.CutSuffix(s, unit.suffix); ok {
			s, turn = rest, unit.turn
			break
		}
	}
	v, ok := cssNumber(s)
	return v / turn * 360, ok
}

// cssNumber reads a finite number as CSS spells them.
func cssNumber(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	for _, c := range []byte(s) {
		// Go knows infinities, hexadecimals and underscores as well.
		if !digit(c) && c != '+' && c != '-' && c != '.' && c|0x20 != 'e' {
			return 0, false
		}
	}
	if s[len(s)-1] == '.' || strings.Contains(s, ".e") || strings.Contains(s, ".E") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// fromHSL is the algorithm of CSS Color 4, section 7.1: hue in degrees, the
// rest 0 to 1. Products are rounded one by one, so that every machine has the
// same colours.
func fromHSL(h, s, l float64) [3]float64 {
	h = math.Mod(h, 360)
	if h < 0 {
		h += 360
	}
	a := float64(s * min(l, 1-l))
	f := func(n float64) float64 {
		k := math.Mod(n+h/30, 12)
		return 255 * (l - float64(a*max(-1, min(k-3, 9-k, 1))))
	}
	return [3]float64{f(0), f(8), f(4)}
}
