package storage

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/storage/storagetest"
)

func TestCheckKey(t *testing.T) {
	for _, key := range storagetest.ValidKeys() {
		require.NoError(t, CheckKey(key), "%q", key)
	}
	for _, key := range storagetest.InvalidKeys() {
		err := CheckKey(key)
		require.ErrorIs(t, err, fs.ErrInvalid, "%q", key)
		var e *KeyError
		require.True(t, errors.As(err, &e))
		require.Equal(t, "key", e.Field)
		require.LessOrEqual(t, len(e.Value), 64)
		require.True(t, strings.HasPrefix(e.Reason, "must "), e.Reason)
		require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
	}
	require.EqualError(t, CheckKey("a/../b"), `storage: key "a/../b" must not have a segment . or ..`)
}

// FuzzCheckKey compares with the standard library's idea of a path.
func FuzzCheckKey(f *testing.F) {
	for _, key := range append(storagetest.ValidKeys(), storagetest.InvalidKeys()...) {
		if len(key) < 2000 {
			f.Add(key)
		}
	}
	f.Fuzz(func(t *testing.T, key string) {
		valid := fs.ValidPath(key) && key != "." && len(key) <= 1024 &&
			!strings.ContainsFunc(key, unicode.IsControl) && !strings.Contains(key, `\`)
		if got := CheckKey(key) == nil; got != valid {
			t.Fatalf("CheckKey(%q): valid is %t; it should be %t", key, got, valid)
		}
		if !valid {
			return
		}
		for i := range key { // what a key begins with is a prefix
			if err := checkPrefix(key[:i]); err != nil {
				t.Fatal(err)
			}
		}
		checkObjectName(t, "originals/demo/", key)
	})
}

// escapedLength is the length of a name as the drivers of gocloud.dev v0.47.0
// write it, each taken at its longest.
func escapedLength(name string) int {
	n := 0
	for i, r := range name {
		n += utf8.RuneLen(r)
		if strings.ContainsRune(`"#%?\`, r) || r == '/' && strings.HasSuffix(name[:i], "..") ||
			r == '_' && strings.HasPrefix(name[i:], "__0x") {
			n += len("__0x2f__") - 1
		}
	}
	return n
}

func checkObjectName(t require.TestingT, prefix, key string) {
	name, substitute := objectName(prefix, key)
	rest, ok := strings.CutPrefix(name, prefix)
	require.True(t, ok)
	require.LessOrEqual(t, escapedLength(name), 1024, "%q", name)
	require.LessOrEqual(t, strings.Count(name, "/"), 253, "%q", name)
	require.Empty(t, keyFault(rest), "%q", name)
	require.Equal(t, substitute, isSubstitute(rest), "%q", name)
	if !substitute {
		require.Equal(t, prefix+key, name)
	} else {
		back, ok := keyOf(prefix, name, metadata(key))
		require.True(t, ok)
		require.Equal(t, key, back)
		_, ok = keyOf(prefix, name+"x", metadata(key))
		require.False(t, ok)
		_, ok = keyOf(prefix, name, metadata(key+"x"))
		require.False(t, ok)
		_, ok = keyOf(prefix, name, nil)
		require.False(t, ok)
	}
	for i := range key {
		if i < 40 || i > len(key)-40 || i%97 == 0 {
			require.True(t, strings.HasPrefix(name, listName(prefix, key[:i])), "%q, %q", name, key[:i])
		}
	}
	require.True(t, strings.HasPrefix(name, listName(prefix, key)))
}

func TestObjectNames(t *testing.T) {
	seen := map[string]string{}
	for _, key := range storagetest.ValidKeys() {
		checkObjectName(t, "originals/demo/", key)
		checkObjectName(t, "", key)
		name, _ := objectName("originals/demo/", key)
		require.NotContains(t, seen, name, "of %q", key)
		seen[name] = key
	}
	name, substitute := objectName("", strings.Repeat("k", 1024))
	require.False(t, substitute)
	require.Len(t, name, 1024)
	_, substitute = objectName("p", strings.Repeat("k", 1024))
	require.True(t, substitute)
	// What looks like a substitute gets one.
	_, substitute = objectName("", "a__~"+strings.Repeat("x", hashLength))
	require.True(t, substitute)
	_, substitute = objectName("", "a__~"+strings.Repeat("x", hashLength-1))
	require.False(t, substitute)
}

func TestObjectNamesOfAnyKey(t *testing.T) {
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
		"/", "..", "../", "_", "__", "0x", "__0x", "%", "x", "猫", strings.Repeat("k", 300), strings.Repeat("%", 60), strings.Repeat("a/", 90), "__~",
	}))
	rapid.Check(t, func(t *rapid.T) {
		key := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "key"), "")
		if CheckKey(key) == nil {
			checkObjectName(t, rapid.SampledFrom([]string{"", "originals/demo/", strings.Repeat("p", 500) + "/"}).Draw(t, "prefix"), key)
		}
	})
}

func TestPrefixes(t *testing.T) {
	for _, prefix := range []string{"", "a", "a/", "a/b", ".", "..", "a/.", "a/..", "...", strings.Repeat("p", 1024), strings.Repeat("p", 1023) + "/"} {
		require.NoError(t, checkPrefix(prefix), "%q", prefix)
	}
	for _, prefix := range []string{"/", "//", "a//", "./", "../", "a/../", "/a", "\x00", "\xff", `\`, strings.Repeat("p", 1025)} {
		require.ErrorIs(t, checkPrefix(prefix), fs.ErrInvalid, "%q", prefix)
	}
}
