package main

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []time.Duration
		want   time.Duration
	}{
		{nil, 0},
		{[]time.Duration{7}, 7},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{8, 2, 4, 100}, 6},
	} {
		before := slices.Clone(test.values)
		require.Equal(t, test.want, median(test.values))
		require.Equal(t, before, test.values, "the values keep their order")
	}
	require.InDelta(t, 2.5, median([]float64{1, 2, 3, 4}), 1e-12)
}

// TestMedianSplits is the definition: as many values lie below as above.
func TestMedianSplits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-1000, 1000), 1, 20).Draw(t, "values")
		m := median(values)
		below, above := 0, 0
		for _, v := range values {
			if v < m {
				below++
			}
			if v > m {
				above++
			}
		}
		if 2*below > len(values) || 2*above > len(values) {
			t.Fatalf("%d of %d are below %d, %d above", below, len(values), m, above)
		}
	})
}

func TestPSNR(t *testing.T) {
	require.InDelta(t, 48.13, psnr(1), 0.005)
	require.InDelta(t, 0, psnr(255*255), 1e-9)
	require.True(t, math.IsInf(psnr(0), 1))
}
