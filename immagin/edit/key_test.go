package edit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

func TestValidateKey(t *testing.T) {
	for _, key := range []string{
		"a", "hero.jpg", "gallery/2024/ü 😀.jpg", ".hidden", "a/.b", "...", "a/.../b", "..a", "a..", "a. ", " ", "a b", "-", "~", "*?[x]",
		"%2e%2e", "%252e%252e/a", "..%2fa", "C:", "C:a", "a.", "\u2215", "a\u2215..\u2215b", "\u2024\u2024", "\uff0e\uff0e/a", "x.attrs",
		"\u200b", "\u202e", "\u2028", "\ufffd", "\ufeffa", "<script>", `"`, "'", "a;b", "a&b=c", "#", "?", "null", "CON", "nul.jpg", "$HOME", "`id`", "${x}",
		strings.Repeat("k", 1024), strings.Repeat("é", 512), strings.Repeat("a/", 511) + "ab",
	} {
		require.NoError(t, edit.ValidateKey(key), key)
	}
	for _, c := range []struct{ key, want string }{
		{"", "must not be empty"},
		{strings.Repeat("k", 1025), "must be at most 1024 bytes, not 1025"},
		{strings.Repeat("é", 512) + "x", "must be at most 1024 bytes, not 1025"},
		{"a\xffb", "must be valid UTF-8"},
		{"\xed\xa0\x80", "must be valid UTF-8"},
		{"\xc0\xae\xc0\xae/a", "must be valid UTF-8"},
		{"a\xe2\x82", "must be valid UTF-8"},
		{"a\x00.jpg", "must have no control character, such as U+0000"},
		{"\x01", "must have no control character, such as U+0001"},
		{"a\nb", "must have no control character, such as U+000A"},
		{"a\r\nb", "must have no control character, such as U+000D"},
		{"a\tb", "must have no control character, such as U+0009"},
		{"\x1b[31m", "must have no control character, such as U+001B"},
		{"a\x7f", "must have no control character, such as U+007F"},
		{"a\u0085b", "must have no control character, such as U+0085"},
		{"a\u009fb", "must have no control character, such as U+009F"},
		{`a\b`, `must have no backslash; segments are separated by /`},
		{`..\a`, `must have no backslash; segments are separated by /`},
		{`\\host\share`, `must have no backslash; segments are separated by /`},
		{"/", "must not begin with /"},
		{"/etc/passwd", "must not begin with /"},
		{"//host/a", "must not begin with /"},
		{"a/", "must not end with /"},
		{"a//", "must not end with /"},
		{"a//b", "must have no empty segment"},
		{"file:///etc/passwd", "must have no empty segment"},
		{".", `must have no segment "."`},
		{"./a", `must have no segment "."`},
		{"a/.", `must have no segment "."`},
		{"a/./b", `must have no segment "."`},
		{"..", `must have no segment ".."`},
		{"../a", `must have no segment ".."`},
		{"a/..", `must have no segment ".."`},
		{"a/../b", `must have no segment ".."`},
		{"a/b/../../../c", `must have no segment ".."`},
	} {
		require.EqualError(t, edit.ValidateKey(c.key), c.want, "%q", c.key)
		r := &edit.Request{Key: c.key}
		require.Contains(t, faults(t, r.Validate(nil))[0], "key: must")
		_, err := r.Payload()
		require.Error(t, err)
	}
}
