package edit

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// This file holds the kinds of members: for each what a form does in each mode
// of its walk. A member that may be left out takes its default.

// preset is the default of an optional field.
func preset[T any](f *form, p **T, value T) {
	if f.mode >= filling && *p == nil {
		*p = new(value)
	}
}

// flag is a boolean that may be left out.
func (f *form) flag(name string, p **bool, zero bool) {
	preset(f, p, zero)
	switch {
	case f.mode == reading:
		if f.lookup(name) != nil {
			var v bool
			if f.boolean(name, &v) {
				*p = &v
			}
		}
	case *p != nil:
		f.boolean(name, *p)
	}
}

// boolean is a boolean that is required.
func (f *form) boolean(name string, p *bool) bool {
	switch f.mode {
	case reading:
		n := f.lookup(name)
		switch {
		case n == nil:
			f.fault(name, "is required: must be true or false")
		case n.bad:
		case n.kind == yes || n.kind == no:
			*p = n.kind == yes
			return true
		default:
			f.fault(name, "must be true or false, not %v", n)
		}
	case writing:
		f.begin(name)
		if *p {
			f.out = append(f.out, "true"...)
		} else {
			f.out = append(f.out, "false"...)
		}
	}
	return false
}

// number is a number that is required. It reports whether reading it set *p.
func (f *form) number(name string, p *float64, in span) bool {
	switch f.mode {
	case reading:
		n := f.find(name, numeric, true, in)
		if n == nil {
			return false
		}
		if !in.holds(n.number) {
			f.fault(name, "must be %v, not %v", in, n)
			return false
		}
		*p = n.number
		return true
	case checking:
		if !in.holds(*p) {
			f.fault(name, "must be %v, not %s", in, number(*p))
		}
	case writing:
		f.begin(name)
		f.out = appendNumber(f.out, *p)
	}
	return false
}

// numberOr is a number that may be left out.
func (f *form) numberOr(name string, p **float64, zero float64, in span) {
	preset(f, p, zero)
	switch {
	case f.mode == reading:
		if f.lookup(name) != nil {
			var v float64
			if f.number(name, &v, in) {
				*p = &v
			}
		}
	case *p != nil:
		f.number(name, *p, in)
	}
}

// whole is a whole number that is required, such as 800 or 8e2.
func (f *form) whole(name string, p *int, low, high int) bool {
	in := wholeSpan{int64(low), int64(high)}
	switch f.mode {
	case reading:
		v, ok := f.wholeNumber(name, in)
		if ok {
			*p = int(v)
		}
		return ok
	case checking:
		if *p < low || *p > high {
			f.fault(name, "must be %v, not %d", in, *p)
		}
	case writing:
		f.begin(name)
		f.out = strconv.AppendInt(f.out, int64(*p), 10)
	}
	return false
}

// wholeNumber reads a whole number.
func (f *form) wholeNumber(name string, in wholeSpan) (int64, bool) {
	n := f.find(name, numeric, true, in)
	if n == nil {
		return 0, false
	}
	if n.number != math.Trunc(n.number) || n.number < float64(in.low) || n.number > float64(in.high) {
		f.fault(name, "must be %v, not %v", in, n)
		return 0, false
	}
	return int64(n.number), true
}

// wholeOr is a whole number that may be left out.
func (f *form) wholeOr(name string, p **int, zero, low, high int) {
	preset(f, p, zero)
	switch {
	case f.mode == reading:
		if f.lookup(name) != nil {
			var v int
			if f.whole(name, &v, low, high) {
				*p = &v
			}
		}
	case *p != nil:
		f.whole(name, *p, low, high)
	}
}

// wholeOrZero is a whole number that may be left out, which 0 stands for.
func (f *form) wholeOrZero(name string, p *int, low, high int) {
	if f.mode == reading && f.lookup(name) != nil || f.mode != reading && *p != 0 {
		f.whole(name, p, low, high)
	}
}

// word is one of a few words, and may be left out.
func word[T ~string](f *form, name string, p *T, zero T, from words[T]) {
	switch f.mode {
	case reading:
		if n := f.find(name, text, false, from); n != nil {
			if !slices.Contains(from, T(n.text)) {
				f.fault(name, "must be %v, not %v", from, n)
				return
			}
			*p = T(n.text)
		}
	case checking:
		if *p != "" && !slices.Contains(from, *p) {
			f.fault(name, "must be %v, not %s", from, quote(string(*p)))
		}
	case writing:
		if *p != "" {
			f.begin(name)
			f.out = appendString(f.out, string(*p))
		}
	case filling, settling:
		if *p == "" {
			*p = zero
		}
	}
}

type words[T ~string] []T

func (w words[T]) String() string {
	var b strings.Builder
	b.WriteString("one of ")
	for i, s := range w {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}

// text is a string; an empty one is left out unless required. The rule says
// what is wrong with it.
func (f *form) text(name string, p *string, required bool, rule func(string) error) {
	switch f.mode {
	case reading:
		n := f.find(name, text, required, "a string")
		if n == nil {
			return
		}
		if err := rule(n.text); err != nil {
			f.fault(name, "%v", err)
			return
		}
		*p = n.text
	case checking:
		if *p == "" && !required {
			return
		}
		if !utf8.ValidString(*p) {
			f.fault(name, "must be valid UTF-8")
		} else if err := rule(*p); err != nil {
			f.fault(name, "%v", err)
		}
	case writing:
		if *p != "" || required {
			f.begin(name)
			f.out = appendString(f.out, *p)
		}
	}
}

// color is a colour, and may be left out.
func (f *form) color(name string, p *Color, zero Color) {
	if f.mode >= filling && *p == "" {
		*p = zero
	}
	switch f.mode {
	case reading:
		n := f.lookup(name)
		if n == nil || n.bad {
			return
		}
		switch n.kind {
		case text:
			if _, err := parseCSS(n.text); err != nil {
				f.fault(name, "%v", err)
				return
			}
			*p = Color(n.text)
		case object:
			var c components
			before := len(f.faults.list)
			f.object(name, true, true, c.fields)
			if len(f.faults.list) == before {
				*p = c.color()
			}
		default:
			f.fault(name, "must be a CSS colour or {r,g,b,alpha}, not %v", n)
		}
	case checking:
		if *p != "" {
			if _, _, _, _, err := p.RGBA(); err != nil {
				f.fault(name, "%v", err)
			}
		}
	case writing:
		if *p == "" {
			return
		}
		if c, ok := p.components(); ok {
			f.object(name, true, true, c.fields)
			return
		}
		f.begin(name)
		f.out = appendString(f.out, string(*p))
	case settling:
		if *p != "" {
			if r, g, b, a, err := p.RGBA(); err == nil {
				*p = hex(r, g, b, a)
			}
		}
	}
}
