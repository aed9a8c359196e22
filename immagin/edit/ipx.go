package edit

import (
	"math"
	"slices"
	"strings"
)

// ParseIPX reads a URL of IPX 1 to 4, or its path, and returns what it asks for
// as a request. [ImportOptions].Prefix is "/_ipx" for Nuxt Image.
//
//	/{modifiers}/{source}
//
// Modifiers are name_value, divided by commas or &, or "_" for none. Their
// edits stand as sharp runs them: IPX calls sharp in the order of the
// modifiers' names, and [SharpOrder] says what becomes of that. A query is part
// of the source.
//
// Errors are of type *[ImportError] and list all modifiers that have no exact
// counterpart; beside it stands the request as far as it goes, which
// is valid, or nil where the original is unknown.
//
// Unless enlarge is given, IPX lowers width and height of s_WxH to the
// original's while keeping their proportion, which no edit does: such URLs need
// [ImportOptions].LargeOriginals. Documented defaults: sharp's qualities (80;
// avif and heif 50), progressive JPEG, no turning by EXIF but by rotate
// without a value. An animation is a still picture there without animated, and
// stays an animation here. Sources: IPX's README; src/handlers/handlers.ts and
// utils.ts for modifiers, src/ipx.ts for order and output, src/server.ts for
// the grammar; sharp's documentation for what each call does.
func ParseIPX(url string, options *ImportOptions) (*Request, error) {
	x := ipx{importer: newImporter("IPX", options)}
	x.defaultQuality = sharpQuality
	if path, query, ok := x.path(url); ok {
		x.parse(path, query)
	}
	return x.finish()
}

// sharpQuality is sharp's own for a format.
func sharpQuality(f Format) int {
	switch f {
	case FormatJPEG, FormatWebP, FormatTIFF:
		return 80
	case FormatAVIF, FormatHEIF:
		return 50
	}
	return 0
}

// ipx is the context that some modifiers leave for others.
type ipx struct {
	*importer

	fit        Fit
	position   Position
	background Color
	enlarge    bool
	upright    *bool
	sized      modifier // the one whose size counts
}

// A modifier is one of a URL.
type modifier struct{ name, value string }

func (m modifier) args() []string { return strings.Split(m.value, "_") }

// arg returns the n-th argument or "".
func (m modifier) arg(n int) string {
	if args := m.args(); n < len(args) && args[n] != "undefined" {
		return args[n]
	}
	return ""
}

func (x *ipx) parse(path, query string) {
	first, id, _ := strings.Cut(path, "/")
	if query != "" {
		id += "?" + query
	}
	source, ok := unescape(id)
	if !ok {
		x.refuse("source", id, "must be percent-escaped")
		return
	}
	if first == "" {
		x.refuse("url", path, "must be /{modifiers}/{source}, with _ where there are none")
		return
	}
	modifiers := x.modifiers(first)
	x.source(slashes(strings.TrimPrefix(source, "/")))
	x.context(modifiers)
	x.sizes(modifiers)
	for _, m := range modifiers {
		x.call(m)
	}
	x.request.Edits = SharpOrder.Sort(x.request.Edits)
	x.orient(x.upright, false)
}

// modifiers reads the first segment, and sorts it as IPX does: what only sets
// the context first, then by name. Of equal names the last counts.
func (x *ipx) modifiers(s string) []modifier {
	if s == "_" {
		return nil
	}
	var list []modifier
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '&' || r == ',' }) {
		part, ok := unescape(part)
		if !ok {
			x.refuse("url", part, "must be percent-escaped")
			continue
		}
		m := modifier{name: part}
		if at := strings.IndexAny(part, ":=_"); at >= 0 {
			m = modifier{part[:at], strings.NewReplacer(":", "_", "=", "_").Replace(part[at+1:])}
		}
		list = slices.DeleteFunc(list, func(o modifier) bool { return o.name == m.name })
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b modifier) int { return strings.Compare(a.name, b.name) })
	return list
}

