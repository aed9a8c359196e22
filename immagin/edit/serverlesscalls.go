package edit

import (
	"math"
	"slices"
	"strings"
)

// call adds the edit that one member of edits stands for.
func (s *serverless) call(edits *node, name string, n *node) {
	value := spell(n)
	on := n.kind == yes
	off := n.kind == no
	number, isNumber := numeral(n)
	switch name {
	case "resize":
		if s.size.Width > 0 {
			s.add(name, value, s.size)
		}
	case "rotate":
		switch {
		case n.kind == null: // sharp's rotate without an angle
			s.upright = new(true)
		case isNumber:
			s.add(name, value, Rotate{Angle: number})
		default:
			s.refuse(name, value, "must be a number of degrees or null")
		}
	case "flip", "flop", "grayscale", "greyscale", "normalize", "normalise", "negate", "flatten":
		if off {
			return
		}
		if !on && n.kind != object && n.kind != null { // null is on, as for sharp
			s.refuse(name, value, "must be true, false or an object")
			return
		}
		s.toggle(name, value, n)
	case "blur", "sharpen":
		if n.kind == object {
			if v := n.get("sigma"); v != nil {
				number, isNumber = numeral(v)
			}
			s.members(name, n, func(option string, v *node) bool {
				return option == "sigma" || name == "sharpen" && (option == "m1" && v.number == 1 || option == "m2" && v.number == 2)
			})
		}
		switch {
		case off:
		case !isNumber:
			s.refuse(name, value, "must have a sigma: without one it is another, milder filter")
		case name == "blur":
			s.add(name, value, Blur(number))
		default:
			s.add(name, value, Sharpen(number))
		}
	case "tint":
		if c, ok := color(n); ok {
			r, g, b, _, _ := c.RGBA()
			s.add(name, value, Tint{R: r, G: g, B: b})
		} else {
			s.refuse(name, value, "must be a colour")
		}
	case "modulate":
		s.modulate(name, value, n)
	case "extract", "crop":
		var e Crop
		for _, side := range []struct {
			name string
			to   *int
		}{{"left", &e.Left}, {"top", &e.Top}, {"width", &e.Width}, {"height", &e.Height}} {
			v := n.get(side.name)
			number, ok := 0.0, false
			if v != nil {
				number, ok = numeral(v)
			}
			if !ok || number != math.Trunc(number) || math.Abs(number) > maxCrop {
				s.refuse(name, value, "must have a whole number for %s", side.name)
				return
			}
			*side.to = int(number)
		}
		s.add(name, value, e)
	case "extend":
		s.extend(name, value, n)
	case "trim":
		s.trim(name, value, n)
	case "overlayWith":
		s.overlay(edits, name, value, n)
	case "toFormat":
		f, ok := formatWord(n.text)
		if !ok || f == FormatJP2 {
			s.refuse(name, value, "is no format that both the handler and this write")
			return
		}
		s.output.Format = f
	case "jpeg", "png", "webp", "avif", "tiff", "gif", "heif":
		s.encoder(name, Format(name), n) // whatever the value, sharp takes the format
	case "animated":
		if off {
			s.refuse(name, value, "animations stay animated where the format can be")
		}
	case "smartCrop", "roundCrop", "contentModeration":
		if on || n.kind == object {
			s.refuse(name, value, "there is no such edit")
		}
	case "gamma":
		s.refuse(name, value, "brackets the resize there; the gamma edit here stands by itself")
	default:
		s.refuse(name, value, "has no counterpart")
	}
}

// toggle adds an edit that true or an object of options switches on.
func (s *serverless) toggle(name, value string, n *node) {
	switch name {
	case "flip":
		s.add(name, value, Flip(true))
	case "flop":
		s.add(name, value, Flop(true))
	case "grayscale", "greyscale":
		s.add(name, value, Grayscale(true))
	case "negate":
		alpha := n.get("alpha")
		if (alpha == nil || alpha.kind != no) && !s.opaque() {
			s.near(name, value, "inverts alpha as well there")
		}
		s.members(name, n, func(option string, _ *node) bool { return option == "alpha" })
		s.add(name, value, Invert(true))
	case "flatten":
		var e Flatten
		s.members(name, n, func(option string, v *node) (ok bool) {
			if option == "background" {
				e.Background, ok = color(v)
			}
			return ok
		})
		s.add(name, value, e)
	default:
		var e Normalize
		s.members(name, n, func(option string, v *node) bool {
			number, ok := numeral(v)
			switch {
			case !ok:
			case option == "lower":
				e.Lower = &number
			case option == "upper":
				e.Upper = &number
			default:
				ok = false
			}
			return ok
		})
		s.add(name, value, e)
	}
}

