package bmp_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/bmp"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestRunsOutside has runs, literals and steps beyond the picture, of more
// than 1<<31 pixels altogether, which must come out as if they were not there.
func TestRunsOutside(t *testing.T) {
	row, end := []byte{1, 1, 1, 2, 1, 3}, []byte{0, 0}
	many := 1<<31/255 + 1000
	for name, pixels := range map[string][]byte{
		"runs right of it":     slices.Concat(row, bytes.Repeat([]byte{255, 2}, many), end, row, end, []byte{0, 1}),
		"literals right of it": slices.Concat(row, []byte{0, 4, 2, 2, 2, 2}, end, row, end, []byte{0, 1}),
		"steps right of it":    slices.Concat(row, bytes.Repeat([]byte{0, 2, 255, 0}, many), []byte{1, 2}, end, row, end, []byte{0, 1}),
		"steps above it":       slices.Concat(row, end, row, bytes.Repeat([]byte{0, 2, 0, 255}, many), []byte{1, 2, 0, 1}),
		"steps above, no end":  slices.Concat(row, end, row, bytes.Repeat([]byte{0, 2, 0, 255}, 3), []byte{1, 2}),
	} {
		t.Run(name, func(t *testing.T) {
			data := file{header: 40, width: 3, height: 2, bits: 8, compression: 1, palette: colours, pixels: pixels}.bytes()
			src, err := bmp.Codec{MaxBytes: math.MaxInt64}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
			require.NoError(t, err)
			defer src.Close()
			m, err := pixel.ReadAll(nil, src)
			require.NoError(t, err)
			for y := range 2 {
				require.Equal(t, []uint8{0, 0, 9}, m.Planes[0].Row(y))
			}
		})
	}
}
