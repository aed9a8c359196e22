//go:build amd64 && !noasm && gc

package vp8l

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// count makes counts as histograms have them: many zeros, runs, few large.
func counts(r *rand.Rand, n, most int) []uint32 {
	c := make([]uint32, n)
	for i := 0; i < n; {
		run := 1 + r.IntN(9)
		v := uint32(0)
		if r.IntN(3) > 0 {
			v = uint32(r.IntN(1 << r.IntN(most)))
		}
		for ; run > 0 && i < n; run-- {
			c[i] = v
			i++
			if r.IntN(2) == 0 {
				v = uint32(r.IntN(1 << r.IntN(most)))
			}
		}
	}
	return c
}

func TestMeasuresAsPortableCodeDoes(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		n := 8 * (1 + r.IntN(maxSymbols/8))
		x, y := counts(r, n, 1+r.IntN(27)), counts(r, n, 1+r.IntN(27))
		var got measure
		var want measure
		if r.IntN(3) == 0 {
			y = none[:n]
		}
		measureCounts(&got, x, y)
		measureGeneric(&want, x, y)
		require.Equal(t, want.cost(n), got.cost(n))
		require.Equal(t, want, got)
	}
}

func TestGainsAsPortableCodeDoes(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 here")
	}
	r := rand.New(rand.NewPCG(9, 10))
	for range 3000 {
		var x, y [256]uint32
		copy(x[:], counts(r, 1+r.IntN(256), 1+r.IntN(12)))
		copy(y[:], counts(r, 1+r.IntN(256), 1+r.IntN(27)))
		require.Equal(t, gainGeneric(&x, &y), gain(&x, &y))
	}
}

func TestPredictsAsPortableCodeDoes(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 here")
	}
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 400 {
		width, height := 9+r.IntN(60), 2+r.IntN(9)
		pixels := make([]uint32, width*height+1)
		for i := range pixels {
			if pixels[i] = r.Uint32(); round%2 == 0 && i > 0 {
				pixels[i] = subtract(pixels[i-1], pixels[i]&0x87078307)
			}
		}
		n := 1 + r.IntN(width-1)
		at := width + 1 + r.IntN(width-n)
		for mode := range predictors {
			got, want := make([]uint32, n+1), make([]uint32, n+1)
			residuals(got[:n], pixels, at, width, n, mode)
			residualsGeneric(want[:n], pixels, at, width, n, mode)
			require.Equal(t, want, got, "%d pixels with predictor %d", n, mode)
		}
		var got, want [16]uint32
		score(&got, pixels, at, width, n, height-1)
		scoreGeneric(&want, pixels, at, width, n, height-1)
		require.Equal(t, want, got)
	}
}

func TestDecorrelatesAsPortableCodeDoes(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 here")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		width, height := 1+r.IntN(60), 1+r.IntN(9)
		pixels := make([]uint32, width*height)
		for i := range pixels {
			pixels[i] = r.Uint32()
		}
		m := multipliersOf(r.Uint32())
		for shift := 0; shift <= 16; shift += 16 {
			n := 1 + r.IntN(width)
			at := r.IntN(width - n + 1)
			want := leftoverGeneric(pixels, at, width, n, height, shift, m.greenToBlue, m.redToBlue)
			require.Equal(t, want, leftover(pixels, tile{at, width, n, height}, shift, m.greenToBlue, m.redToBlue))
		}
		got, want := slices.Clone(pixels), slices.Clone(pixels)
		decorrelate(got, m)
		decorrelateGeneric(want, m)
		require.Equal(t, want, got)
		subtractGreen(got)
		subtractGreenGeneric(want)
		require.Equal(t, want, got)
	}
}

func TestComparesAsPortableCodeDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := range 70 {
		for k := range n + 1 {
			a := make([]uint32, n)
			for i := range a {
				a[i] = r.Uint32N(2)
			}
			b := slices.Clone(a)
			if k < n {
				b[k] ^= 1 << r.IntN(32)
			}
			require.Equal(t, k, mismatch(a, b))
			require.Equal(t, k, mismatchGeneric(a, b))
			require.Equal(t, k, matchLength(slices.Concat(a, b), 0, n, n))
		}
	}
}
