package interleave

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSplitUndoesJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "pixels")
		planes := make([][]uint8, rapid.IntRange(1, 5).Draw(t, "planes"))
		for p := range planes {
			planes[p] = rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "plane")
		}
		packed := make([]uint8, n*len(planes))
		Join(packed, planes)
		for i := range n {
			for p := range planes {
				require.Equal(t, planes[p][i], packed[i*len(planes)+p])
			}
		}
		// Also the first planes alone, as of RGBX.
		back := make([][]uint8, rapid.IntRange(1, len(planes)).Draw(t, "wanted"))
		for p := range back {
			back[p] = make([]uint8, n)
		}
		Split(back, packed, len(planes))
		require.Equal(t, planes[:len(back)], back)
	})
}
