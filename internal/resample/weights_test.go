package resample

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSinPi(t *testing.T) {
	for i := -4000; i <= 4000; i++ {
		x := float64(i) / 1000
		require.InDelta(t, math.Sin(math.Pi*x), sinPi(x), 2e-15, "sin of %g pi", x)
	}
	for n := -3.; n <= 3; n++ {
		require.Zero(t, sinPi(n), "whole multiples are exact")
	}
}

// TestReduceWeights holds tables with which results were equal to libvips' on
// hundreds of pictures.
func TestReduceWeights(t *testing.T) {
	for _, c := range []struct {
		kernel Kernel
		shrink float64
		phase  int
		want   []int16
	}{
		// Phase 0 lies on the edge between two samples.
		{Lanczos3, 1, 0, []int16{100, -556, 2504, 2504, -556, 100, 0}},
		{Lanczos3, 1, 32, []int16{0, 0, 0, 4096, 0, 0, 0}},
		{Lanczos3, 2, 0, []int16{15, 61, -139, -272, 555, 1828, 1828, 555, -272, -139, 61, 15, 0}},
		{Lanczos2, 1, 0, []int16{-256, 2304, 2304, -256, 0}},
		{Mitchell, 1, 32, []int16{0, 227, 3640, 227, 0}},
		{Cubic, 1, 0, []int16{-256, 2304, 2304, -256, 0}},
	} {
		t.Run(fmt.Sprint(c.kernel, c.shrink, c.phase), func(t *testing.T) {
			got := reduceWeights(c.kernel, c.kernel.taps(c.shrink), c.shrink, c.phase)
			require.Equal(t, c.want, got)
		})
	}
}

func TestWeightsSumUpToOne(t *testing.T) {
	for kernel := Lanczos3; kernel.Valid(); kernel++ {
		for _, shrink := range []float64{1, 1.001, 1.25, 4. / 3, 1.999, 2, 2.5, 3, 3.999} {
			for phase := range phases + 1 {
				w := reduceWeights(kernel, kernel.taps(shrink), shrink, phase)
				sum := 0
				for _, v := range w {
					sum += int(v)
				}
				require.InDelta(t, weightOne, sum, float64(len(w)), "%v %g %d", kernel, shrink, phase)
			}
		}
	}
	for phase := range phases + 1 {
		sum := 0
		for _, v := range enlargeWeights(phase) {
			sum += int(v)
		}
		require.InDelta(t, weightOne, sum, 3)
	}
}

// TestReduceWeightsMirror: a phase and what it lacks to the whole are mirror
// images.
func TestReduceWeightsMirror(t *testing.T) {
	for phase := range phases + 1 {
		a := enlargeWeights(phase)
		b := enlargeWeights(phases - phase)
		for i := range a {
			require.Equal(t, a[i], b[3-i])
		}
	}
	require.Equal(t, []int16{0, weightOne, 0, 0}, enlargeWeights(0))
	require.Equal(t, []int16{-256, 2304, 2304, -256}, enlargeWeights(phases/2))
}

func TestTaps(t *testing.T) {
	for shrink, want := range map[float64]int{1: 7, 1.1: 7, 1.5: 9, 2: 13, 2.5: 17, 3.99: 25} {
		require.Equal(t, want, Lanczos3.taps(shrink), "shrink %g", shrink)
	}
}
