package ycc

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestToRGB compares with the matrix of JFIF: fixed point with 16 bits is
// never off by more than the rounding.
func TestToRGB(t *testing.T) {
	for y := 0; y < 256; y += 5 {
		for cb := 0; cb < 256; cb += 3 {
			for cr := 0; cr < 256; cr += 3 {
				var r, g, b [1]uint8
				ToRGB(r[:], g[:], b[:], []uint8{uint8(y)}, []uint8{uint8(cb)}, []uint8{uint8(cr)})
				u, v := float64(cb)-128, float64(cr)-128
				for i, want := range []float64{float64(y) + 1.402*v, float64(y) - .344136*u - .714136*v, float64(y) + 1.772*u} {
					got := float64([]uint8{r[0], g[0], b[0]}[i])
					require.InDelta(t, min(max(want, 0), 255), got, .51, "%d %d %d", y, cb, cr)
				}
			}
		}
	}
}

func TestFromRGB(t *testing.T) {
	for r := 0; r < 256; r += 3 {
		for g := 0; g < 256; g += 3 {
			for b := 0; b < 256; b += 5 {
				var y, cb, cr, luma [1]uint8
				FromRGB(y[:], cb[:], cr[:], []uint8{uint8(r)}, []uint8{uint8(g)}, []uint8{uint8(b)})
				Luma(luma[:], []uint8{uint8(r)}, []uint8{uint8(g)}, []uint8{uint8(b)})
				require.Equal(t, y, luma)
				light := .299*float64(r) + .587*float64(g) + .114*float64(b)
				require.InDelta(t, light, float64(y[0]), .51)
				require.InDelta(t, min(128+(float64(b)-light)/1.772, 255), float64(cb[0]), .51)
				require.InDelta(t, min(128+(float64(r)-light)/1.402, 255), float64(cr[0]), .51)
			}
		}
	}
}

func TestGrayIsNeutral(t *testing.T) {
	for v := range 256 {
		one := []uint8{uint8(v)}
		var y, cb, cr [1]uint8
		FromRGB(y[:], cb[:], cr[:], one, one, one)
		require.Equal(t, []uint8{uint8(v), 128, 128}, []uint8{y[0], cb[0], cr[0]})
		var r, g, b [1]uint8
		ToRGB(r[:], g[:], b[:], one, []uint8{128}, []uint8{128})
		require.Equal(t, []uint8{uint8(v), uint8(v), uint8(v)}, []uint8{r[0], g[0], b[0]})
	}
}

// TestFromRGBInPlace: the operands may be the results.
func TestFromRGBInPlace(t *testing.T) {
	r, g, b := []uint8{255, 0, 10}, []uint8{0, 255, 20}, []uint8{0, 0, 30}
	var y, cb, cr [3]uint8
	FromRGB(y[:], cb[:], cr[:], r, g, b)
	FromRGB(r, g, b, r, g, b)
	require.Equal(t, [][]uint8{y[:], cb[:], cr[:]}, [][]uint8{r, g, b})
	require.Equal(t, []uint8{76, 85, 255}, []uint8{y[0], cb[0], cr[0]}) // libjpeg's red
}

func TestFromCMYK(t *testing.T) {
	for ink := range 256 {
		for key := range 256 {
			var r, g, b [1]uint8
			FromCMYK(r[:], g[:], b[:], []uint8{uint8(ink)}, []uint8{0}, []uint8{255}, []uint8{uint8(key)})
			require.Equal(t, uint8(math.Round(float64((255-ink)*(255-key))/255)), r[0])
			require.Equal(t, uint8(255-key), g[0])
			require.Zero(t, b[0])
		}
	}
}

func TestWiden(t *testing.T) {
	for _, c := range []struct{ src, want []uint8 }{
		{[]uint8{7}, []uint8{7}},
		{[]uint8{7}, []uint8{7, 7}},
		{[]uint8{0, 100}, []uint8{0, 0, 100, 100}}, // libjpeg interpolates from three columns on
		{[]uint8{0, 100}, []uint8{0, 0, 100}},
		{[]uint8{0, 100, 200}, []uint8{0, 25, 75, 125, 175, 200}},
		{[]uint8{0, 100, 200}, []uint8{0, 25, 75, 125, 175}},
		{[]uint8{0, 1, 3, 0}, []uint8{0, 0, 1, 2, 2, 2, 1, 0}},
	} {
		dst := make([]uint8, len(c.want))
		Widen(dst, c.src)
		require.Equal(t, c.want, dst, "%v", c.src)
	}
}

func TestWidenBetween(t *testing.T) {
	near, far := []uint8{10, 200, 31, 77, 255}, []uint8{250, 3, 9, 140, 0}
	column := func(i int) int {
		i = min(max(i, 0), len(near)-1)
		return 3*int(near[i]) + int(far[i])
	}
	for _, n := range []int{9, 10} {
		dst := make([]uint8, n)
		WidenBetween(dst, near, far)
		for x, got := range dst {
			i := x / 2
			want := (3*column(i) + column(i-1) + 8) >> 4
			if x&1 != 0 {
				want = (3*column(i) + column(i+1) + 7) >> 4
			}
			require.Equal(t, uint8(want), got, "column %d of %d", x, n)
		}
	}
	dst := make([]uint8, 4)
	WidenBetween(dst, near[:2], far[:2])
	require.Equal(t, []uint8{10, 10, 200, 200}, dst)
}

func TestWideningKeepsConstants(t *testing.T) {
	for v := range 256 {
		src := []uint8{uint8(v), uint8(v), uint8(v), uint8(v)}
		want := fmt.Sprint(append(src, src...))
		dst := make([]uint8, 8)
		Widen(dst, src)
		require.Equal(t, want, fmt.Sprint(dst))
		WidenBetween(dst, src, src)
		require.Equal(t, want, fmt.Sprint(dst))
	}
}

func TestHalve(t *testing.T) {
	dst := make([]uint8, 3)
	Halve(dst, []uint8{0, 1, 0, 1, 9})
	require.Equal(t, []uint8{0, 1, 9}, dst, "halves go down and up by turns")
	Halve(dst, []uint8{255, 255, 254, 255, 10, 20})
	require.Equal(t, []uint8{255, 255, 15}, dst)
}

func TestQuarter(t *testing.T) {
	dst := make([]uint8, 3)
	Quarter(dst, []uint8{0, 1, 0, 1, 4}, []uint8{0, 1, 1, 0, 8})
	require.Equal(t, []uint8{0, 1, 6}, dst, "a half goes down and up by turns")
	src := []uint8{10, 20, 30, 40, 50, 60}
	Quarter(src[:3], src, src)
	require.Equal(t, []uint8{15, 35, 55}, src[:3], "in place")
}
