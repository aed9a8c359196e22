package edit

import (
	"math"
	"slices"
)

// blurNoop is the sigma below which the integer mask of a Gaussian is one
// sample wide.
const blurNoop = 0.558

// Canonical returns the one request that all requests for the same picture
// share; its encoding, by [Request.Encode], is the canonical form by which
// caches and meters know a picture. Its canonical is itself.
//
// Of the fields it keeps Key, Edits, Output and Metadata. Version, Expires and
// spelling change no pixel. Defaults are filled in, as WithDefaults does, so
// that an engine that plans from the canonical request knows no default of its
// own; a missing Output is all defaults. Edits that do nothing are dropped.
// AutoOrient comes first and layers last, which is where they run. Colours
// are #rrggbbaa, angles and hues from 0 to below 360, parameters of a [Custom]
// have sorted keys. It looks at the meaning of each member by itself: an
// option without effect beside another, such as a background without fit
// contain, stays.
//
// A request with a [Ladder] stands for several pictures and is refused: see
// [Request.Resolve]. Other errors are those of [Request.Encode].
func (r *Request) Canonical() (*Request, error) {
	if err := r.validate(widest()); err != nil {
		return nil, err
	}
	if r.Ladder != nil {
		var f faults
		f.add((*path)(nil).member("ladder"), "must be resolved to one width before there is a canonical form")
		return nil, f.err()
	}
	c := &Request{Key: r.Key}
	if r.Metadata != nil {
		c.Metadata = new(Metadata)
		if p := r.Metadata.Placeholder; p != nil && *p {
			c.Metadata.Placeholder = new(true)
		}
		return c, nil
	}
	c.Edits, c.Output = canonical(r.Edits, r.Output)
	return c, nil
}

// Canonical checks edits and output that belong to no request, and returns
// them as [Request.Canonical] would. Errors are of type *[Error].
func Canonical(edits []Edit, output *Output, limits *Limits) ([]Edit, *Output, error) {
	r := Request{Key: "-", Edits: edits, Output: output}
	if err := r.validate(limits.withDefaults()); err != nil {
		return nil, nil, err
	}
	edits, output = canonical(edits, output)
	return edits, output, nil
}

func canonical(edits []Edit, output *Output) ([]Edit, *Output) {
	var kept []Edit
	for _, e := range edits {
		e = one(&form{walk: &walk{mode: settling}}, e)
		switch v := e.(type) {
		case Rotate:
			v.Angle = wrap(v.Angle)
			e = v
		case Modulate:
			v.Hue = new(int(wrap(float64(*v.Hue))))
			e = v
		}
		if !noop(e) {
			kept = append(kept, e)
		}
	}
	var o Output
	if output != nil {
		o = *output
	}
	o = o.WithDefaults()
	return canonicalOrder(kept), &o
}

// wrap brings degrees into 0 to below 360.
func wrap(v float64) float64 {
	v = math.Mod(v, 360)
	if v < 0 {
		v += 360
	}
	if v >= 360 { // a negative angle so small that the sum rounds up
		v = 0
	}
	return v + 0 // no -0
}

// noop reports whether an edit that was filled in does nothing to any image.
func noop(e Edit) bool {
	switch e := e.(type) {
	case Flip:
		return !bool(e)
	case Flop:
		return !bool(e)
	case Grayscale:
		return !bool(e)
	case Invert:
		return !bool(e)
	case AutoOrient:
		return bool(e)
	case Rotate:
		return e.Angle == 0
	case Extend:
		return *e.Top == 0 && *e.Bottom == 0 && *e.Left == 0 && *e.Right == 0
	case Blur:
		return e < blurNoop
	case Modulate:
		return *e.Brightness == 1 && *e.Saturation == 1 && *e.Hue == 0 && *e.Lightness == 0
	case Contrast:
		return e == 0
	case Gamma:
		return e == 1
	case Sigmoid:
		return e.Factor == 0
	}
	return false
}

// canonicalOrder puts autoOrient first and once, and layers last, where they
// run wherever they stand.
func canonicalOrder(edits []Edit) []Edit {
	rank := func(e Edit) int {
		switch e.(type) {
		case AutoOrient:
			return 0
		case Text, Image:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return rank(a) - rank(b) })
	for len(edits) > 1 && rank(edits[1]) == 0 {
		edits = edits[1:]
	}
	return edits
}
