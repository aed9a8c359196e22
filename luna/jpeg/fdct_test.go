package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFDCT compares with the definition (T.81, A.3.3).
func TestFDCT(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		src := make([]uint8, 7*11+8)
		for i := range src {
			src[i] = uint8(rng.Uint32())
		}
		var got [64]int32
		fdct(&got, src, 11)
		for v := range 8 {
			for u := range 8 {
				var sum float64
				for y := range 8 {
					for x := range 8 {
						sum += (float64(src[y*11+x]) - 128) * math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) * math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
					}
				}
				for _, f := range []int{u, v} {
					if f == 0 {
						sum /= math.Sqrt2
					}
				}
				require.InDelta(t, 2*sum, got[8*v+u], 1.5, "frequency %d, %d", u, v)
			}
		}
	}
}

func TestFDCTOfAFlatBlock(t *testing.T) {
	for level := range 256 {
		src := make([]uint8, 64)
		for i := range src {
			src[i] = uint8(level)
		}
		var got, want [64]int32
		want[0] = int32(64 * (level - 128))
		fdct(&got, src, 8)
		require.Equal(t, want, got)
	}
}

// TestQuantizeDivides every coefficient that there can be by every divisor.
func TestQuantizeDivides(t *testing.T) {
	for quality := 1; quality <= 100; quality++ {
		for _, base := range annexK {
			q := newQuantizer(&base, quality)
			for k := range 64 {
				d := 8 * int(q.table[k])
				// The products at which the quotient changes, and their neighbours.
				for n := 0; n <= 1<<15/d; n++ {
					for _, v := range []int{n*d + d/2 - 1, n*d + d/2, n*d + d/2 + 1} {
						want := (v + d/2) / d
						got := uint64(uint32(v)+q.half[k]) * uint64(q.reciprocal[k]) >> 32
						if uint64(want) != got {
							t.Fatalf("%d / %d = %d, not %d", v, d, want, got)
						}
					}
				}
			}
		}
	}
}

func TestQuantizeRoundsHalvesAway(t *testing.T) {
	q := newQuantizer(&annexK[0], 50) // the table itself
	require.Equal(t, uint8(16), q.table[0])
	var c [64]int32
	c[0], c[1], c[8], c[63] = -64, 43, 48, 99*4 // halves of 128, 88, 96 and 792
	var b block
	q.quantize(&b, &c)
	require.Equal(t, []int32{-1, 0, 1, 1}, []int32{b.at(0), b.at(1), b.at(2), b.at(63)})
	require.Equal(t, uint64(1|1<<2|1<<63), b.nonzero())
}

func TestQualityScalesTheTables(t *testing.T) {
	for quality, want := range map[int]uint8{1: 255, 10: 80, 25: 32, 50: 16, 75: 8, 90: 3, 99: 1, 100: 1} {
		q := newQuantizer(&annexK[0], quality)
		require.Equal(t, want, q.table[0], "at %d", quality)
	}
}
