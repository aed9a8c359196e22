package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareReduced holds what runs here against the portable code, on blocks
// that are as hostile as damage says: 0 is as an encoder makes them.
func compareReduced(t *testing.T, r *rand.Rand, damage, stride, blocks int) {
	t.Helper()
	var q [64]int32
	c := make([]int16, max(64, 4*blocks))
	for i := range q {
		switch damage {
		case 0:
			q[i] = 1 + r.Int32N(99)
		case 1:
			q[i] = []int32{0, 1, 255, math.MaxUint16}[r.IntN(4)]
		default:
			q[i] = int32(r.Uint32())
		}
	}
	for range r.IntN(len(c)) {
		i := r.IntN(1 + r.IntN(len(c)))
		switch damage {
		case 0:
			c[i] = int16(r.IntN(64) - 32)
		case 1:
			c[i] = []int16{math.MinInt16, math.MaxInt16, -1}[r.IntN(3)]
		default:
			c[i] = int16(r.Uint32())
		}
	}
	stride = max(stride, 2*blocks)
	got, want := make([]uint8, 5*stride+64), make([]uint8, 5*stride+64)
	idct4Reduced(got[:3*stride+4], stride, (*[64]int16)(c), &q)
	idct4ReducedGeneric(want[:3*stride+4], stride, (*[64]int16)(c), &q)
	require.Equal(t, want, got, "4x4 of %v times %v", c, q)
	idct2Reduced(got[:stride+2], stride, (*[64]int16)(c), &q)
	idct2ReducedGeneric(want[:stride+2], stride, (*[64]int16)(c), &q)
	require.Equal(t, want, got, "2x2 of %v times %v", c, q)
	idct2Row(got[:stride+2*blocks], stride, c[:4*blocks], &q)
	idct2RowGeneric(want[:stride+2*blocks], stride, c[:4*blocks], &q)
	require.Equal(t, want, got, "a row of 2x2 of %v times %v", c, q)
}

func TestReducedTransformsAreThePortableOnes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for damage := range 3 {
		for stride := 4; stride < 40; stride++ {
			for blocks := range 40 {
				compareReduced(t, r, damage, stride, blocks)
			}
		}
	}
}

func FuzzReducedTransforms(f *testing.F) {
	for damage := range uint8(3) {
		f.Add(uint64(damage), damage)
	}
	f.Fuzz(func(t *testing.T, seed uint64, damage uint8) {
		r := rand.New(rand.NewPCG(seed, 6))
		compareReduced(t, r, int(damage)%3, 4+r.IntN(100), r.IntN(64))
	})
}

func BenchmarkReducedTransforms(b *testing.B) {
	c := make([]int16, 64)
	var q [64]int32
	for i := range 20 {
		c[i], q[i] = int16(60-7*i), int32(3+i)
	}
	dst := make([]uint8, 128)
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"4x4", func() { idct4Reduced(dst, 4, (*[64]int16)(c), &q) }},
		{"4x4/go", func() { idct4ReducedGeneric(dst, 4, (*[64]int16)(c), &q) }},
		{"2x2", func() { idct2Reduced(dst, 2, (*[64]int16)(c), &q) }},
		{"2x2/go", func() { idct2ReducedGeneric(dst, 2, (*[64]int16)(c), &q) }},
		{"sixteen low 2x2", func() { idct2Row(dst, 32, c, &q) }},
		{"sixteen low 2x2/go", func() { idct2RowGeneric(dst, 32, c, &q) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.run()
			}
		})
	}
}
