package postgres

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/meter"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		text, least string
		valid, any  bool
	}{
		{"", "", true, true},
		{"aé😀", "aé😀", true, true},
		{"a\x00z", "a\x01", false, true},
		{"\x00", "\x01", false, true},
		{"a\xc3", "aÀ", false, true},
		{"a\xc3A", "aÀ", false, true},
		{"a\xe9", "a\u9000", false, true},
		{"a\xff", "b", false, true},
		{"\xff", "", false, false},
		{"a\U0010ffff\xff", "b", false, true},
		{"\U0010ffff\U0010ffff\xff", "", false, false},
		{"\xed\xa0\x80", "\ue000", false, true}, // a surrogate
		{"\xed\x9f\xbf", "\xed\x9f\xbf", true, true},
	} {
		least, valid, any := text(c.text)
		require.Equal(t, c.any, any, "%q", c.text)
		require.Equal(t, c.valid, valid, "%q", c.text)
		require.Equal(t, c.least, least, "%q", c.text)
	}
}

// TestTextIsTheLeast takes any bytes and any text: they are in the same order
// as the text that stands for the bytes and the text.
func TestTextIsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := string(rapid.SliceOfN(rapid.SampledFrom([]byte("\x00\x01a\x7f\x80\x9f\xa0\xbf\xc3\xe9\xed\xee\xef\xf0\xf4\x8f\xff")), 0, 6).Draw(t, "bytes"))
		other := rapid.StringOfN(rapid.SampledFrom([]rune("\x01a\u007f\u0080éÀÿ\u07ff\ud7ff\ue000\uffff\U00010000😀\U0010ffff")), 0, 3, -1).Draw(t, "text")
		least, valid, any := text(bytes)
		switch {
		case valid:
			if least != bytes {
				t.Fatalf("%q is valid and stands for %q", least, bytes)
			}
		case !any:
			if other > bytes {
				t.Fatalf("%q is after %q, which is said to be the end", other, bytes)
			}
		default:
			if !utf8.ValidString(least) || (other > bytes) != (other >= least) {
				t.Fatalf("%q stands for %q, and %q is not after both", least, bytes, other)
			}
		}
	})
}

func TestSuccessor(t *testing.T) {
	id, any := successor(meter.ID{15: 0xff})
	require.True(t, any)
	require.Equal(t, meter.ID{14: 1}, id)
	for i := range id {
		id[i] = 0xff
	}
	_, any = successor(id)
	require.False(t, any)
}