// context reads what others depend on, and the output.
func (x *ipx) context(modifiers []modifier) {
	quality := 0
	var short, long modifier
	for _, m := range modifiers {
		switch m.name {
		case "quality", "q":
			v, ok := count(m.value)
			if !ok || v < 1 || v > 100 {
				x.refuse(m.name, m.value, "must be a whole number from 1 to 100")
				continue
			}
			quality = v
		case "fit":
			if !slices.Contains(fits, Fit(m.value)) {
				x.refuse(m.name, m.value, "must be %v", fits)
				continue
			}
			x.fit = Fit(m.value)
		case "position", "pos":
			at, ok := sharpPosition(strings.ReplaceAll(m.value, "-", " "))
			if !ok {
				x.refuse(m.name, m.value, "must be one of sharp's positions, gravities and strategies")
				continue
			}
			x.position = at
		case "background", "b":
			c, ok := hexColor(m.value)
			if !ok {
				x.refuse(m.name, m.value, "must be a colour")
				continue
			}
			x.background = c
		case "enlarge":
			x.enlarge = true
		case "f":
			short = m
		case "format":
			long = m
		}
	}
	if short.value == "" {
		short = long
	}
	switch f, ok := formatWord(short.value); {
	case short.value == "":
	case short.value == "auto":
		x.output.Format = FormatAuto
	case !ok || f == FormatJP2:
		x.refuse(short.name, short.value, "is no format that both IPX and this write")
	default:
		x.output.Format = f
	}
	if x.format() != FormatGIF { // which has none there
		x.output.Quality = quality
	}
	if x.output.Format == FormatJPEG {
		x.output.Progressive = new(true)
	}
}

// sharpPosition reads a position, a gravity or a strategy as sharp does.
func sharpPosition(s string) (Position, bool) {
	if at, ok := compass(s); ok {
		return at, true
	}
	at, ok := map[string]Position{
		"0": PositionCenter, "1": PositionTop, "2": PositionRight, "3": PositionBottom, "4": PositionLeft,
		"5": PositionTopRight, "6": PositionBottomRight, "7": PositionBottomLeft, "8": PositionTopLeft,
		"16": PositionEntropy, "17": PositionAttention,
	}[s]
	return at, ok
}

// sizes finds the one size that counts where there are several.
func (x *ipx) sizes(modifiers []modifier) {
	for _, m := range modifiers {
		switch m.name {
		case "w", "width", "h", "height", "s", "resize":
			if x.sized.name != "" {
				x.near(x.sized.name, x.sized.value, "IPX calls sharp's resize for each size, of which the last alone counts: %s", m.name)
			}
			x.sized = m
		}
	}
}

