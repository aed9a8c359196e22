package edit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An Error lists everything that is wrong with a payload or a [Request].
// Functions of this package return it as *Error; find it with errors.As.
type Error struct {
	// Faults has at least one element. Those of the JSON text come first, each
	// group in the order of the payload.
	Faults []Fault
}

// A Fault is one thing that is wrong.
type Fault struct {
	// Path is the JSON path of the member, such as "edits[1].resize.width". It
	// is empty for a fault of the payload as a whole. Names in it are cut to
	// 64 bytes.
	Path string
	// Message says what would be right, and mostly what was found instead.
	Message string
}

func (f Fault) String() string {
	if f.Path == "" {
		return "payload: " + f.Message
	}
	return f.Path + ": " + f.Message
}

// Error joins the faults with "; ".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("invalid request: ")
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.String())
	}
	return b.String()
}

// faults gathers what is wrong; nil *path is the payload as a whole.
type faults struct{ list []Fault }

func (f *faults) add(at *path, format string, args ...any) {
	f.list = append(f.list, Fault{Path: at.String(), Message: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Error{Faults: f.list}
}

// A path is a chain of names and indexes from a value up to the root, so that
// nothing is built unless there is a fault to report.
type path struct {
	parent *path
	name   string
	index  int
	list   bool // an index rather than a name
}

func (p *path) member(name string) *path { return &path{parent: p, name: name} }
func (p *path) item(index int) *path     { return &path{parent: p, index: index, list: true} }

func (p *path) String() string {
	if p == nil {
		return ""
	}
	return string(p.appendTo(nil))
}

func (p *path) appendTo(b []byte) []byte {
	if p.parent != nil {
		b = p.parent.appendTo(b)
	}
	switch {
	case p.list:
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(p.index), 10)
		return append(b, ']')
	case !plain(p.name):
		b = append(b, '[')
		b = append(b, quote(p.name)...)
		return append(b, ']')
	case len(b) > 0:
		b = append(b, '.')
	}
	return append(b, p.name...)
}

// plain reports whether a name needs no quotes in a path.
func plain(name string) bool {
	for _, c := range []byte(name) {
		if !letter(c) && !digit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

// quote quotes text for a message, cut to a length that a message can bear.
func quote(s string) string {
	if len(s) <= maxName {
		return strconv.Quote(s)
	}
	n := maxName
	for n > maxName-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return strconv.Quote(s[:n]) + "…"
}
