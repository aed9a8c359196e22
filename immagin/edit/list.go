package edit

import "strings"

// one goes through the one member of an edit's object, such as
// {"blur":10}, and returns the edit: as it was read, or as it was filled.
func one(f *form, e Edit) Edit {
	switch e := e.(type) {
	case Resize:
		f.object("resize", true, true, e.fields)
		return e
	case Rotate:
		f.object("rotate", true, true, e.fields)
		return e
	case Flip:
		f.boolean("flip", (*bool)(&e))
		return e
	case Flop:
		f.boolean("flop", (*bool)(&e))
		return e
	case AutoOrient:
		f.boolean("autoOrient", (*bool)(&e))
		return e
	case Crop:
		f.object("crop", true, true, e.fields)
		return e
	case Extend:
		f.object("extend", true, true, e.fields)
		return e
	case Trim:
		f.object("trim", true, true, e.fields)
		return e
	case Blur:
		f.number("blur", (*float64)(&e), span{low: 0.3, high: 1000})
		return e
	case Sharpen:
		f.number("sharpen", (*float64)(&e), span{low: 0.000001, high: 10})
		return e
	case Grayscale:
		f.boolean("grayscale", (*bool)(&e))
		return e
	case Modulate:
		f.object("modulate", true, true, e.fields)
		return e
	case Tint:
		f.object("tint", true, true, e.fields)
		return e
	case Invert:
		f.boolean("invert", (*bool)(&e))
		return e
	case Normalize:
		f.trueOrObject("normalize", e == Normalize{}, e.fields)
		return e
	case Flatten:
		f.object("flatten", true, true, e.fields)
		return e
	case Text:
		f.object("text", true, true, e.fields)
		return e
	case Image:
		f.object("image", true, true, e.fields)
		return e
	case Contrast:
		f.number("contrast", (*float64)(&e), span{low: -100, high: 100})
		return e
	case Gamma:
		f.number("gamma", (*float64)(&e), span{low: 0, high: anyNumber.high, above: true})
		return e
	case Sigmoid:
		f.object("sigmoid", true, true, e.fields)
		return e
	case Custom:
		e.field(f)
		return e
	}
	return e
}

// known lists the edits of this package, in the order of the contract.
var known = []Edit{
	Resize{}, Rotate{}, Flip(false), Flop(false), AutoOrient(false), Crop{}, Extend{}, Trim{},
	Blur(0), Sharpen(0), Grayscale(false), Modulate{}, Tint{}, Invert(false), Normalize{},
	Flatten{}, Text{}, Image{}, Contrast(0), Gamma(0), Sigmoid{},
}

// blank returns the empty edit of that name, or nil.
func blank(name string) Edit {
	for _, e := range known {
		if e.Name() == name {
			return e
		}
	}
	if strings.HasPrefix(name, "x-") {
		return Custom{Operation: name}
	}
	return nil
}

// knownNames is for messages.
func knownNames() string {
	var b strings.Builder
	for _, e := range known {
		b.WriteString(e.Name())
		b.WriteString(", ")
	}
	return b.String() + "and x-… for those plugged in"
}

// edits goes through a list of edits; reading, one object is a list of one.
func (f *form) edits(name string, p *[]Edit) {
	at := f.at.member(name)
	switch f.mode {
	case reading:
		n := f.lookup(name)
		if n == nil || n.bad {
			return
		}
		switch n.kind {
		case object:
			if e := f.readEdit(at, n); e != nil {
				*p = []Edit{e}
			}
		case list:
			if f.tooMany(at, len(n.items)) {
				return
			}
			*p = make([]Edit, 0, len(n.items))
			for i := range n.items {
				if e := f.readEdit(at.item(i), &n.items[i]); e != nil {
					*p = append(*p, e)
				}
			}
		default:
			f.fault(name, "must be a list of edits, not %v", n)
		}
	case checking:
		if f.tooMany(at, len(*p)) {
			return
		}
		for i, e := range *p {
			child := form{walk: f.walk, at: at.item(i)}
			if !isValue(e) {
				f.faults.add(child.at, "must be a value of this package's edits, such as edit.Blur(10), not %T", e)
				continue
			}
			one(&child, e)
		}
	case writing:
		if *p == nil {
			return
		}
		f.begin(name)
		f.out = append(f.out, '[')
		for i, e := range *p {
			if i > 0 {
				f.out = append(f.out, ',')
			}
			f.out = append(f.out, '{')
			one(&form{walk: f.walk}, e)
			f.out = append(f.out, '}')
		}
		f.out = append(f.out, ']')
	}
}

func (f *form) tooMany(at *path, n int) bool {
	if n > f.limits.MaxEdits {
		f.faults.add(at, "must have at most %d edits, not %d", f.limits.MaxEdits, n)
		return true
	}
	return false
}

// isValue reports whether e is an edit, rather than nil, a pointer to one, or
// a type that embeds one.
func isValue(e Edit) bool {
	switch e.(type) {
	case Resize, Rotate, Flip, Flop, AutoOrient, Crop, Extend, Trim, Blur, Sharpen, Grayscale,
		Modulate, Tint, Invert, Normalize, Flatten, Text, Image, Contrast, Gamma, Sigmoid, Custom:
		return true
	}
	return false
}

// readEdit reads an object of one edit. It returns nil where it has a fault
// that leaves no edit to speak of.
func (f *form) readEdit(at *path, n *node) (e Edit) {
	if n.bad {
		return nil
	}
	if n.kind != object {
		f.faults.add(at, `must be an object with one edit, such as {"blur":10}, not %v`, n)
		return nil
	}
	child := form{walk: f.walk, at: at, node: n}
	if len(n.members) != 1 {
		names := make([]string, len(n.members))
		for i, m := range n.members {
			names[i] = quote(m.name)
		}
		f.faults.add(at, "must have exactly one edit, since members have no order, not %d: [%s]",
			len(n.members), strings.Join(names, ", "))
	}
	for _, m := range n.members {
		b := blank(m.name)
		if b == nil {
			child.fault(m.name, "is unknown: the edits are %s", knownNames())
			continue
		}
		e = one(&child, b)
	}
	return e
}
