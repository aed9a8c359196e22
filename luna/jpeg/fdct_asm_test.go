//go:build (amd64 || arm64) && !noasm && gc

package jpeg

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareForward holds the assembly against the portable code on n blocks.
// Kind 0 is noise, 1 has only black and white, 2 is smooth, 3 are the basis
// functions at full contrast.
func compareForward(t *testing.T, r *rand.Rand, kind, quality, n, pad int) {
	t.Helper()
	stride := 8*(n+n%2) + pad
	src := make([]uint8, 8*stride)
	u, v := r.IntN(8), r.IntN(8)
	for i := range src {
		x, y := i%stride, i/stride
		switch kind {
		case 0:
			src[i] = uint8(r.Uint32())
		case 1:
			src[i] = uint8(255 * r.IntN(2))
		case 2:
			src[i] = uint8(100 + x/3 + y*5 + r.IntN(4))
		default:
			if wave(x%8, u)*wave(y, v) > 0 {
				src[i] = 255
			}
		}
	}
	q := newQuantizer(&annexK[r.IntN(2)], quality)
	got, want := make([]block, n+n%2), make([]block, n+n%2)
	forward(got, src, stride, n, &q)
	forwardGeneric(want, src, stride, n, &q)
	require.Equal(t, want[:n], got[:n], "kind %d at %d", kind, quality)
}

// wave is the sign of a basis function.
func wave(x, u int) int {
	if (2*x+1)*u/8%4 == 0 || (2*x+1)*u/8%4 == 3 {
		return 1
	}
	return -1
}

func TestAssemblyTransformsForward(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for kind := range 4 {
		for quality := 1; quality <= 100; quality++ {
			for n := 1; n < 8; n++ {
				compareForward(t, r, kind, quality, n, r.IntN(20))
			}
		}
	}
}

func FuzzTransformsForward(f *testing.F) {
	if !accelerated {
		f.Skip("no AVX2 or NEON here")
	}
	for kind := range uint8(4) {
		f.Add(uint64(kind), kind, uint8(90))
	}
	f.Fuzz(func(t *testing.T, seed uint64, kind, quality uint8) {
		r := rand.New(rand.NewPCG(seed, 3))
		compareForward(t, r, int(kind)%4, 1+int(quality)%100, 1+r.IntN(20), r.IntN(40))
	})
}

func BenchmarkForward(b *testing.B) {
	const n = 32
	r := rand.New(rand.NewPCG(1, 2))
	src := make([]uint8, 8*8*n)
	for i := range src {
		src[i] = uint8(100 + i%200/5 + r.IntN(20))
	}
	q := newQuantizer(&annexK[0], 85)
	dst := make([]block, n)
	for _, k := range []struct {
		name string
		f    func([]block, []uint8, int, int, *quantizer)
	}{{"assembly", forward}, {"go", forwardGeneric}} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(64 * n)
			for b.Loop() {
				k.f(dst, src, 8*n, n, &q)
			}
		})
	}
}
