package edit

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// field goes through the edit as a member of its object.
func (e *Custom) field(f *form) {
	switch f.mode {
	case reading:
		if !customName(e.Operation) {
			f.fault(e.Operation, "must be x- and 1 to %d letters, digits and hyphens", maxName-2)
			return
		}
		if n := f.lookup(e.Operation); n != nil {
			sortMembers(n, indexesFirst)
			e.Parameters = appendNode(nil, n)
		}
	case checking:
		if !customName(e.Operation) {
			f.fault(e.Operation, "must be x- and 1 to %d letters, digits and hyphens", maxName-2)
		}
		if e.Parameters != nil {
			scan(e.Parameters, f.at.member(e.Operation), &f.faults)
		}
	case writing:
		f.begin(e.Operation)
		f.out = e.append(f.out, false)
	case settling:
		e.Parameters = e.append(nil, true)
	}
}

// append writes the parameters, which must be valid, as JSON.stringify would.
func (e *Custom) append(b []byte, sorted bool) json.RawMessage {
	if e.Parameters == nil {
		return append(b, "null"...)
	}
	n, _ := scan(e.Parameters, nil, &faults{})
	order := indexesFirst
	if sorted {
		order = byName
	}
	sortMembers(&n, order)
	return appendNode(b, &n)
}

func sortMembers(n *node, order func(a, b member) int) {
	slices.SortStableFunc(n.members, order)
	for i := range n.members {
		sortMembers(&n.members[i].value, order)
	}
	for i := range n.items {
		sortMembers(&n.items[i], order)
	}
}

// indexesFirst is the order of a JavaScript object's members: the names that
// are array indexes by their value, then the others as they were set.
func indexesFirst(a, b member) int {
	i, aIndex := index(a.name)
	j, bIndex := index(b.name)
	switch {
	case aIndex && bIndex:
		return cmp.Compare(i, j)
	case aIndex:
		return -1
	case bIndex:
		return 1
	}
	return 0
}

// byName is the order of the canonical form, which is one that JavaScript keeps.
func byName(a, b member) int {
	return cmp.Or(indexesFirst(a, b), strings.Compare(a.name, b.name))
}

// index reports whether a name is a whole number below 2^32-1 in shortest form.
func index(name string) (uint64, bool) {
	v, err := strconv.ParseUint(name, 10, 32)
	return v, err == nil && v < math.MaxUint32 && (name[0] != '0' || name == "0")
}

func customName(s string) bool {
	rest, ok := strings.CutPrefix(s, "x-")
	if !ok || rest == "" || len(s) > maxName {
		return false
	}
	for _, c := range []byte(rest) {
		if !letter(c) && !digit(c) && c != '-' {
			return false
		}
	}
	return true
}
