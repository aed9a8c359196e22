package edit

import "strings"

// ParseThumbor reads a URL of thumbor 7, or its path, and returns what it asks
// for as a request: trim, crop, resize and flip, then the filters in their
// order.
//
//	/{signature, or unsafe}/trim/AxB:CxD/fit-in/-Ex-F/HALIGN/VALIGN/smart/filters:…/{source}
//
// The signature is not verified: that takes thumbor's key. The query is left
// alone. Coordinates of a crop that lie outside the original are moved inside
// by thumbor; here the engine refuses them with 422.
//
// Errors are of type *[ImportError] and list all options that have no exact
// counterpart; beside it stands the request as far as it goes, which
// is valid, or nil where the original is unknown.
//
// Documented defaults: QUALITY 80 (jpeg, webp), PROGRESSIVE_JPEG on,
// RESPECT_ORIENTATION off, so that pictures are left as stored unless
// [ImportOptions].AutoOrient says otherwise. Sources: thumbor.readthedocs.io,
// usage, filters and configuration; thumbor/transformer.py for sizes,
// thumbor/url.py for the grammar, thumbor/filters for the filters.
func ParseThumbor(url string, options *ImportOptions) (*Request, error) {
	t := thumbor{importer: newImporter("thumbor", options)}
	t.defaultQuality = func(f Format) int {
		if f == FormatJPEG || f == FormatWebP {
			return 80
		}
		return 0
	}
	if path, _, ok := t.path(url); ok {
		t.parse(path)
	}
	return t.finish()
}

// thumbor is what the URL has set before the filters.
type thumbor struct {
	*importer

	size          string // as the URL spells it
	width, height int
	orig          bool // one side is to stay the original's
	halign        string
	valign        string
	fit           string // "", or as the URL spells it
	smart         bool
	stretch       bool
	noUpscale     bool
	upscale       bool
	turned        bool // by a filter, a quarter
}

// A filter is one call of the chain.
type filter struct {
	name, value string
	args        []string
}

func (t *thumbor) parse(path string) {
	take := func(rule func(s string) bool) bool {
		s, rest, more := strings.Cut(path, "/")
		if more && rule(s) {
			path = rest
			return true
		}
		return false
	}
	word := func(words ...string) (found string) {
		take(func(s string) bool {
			for _, w := range words {
				if s == w {
					found = s
				}
			}
			return found != ""
		})
		return found
	}
	take(func(s string) bool { return s == "unsafe" || len(s) >= 28 }) // as url.py has it
	if w := word("debug"); w != "" {
		t.refuse(w, "", "draws focal points")
	}
	if w := word("meta"); w != "" {
		t.refuse(w, "", "answers with thumbor's own account of its work; for the original's metadata ask with metadata")
	}
	trimmed := take(t.trim)
	take(func(s string) bool { return t.crop(s, trimmed) })
	t.fit = word("fit-in", "full-fit-in", "adaptive-fit-in", "adaptive-full-fit-in")
	var flips []Edit
	take(func(s string) (ok bool) {
		flips, ok = t.dimensions(s)
		return ok
	})
	t.halign = word("left", "center", "right")
	t.valign = word("top", "middle", "bottom")
	t.smart = word("smart") != ""

	var filters []filter
	if chain, ok := strings.CutPrefix(path, "filters:"); ok {
		if filters, path, ok = filterChain(chain); !ok {
			t.refuse("filters", chain, "must be name(arguments), with colons between, and a slash at the end")
			return
		}
	}
	source, ok := unescape(path)
	if !ok {
		t.refuse("source", path, "must be percent-escaped")
		return
	}
	t.source(slashes(source))
	t.encoding(filters)
	for _, f := range filters {
		switch f.name {
		case "no_upscale":
			t.noUpscale = true
		case "upscale":
			t.upscale = true
		case "stretch":
			t.stretch = true
		}
	}
	t.resize()
	t.request.Edits = append(t.request.Edits, flips...)
	for n, f := range filters {
		t.filter(f, filters[n+1:])
	}
	t.orient(nil, false)
}

// filterChain reads name(arguments):name(arguments)/ and returns what comes
// after. Arguments have no parentheses: thumbor asks for their escapes.
func filterChain(s string) (list []filter, rest string, ok bool) {
	for {
		open := strings.IndexByte(s, '(')
		end := strings.IndexByte(s, ')')
		if open <= 0 || end < open {
			return nil, "", false
		}
		f := filter{name: s[:open], value: s[open+1 : end]}
		if u, ok := unescape(f.value); ok {
			f.value = u
		}
		for arg := range strings.SplitSeq(f.value, ",") {
			f.args = append(f.args, strings.TrimSpace(arg))
		}
		list = append(list, f)
		s = s[end+1:]
		switch {
		case strings.HasPrefix(s, ":"):
			s = s[1:]
		case strings.HasPrefix(s, "/"):
			return list, s[1:], true
		default:
			return nil, "", false
		}
	}
}

// arg returns the n-th argument or "".
func (f filter) arg(n int) string {
	if n < len(f.args) {
		return f.args[n]
	}
	return ""
}