// resize reads the options of sharp's resize. The zero Resize changes nothing.
func (s *serverless) resize(n *node) (e Resize, ok bool) {
	value := spell(n)
	if n.kind != object {
		if n.kind != null {
			s.refuse("resize", value, "must be an object")
		}
		return e, false
	}
	e.Upscale = new(true)
	var width, height int
	ratio := 0.0
	whole := func(v *node, to *int) bool {
		if v.kind == null {
			return true
		}
		number, ok := numeral(v)
		number = math.Round(number)
		if !ok || number < 1 || number > math.MaxInt32 {
			return false
		}
		*to = int(number)
		return true
	}
	s.members("resize", n, func(option string, v *node) (ok bool) {
		switch option {
		case "width":
			return whole(v, &width)
		case "height":
			return whole(v, &height)
		case "fit":
			if v.kind == null {
				return true
			}
			e.Fit = Fit(v.text)
			return slices.Contains(fits, e.Fit)
		case "position", "gravity", "strategy":
			word := v.text
			if v.kind == numeric {
				word = number(v.number)
			}
			e.Position, ok = sharpPosition(word)
			return ok
		case "background":
			e.Background, ok = color(v)
			return ok
		case "withoutEnlargement":
			*e.Upscale = v.kind != yes
			return v.kind == yes || v.kind == no
		case "withoutReduction":
			if v.kind == yes {
				e.Downscale = new(false)
			}
			return v.kind == yes || v.kind == no
		case "kernel":
			return v.text == "lanczos3"
		case "ratio":
			ratio, ok = numeral(v)
			return ok && ratio > 0
		case "fastShrinkOnLoad": // a matter of speed
			return true
		}
		return false
	})
	if !slices.Contains(fits, e.Fit) {
		e.Fit = ""
	}
	if ratio > 0 {
		if width == 0 || height == 0 {
			s.refuse("resize.ratio", value, "scales the original, whose size is not known before it is read")
			return Resize{}, false
		}
		width, height = scaled(width, ratio), scaled(height, ratio)
		if e.Fit == "" {
			e.Fit = FitInside
		}
	}
	if !*e.Upscale {
		e.Upscale = nil
	}
	switch {
	case width > 0:
		e.Width, e.Height = width, height
	case height > 0 && e.Fit == FitFill:
		s.refuse("resize", value, "fill with a height alone keeps the original's width, which is not known before it is read")
		return Resize{}, false
	case height > 0:
		w := s.wide(height)
		w.Upscale, w.Downscale = e.Upscale, e.Downscale
		e = w
	default:
		return Resize{}, false
	}
	return e, true
}

func (s *serverless) modulate(name, value string, n *node) {
	var e Modulate
	s.members(name, n, func(option string, v *node) bool {
		number, ok := numeral(v)
		switch {
		case !ok:
		case option == "brightness":
			e.Brightness = &number
		case option == "saturation":
			e.Saturation = &number
		case option == "lightness":
			e.Lightness = &number
		case option == "hue" && number == math.Trunc(number) && math.Abs(number) <= math.MaxInt32:
			e.Hue = new(int(number))
		default:
			ok = false
		}
		return ok
	})
	if n.kind != object {
		s.refuse(name, value, "must be an object")
		return
	}
	s.add(name, value, e)
}

func (s *serverless) extend(name, value string, n *node) {
	var e Extend
	side := func(v *node, to ...**int) bool {
		number, ok := numeral(v)
		if !ok || number != math.Trunc(number) || number < 0 || number > maxExtend {
			return false
		}
		for _, p := range to {
			*p = new(int(number))
		}
		return true
	}
	if n.kind != object {
		if !side(n, &e.Top, &e.Bottom, &e.Left, &e.Right) {
			s.refuse(name, value, "must be a number of pixels or an object")
			return
		}
	}
	s.members(name, n, func(option string, v *node) (ok bool) {
		switch option {
		case "top":
			return side(v, &e.Top)
		case "bottom":
			return side(v, &e.Bottom)
		case "left":
			return side(v, &e.Left)
		case "right":
			return side(v, &e.Right)
		case "background":
			e.Background, ok = color(v)
		case "extendWith":
			return v.text == "background"
		}
		return ok
	})
	s.add(name, value, e)
}

func (s *serverless) trim(name, value string, n *node) {
	var e Trim
	switch number, ok := numeral(n); {
	case n.kind == no:
		return
	case n.kind == yes || n.kind == null:
	case n.kind == object:
		s.members(name, n, func(option string, v *node) (ok bool) {
			switch option {
			case "background":
				e.Background, ok = color(v)
			case "threshold":
				var t float64
				if t, ok = numeral(v); ok {
					e.Threshold = &t
				}
			case "lineArt":
				ok = v.kind == no
			case "margin":
				ok = v.kind == numeric && v.number == 0
			}
			return ok
		})
	case ok:
		e.Threshold = &number
	default:
		s.refuse(name, value, "must be true, a number or an object")
		return
	}
	s.add(name, value, e)
}

// color reads a colour as sharp does: CSS, or {r,g,b,alpha}.
func color(n *node) (Color, bool) {
	switch n.kind {
	case text:
		if strings.HasPrefix(n.text, "{") {
			return "", false
		}
		c, err := ParseColor(n.text)
		return c, err == nil
	case object:
		var v [4]float64
		v[3] = 1
		for _, m := range n.members {
			at := slices.Index([]string{"r", "g", "b", "alpha"}, m.name)
			if at < 0 || m.value.kind != numeric {
				return "", false
			}
			v[at] = m.value.number
		}
		for at := range 3 {
			v[at] = min(max(math.Round(v[at]), 0), 255)
		}
		alpha := min(max(v[3], 0), 1)
		if alpha == 1 {
			return RGB(uint8(v[0]), uint8(v[1]), uint8(v[2])), true
		}
		return RGBA(uint8(v[0]), uint8(v[1]), uint8(v[2]), alpha), true
	}
	return "", false
}
