package edit

import (
	"slices"
	"strings"
)

// A form goes through the members of one JSON object. Each type of the
// language describes itself once, in a method named fields: its members in the
// contract's order, with their ranges and defaults. What a form does with a
// member depends on the mode of its walk.
type form struct {
	*walk
	at    *path
	node  *node    // reading: the object
	names []string // reading: the members that exist
	more  bool     // writing: a member stands before
}

// A walk is what the forms of one request share.
type walk struct {
	mode   mode
	limits Limits
	faults faults
	out    []byte // writing
}

type mode uint8

const (
	reading  mode = iota // from JSON, noting faults
	checking             // values that Go code made, noting faults
	writing              // as JSON
	filling              // what was left out with its default
	settling             // filling, and one spelling for each colour
)

// fill sets what was left out to its default.
func fill(v interface{ fields(*form) }) {
	v.fields(&form{walk: &walk{mode: filling}})
}

// judging reports whether faults are noted.
func (f *form) judging() bool { return f.mode <= checking }

// fault notes what is wrong with a member.
func (f *form) fault(name, format string, args ...any) {
	f.faults.add(f.at.member(name), format, args...)
}

// find returns the member of that name if it is there and of that kind, and
// notes a fault otherwise, in which want is printed. What has its fault already
// gets no second one.
func (f *form) find(name string, k kind, required bool, want any) *node {
	n := f.lookup(name)
	switch {
	case n == nil && required:
		f.fault(name, "is required: must be %v", want)
	case n == nil || n.bad:
	case n.kind != k:
		f.fault(name, "must be %v, not %v", want, n)
	default:
		return n
	}
	return nil
}

// lookup returns the member of that name or nil, and notes that it exists.
func (f *form) lookup(name string) *node {
	if !slices.Contains(f.names, name) {
		f.names = append(f.names, name)
	}
	return f.node.get(name)
}

// unknown notes the members that do not exist.
func (f *form) unknown() {
	for _, m := range f.node.members {
		if !slices.Contains(f.names, m.name) {
			f.fault(m.name, "is unknown: the members here are %s", strings.Join(f.names, ", "))
		}
	}
}

// begin writes a member's name.
func (f *form) begin(name string) {
	if f.more {
		f.out = append(f.out, ',')
	}
	f.more = true
	f.out = append(appendString(f.out, name), ':')
}

// object goes through the members of an object. It reports whether there is
// one to go on with; present says so where there is nothing to read.
func (f *form) object(name string, present, required bool, fields func(*form)) bool {
	child := form{walk: f.walk, at: f.at.member(name)}
	switch f.mode {
	case reading:
		if child.node = f.find(name, object, required, "an object"); child.node == nil {
			return false
		}
		fields(&child)
		child.unknown()
		return true
	case writing:
		if present {
			f.begin(name)
			f.out = append(f.out, '{')
			fields(&child)
			f.out = append(f.out, '}')
		}
	default:
		if present {
			fields(&child)
		}
	}
	return present
}

// trueOrObject is an object whose members may all be left out, for which true
// then stands.
func (f *form) trueOrObject(name string, empty bool, fields func(*form)) {
	switch {
	case f.mode == reading:
		n := f.lookup(name)
		if n == nil || n.kind == yes {
			return
		}
		if n.kind != object && !n.bad {
			f.fault(name, "must be true or an object, not %v", n)
			return
		}
	case f.mode == writing && empty:
		f.begin(name)
		f.out = append(f.out, "true"...)
		return
	}
	f.object(name, true, true, fields)
}
