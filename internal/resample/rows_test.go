package resample

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func noise(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		b[i] = uint8(min(max(r.IntN(426)-85, 0), 255))
	}
	return b
}

func TestReduceRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for taps := 1; taps <= 25; taps++ {
		const n = 64
		rows := make([][]uint8, taps)
		for k := range rows {
			rows[k] = noise(r, n)
		}
		weights := make([]int16, taps)
		for k := range weights {
			weights[k] = int16(r.IntN(2400) - 1000)
		}
		// The extremes: white where the weight is positive, or negative.
		for k, w := range weights {
			rows[k][0], rows[k][1] = 0, 0
			if w > 0 {
				rows[k][0] = 255
			} else {
				rows[k][1] = 255
			}
		}
		got := make([]uint8, n)
		reduceRows(got, rows, weights)
		for i := range got {
			sum := weightHalf
			for k, w := range weights {
				sum += int(w) * int(rows[k][i])
			}
			require.Equal(t, uint8(clamp(sum>>weightBits)), got[i], "%d taps, sample %d", taps, i)
		}
	}
}

func TestAverages(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, box := range []int{2, 3, 4, 5, 7, 16, 100, 255, 256, 257, 1000, 70000} {
		src := noise(r, 3*box+box/2)
		for i := range src[:box] {
			src[i] = 255 // all white stays white
		}
		dst := make([]uint8, 4)
		average1D(dst, src, box)
		for i := range dst {
			sum := 0
			for k := range box {
				sum += int(src[min(i*box+k, len(src)-1)])
			}
			want := uint8(int64(sum+box/2) * int64(1<<24/box) >> 24)
			require.Equal(t, want, dst[i], "box of %d", box)

			sums, down := make([]uint32, 1), make([]uint8, 1)
			for k := range box {
				accumulate(sums, src[min(i*box+k, len(src)-1):][:1], 1)
			}
			average(down, sums, box)
			require.Equal(t, want, down[0])
			require.Zero(t, sums[0])
		}
		require.InDelta(t, 255, dst[0], 1)
	}
}

func TestAverage2(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 256} {
		for step := 1; step < 256; step += 6 {
			a, b, dst := make([]uint8, n), make([]uint8, n), make([]uint8, n)
			for i := range a {
				a[i], b[i] = uint8(i), uint8(i*step+3*i)
			}
			average2(dst, a, b)
			for i := range dst {
				require.Equal(t, uint8((int(a[i])+int(b[i])+1)/2), dst[i])
			}
		}
	}
}

// TestConstantStaysConstant, as far as truncated weights allow: each pass may
// lose 25 of 4096.
func TestConstantStaysConstant(t *testing.T) {
	for _, v := range []int{0, 1, 64, 128, 254, 255} {
		p := plane{61, 47, make([]int, 61*47)}
		for i := range p.pix {
			p.pix[i] = v
		}
		for _, size := range [][2]int{{61, 47}, {60, 46}, {31, 24}, {20, 11}, {7, 47}, {61, 5}, {1, 1}, {122, 94}, {100, 20}, {13, 90}} {
			q := stream(t, p, Span{In: 61, Total: size[0]}, Span{In: 47, Total: size[1]})
			for _, got := range q.pix {
				require.InDelta(t, v, got, 3, "%d at %v", v, size)
			}
			if v == 0 {
				require.Equal(t, 0, q.pix[0])
			}
		}
	}
}

// TestNothingMoves: the centre of mass of a blob stays where it is, relative
// to the sides, whatever the factor.
func TestNothingMoves(t *testing.T) {
	const n = 240
	const cx, cy = 97.5, 140.25
	p := plane{n, n, make([]int, n*n)}
	for y := range n {
		for x := range n {
			dx, dy := float64(x)+.5-cx, float64(y)+.5-cy
			p.pix[y*n+x] = clamp(int(255 - (dx*dx+dy*dy)/8))
		}
	}
	for _, size := range [][2]int{{240, 240}, {239, 241}, {180, 160}, {120, 120}, {100, 77}, {60, 60}, {48, 50}, {480, 480}, {311, 500}, {50, 300}} {
		q := stream(t, p, Span{In: n, Total: size[0]}, Span{In: n, Total: size[1]})
		var mass, mx, my float64
		for i, v := range q.pix {
			mass += float64(v)
			mx += float64(v) * (float64(i%q.w) + .5)
			my += float64(v) * (float64(i/q.w) + .5)
		}
		require.InDelta(t, cx/n, mx/mass/float64(q.w), .02/n, "%v", size)
		require.InDelta(t, cy/n, my/mass/float64(q.h), .02/n, "%v", size)
	}
}

// TestHalvedPlaneStaysWithItsOwner: a ramp in a plane of half the samples is
// where the same ramp in the full plane is.
func TestHalvedPlaneStaysWithItsOwner(t *testing.T) {
	const n = 400
	full, half := make([]int, n), make([]int, n/2)
	for i := range full {
		full[i] = i / 2
	}
	for i := range half {
		half[i] = i // the mean of full's 2i and 2i+1, both i
	}
	for _, s := range []Span{
		{In: n, Total: 400}, {In: n, Total: 200}, {In: n, Total: 151}, {In: n, Total: 90}, {In: n, Total: 700},
		{In: n, Total: 100, Shrink: 3.99}, {In: n, Total: 100, Shrink: 4.01},
		{In: n, Total: 120, Left: 33.3, Length: 301.7}, {In: n, Total: 150, First: 31, Count: 80}, {In: n, Total: 150, First: 30, Count: 81},
	} {
		one := Span{In: 1, Total: 1}
		a := stream(t, plane{n, 1, full}, s, one)
		b := stream(t, plane{n / 2, 1, half}, s.Halve(), one)
		require.Len(t, b.pix, (len(a.pix)+1)/2)
		for i := 20; i < len(b.pix)-20; i++ {
			require.InDelta(t, float64(a.pix[2*i]+a.pix[2*i+1])/2, b.pix[i], 1.5, "%+v at %d", s, i)
		}
	}
}
