package meter_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/meter"
)

func TestNewID(t *testing.T) {
	sum := sha256.Sum256([]byte("\x00\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x00\x00\x00\x00\x00\x02bc"))
	require.Equal(t, sum[:16], func() []byte { id := meter.NewID("a", "bc"); return id[:] }())
	seen := map[meter.ID][]string{}
	for _, fields := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"a", "b", ""}, {"\x00\x00\x00\x00\x00\x00\x00\x01a"}, {"b", "a"}} {
		id := meter.NewID(fields...)
		require.NotContains(t, seen, id, "%q and %q", fields, seen[id])
		seen[id] = fields
	}
	require.NotEqual(t, meter.Image("a", "bc"), meter.Image("ab", "c"))
	require.NotEqual(t, meter.Image("1:", "a"), meter.Image("1", ":a"))
}

func TestParseID(t *testing.T) {
	id := meter.NewID("a")
	got, err := meter.ParseID(id.String())
	require.NoError(t, err)
	require.Equal(t, id, got)
	for _, text := range []string{"", id.String()[1:], id.String() + "0", strings.ToUpper(id.String()), strings.Repeat("g", 32), strings.Repeat(" ", 32), strings.Repeat("0", 1<<20)} {
		_, err := meter.ParseID(text)
		require.ErrorIs(t, err, meter.ErrID)
		require.Less(t, len(err.Error()), 200)
	}
	text, err := json.Marshal(id)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &got))
	require.Equal(t, id, got)
}

// FuzzParseID expects each ID to have one text, and nothing else to be one.
func FuzzParseID(f *testing.F) {
	f.Add(meter.NewID("a").String())
	f.Add("")
	f.Add(strings.Repeat("G0", 16))
	f.Fuzz(func(t *testing.T, text string) {
		id, err := meter.ParseID(text)
		if err != nil {
			require.ErrorIs(t, err, meter.ErrID)
			require.Zero(t, id)
			return
		}
		require.Equal(t, text, id.String())
	})
}
