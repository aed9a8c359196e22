package file

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("l", 188)
	for _, c := range []struct{ key, exact, folded string }{
		{"gallery/hero.jpg", "gallery/hero.jpg", ""},
		{"hero", "hero%", ""},
		{"a/b", "a/b%", ""},
		{"v1.2/hero.jpg", "v1.2%/hero.jpg", ""},
		{"x.attrs", "x.attrs", ""},
		{".hidden.jpg", "%2ehidden.jpg", ""},
		{".hidden/x.jpg", "%2ehidden/x.jpg", ""},
		{"...", "%2e.%2e", ""},
		{"..", "%2e%2e%", ""},
		{"a.", "a%2e%", ""},
		{"a ", "a%20%", ""},
		{"100%.jpg", "100%25.jpg", ""},
		{`a\b:c|"d".jpg`, "a%5cb%3ac%7c%22d%22.jpg", ""},
		{"a\x00\n.jpg", "a%00%0a.jpg", ""},
		{"nul", "%6eul%", ""},
		{"nul/com1.txt", "%6eul/%63om1.txt", ""},
		{"NUL.tar.gz", "%4eUL.tar.gz", "%4e^u^l.tar.gz"},
		{"nullable.jpg", "nullable.jpg", ""},
		{"IMG_1234.JPG", "IMG_1234.JPG", "^i^m^g_1234.^j^p^g"},
		{"café.jpg", "café.jpg", "caf%c3%a9.jpg"},
		{"GALLER~1.jpg", "GALLER~1.jpg", "^g^a^l^l^e^r%7e1.jpg"},
		{"a^b.jpg", "a^b.jpg", "a%5eb.jpg"},
		{"", "%-%", ""},
		{"/", "%-/%-%", ""},
		{"a//b", "a/%-/b%", ""},
		{"a/", "a/%-%", ""},
		{"../../x.jpg", "%2e%2e/%2e%2e/x.jpg", ""},
		{long + "0123456789abcdef.jpg", long + "%+/0123456789abcdef.jpg", ""},
		{long + "0123456789abcdef/b.jpg", long + "%+/0123456789abcdef/b.jpg", ""},
		{long + "01234567.jpg", long + "01234567.jpg", ""},
	} {
		if c.folded == "" {
			c.folded = c.exact
		}
		require.Equal(t, c.exact, names{}.file(c.key), "%q", c.key)
		require.Equal(t, c.folded, names{folded: true}.file(c.key), "%q folded", c.key)
		checkNames(t, c.key)
	}
}

// keyOf undoes file, by the parts of the name alone.
func (n names) keyOf(t require.TestingT, name string) string {
	key := ""
	segments := strings.Split(name, "/")
	for i, s := range segments {
		text, k := n.parse(s)
		key += text
		switch {
		case i == len(segments)-1:
			require.Equal(t, object, k, "%q in %q", s, name)
		case k == folder:
			key += "/"
		default:
			require.Equal(t, part, k, "%q in %q", s, name)
		}
	}
	return key
}

// checkNames makes sure that a key has a name that is safe, and that no other
// key can have.
func checkNames(t require.TestingT, key string) {
	for _, n := range []names{{}, {folded: true}} {
		name := n.file(key)
		require.Equal(t, key, n.keyOf(t, name), "the key of %q", name)

		for segment := range strings.SplitSeq(name, "/") {
			if fault := n.fault(segment); fault != "" {
				require.Fail(t, fault, "%q in %q", segment, name)
			}
		}
		base, _ := splitKey(key)
		dir := n.dir(base)
		if dir == "." {
			dir = ""
		}
		require.True(t, strings.HasPrefix(name, dir), "%q is not in %q", name, dir)
		require.Equal(t, path.Clean(name), name)
	}
}

// fault says why a name is not safe on every system.
func (n names) fault(name string) string {
	switch {
	case name == "":
		return "empty"
	case len(name) > maxText+len(cut):
		return "too long"
	case !utf8.ValidString(name):
		return "not UTF-8"
	case name[0] == '.':
		return "ours"
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
		return "cut by Windows"
	case isDevice(name):
		return "a device"
	}
	for _, r := range name {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*\`, r) {
			return "refused by Windows"
		}
		if n.folded && (r >= 0x80 || 'A' <= r && r <= 'Z' || r == '~') {
			return "not the only one where names are folded"
		}
	}
	return ""
}

// text draws keys from what names are hard to find for.
func text() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"/", ".", "..", "%", "%%", "%+", "%-", "%2e", "a", "A", "nul", "com1", "con.x", " ", "~", "^", "é", "猫", "\xff",
			strings.Repeat("x", 190), strings.Repeat("%", 70), strings.Repeat("猫", 70), strings.Repeat(".", 210),
		}),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 8), func(pieces []string) string { return strings.Join(pieces, "") })
}

func TestNamesAreOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkNames(t, text().Draw(t, "key")) })
}

func FuzzNames(f *testing.F) {
	for _, key := range []string{"", "gallery/hero.jpg", "a/", "//", "../x", "nul.txt", "a%+/b", strings.Repeat("é.", 200), "\xff\x00"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if len(key) < 4096 {
			checkNames(t, key)
		}
	})
}

// FuzzParse reads names that somebody else gave to files: those that list
// takes for an object must be the name of just that.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"a.jpg", "a%", "%41.jpg", "%+", "%-", "^a", "^^", "%2", "%2E", ".x"} {
		f.Add(name, true)
		f.Add(name, false)
	}
	f.Fuzz(func(t *testing.T, name string, folded bool) {
		n := names{folded: folded}
		text, k := n.parse(name)
		if k == object && n.file(text) == name {
			require.Equal(t, text, n.keyOf(t, name))
			require.Empty(t, n.fault(name))
		}
	})
}
