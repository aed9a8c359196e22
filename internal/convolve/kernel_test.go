//go:build (amd64 || arm64) && !noasm && gc

package convolve

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// extreme returns n random numbers up to most, or only the least and the
// greatest.
func extreme[T uint8 | uint16](r *rand.Rand, n, most int) []T {
	b := make([]T, n)
	mode := r.IntN(4)
	for i := range b {
		switch mode {
		case 0:
			b[i] = T(r.IntN(most + 1))
		case 1:
			b[i] = T(most * r.IntN(2))
		case 2:
			b[i] = T(most)
		}
	}
	return b
}

// randomSums returns n numbers of up to 31 bits.
func randomSums(r *rand.Rand, n int) []int32 {
	sums := make([]int32, n)
	for i := range sums {
		sums[i] = int32(r.Uint32() >> (1 + r.IntN(31)))
	}
	return sums
}

// compareSlides holds slide for samples up to most against its twin, on blocks
// of sums and boxes whose weights sum up to total at most.
func compareSlides[T uint8 | uint16](t *testing.T, r *rand.Rand, blocks, off, most, total int, portable func([]int32, []T, []move)) {
	n := blocks * block
	base := extreme[T](r, off+n+50, most)[off:]
	var moves []move
	for range r.IntN(21) {
		w := int32(1 + r.IntN(total))
		total -= int(w)
		moves = append(moves, move{r.IntN(51), r.IntN(51), w, pairOf[T](w)})
		if total == 0 {
			break
		}
	}
	sums := randomSums(r, n+off+8)
	for i := range sums {
		sums[i] >>= 2 // so that nothing overflows
	}
	want := slices.Clone(sums)
	slide(sums[off:off+n], base, moves, false)
	portable(want[off:off+n], base, moves)
	require.Equal(t, want, sums, "%d sums, %v", n, moves)
}

// compareScales holds scale against its twin, on sums that a mask can make.
func compareScales[T uint8 | uint16](t *testing.T, r *rand.Rand, m *Mask, n, off int) {
	sums := randomSums(r, n)
	for i := range sums {
		sums[i] %= total(m.weights)*int32(m.limit) + 1
	}
	got, want := make([]T, off+n+64), make([]T, off+n+64)
	scale(got[off:off+n:off+n], sums, m)
	scaleGeneric(want[off:off+n:off+n], sums, m)
	require.Equal(t, want, got, "%d at %d, %+v", n, off, m)
}

// compareKernels holds every assembly kernel against its portable twin, on n
// samples, off samples away from the start of their memory.
func compareKernels(t *testing.T, r *rand.Rand, n, off int) {
	blocks := (n + block - 1) / block
	compareSlides(t, r, blocks, off, 255, 64, slide8Generic)
	compareSlides(t, r, blocks, off, 32767, 64, slide16Generic)

	sums := randomSums(r, padded(n)+off)
	want := slices.Clone(sums)
	addUp(sums[off:])
	addUpGeneric(want[off:])
	require.Equal(t, want, sums)

	compareScales[uint8](t, r, Blur(0.56+r.Float64()*5), n, off)
	compareScales[uint8](t, r, Blur(300+r.Float64()*700), n, off)
	compareScales[uint8](t, r, Blur(0.6), n, off)
	compareScales[uint16](t, r, Unsharp(r.Float64()*10), n, off)
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 131 {
		for off := range 8 {
			compareKernels(t, r, n, off)
		}
	}
}

func FuzzAssembly(f *testing.F) {
	if !accelerated {
		f.Skip("no AVX2 or NEON here")
	}
	f.Add(uint64(1), uint16(33), uint8(1))
	f.Add(uint64(2), uint16(4000), uint8(31))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, off uint8) {
		compareKernels(t, rand.New(rand.NewPCG(seed, 7)), int(n)%5000, int(off)%64)
	})
}

// TestWeightsHaveRoom: what the 8-bit kernels add up has 16 bits.
func TestWeightsHaveRoom(t *testing.T) {
	for sigma := 0.558; sigma <= 1000; sigma *= 1.003 {
		require.LessOrEqual(t, Blur(sigma).weights[0], int32(64), "sigma %g", sigma)
	}
}

func TestBoxBeyondItsSamples(t *testing.T) {
	require.Panics(t, func() { slide8(make([]int32, 32), make([]uint8, 40), []move{{9, 0, 1, 0}}) })
}
