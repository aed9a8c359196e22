package edit

// A node is a JSON value, read but not yet understood.
type node struct {
	kind    kind
	bad     bool   // a fault of it has been reported already
	text    string // of a string: the string; of a number: as it was spelled
	number  float64
	items   []node
	members []member
}

type member struct {
	name  string
	value node
}

type kind uint8

const (
	null kind = iota
	yes
	no
	numeric
	text
	list
	object
)

// get returns the member of that name, or nil.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}

// has reports whether there is a member of that name, in constant time where
// there are many: seen holds the names from then on, and has adds name to it.
func (n *node) has(name string, seen *map[string]struct{}) bool {
	if len(n.members) < 16 {
		return n.get(name) != nil
	}
	if *seen == nil {
		*seen = make(map[string]struct{})
		for _, m := range n.members {
			(*seen)[m.name] = struct{}{}
		}
	}
	_, ok := (*seen)[name]
	(*seen)[name] = struct{}{}
	return ok
}

// String describes the value in messages.
func (n *node) String() string {
	switch n.kind {
	case yes:
		return "true"
	case no:
		return "false"
	case numeric:
		if len(n.text) > maxName {
			return n.text[:maxName] + "…"
		}
		return n.text
	case text:
		return quote(n.text)
	case list:
		return "a list"
	case object:
		return "an object"
	}
	return "null"
}

// appendNode writes a value as JSON.stringify does, with its members as they
// come.
func appendNode(b []byte, n *node) []byte {
	switch n.kind {
	case numeric:
		return appendNumber(b, n.number)
	case text:
		return appendString(b, n.text)
	case list:
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendNode(b, &n.items[i])
		}
		return append(b, ']')
	case object:
		b = append(b, '{')
		for i := range n.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, n.members[i].name), ':')
			b = appendNode(b, &n.members[i].value)
		}
		return append(b, '}')
	}
	return append(b, n.String()...)
}
