package ledger

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzUnpack: what pack wrote is read back, and nothing else makes it panic.
func FuzzUnpack(f *testing.F) {
	f.Add([]byte(nil), int64(0), int64(-1))
	f.Add([]byte{0x80}, int64(math.MaxInt64), int64(math.MinInt64))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, int64(1), int64(2))
	f.Fuzz(func(t *testing.T, answer []byte, a, b int64) {
		var x, y int64
		if err := unpack(answer, &x, &y); err != nil {
			require.ErrorIs(t, err, ErrUnbalanced)
		}
		require.NoError(t, unpack(pack(a, b), &x, &y))
		require.Equal(t, [2]int64{a, b}, [2]int64{x, y})
		require.Error(t, unpack(pack(a), &x, &y))
	})
}

// TestHash: no two calls have the same bytes to hash, however their texts
// are cut.
func TestHash(t *testing.T) {
	seen := map[[32]byte]string{}
	for name, h := range map[string]*hashOf{
		"ab, c":    call("x").text("ab").text("c"),
		"a, bc":    call("x").text("a").text("bc"),
		"abc":      call("x").text("abc"),
		"abc, ":    call("x").text("abc").text(""),
		"1, 2":     call("x").num(1).num(2),
		"2, 1":     call("x").num(2).num(1),
		"the call": call("xabc"),
	} {
		require.Empty(t, seen[h.sum()], name)
		seen[h.sum()] = name
	}
}
