package storagetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
)

// ValidKeys returns keys that are odd, but valid: every store must keep them
// apart, and all of them at the same time.
func ValidKeys() []string {
	keys := []string{
		"hero.jpg", "gallery/hero.jpg", "gallery/2026/11/hero.jpg", "gallery",
		// One key is the beginning of another.
		"a", "a/b", "a/b/c", "a.b", "a.b/c", "a/b.c", "a-b", "a0", "ab", "a b",
		// What file stores, ours among them, use for themselves.
		"x.attrs", "x", "x.attrs/y", ".attrs", ".x.attrs", "x.tmp", ".tmp", ".tmp/x", ".layout", ".layout/x",
		"a%", "a%/b", "a%+", "a%+/b", "a%-", "%", "%%", "%-", "%+", "+", "%2e", "%2e%2e", "%252e%252e", "a%2fb", "a%00",
		".hidden", "..hidden", "...", "a..", "a../b", "..a/b", "a.", "a./b", "a ", " a", " ", "  ", " /x", "~", "^a",
		"original.jpg", "originals/x", "derived/x", "a__0x2f__b", "__0x2e__", "__0x0__", "a__~b", "a~1.jpg",
		// Case, and Unicode forms.
		"A", "A/b", "IMG_1234.JPG", "img_1234.jpg", "Img_1234.Jpg", "caf\u00e9.jpg", "cafe\u0301.jpg", "CAF\u00c9.jpg",
		"stra\u00dfe", "STRASSE", "\u0130", "i\u0307", "\u212a", "k", "K",
		"写真/猫.jpg", "фото/кот.jpg", "صورة.jpg", "🏔/🐈\u200d⬛.jpg", "\u00a0", "\u2028", "\u3000", "\ufeff", "\ufffd", "\U0010ffff",
		// Bidirectional overrides and slashes that are none.
		"\u202egpj.exe", "a\u2215b", "a\u2044b", "a\uff0fb", "\uff0e\uff0e/x", "a\u29f5b",
		// Devices, drives and streams of Windows.
		"con", "CON", "nul", "nul.jpg", "NUL.tar.gz", "aux/x.jpg", "com1", "COM1.jpg", "com\u00b9", "lpt9.txt", "prn .jpg", "conin$",
		"C:", "c:/windows/x", "file.jpg:stream", "file.jpg::$DATA", "GALLER~1.JPG",
		// What shells, globs, SQL, HTML and URLs make something of.
		"*", "?", "[a-z]", "{a,b}", "a*b?.jpg", "|", "<", ">", "\"", "'", "`", "$HOME", "${x}", "$(x)", "#", "&", ";", "=", "@", ",", "!", "(", ")",
		"a?b=c&d=e#f", "https:a", "-rf", "--", "' OR 1=1 --", "<script>alert(1)</script>",
		"index.html", "null", "undefined", "true", "0", "-0", "1e9", "NaN",
		// What stores over HTTP make something of.
		".well-known/acme-challenge/x", "?acl", "?uploads", "%20", "a+b", "a%2Bb", "a%20b",
		// Length.
		strings.Repeat("s", 255), strings.Repeat("s", 256) + ".jpg", strings.Repeat("s", 300) + "/" + strings.Repeat("s", 300) + "/x",
		strings.Repeat("s", 200), strings.Repeat("s", 201), strings.Repeat("S", 255), strings.Repeat(".", 300), strings.Repeat("%", 300),
		strings.Repeat("猫", 80), strings.Repeat("猫", 341), strings.Repeat("é", 512), strings.Repeat("🏔", 256),
		strings.Repeat("k", 1024), strings.Repeat("k", 1023) + "l", strings.Repeat("k", 1023),
		strings.Repeat("%", 1024), strings.Repeat("..a/", 255) + "x", strings.Repeat("_", 1024), strings.Repeat("__0x2f__", 128),
		strings.Repeat("d/", 511) + "x", strings.Repeat("d/", 511) + "xy", strings.Repeat("d/", 300) + "x", strings.Repeat("d", 900) + "/" + strings.Repeat("e", 123),
	}
	return keys
}

// InvalidKeys returns texts that are no keys: every store must refuse them.
func InvalidKeys() []string {
	keys := []string{
		"", "/", "//", "/a", "a/", "a//b", "a///b", "//a", "a//",
		".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "../../etc/passwd", "a/../../b", "..\\a", "a\\b", "\\", "\\\\server\\share", "C:\\x",
		"/etc/passwd", "/dev/null", "a/../../../../../../../../etc/passwd",
		"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xae\xc0\xae/x", "\xf4\x90\x80\x80", "a\xff/b",
		strings.Repeat("k", 1025), strings.Repeat("猫", 342), strings.Repeat("d/", 512) + "x", strings.Repeat("k", 1<<20),
	}
	for c := range rune(0xa0) {
		if c < ' ' || c >= 0x7f {
			keys = append(keys, "a"+string(c)+"b", string(c))
		}
	}
	return keys
}

