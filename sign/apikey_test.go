package sign

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPIKeyForm(t *testing.T) {
	seen := map[string]bool{}
	counts := map[byte]int{}
	for range 4000 {
		text := NewAPIKey().Reveal()
		require.Regexp(t, `^imk_[0-9A-Za-z]{22}$`, text)
		require.False(t, seen[text])
		seen[text] = true
		for _, c := range []byte(text[4:]) {
			counts[c]++
		}
	}
	// 88,000 digits, 1419 of each expected, deviation 37: reduction of a byte
	// modulo 62 would give the first eight 1719. Chance fails this once in
	// a billion runs.
	for _, c := range []byte(base62) {
		require.InDelta(t, 1419, counts[c], 260, "%c", c)
	}
}

func TestParseAPIKey(t *testing.T) {
	key := NewAPIKey()
	parsed, err := ParseAPIKey(key.Reveal())
	require.NoError(t, err)
	require.Equal(t, key.Reveal(), parsed.Reveal())
	require.Equal(t, key.Reveal()[:8], parsed.Prefix())

	text := key.Reveal()
	for _, bad := range []string{
		"", "imk_", text[:25], text + "0", "IMK_" + text[4:], " " + text, text + "\n", text[:25] + "-", text[:25] + "\x00", text[:24] + "é",
		strings.Repeat("a", 26), "Bearer " + text, text[:10] + " " + text[11:],
	} {
		_, err := ParseAPIKey(bad)
		require.Error(t, err, "%q", bad)
		require.NotContains(t, err.Error(), text[4:])
	}
}

func TestKeyHash(t *testing.T) {
	key, err := ParseAPIKey("imk_0123456789ABCDEFGHIJab")
	require.NoError(t, err)
	hash := key.Hash()
	// printf %s imk_0123456789ABCDEFGHIJab | sha256sum
	require.Equal(t, "3532d19c80647ce1ad11f6e0ae9f3af0c98283025c75dc6ca4bc4016111f1122", hash.String())
	require.NoError(t, hash.Verify(key))
	require.ErrorIs(t, hash.Verify(NewAPIKey()), ErrMismatch)
	require.ErrorIs(t, hash.Verify(APIKey{}), ErrMismatch)
	require.ErrorIs(t, APIKey{}.Hash().Verify(APIKey{}), ErrMismatch)
	require.ErrorIs(t, KeyHash{}.Verify(key), ErrMismatch)

	text, err := json.Marshal(hash)
	require.NoError(t, err)
	var back KeyHash
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, hash, back)
	for _, bad := range []string{`""`, `"00"`, `"` + strings.Repeat("g", 64) + `"`, `"` + strings.Repeat("0", 65) + `"`} {
		require.Error(t, json.Unmarshal([]byte(bad), &back), bad)
	}
}