// call adds the edit of a modifier.
func (x *ipx) call(m modifier) {
	numbers := func(n int) (list []*float64, ok bool) {
		for k := range n {
			s := m.arg(k)
			if s == "" {
				list = append(list, nil)
				continue
			}
			v, ok := decimal(s)
			if !ok {
				x.refuse(m.name, m.value, "%s must be a number", quote(s))
				return nil, false
			}
			list = append(list, &v)
		}
		return list, true
	}
	wholes := func(n int) (list []*int, ok bool) {
		all, ok := numbers(n)
		for _, v := range all {
			switch {
			case v == nil:
				list = append(list, nil)
			case *v != math.Trunc(*v) || math.Abs(*v) > maxCrop:
				x.refuse(m.name, m.value, "must be whole numbers")
				return nil, false
			default:
				list = append(list, new(int(*v)))
			}
		}
		return list, ok
	}
	switch m.name {
	case "quality", "q", "fit", "position", "pos", "background", "b", "enlarge", "f", "format":
	case "animated", "a": // animations stay what they are
	case "w", "width", "h", "height", "s", "resize":
		if m == x.sized {
			x.resize(m)
		}
	case "kernel":
		if m.value != "lanczos3" && m.value != "" {
			x.near(m.name, m.value, "there is lanczos3 only")
		}
	case "trim":
		if v, ok := numbers(1); ok {
			x.add(m.name, m.value, Trim{Threshold: v[0]})
		}
	case "extend":
		if with := m.arg(4); with != "" && with != "background" {
			x.refuse(m.name, m.value, "extends with the background only")
			return
		}
		if v, ok := wholes(4); ok {
			x.add(m.name, m.value, Extend{Top: v[0], Right: v[1], Bottom: v[2], Left: v[3], Background: x.background})
		}
	case "extract", "crop":
		v, ok := wholes(4)
		if !ok {
			return
		}
		if slices.Contains(v, nil) {
			x.refuse(m.name, m.value, "must be left, top, width and height")
			return
		}
		x.add(m.name, m.value, Crop{Left: *v[0], Top: *v[1], Width: *v[2], Height: *v[3]})
	case "rotate":
		switch v, ok := numbers(1); {
		case !ok:
		case v[0] == nil:
			x.upright = new(true)
		default:
			x.add(m.name, m.value, Rotate{Angle: *v[0], Background: x.background})
		}
	case "flip":
		x.add(m.name, m.value, Flip(true))
	case "flop":
		x.add(m.name, m.value, Flop(true))
	case "sharpen":
		v, ok := numbers(3)
		switch {
		case !ok:
		case v[0] == nil:
			x.refuse(m.name, m.value, "without a sigma it is another, milder filter")
		default:
			if v[1] != nil && *v[1] != 1 || v[2] != nil && *v[2] != 2 {
				x.near(m.name, m.value, "flat and jagged areas are sharpened by 1 and 2 here")
			}
			x.add(m.name, m.value, Sharpen(*v[0]))
		}
	case "blur":
		switch v, ok := numbers(1); {
		case !ok:
		case v[0] == nil:
			x.refuse(m.name, m.value, "without a sigma it is a mean of 3x3 pixels")
		default:
			x.add(m.name, m.value, Blur(*v[0]))
		}
	case "flatten":
		x.add(m.name, m.value, Flatten{Background: x.background})
	case "negate":
		if !x.opaque() {
			x.near(m.name, m.value, "inverts alpha as well there")
		}
		x.add(m.name, m.value, Invert(true))
	case "normalize":
		x.add(m.name, m.value, Normalize{})
	case "grayscale":
		x.add(m.name, m.value, Grayscale(true))
	case "modulate":
		v, ok := numbers(4)
		if !ok {
			return
		}
		e := Modulate{Brightness: v[0], Saturation: v[1], Lightness: v[3]}
		if v[2] != nil {
			if *v[2] != math.Trunc(*v[2]) || math.Abs(*v[2]) > math.MaxInt32 {
				x.refuse(m.name, m.value, "must have a hue in whole degrees")
				return
			}
			e.Hue = new(int(*v[2]))
		}
		x.add(m.name, m.value, e)
	case "tint":
		c, ok := hexColor(m.value)
		if !ok {
			x.refuse(m.name, m.value, "must be a colour")
			return
		}
		r, g, b, _, _ := c.RGBA()
		x.add(m.name, m.value, Tint{R: r, G: g, B: b})
	case "gamma":
		x.refuse(m.name, m.value, "brackets the resize there; the gamma edit here stands by itself")
	case "median", "threshold", "unflatten":
		x.refuse(m.name, m.value, "there is no such edit")
	default:
		x.refuse(m.name, m.value, "is none of the modifiers that are known")
	}
}

func (x *ipx) resize(m modifier) {
	var e Resize
	switch m.name {
	case "w", "width":
		v, ok := count(m.value)
		if !ok || v == 0 {
			x.refuse(m.name, m.value, "must be a number of pixels")
			return
		}
		e = Resize{Width: v}
	case "h", "height":
		v, ok := count(m.value)
		if !ok || v == 0 {
			x.refuse(m.name, m.value, "must be a number of pixels")
			return
		}
		e = x.wide(v)
	default:
		w, h, both := strings.Cut(m.value, "x")
		if !both {
			h = w
		}
		var okW, okH bool
		e = Resize{Fit: x.fit, Position: x.position, Background: x.background}
		e.Width, okW = count(w)
		e.Height, okH = count(h)
		if !okW || !okH || e.Width == 0 || e.Height == 0 {
			x.refuse(m.name, m.value, "must be {width}x{height}")
			return
		}
		if !x.enlarge {
			x.smaller(m.name, m.value, "both sides are lowered in their proportion", "each by itself")
		}
	}
	if x.enlarge {
		e.Upscale = new(true)
	}
	x.add(m.name, m.value, e)
}
