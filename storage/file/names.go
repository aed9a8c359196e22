package file

import (
	"strings"
	"unicode/utf8"
)

// maxText is the length in bytes beyond which a segment is cut. File systems
// take 255; a mark and the ends of .attrs names come on top.
const maxText = 200

// maxEscaped is the length of the longest escape of one rune.
const maxEscaped = 3 * utf8.UTFMax

const (
	mark  = "%"  // a file without a dot, or a folder with one
	cut   = "%+" // a folder with the rest of a long segment
	empty = "%-" // an empty segment
)

// names maps keys to file names, and back. The doc of the package has the rules.
type names struct {
	// folded names survive systems that ignore case and Unicode form.
	folded bool
}

// file returns the slash-separated name of key's file.
func (n names) file(key string) string {
	dir, last := splitKey(key)
	var b strings.Builder
	b.Grow(len(key) + 8)
	n.appendDir(&b, dir)
	n.appendSegment(&b, last, false)
	return b.String()
}

// dir returns the name of the folder that holds the files of all keys that
// begin with prefix, which is empty or ends in a slash.
func (n names) dir(prefix string) string {
	if prefix == "" {
		return "."
	}
	var b strings.Builder
	n.appendDir(&b, prefix)
	return strings.TrimSuffix(b.String(), "/")
}

// splitKey cuts key behind its last slash.
func splitKey(key string) (dir, last string) {
	i := strings.LastIndexByte(key, '/') + 1
	return key[:i], key[i:]
}

func (n names) appendDir(b *strings.Builder, prefix string) {
	for segment := range strings.SplitAfterSeq(prefix, "/") {
		if segment == "" {
			return // behind the last slash
		}
		n.appendSegment(b, segment[:len(segment)-1], true)
		b.WriteByte('/')
	}
}

func (n names) appendSegment(b *strings.Builder, text string, dir bool) {
	name := n.escape(text)
	for len(name) > maxText {
		head := n.head(text)
		b.WriteString(n.escape(head))
		b.WriteString(cut + "/")
		text = text[len(head):]
		name = n.escape(text)
	}
	if name == "" {
		name = empty
	}
	b.WriteString(name)
	if strings.Contains(name, ".") == dir {
		b.WriteString(mark)
	}
}

// head returns the part of a long text that its first folder takes: as many
// whole runes as surely fit.
func (n names) head(text string) string {
	length := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		length += n.cost(r, size)
		if length > maxText-maxEscaped { // leaves room for what the ends need
			return text[:i]
		}
		i += size
	}
	return text
}

// cost is the length in bytes of a rune that stands in the middle of a name.
func (n names) cost(r rune, size int) int {
	switch {
	case r == utf8.RuneError && size == 1, n.unsafe(r):
		return 3 * size
	case n.folded && 'A' <= r && r <= 'Z':
		return 2
	}
	return size
}

// unsafe reports whether r is escaped wherever it stands.
func (n names) unsafe(r rune) bool {
	return r < ' ' || r == 0x7f || r < utf8.RuneSelf && strings.ContainsRune(`%\<>:"|?*/`, r) ||
		n.folded && (r >= utf8.RuneSelf || r == '^' || r == '~')
}

const hexDigits = "0123456789abcdef"

// escape returns the name of text, without marks.
func (n names) escape(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 4)
	device := isDevice(text)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		first, last := i == 0, i+size == len(text)
		switch {
		case r == utf8.RuneError && size == 1,
			n.unsafe(r),
			first && (r == '.' || device),
			last && (r == '.' || r == ' '):
			for _, c := range []byte(text[i : i+size]) {
				b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
			}
		case n.folded && 'A' <= r && r <= 'Z':
			b.Write([]byte{'^', byte(r) + 'a' - 'A'})
		default:
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String()
}

// A kind says what a name in a folder stands for.
type kind int

const (
	foreign kind = iota // not one of our names
	object              // a file
	folder              // a segment and its slash
	part                // the beginning of a long segment
)

// parse returns the text of a name, and what it stands for. It takes more names
// than file makes: who needs to be sure compares with file(key).
func (n names) parse(name string) (text string, k kind) {
	if name == "" || name[0] == '.' {
		return "", foreign
	}
	if body, ok := strings.CutSuffix(name, cut); ok {
		return n.unescape(body, part)
	}
	body, marked := strings.CutSuffix(name, mark)
	k = folder
	if strings.Contains(body, ".") != marked {
		k = object
	}
	if body == empty {
		return "", k
	}
	return n.unescape(body, k)
}

func (n names) unescape(name string, k kind) (string, kind) {
	if !strings.Contains(name, "%") && !(n.folded && strings.Contains(name, "^")) {
		return name, k
	}
	b := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '%':
			if i+2 >= len(name) {
				return "", foreign
			}
			high := strings.IndexByte(hexDigits, name[i+1])
			low := strings.IndexByte(hexDigits, name[i+2])
			if high < 0 || low < 0 {
				return "", foreign
			}
			b = append(b, byte(high<<4|low))
			i += 2
		case c == '^' && n.folded:
			if i++; i == len(name) || name[i] < 'a' || name[i] > 'z' {
				return "", foreign
			}
			b = append(b, name[i]-('a'-'A'))
		default:
			b = append(b, c)
		}
	}
	return string(b), k
}

// isDevice reports whether Windows takes name for a device, whatever its
// extension.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToLower(strings.TrimRight(base, " "))
	switch base {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	port, ok := strings.CutPrefix(base, "com")
	if !ok {
		port, ok = strings.CutPrefix(base, "lpt")
	}
	if !ok {
		return false
	}
	switch port {
	case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
		return true
	}
	return false
}
