package encoder

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFilterBringsNearer encodes with the loop filter's levels as chosen, and with
// none: a decoder gets nearer to the source with them, and never farther from it.
func TestFilterBringsNearer(t *testing.T) {
	better := 0
	for seed := range uint64(12) {
		p := draw(seed, 150, 110)
		o := Options{Quality: 20 + 6*int(seed), Effort: 5}
		lost := func(noFilter bool) int {
			e := New()
			e.noFilter = noFilter
			b, err := e.Encode(t.Context(), nil, p, o)
			require.NoError(t, err)
			m := decode(t, b)
			sum := 0
			for y := range p.Height {
				for x := range p.Width {
					d := int(m.Y[y*m.YStride+x]) - int(p.Y[y*p.YStride+x])
					sum += d * d
				}
			}
			return sum
		}
		with, without := lost(false), lost(true)
		// Chroma counts as well, and strips end where rows go on.
		require.LessOrEqual(t, float64(with), 1.01*float64(without), "picture %d", seed)
		if with < without {
			better++
		}
	}
	require.Greater(t, better, 3)
}

// TestStripsCoverSmallPictures has pictures of all heights: each has strips to try
// levels on, within it.
func TestStripsCoverSmallPictures(t *testing.T) {
	for rows := 1; rows < 400; rows++ {
		e := &Encoder{rows: rows, columns: 1, workers: []*worker{{effort: &efforts[4]}}}
		e.prepareStrips()
		found := map[int]int{}
		for y := range rows {
			if strip, row, ok := e.stripOf(y); ok {
				require.Less(t, strip, len(e.strips))
				require.Equal(t, y, strip*e.period+(e.period-stripRows)/2+row)
				found[strip]++
			}
		}
		require.NotEmpty(t, found, "%d rows", rows)
		require.GreaterOrEqual(t, len(found), min(6, rows/stripRows), "%d rows", rows)
	}
}
