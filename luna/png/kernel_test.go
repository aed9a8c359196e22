//go:build (amd64 || arm64) && !noasm && gc

package png

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareKernels holds the kernels against the portable code in a row of n
// bytes, off bytes into its memory, with guards behind it.
func compareKernels(t *testing.T, r *rand.Rand, step, n, off int) {
	t.Helper()
	random := func() []uint8 {
		b := make([]uint8, off+n+64)
		mode := r.IntN(3)
		for i := range b {
			switch b[i] = uint8(r.Uint32()); mode {
			case 1:
				b[i] = -(b[i] & 1)
			case 2:
				b[i] &= 3
			}
		}
		return b[off:]
	}
	row, above := random(), random()
	for f := byte(filterSub); f < filters; f++ {
		got, want := bytes.Clone(row), bytes.Clone(row)
		require.NoError(t, unfilter(f, got[:n], above[:n], step))
		unfilterHead(f, want[:min(n, step)], above)
		unfilterFrom(step, f, want[:n], above[:n], step)
		require.Equal(t, want, got, "filter %d undone, %d bytes of %d a pixel at %d", f, n, step, off)
	}
	for f := range filters {
		got, want := random(), make([]uint8, n+64)
		guard := bytes.Clone(got[n:])
		s := apply(f, got[:n], row[:n], above[:n], step)
		require.Equal(t, guard, got[n:])
		if f == filterNone {
			require.Equal(t, sum(row[:n]), s)
			continue
		}
		applyHead(f, want, row[:min(n, step)], above)
		applyFrom(step, f, want, row[:n], above[:n], step)
		require.Equal(t, want[:n], got[:n], "filter %d, %d bytes of %d a pixel at %d", f, n, step, off)
		require.Equal(t, sum(want[:n]), s)
	}
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, step := range []int{1, 2, 3, 4, 6, 8} {
		for pixels := range 70 {
			compareKernels(t, r, step, pixels*step, r.IntN(20))
		}
		compareKernels(t, r, step, 1001*step, 1)
	}
}

func FuzzAssembly(f *testing.F) {
	f.Add(uint64(1), uint8(2), uint16(100), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, step uint8, pixels uint16, off uint8) {
		k := []int{1, 2, 3, 4, 6, 8}[step%6]
		compareKernels(t, rand.New(rand.NewPCG(seed, 3)), k, int(pixels%500)*k, int(off%64))
	})
}

func BenchmarkUnfilter(b *testing.B) {
	row, above := make([]uint8, 12000), make([]uint8, 12000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range row {
		row[i], above[i] = uint8(r.Uint32()), uint8(r.Uint32())
	}
	for f, name := range []string{"none", "sub", "up", "average", "paeth"} {
		b.Run(name+"/asm", func(b *testing.B) {
			b.SetBytes(int64(len(row)))
			for b.Loop() {
				_ = unfilter(byte(f), row, above, 3)
			}
		})
		b.Run(name+"/go", func(b *testing.B) {
			b.SetBytes(int64(len(row)))
			for b.Loop() {
				unfilterFrom(3, byte(f), row, above, 3)
			}
		})
	}
}
