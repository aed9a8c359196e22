package scene

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLandscapeIsTheSameEachTime(t *testing.T) {
	a, b := Landscape(97, 61), Landscape(97, 61)
	require.Equal(t, a.Pix, b.Pix)
}

func TestLandscapeHasRangeAndDetail(t *testing.T) {
	m := Landscape(320, 240)
	var histogram [256]int
	for i := 1; i < len(m.Pix); i += 4 {
		histogram[m.Pix[i]]++
	}
	used := 0
	for _, n := range histogram {
		if n > 0 {
			used++
		}
	}
	require.Greater(t, used, 200, "a photograph uses nearly all levels")
}

func BenchmarkLandscape(b *testing.B) {
	for b.Loop() {
		Landscape(800, 600)
	}
}
