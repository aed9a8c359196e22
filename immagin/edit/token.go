package edit

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A scanner reads JSON (RFC 8259) strictly. What can be skipped over, such as
// a number that is not finite, it notes and goes on; what breaks the grammar
// ends the reading.
type scanner struct {
	data   []byte
	pos    int
	faults *faults
}

// scan reads the one value that data holds. It reports false where the grammar
// is broken.
func scan(data []byte, at *path, f *faults) (node, bool) {
	s := scanner{data: data, faults: f}
	n, ok := s.value(at, 0)
	if !ok {
		return n, false
	}
	if s.pos < len(data) { // not even white space: one request has one spelling
		return n, s.fail(at, "must end after its JSON value")
	}
	return n, true
}

// fail notes what was expected and returns false.
func (s *scanner) fail(at *path, expected string) bool {
	if s.pos >= len(s.data) {
		s.faults.add(at, "%s, but the text ends at byte %d", expected, len(s.data))
		return false
	}
	r, size := utf8.DecodeRune(s.data[s.pos:])
	if r == utf8.RuneError && size == 1 {
		s.faults.add(at, "%s, but byte %d is 0x%02x", expected, s.pos, s.data[s.pos])
	} else {
		s.faults.add(at, "%s, but byte %d is %q", expected, s.pos, r)
	}
	return false
}

// skip passes over white space.
func (s *scanner) skip() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// take passes over c, if that is what comes after white space.
func (s *scanner) take(c byte) bool {
	s.skip()
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) value(at *path, depth int) (node, bool) {
	s.skip()
	if s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case depth >= maxDepth && (c == '{' || c == '['):
			s.faults.add(at, "must not nest deeper than %d levels", maxDepth)
			return node{}, false
		case c == '{':
			return s.object(at, depth)
		case c == '[':
			return s.list(at, depth)
		case c == '"':
			str, fault, ok := s.string(at)
			if fault != "" {
				s.faults.add(at, "%s", fault)
			}
			return node{kind: text, text: str, bad: fault != ""}, ok
		case c == '-' || digit(c):
			return s.number(at)
		case s.word("true"):
			return node{kind: yes}, true
		case s.word("false"):
			return node{kind: no}, true
		case s.word("null"):
			return node{kind: null}, true
		}
	}
	return node{}, s.fail(at, "must be a JSON value")
}

func (s *scanner) word(w string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(w)) {
		return false
	}
	s.pos += len(w)
	return true
}

func (s *scanner) list(at *path, depth int) (node, bool) {
	n := node{kind: list}
	s.pos++
	if s.take(']') {
		return n, true
	}
	for {
		item, ok := s.value(at.item(len(n.items)), depth+1)
		if !ok {
			return n, false
		}
		n.items = append(n.items, item)
		if s.take(']') {
			return n, true
		}
		if !s.take(',') {
			return n, s.fail(at, `must go on with "," or "]"`)
		}
	}
}

func (s *scanner) object(at *path, depth int) (node, bool) {
	n := node{kind: object}
	s.pos++
	if s.take('}') {
		return n, true
	}
	var seen map[string]struct{} // of objects too large to look through
	for {
		s.skip()
		if s.pos >= len(s.data) || s.data[s.pos] != '"' {
			return n, s.fail(at, "must go on with a member name in quotes")
		}
		name, fault, ok := s.string(at)
		if !ok {
			return n, false
		}
		if fault != "" {
			s.faults.add(at.member(name), "the name of the member %s", fault)
		}
		if !s.take(':') {
			return n, s.fail(at.member(name), `must go on with ":" after its name`)
		}
		value, ok := s.value(at.member(name), depth+1)
		if !ok {
			return n, false
		}
		switch {
		case fault != "":
		case n.has(name, &seen):
			s.faults.add(at.member(name), "must stand only once in its object")
		default:
			n.members = append(n.members, member{name, value})
		}
		if s.take('}') {
			return n, true
		}
		if !s.take(',') {
			return n, s.fail(at, `must go on with "," or "}"`)
		}
	}
}