// HostileKeys returns n texts, valid keys and not, the same ones every time: all
// that [ValidKeys] and [InvalidKeys] name, and then what splicing odd pieces
// makes. Every store must refuse one with fs.ErrInvalid, or keep it as it is.
func HostileKeys(n int) []string {
	pieces := []string{
		"..", ".", "/", "//", "\\", "%2e", "%2E%2e", "%252e", "%00", "\x00", "\n", "\u2215", "\u202e", "\uff0f", ":", "C:", "con", "nul", "aux",
		"*", "?", "[", "~", "^", "%", "%+", "%-", ".attrs", ".tmp", ".layout", "__0x2f__", "__~", "a", "A", "b", "é", "e\u0301", "猫", " ", "\xff",
		strings.Repeat("x", 250), strings.Repeat("猫", 90), "derived/", "originals/", "$", "'", "\"", "<", "|", "#", "&", "+", "=",
		"../", "/..", "/../", "..\\", "..;/", "....//", "%2e%2e%2f", "%c0%af", "\u2044", "\u29f5", "\u202d", "\u2066", "\u200b", "\ufeff", "\u2028", "\x7f", "\u0085",
		"CON", "PRN.jpg", "LPT1", "com\u00b9.txt", "CONIN$", "::$DATA", "GALLER~1", ". ", " .", "x.", "x..", "hero.jpg", ".hero.jpg.0.attrs",
		"/etc/passwd", "//server/share", "\\\\?\\C:\\", "file:///", "~root", "-rf", "{a,b}", "[!a]", "**", "$(id)", "`id`", "%s%n", "t", "other", "derived/t/",
		"__~" + strings.Repeat("A", 43), "__0x", "__", "0x2e__", strings.Repeat("k", 1000), strings.Repeat("k", 1024), strings.Repeat("../", 700), strings.Repeat("d/", 40),
		strings.Repeat("%", 400), strings.Repeat("?", 130), strings.Repeat(".", 255), "\U0001f408", "\xed\xa0\x80", "\xc0\xae",
	}
	keys := slices.Concat(ValidKeys(), InvalidKeys())
	keys = slices.DeleteFunc(keys, func(key string) bool { return len(key) > 4096 })
	r := rand.New(rand.NewPCG(1, 2))
	// The short lists that callers ask for have of both, too.
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	for len(keys) < n {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		keys = append(keys, b.String())
	}
	return keys[:max(n, 0)]
}

func checkValidKeys(ctx context.Context, s Originals, o *Options) error {
	tenant, keys := newTenant(), o.possible(ValidKeys())
	for i, key := range keys {
		if err := put(ctx, s, tenant, key, content(20+i, uint64(i))); err != nil {
			return err
		}
	}
	for i, key := range keys {
		if _, err := holds(ctx, s, tenant, key, content(20+i, uint64(i))); err != nil {
			return err
		}
	}
	listed, err := listAll(ctx, s, tenant, "", 100)
	if err != nil {
		return err
	}
	if err := sameKeys(listed, keys); err != nil {
		return err
	}
	for i, key := range keys {
		if err := remove(ctx, s, tenant, key); err != nil {
			return err
		}
		if err := lacks(ctx, s, tenant, key); err != nil {
			return err
		}
		if i+1 < len(keys) {
			if _, err := holds(ctx, s, tenant, keys[i+1], content(20+i+1, uint64(i+1))); err != nil {
				return fmt.Errorf("after deleting %.80q: %w", key, err)
			}
		}
	}
	return nil
}

// sameKeys compares sets of keys.
func sameKeys(got, wanted []string) error {
	got, wanted = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(wanted))
	for i := range max(len(got), len(wanted)) {
		switch {
		case i >= len(got):
			return fmt.Errorf("%d keys were listed, of %d; there is no %.80q", len(got), len(wanted), wanted[i])
		case i >= len(wanted):
			return fmt.Errorf("%d keys were listed, of %d; %.80q is none", len(got), len(wanted), got[i])
		case got[i] < wanted[i]:
			return fmt.Errorf("%.80q was listed, which is no key, or twice", got[i])
		case got[i] > wanted[i]:
			return fmt.Errorf("%.80q was not listed", wanted[i])
		}
	}
	return nil
}

func checkHostileKeys(ctx context.Context, s Originals, o *Options) error {
	tenant := newTenant()
	stored := map[string][]byte{}
	for i, key := range o.possible(HostileKeys(o.Keys)) {
		text := content(8, uint64(i))
		err := s.Create(ctx, tenant, key, bytes.NewReader(text), "", false)
		switch {
		case err == nil && stored[key] == nil:
			stored[key] = text
		case stored[key] != nil:
			if err := want(err, fs.ErrExist, "Create(%q), which is there", key); err != nil {
				return err
			}
		case !errors.Is(err, fs.ErrInvalid):
			return fmt.Errorf("store: Create(%q): %w; it should work, or be fs.ErrInvalid", key, err)
		}
	}
	var keys []string
	for key, text := range stored {
		if _, err := holds(ctx, s, tenant, key, text); err != nil {
			return err
		}
		keys = append(keys, key)
	}
	listed, err := listAll(ctx, s, tenant, "", 1000)
	if err != nil {
		return err
	}
	if err := sameKeys(listed, keys); err != nil {
		return err
	}
	return remove(ctx, s, tenant, keys...)
}
