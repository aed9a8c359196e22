package smartcrop

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// naive is the loop of libvips' smartcrop.c, on histograms that are counted
// anew for every slice.
func naive(planes [][]uint8, width, height int, keep image.Point) image.Rectangle {
	score := func(r image.Rectangle) float64 {
		counts := make([][256]int, len(planes))
		for p := range planes {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					counts[p][planes[p][y*width+x]]++
				}
			}
		}
		sum := 0.
		for v := range 256 {
			for p := range planes {
				if n := counts[p][v]; n > 0 {
					q := float32(1/float64(r.Dx()*r.Dy()*len(planes))) * float32(n)
					sum -= float64(q * (float32(1/math.Ln2) * float32(math.Log(float64(q)))))
				}
			}
		}
		return sum
	}
	r := image.Rect(0, 0, width, height)
	step := max((width-keep.X+7)/8, (height-keep.Y+7)/8)
	for r.Size() != keep {
		if n := min(r.Dx()-keep.X, step); n > 0 {
			if score(image.Rect(r.Min.X, r.Min.Y, r.Min.X+n, r.Max.Y)) < score(image.Rect(r.Max.X-n, r.Min.Y, r.Max.X, r.Max.Y)) {
				r.Min.X += n
			} else {
				r.Max.X -= n
			}
		}
		if n := min(r.Dy()-keep.Y, step); n > 0 {
			if score(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+n)) < score(image.Rect(r.Min.X, r.Max.Y-n, r.Max.X, r.Max.Y)) {
				r.Min.Y += n
			} else {
				r.Max.Y -= n
			}
		}
	}
	return r
}

func TestEntropyCutsAsTheLoopDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width, height := rapid.IntRange(1, 70).Draw(t, "width"), rapid.IntRange(1, 70).Draw(t, "height")
		keep := image.Pt(rapid.IntRange(1, width).Draw(t, "keep width"), rapid.IntRange(1, height).Draw(t, "keep height"))
		bands := rapid.IntRange(1, 4).Draw(t, "bands")
		seed := rapid.Uint32().Draw(t, "seed")
		planes := make([][]uint8, bands)
		for p := range planes {
			planes[p] = make([]uint8, width*height)
			for i := range planes[p] {
				seed = seed*1664525 + 1013904223
				planes[p][i] = uint8(int(seed>>24) * (i%width + 1) / width) // more to the right
			}
		}
		e := NewEntropy(width, height, bands, keep, false)
		require.EqualValues(t, len(e.counts)*4, EntropyBytes(width, height, bands, keep))
		for y := range height {
			rows := make([][]uint8, bands)
			for p := range rows {
				rows[p] = planes[p][y*width:][:width]
			}
			e.Push(y, rows...)
		}
		require.Equal(t, naive(planes, width, height, keep), e.Box())
	})
}

func TestEntropyKeepsWhatIsBusy(t *testing.T) {
	e := NewEntropy(100, 20, 1, image.Pt(20, 20), false)
	for y := range 20 {
		row := make([]uint8, 100)
		for x := 60; x < 80; x++ {
			row[x] = uint8(x*y*37 + x)
		}
		e.Push(y, row)
	}
	require.Equal(t, image.Rect(60, 0, 80, 20), e.Box())
}

func TestFunctions(t *testing.T) {
	for i := 1; i <= 100_000; i++ {
		v := float64(i) / 100_000
		require.InDelta(t, math.Log(v), ln(v), 4e-15, "ln %g", v)
		require.InDelta(t, math.Cbrt(v), root(v, 3), 4e-16, "cube root of %g", v)
		if i%10 == 0 {
			require.InDelta(t, math.Exp(-3*v), exp(3*v), 4e-16, "exp %g", -3*v)
		}
	}
	require.Zero(t, root(0, 3))
	require.Equal(t, 0., ln(1))
}

func TestLinearised(t *testing.T) {
	for i, got := range linearised() {
		v := float64(i) / 255
		want := v / 12.92
		if v > .04045 {
			want = math.Pow((v+.055)/1.055, 2.4)
		}
		require.Equal(t, float32(want), got, "%d", i)
	}
}
