package edit

import (
	"encoding/json"
	"slices"
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
	if sorted {
		sortMembers(&n)
	}
	return appendNode(b, &n)
}

func sortMembers(n *node) {
	slices.SortFunc(n.members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	for i := range n.members {
		sortMembers(&n.members[i].value)
	}
	for i := range n.items {
		sortMembers(&n.items[i])
	}
}

func customName(s string) bool {
	rest, ok := strings.CutPrefix(s, "x-")
	if !ok || rest == "" || len(s) > maxName {
		return false
	}
	for _, c := range []byte(rest) {
		if !letterOrDigit(c) && c != '-' {
			return false
		}
	}
	return true
}