// number reads a number. Its value is that of the nearest double, as in
// JavaScript.
func (s *scanner) number(at *path) (node, bool) {
	start := s.pos
	if s.data[s.pos] == '-' {
		s.pos++
	}
	if s.pos < len(s.data) && s.data[s.pos] == '0' {
		s.pos++
	} else if !s.digits() {
		return node{}, s.fail(at, "must have digits in its number")
	}
	if s.pos < len(s.data) && s.data[s.pos] == '.' {
		s.pos++
		if !s.digits() {
			return node{}, s.fail(at, "must have digits after the decimal point")
		}
	}
	if s.pos < len(s.data) && s.data[s.pos]|0x20 == 'e' {
		s.pos++
		if s.pos < len(s.data) && (s.data[s.pos] == '+' || s.data[s.pos] == '-') {
			s.pos++
		}
		if !s.digits() {
			return node{}, s.fail(at, "must have digits in the exponent")
		}
	}
	n := node{kind: numeric, text: string(s.data[start:s.pos])}
	n.number, _ = strconv.ParseFloat(n.text, 64)
	switch {
	case math.IsInf(n.number, 0):
		n.bad = true
		s.faults.add(at, "must be a finite number, not %v", &n)
	case n.number == 0 && math.Signbit(n.number):
		n.bad = true
		s.faults.add(at, "must be spelled 0, not %v", &n)
	}
	return n, true
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && digit(s.data[s.pos]) {
		s.pos++
	}
	return s.pos > start
}

// string reads a string. It reports what makes it invalid, if it can be
// skipped over all the same.
func (s *scanner) string(at *path) (str, fault string, ok bool) {
	s.pos++
	start := s.pos
	var b []byte // what stands before start, once there was an escape
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			b = append(b, s.data[start:s.pos]...)
			s.pos++
			return string(b), fault, true
		case c == '\\':
			b = append(b, s.data[start:s.pos]...)
			s.pos++
			r, ok := s.escape()
			if !ok {
				return "", "", s.fail(at, `must have a valid escape after "\"`)
			}
			if utf16.IsSurrogate(r) {
				fault = "must be valid Unicode, but has an escaped surrogate without its pair"
			}
			b = utf8.AppendRune(b, r)
			start = s.pos
		case c < ' ':
			fault = `must escape its control characters, as in "\n"`
			s.pos++
		case c < utf8.RuneSelf:
			s.pos++
		default:
			r, size := utf8.DecodeRune(s.data[s.pos:])
			if r == utf8.RuneError && size == 1 {
				fault = "must be valid UTF-8"
			}
			s.pos += size
		}
	}
	return "", "", s.fail(at, "must end its string with a quote")
}

// escape reads what follows a backslash. A surrogate without its pair is
// returned as it is.
func (s *scanner) escape() (rune, bool) {
	if s.pos >= len(s.data) {
		return 0, false
	}
	c := s.data[s.pos]
	if c == 'u' {
		r, ok := s.hex(s.pos + 1)
		if !ok {
			return 0, false
		}
		s.pos += 5
		if utf16.IsSurrogate(r) && bytes.HasPrefix(s.data[s.pos:], []byte(`\u`)) {
			if low, ok := s.hex(s.pos + 2); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					s.pos += 6
					return pair, true
				}
			}
		}
		return r, true
	}
	i := bytes.IndexByte([]byte(`"\/bfnrt`), c)
	if i < 0 {
		return 0, false
	}
	s.pos++
	return rune("\"\\/\b\f\n\r\t"[i]), true
}

func (s *scanner) hex(pos int) (rune, bool) {
	if pos+4 > len(s.data) {
		return 0, false
	}
	var r rune
	for _, c := range s.data[pos : pos+4] {
		switch {
		case digit(c):
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
