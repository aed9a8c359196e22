package sign

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParseAPIKey holds that a key has one spelling, and that nothing of one
// beyond its prefix is printed.
func FuzzParseAPIKey(f *testing.F) {
	good := NewAPIKey().Reveal()
	for _, text := range []string{good, good + "0", good[1:], strings.ToUpper(good), good + "\n", " " + good, "imk_", "", "imk_0123456789ABCDEFGHIJ\x00K", "imk_ééééééééééé"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseAPIKey(text)
		if err != nil {
			require.Empty(t, k.Reveal())
			if len(text) > 8 {
				require.NotContains(t, err.Error(), text, "it may be a key with a character too many")
			}
			return
		}
		require.Equal(t, text, k.Reveal())
		require.Len(t, text, len(good))
		require.NotContains(t, k.String(), text[len(k.Prefix()):])
		require.NoError(t, k.Hash().Verify(k))
	})
}

// FuzzKeyHash reads what a store of keys has kept.
func FuzzKeyHash(f *testing.F) {
	good := NewAPIKey().Hash().String()
	for _, text := range []string{good, strings.ToUpper(good), good[1:], good + "0", good[:63] + "g", ""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var h KeyHash
		if h.UnmarshalText(text) == nil {
			require.Equal(t, strings.ToLower(string(text)), h.String())
		}
	})
}