func (t *thumbor) trim(s string) bool {
	rest, ok := strings.CutPrefix(s, "trim")
	if !ok || rest != "" && rest[0] != ':' {
		return false
	}
	value := strings.TrimPrefix(rest, ":")
	corner, tolerance, _ := strings.Cut(value, ":")
	if _, number := count(corner); number {
		corner, tolerance = "", corner
	}
	e := Trim{Threshold: new(0.0)}
	switch corner {
	case "", "top-left":
	case "bottom-right":
		t.refuse("trim", value, "takes the colour of the bottom right; here it is the top left's, or one that is given")
		return true
	default:
		return false
	}
	if tolerance != "" {
		v, ok := count(tolerance)
		if !ok {
			return false
		}
		if v > 0 {
			*e.Threshold = float64(v)
			t.near("trim", value, "its tolerance is a distance in the colour space, here the threshold is one for each channel")
		}
	}
	t.add("trim", value, e)
	return true
}

func (t *thumbor) crop(s string, trimmed bool) bool {
	from, to, ok := strings.Cut(s, ":")
	if !ok {
		return false
	}
	var v [4]int
	for n, corner := range []string{from, to} {
		x, y, ok := strings.Cut(corner, "x")
		var okX, okY bool
		v[2*n], okX = count(x)
		v[2*n+1], okY = count(y)
		if !ok || !okX || !okY {
			return false
		}
	}
	switch {
	case v[0] >= v[2] || v[1] >= v[3]: // thumbor leaves the picture as it is
	case trimmed:
		t.refuse("crop", s, "its coordinates are those before the trim, and how far that goes is not known before the original is read")
	default:
		t.add("crop", s, Crop{Left: v[0], Top: v[1], Width: v[2] - v[0], Height: v[3] - v[1]})
	}
	return true
}

// dimensions reads -ExF and returns the mirrors that the signs stand for.
func (t *thumbor) dimensions(s string) (flips []Edit, ok bool) {
	w, h, ok := strings.Cut(s, "x")
	if !ok {
		return nil, false
	}
	w, flop := strings.CutPrefix(w, "-")
	h, flip := strings.CutPrefix(h, "-")
	var orig [2]bool
	var v [2]int
	for n, side := range []string{w, h} {
		switch side {
		case "":
		case "orig":
			orig[n] = true
		default:
			if v[n], ok = count(side); !ok {
				return nil, false
			}
		}
	}
	t.size, t.width, t.height = s, v[0], v[1]
	t.orig = orig[0] != orig[1] && v != [2]int{}
	if flop {
		flips = append(flips, Flop(true))
	}
	if flip {
		flips = append(flips, Flip(true))
	}
	return flips, true
}

// position is where halign and valign put the cut.
func (t *thumbor) position() Position {
	at, _ := compass(strings.TrimSpace(strings.NewReplacer("center", "", "middle", "").Replace(t.valign + " " + t.halign)))
	return at
}

func (t *thumbor) resize() {
	if t.width == 0 && t.height == 0 {
		return
	}
	inside := t.fit == "fit-in" || strings.HasPrefix(t.fit, "adaptive-") && !strings.Contains(t.fit, "full")
	if t.orig && !inside {
		t.refuse("size", t.size, "orig keeps a side of the original, which is not known before it is read")
		return
	}
	e := Resize{Width: t.width, Height: t.height}
	if !t.noUpscale && (!inside || t.upscale) {
		e.Upscale = new(true)
	}
	if strings.HasPrefix(t.fit, "adaptive-") && t.width != t.height {
		t.near(t.fit, t.size, "width and height change places by the original's proportion")
	}
	switch {
	case t.width == 0:
		w := t.wide(t.height)
		w.Upscale = e.Upscale
		e = w
	case t.height == 0:
	case inside:
		e.Fit = FitInside
	case t.fit != "":
		e.Fit = FitOutside
	case t.stretch:
		e.Fit = FitFill
	default:
		e.Position = t.position()
		if t.smart {
			e.Position = PositionAttention
			t.near("smart", "", "finds faces and features by OpenCV there, by attention here")
		}
	}
	t.add("size", t.size, e)
}

// encoding settles the output before the filters, some of which depend on it.
func (t *thumbor) encoding(filters []filter) {
	quality := 0
	for _, f := range filters {
		switch f.name {
		case "format":
			format, ok := formatWord(strings.ToLower(f.value))
			if !ok {
				t.refuse(f.name, f.value, "is no format that is written here")
				continue
			}
			t.output.Format = format
		case "quality":
			v, ok := count(f.value)
			if !ok || v < 1 || v > 100 {
				t.refuse(f.name, f.value, "must be a whole number from 1 to 100")
				continue
			}
			quality = v
		}
	}
	switch t.format() {
	case FormatPNG, FormatGIF: // have no quality there
	default:
		t.output.Quality = quality
	}
	if t.output.Format == FormatJPEG {
		t.output.Progressive = new(true)
	}
}
