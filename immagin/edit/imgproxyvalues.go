package edit

import "strconv"

// This file reads the arguments of imgproxy's options.

// flag reads a boolean as imgproxy does; an empty one changes nothing.
func (p *imgproxy) flag(name, value, s string, to *bool) {
	if s == "" {
		return
	}
	v, err := strconv.ParseBool(s)
	if err != nil {
		p.refuse(name, value, "%s must be 1, t, true, 0, f or false", quote(s))
		return
	}
	*to = v
}

// must refuses a boolean that is not what always holds here.
func (p *imgproxy) must(name, value string, always bool, reason string) {
	v := always
	p.flag(name, value, value, &v)
	if v != always {
		p.refuse(name, value, "%s", reason)
	}
}

func (p *imgproxy) length(name, value, s string, to *int) {
	if s == "" {
		return
	}
	v, ok := count(s)
	if !ok {
		p.refuse(name, value, "%s must be a whole number of pixels", quote(s))
		return
	}
	*to = v
}

func (p *imgproxy) sigma(name, value string, to *float64) {
	v, ok := decimal(value)
	if !ok || v < 0 {
		p.refuse(name, value, "must be a number from 0")
		return
	}
	*to = v
}

func (p *imgproxy) kinds(name, value, kind string) {
	switch kind {
	case "":
	case "fit", "fill", "fill-down", "force", "auto":
		p.kind = kind
	default:
		p.refuse(name, value, "must be fit, fill, fill-down, force or auto")
	}
}

// point reads a gravity.
func (p *imgproxy) point(name, value string, args []string) Position {
	at, ok := map[string]Position{
		"ce": PositionCenter, "no": PositionTop, "so": PositionBottom, "ea": PositionRight, "we": PositionLeft,
		"noea": PositionTopRight, "nowe": PositionTopLeft, "soea": PositionBottomRight, "sowe": PositionBottomLeft,
		"sm": PositionAttention, "": PositionCenter,
	}[args[0]]
	numbers := make([]float64, 0, 2)
	for _, s := range args[1:] {
		v, isNumber := decimal(s)
		if !isNumber && s != "" {
			p.refuse(name, value, "%s must be a number", quote(s))
			return PositionCenter
		}
		numbers = append(numbers, v)
	}
	switch {
	case args[0] == "fp" && len(numbers) == 2:
		for corner, position := range map[[2]float64]Position{
			{0, 0}: PositionTopLeft, {1, 0}: PositionTopRight, {0, 1}: PositionBottomLeft, {1, 1}: PositionBottomRight,
		} {
			if [2]float64(numbers) == corner {
				return position
			}
		}
		p.near(name, value, "a focus point can only be a corner here")
		return PositionCenter
	case !ok:
		p.refuse(name, value, "has no counterpart")
		return PositionCenter
	case at == PositionAttention:
		return at
	}
	for _, v := range numbers {
		if v != 0 {
			p.near(name, value, "positions have no offsets here")
			break
		}
	}
	return at
}

func (p *imgproxy) trims(name, value string, args []string) {
	threshold, ok := decimal(args[0])
	if !ok || threshold < 0 {
		p.refuse(name, value, "must begin with a threshold from 0")
		return
	}
	t := Trim{Threshold: &threshold}
	if len(args) > 1 && args[1] != "" {
		if t.Background, ok = hexColor(args[1]); !ok {
			p.refuse(name, value, "%s must be a colour in hexadecimal", quote(args[1]))
			return
		}
	}
	for _, s := range args[min(2, len(args)):] {
		equal := false
		p.flag(name, value, s, &equal)
		if equal {
			p.near(name, value, "both sides are trimmed as far as each goes")
			break
		}
	}
	if p.valid(name, value, t) {
		p.trim = &t
	}
}

func (p *imgproxy) pad(name, value string, args []string) {
	for n, s := range args[:min(4, len(args))] {
		if s == "" {
			continue
		}
		v, ok := count(s)
		if !ok {
			p.refuse(name, value, "%s must be a whole number of pixels", quote(s))
			return
		}
		switch n { // as in CSS: each stands for the side across, the first for all
		case 0:
			p.padding = [4]int{v, v, v, v}
		case 1:
			p.padding[1], p.padding[3] = v, v
		default:
			p.padding[n] = v
		}
	}
}

func (p *imgproxy) backgrounds(name, value string, args []string) {
	switch {
	case value == "":
		p.background = ""
	case len(args) == 1:
		c, ok := hexColor(args[0])
		if !ok {
			p.refuse(name, value, "must be a colour in hexadecimal")
			return
		}
		p.background = c
	case len(args) == 3:
		var rgb [3]uint8
		for n, s := range args {
			v, err := strconv.ParseUint(s, 10, 8)
			if err != nil {
				p.refuse(name, value, "must be three numbers from 0 to 255")
				return
			}
			rgb[n] = uint8(v)
		}
		p.background = RGB(rgb[0], rgb[1], rgb[2])
	default:
		p.refuse(name, value, "must be one colour in hexadecimal or three numbers")
	}
}

func (p *imgproxy) formatQuality(name, value string, args []string) {
	if p.byFormat == nil {
		p.byFormat = map[string]int{}
	}
	for n := 0; n < len(args); n += 2 {
		v, ok := 0, false
		if n+1 < len(args) {
			v, ok = count(args[n+1])
		}
		if !ok || v > 100 {
			p.refuse(name, value, "must be pairs of a format and a quality from 0 to 100")
			return
		}
		if f, ok := formatWord(args[n]); ok {
			p.byFormat[string(f)] = v
		}
	}
}
