//go:build (amd64 || arm64) && !noasm && gc

package jpeg

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareTransforms holds the assembly against the portable code on one
// block. Damage is how hostile it is: 0 is as an encoder makes them, 3 any
// bits at all.
func compareTransforms(t *testing.T, r *rand.Rand, damage, stride, off int) {
	t.Helper()
	var c [64]int16
	var q [64]int32
	for i := range q {
		switch damage {
		case 0:
			q[i] = 1 + r.Int32N(99)
		case 1:
			q[i] = r.Int32N(1 << 16)
		case 2:
			q[i] = []int32{0, 1, 255, math.MaxUint16}[r.IntN(4)]
		default:
			q[i] = int32(r.Uint32())
		}
	}
	for range r.IntN(64) {
		i := r.IntN(1 + r.IntN(64)) // many columns have none
		switch damage {
		case 0:
			c[i] = int16(r.IntN(64) - 32)
		case 2:
			c[i] = []int16{math.MinInt16, math.MaxInt16, -1}[r.IntN(3)]
		default:
			c[i] = int16(r.Uint32())
		}
	}
	n := off + 8*stride + 64
	got, want := make([]uint8, n), make([]uint8, n)
	idct8(got[off:off+7*stride+8], stride, &c, &q)
	idct8Generic(want[off:off+7*stride+8], stride, &c, &q)
	require.Equal(t, want, got, "8x8 of %v times %v", c, q)
	idct4(got[off:off+3*stride+4], stride, c[:16], &q)
	idct4Generic(want[off:off+3*stride+4], stride, c[:16], &q)
	require.Equal(t, want, got, "4x4 of %v times %v", c[:16], q)
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for damage := range 4 {
		for stride := 8; stride <= 130; stride++ {
			for off := range 16 {
				compareTransforms(t, r, damage, stride, off)
			}
		}
	}
}

func FuzzTransforms(f *testing.F) {
	if !accelerated {
		f.Skip("no AVX2 or NEON here")
	}
	for damage := range uint8(4) {
		f.Add(uint64(damage), damage)
	}
	f.Fuzz(func(t *testing.T, seed uint64, damage uint8) {
		r := rand.New(rand.NewPCG(seed, 3))
		compareTransforms(t, r, int(damage)%4, 8+r.IntN(100), r.IntN(32))
	})
}

func BenchmarkTransforms(b *testing.B) {
	var c [64]int16
	var q [64]int32
	for i := range 20 {
		c[i], q[i] = int16(60-7*i), int32(3+i)
	}
	dst := make([]uint8, 64)
	for _, k := range []struct {
		name string
		n    int64
		run  func()
	}{
		{"8x8/assembly", 64, func() { idct8(dst, 8, &c, &q) }},
		{"8x8/go", 64, func() { idct8Generic(dst, 8, &c, &q) }},
		{"4x4/assembly", 16, func() { idct4(dst, 8, c[:16], &q) }},
		{"4x4/go", 16, func() { idct4Generic(dst, 8, c[:16], &q) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(k.n)
			for b.Loop() {
				k.run()
			}
		})
	}
}
