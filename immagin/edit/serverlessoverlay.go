package edit

import "slices"

// overlay reads overlayWith.
func (s *serverless) overlay(edits *node, name, value string, n *node) {
	str := func(member string) string {
		v := n.get(member)
		switch {
		case v == nil || v.kind == null:
			return ""
		case v.kind == numeric:
			return number(v.number)
		}
		return v.text
	}
	if n.kind != object {
		s.refuse(name, value, "must be an object")
		return
	}
	for _, later := range []string{"normalize", "normalise", "tint", "negate"} {
		if v := edits.get(later); v != nil && v.kind != no && v.kind != null {
			s.near(name, value, "lies over the picture before %s; here layers come last", later)
		}
	}
	source := str("key")
	if b := str("bucket"); b != "" && s.options.Source != nil {
		source = "s3://" + b + "/" + source
	}
	key, err := s.key(source)
	if err != nil {
		s.faults = append(s.faults, ImportFault{Option: name, Value: value, Reason: err.Error(), Err: sourceCause(err)})
		return
	}
	e := Image{Key: key, Padding: new(0), Position: PositionCenter}
	if alpha, ok := count(str("alpha")); ok && alpha > 0 && alpha <= 100 {
		e.Opacity = new(float64(100-alpha) / 100)
	}
	if ratio, ok := count(str("wRatio")); ok && ratio <= 100 {
		if r := s.size; ratio > 0 && r.Width > 0 && r.Height > 0 && r.Upscale != nil && r.Downscale == nil && r.Fit != FitInside && r.Fit != FitOutside && resizedLast(edits, name) {
			e.Width = r.Width * ratio / 100
		} else {
			s.near(name+".wRatio", str("wRatio"), "is a part of a width that is not known before the original is read")
		}
	}
	if h := str("hRatio"); h != "" {
		if _, ok := count(h); ok {
			s.near(name+".hRatio", h, "pictures are scaled by their width here")
		}
	}
	s.members(name, n, func(option string, v *node) bool {
		switch option {
		case "bucket", "key", "alpha", "wRatio", "hRatio":
			return true
		case "options":
			return v.kind == object
		}
		return false
	})
	if o := n.get("options"); o != nil {
		s.placeOverlay(&e, name, o)
	}
	s.add(name, value, e)
}

// resizedLast reports whether a resize alone settles the size that a picture
// has when the handler comes to the edit of that name: it is measured then.
func resizedLast(edits *node, name string) (resized bool) {
	for _, m := range edits.members {
		switch m.name {
		case name:
			return resized
		case "resize":
			resized = true
		case "rotate", "extract", "crop":
			if resized && m.value.kind != null {
				return false
			}
		case "extend": // comes after the resize wherever it stands
			return false
		}
	}
	return resized
}

// placeOverlay reads where an overlay lies: in the middle by default.
func (s *serverless) placeOverlay(e *Image, name string, o *node) {
	var x, y string
	s.members(name+".options", o, func(option string, v *node) bool {
		word := v.text
		if v.kind == numeric {
			word = number(v.number)
		}
		switch option {
		case "left":
			x = word
		case "top":
			y = word
		case "gravity":
			at, ok := sharpPosition(word)
			if ok && slices.Contains(layerPositions, at) {
				e.Position = at
				return true
			}
			return false
		case "blend":
			e.Blend = Blend(word)
			return slices.Contains(blends, e.Blend)
		default:
			return false
		}
		return true
	})
	if !slices.Contains(blends, e.Blend) {
		e.Blend = ""
	}
	if x == "" && y == "" {
		return
	}
	at, distance, ok := placed(x, y)
	switch {
	case !ok:
		s.near(name+".options", spell(o), "must have whole numbers of pixels for left and top, not parts of the picture")
		return
	case distance[0] != distance[1]:
		s.near(name+".options", spell(o), "padding is the same on both sides here")
	}
	e.Position, *e.Padding = at, max(distance[0], distance[1])
}
