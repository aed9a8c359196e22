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
			for k, at := range zigzag {
				d := 8 * int(q.table[k])
				// The products at which the quotient changes, and their neighbours.
				for n := 0; n <= 1<<13/d; n++ {
					for _, v := range []int{n*d + d/2 - 1, n*d + d/2, n*d + d/2 + 1} {
						var c [64]int32
						var b block
						c[at] = int32(v)
						q.quantize(&b, &c)
						if want := (v + d/2) / d; want != int(b.c[at]) {
							t.Fatalf("%d / %d = %d, not %d", v, d, want, b.c[at])
						}
					}
				}
			}
			if quality%10 != 0 && testing.Short() {
				break
			}
		}
	}
}

func TestQuantizeRoundsHalvesAway(t *testing.T) {
	q := newQuantizer(&annexK[0], 50) // the table itself
	require.Equal(t, uint8(16), q.table[0])
	var c [64]int32
	c[0], c[1], c[8], c[9], c[63] = -64, 43, 48, -12*8*4, 99*4 // halves of 128, 88, 96 and 792
	var b block
	q.quantize(&b, &c)
	require.Equal(t, []int16{-1, 0, 1, -4, 1}, []int16{b.c[0], b.c[1], b.c[8], b.c[9], b.c[63]})
	require.Equal(t, [3]uint64{1 | 1<<2 | 1<<4 | 1<<63, 1 << 4, 1 << 4}, b.above)
}

func TestQualityScalesTheTables(t *testing.T) {
	for quality, want := range map[int]uint8{1: 255, 10: 80, 25: 32, 50: 16, 75: 8, 90: 3, 99: 1, 100: 1} {
		q := newQuantizer(&annexK[0], quality)
		require.Equal(t, want, q.table[0], "at %d", quality)
	}
}
