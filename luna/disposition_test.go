package luna

import (
	"mime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDisposition(t *testing.T) {
	for key, want := range map[string]string{
		"hero.jpg":            `inline; filename="hero.webp"`,
		"a/b/hero.photo.jpg":  `inline; filename="hero.photo.webp"`,
		"hero":                `inline; filename="hero.webp"`,
		".jpg":                `inline; filename="image.webp"`,
		`say "hi".jpg`:        `inline; filename="say _hi_.webp"; filename*=UTF-8''say%20%22hi%22.webp`,
		"100%41.jpg":          `inline; filename="100_41.webp"; filename*=UTF-8''100%2541.webp`,
		"Füße.png":            `inline; filename="F__e.webp"; filename*=UTF-8''F%C3%BC%C3%9Fe.webp`,
		"写真.jpg":              `inline; filename="__.webp"; filename*=UTF-8''%E5%86%99%E7%9C%9F.webp`,
		"evil\u202egpj.exe":   `inline; filename="evil_gpj.webp"; filename*=UTF-8''evil_gpj.webp`,
		"semi;colon,x.jpg":    `inline; filename="semi;colon,x.webp"`,
		"trailing.":           `inline; filename="trailing.webp"`,
		"with space.tar.jpeg": `inline; filename="with space.tar.webp"`,
	} {
		require.Equal(t, want, disposition(key, "webp"), key)
	}
}

func TestDispositionIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`[^/\\\x00-\x1f\x7f]{1,40}`).Draw(t, "key")
		d := disposition(key, "webp")
		kind, parameters, err := mime.ParseMediaType(d)
		if err != nil {
			t.Fatalf("%q: %v", d, err)
		}
		if kind != "inline" || !strings.HasSuffix(parameters["filename"], ".webp") {
			t.Fatalf("%q: %v", d, parameters)
		}
		for _, c := range []byte(d) {
			if c < ' ' || c > '~' {
				t.Fatalf("%q is not printable ASCII", d)
			}
		}
	})
}

func TestCacheKey(t *testing.T) {
	require.Len(t, cacheKey("a"), 64)
	seen := map[string][]string{}
	for _, parts := range [][]string{
		{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}, {"a", "", "b"},
		{"\x00\x00\x00\x00\x00\x00\x00\x01a"}, {"a\x00", "b"}, {"a", "\x00b"},
	} {
		k := cacheKey(parts...)
		require.NotContains(t, seen, k, "%q", parts)
		seen[k] = parts
	}
}
