package edit

import (
	"math"
	"slices"
	"strings"
)

// mapped reads the path form, and returns the key and the edits that the
// handler's own table (thumbor-mapper.ts) makes of it.
func (s *serverless) mapped(path string) (key string, edits node, ok bool) {
	edits = node{kind: object}
	resize := node{kind: object}
	var filters []filter
	for more := true; more; {
		head, rest, ok := strings.Cut(path, "/")
		switch {
		case !ok:
			more = false
		case head == "fit-in":
			set(&resize, "fit", node{kind: text, text: string(FitInside)})
			path = rest
		case strings.HasPrefix(head, "filters:"):
			list, rest, ok := filterChain(path[len("filters:"):])
			if !ok {
				s.refuse("filters", path, "must be name(arguments), with colons between, and a slash at the end")
				return "", edits, false
			}
			filters, path = append(filters, list...), rest
		default:
			if !box(head, &edits) && !dims(head, &resize) {
				more = false
				break
			}
			path = rest
		}
	}
	for part := range strings.SplitSeq(path, "/") {
		if dims(part, &node{}) || part == "fit-in" {
			s.refuse("source", path, "has a folder that the handler takes for an option: %s", quote(part))
			return "", edits, false
		}
	}
	key, ok = unescape(path)
	if !ok {
		s.refuse("source", path, "must be percent-escaped")
		return "", edits, false
	}
	if len(resize.members) > 0 {
		set(&edits, "resize", resize)
	}
	slices.SortStableFunc(filters, func(a, b filter) int { // as the handler does
		return strings.Compare(a.name+"("+a.value, b.name+"("+b.value)
	})
	for _, f := range filters {
		s.mapFilter(f, key, &edits)
	}
	return key, edits, true
}

// whole makes a number's node.
func whole(v int) node { return node{kind: numeric, number: float64(v)} }

// box reads AxB:CxD into a crop.
func box(s string, edits *node) bool {
	from, to, ok := strings.Cut(s, ":")
	if !ok {
		return false
	}
	a, b, okA := pair(from)
	c, d, okB := pair(to)
	if !okA || !okB {
		return false
	}
	var crop node
	set(&crop, "left", whole(a))
	set(&crop, "top", whole(b))
	set(&crop, "width", whole(c-a))
	set(&crop, "height", whole(d-b))
	set(edits, "crop", crop)
	return true
}

// dims reads WxH into a resize; the first one counts.
func dims(s string, resize *node) bool {
	w, h, ok := pair(s)
	if !ok {
		return false
	}
	if resize.get("width") != nil {
		return true
	}
	if (w == 0 || h == 0) && resize.get("fit") == nil {
		set(resize, "fit", node{kind: text, text: string(FitInside)})
	}
	for k, v := range []int{w, h} {
		n := whole(v)
		if v == 0 {
			n = node{kind: null}
		}
		set(resize, []string{"width", "height"}[k], n)
	}
	return true
}

func pair(s string) (a, b int, ok bool) {
	x, y, ok := strings.Cut(s, "x")
	if !ok {
		return 0, 0, false
	}
	a, okA := count(x)
	b, okB := count(y)
	return a, b, okA && okB
}

// moveQuality gives the quality that the path asks for to the format that the
// path or the query does, as the handler's fixQuality.
func moveQuality(edits *node) {
	to := edits.get("toFormat")
	if to == nil {
		return
	}
	f, ok := formatWord(to.text)
	for k := range edits.members {
		if m := &edits.members[k]; ok && m.value.get("quality") != nil {
			m.name = string(f)
		}
	}
}

// mapFilter is the handler's table of filters.
func (s *serverless) mapFilter(f filter, key string, edits *node) {
	resize := func(name string, v node) {
		n := edits.get("resize")
		if n == nil {
			set(edits, "resize", node{kind: object})
			n = edits.get("resize")
		}
		set(n, name, v)
	}
	fit := func() string {
		if n := edits.get("resize"); n != nil && n.get("fit") != nil {
			return n.get("fit").text
		}
		return ""
	}
	num := func(n int) (float64, bool) {
		v, ok := decimal(f.arg(n))
		if !ok {
			s.refuse(f.name, f.value, "must have a number")
		}
		return v, ok
	}
	value := func(v float64) node { return node{kind: numeric, number: v} }
	word := func(v string) node { return node{kind: text, text: v} }
	switch f.name {
	case "autojpg":
		set(edits, "toFormat", word("jpeg"))
	case "background_color", "fill":
		c, ok := hexColor(f.value)
		if !ok {
			s.refuse(f.name, f.value, "must be a colour")
			return
		}
		if f.name == "fill" {
			resize("fit", word(string(FitContain)))
			resize("background", word(string(c)))
			return
		}
		var flatten node
		set(&flatten, "background", word(string(c)))
		set(edits, "flatten", flatten)
	case "blur":
		radius, ok := num(0)
		if sigma, given := decimal(f.arg(1)); given {
			radius = 2 * sigma
		}
		if ok {
			set(edits, "blur", value(radius/2))
		}
	case "equalize":
		set(edits, "normalize", node{kind: yes})
	case "format":
		set(edits, "toFormat", word(strings.ReplaceAll(strings.Trim(f.value, ". "), "jpg", "jpeg")))
	case "grayscale":
		set(edits, f.name, node{kind: yes})
	case "no_upscale":
		resize("withoutEnlargement", node{kind: yes})
	case "proportion":
		if v, ok := num(0); ok {
			resize("ratio", value(v))
		}
	case "quality":
		v, ok := num(0)
		format := byExtension(key)
		if n := edits.get("toFormat"); format == "" && n != nil {
			format, _ = formatWord(n.text)
		}
		if !ok || format == "" { // without a format the handler has no use for it
			return
		}
		var options node
		set(&options, "quality", value(v))
		set(edits, string(format), options)
	case "rgb":
		var tint node
		for n, name := range []string{"r", "g", "b"} {
			v, ok := num(n)
			if !ok {
				return
			}
			set(&tint, name, value(math.Round(255*v/100)))
		}
		set(edits, "tint", tint)
	case "rotate":
		if v, ok := num(0); ok {
			set(edits, f.name, value(v))
		}
	case "sharpen":
		if v, ok := num(1); ok {
			set(edits, f.name, value(1+v/2))
		}
	case "stretch":
		if fit() != string(FitInside) {
			resize("fit", word(string(FitFill)))
		}
	case "strip_exif", "strip_icc":
		set(edits, "rotate", node{kind: null})
	case "upscale":
		resize("fit", word(string(FitInside)))
	case "watermark":
		var overlay, options node
		options.kind = object
		for n, name := range []string{"bucket", "key", "", "", "alpha", "wRatio", "hRatio"} {
			if v := strings.ReplaceAll(f.arg(n), " ", ""); name != "" && v != "" {
				set(&overlay, name, word(v))
			}
		}
		for n, name := range []string{"left", "top"} {
			if v := f.arg(2 + n); v != "" {
				set(&options, name, word(v))
			}
		}
		set(&overlay, "options", options)
		set(edits, "overlayWith", overlay)
	case "animated":
		k := yes
		if strings.EqualFold(f.value, "false") {
			k = no
		}
		set(edits, f.name, node{kind: k})
	default:
		s.refuse(f.name, f.value, "has no counterpart")
	}
}
