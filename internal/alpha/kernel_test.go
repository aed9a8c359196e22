//go:build (amd64 || arm64) && !noasm && gc

package alpha

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareKernel holds a kernel against the portable code on all of memory, of
// which it is given n samples from off.
func compareKernel(t *testing.T, name string, assembly, portable func(row, alpha []uint8), memory, alpha []uint8, off, n int) {
	t.Helper()
	got, want := slices.Clone(memory), slices.Clone(memory)
	assembly(got[off:off+n:off+n], alpha[off:off+n:off+n])
	portable(want[off:off+n:off+n], alpha[off:off+n:off+n])
	require.Equal(t, want, got, "%s of %d at %d", name, n, off)
}

func compareFlatten(t *testing.T, memory, alpha []uint8, off, n int, background uint8) {
	t.Helper()
	compareKernel(t, fmt.Sprint("flatten on ", background),
		func(row, alpha []uint8) { Flatten(row, alpha, background) },
		func(row, alpha []uint8) { flattenGeneric(row, alpha, background) }, memory, alpha, off, n)
}

// compareKernels compares all kernels.
func compareKernels(t *testing.T, memory, alpha []uint8, off, n int, background uint8) {
	t.Helper()
	compareKernel(t, "premultiply", Premultiply, premultiplyGeneric, memory, alpha, off, n)
	compareKernel(t, "unpremultiply", Unpremultiply, unpremultiplyGeneric, memory, alpha, off, n)
	compareFlatten(t, memory, alpha, off, n, background)
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	row, alpha := make([]uint8, 200), make([]uint8, 200)
	for n := range 131 {
		for off := range 32 {
			for i := range row {
				row[i], alpha[i] = uint8(r.Uint32()), uint8(r.Uint32())
			}
			compareKernels(t, row, alpha, off, n, uint8(r.Uint32()))
		}
	}
	// Every sample under every alpha, and on every background.
	row, alpha = make([]uint8, 1<<16), make([]uint8, 1<<16)
	for i := range row {
		row[i], alpha[i] = uint8(i), uint8(i>>8)
	}
	compareKernels(t, row, alpha, 0, len(row), 0)
	for background := range 256 {
		compareFlatten(t, row, alpha, 0, len(row), uint8(background))
	}
}

func BenchmarkKernels(b *testing.B) {
	row, alpha := make([]uint8, 4000), make([]uint8, 4000)
	for i := range row {
		row[i], alpha[i] = uint8(i), uint8(i*7)
	}
	for _, k := range []struct {
		name string
		run  func()
	}{
		{"premultiply/assembly", func() { Premultiply(row, alpha) }},
		{"premultiply/go", func() { premultiplyGeneric(row, alpha) }},
		{"unpremultiply/assembly", func() { Unpremultiply(row, alpha) }},
		{"unpremultiply/go", func() { unpremultiplyGeneric(row, alpha) }},
		{"flatten/assembly", func() { Flatten(row, alpha, 200) }},
		{"flatten/go", func() { flattenGeneric(row, alpha, 200) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(4000)
			for b.Loop() {
				k.run()
			}
		})
	}
}

func FuzzAssembly(f *testing.F) {
	if !accelerated {
		f.Skip("no AVX2 or NEON here")
	}
	f.Add([]byte("samples and their alpha, by turns: 0123456789"), uint8(3), uint8(77))
	f.Fuzz(func(t *testing.T, data []byte, off, background uint8) {
		half := len(data) / 2
		start := min(int(off)%32, half)
		compareKernels(t, data[:half], data[half:], start, half-start, background)
	})
}
