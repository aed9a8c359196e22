//go:build (amd64 || arm64) && !noasm && gc

package ycc

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// extreme returns n random bytes, or only the least and the greatest, off
// bytes into their memory.
func extreme(r *rand.Rand, n, off int) []uint8 {
	b := make([]uint8, n+off)
	mode := r.IntN(4)
	for i := range b {
		switch mode {
		case 0, 1:
			b[i] = uint8(r.Uint32())
		case 2:
			b[i] = uint8(-r.IntN(2))
		default:
			b[i] = 255
		}
	}
	return b[off:]
}

// compareKernels holds the kernels against the portable code in rows of n
// columns, off bytes into their memory, and requires that they write nothing
// else.
func compareKernels(t *testing.T, r *rand.Rand, n, off int) {
	t.Helper()
	a, b, c := extreme(r, n, off), extreme(r, n, off), extreme(r, n, off)
	same := func(name string, width, results int, assembly, portable func(d [3][]uint8)) {
		t.Helper()
		var got, want, gotAll, wantAll [3][]uint8
		for i := range results {
			gotAll[i], wantAll[i] = make([]uint8, off+width+64), make([]uint8, off+width+64)
			got[i], want[i] = gotAll[i][off:off+width:off+width], wantAll[i][off:off+width:off+width]
			// What is in place overwrites this.
			copy(got[i], [][]uint8{a, b, c}[i])
			copy(want[i], got[i])
		}
		assembly(got)
		portable(want)
		require.Equal(t, wantAll, gotAll, "%s of %d at %d", name, n, off)
	}
	same("ToRGB", n, 3, func(d [3][]uint8) { ToRGB(d[0], d[1], d[2], a, b, c) }, func(d [3][]uint8) { toRGBGeneric(d[0], d[1], d[2], a, b, c) })
	same("ToRGB in place", n, 3, func(d [3][]uint8) { ToRGB(d[0], d[1], d[2], d[0], d[1], d[2]) }, func(d [3][]uint8) { toRGBGeneric(d[0], d[1], d[2], a, b, c) })
	same("FromRGB", n, 3, func(d [3][]uint8) { FromRGB(d[0], d[1], d[2], a, b, c) }, func(d [3][]uint8) { fromRGBGeneric(d[0], d[1], d[2], a, b, c) })
	same("FromRGB in place", n, 3, func(d [3][]uint8) { FromRGB(d[0], d[1], d[2], d[0], d[1], d[2]) }, func(d [3][]uint8) { fromRGBGeneric(d[0], d[1], d[2], a, b, c) })
	same("Luma in place", n, 1, func(d [3][]uint8) { Luma(d[0], d[0], b, c) }, func(d [3][]uint8) { lumaGeneric(d[0], a, b, c) })

	same("Halve", (n+1)/2, 1, func(d [3][]uint8) { Halve(d[0], a) }, func(d [3][]uint8) { halveGeneric(d[0], a) })
	same("Quarter", (n+1)/2, 1, func(d [3][]uint8) { Quarter(d[0], a, b) }, func(d [3][]uint8) { quarterGeneric(d[0], a, b) })
	same("Halve in place", n, 1, func(d [3][]uint8) { Halve(d[0][:(n+1)/2], d[0]) }, func(d [3][]uint8) { halveGeneric(d[0][:(n+1)/2], d[0]) })
	same("Quarter in place", n, 1, func(d [3][]uint8) { Quarter(d[0][:(n+1)/2], d[0], b) }, func(d [3][]uint8) { quarterGeneric(d[0][:(n+1)/2], d[0], b) })
	if n > fancy {
		same("widen", 2*n-4, 1, func(d [3][]uint8) { widen(d[0], a) }, func(d [3][]uint8) { widenGeneric(d[0], a) })
		same("widenBetween", 2*n-4, 1, func(d [3][]uint8) { widenBetween(d[0], a, b) }, func(d [3][]uint8) { widenBetweenGeneric(d[0], a, b) })
	}
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 131 {
		for off := range 32 {
			compareKernels(t, r, n, off)
		}
	}
}

// TestEveryColour compares the conversions in all of the 2^24 colours.
func TestEveryColour(t *testing.T) {
	if !accelerated {
		t.Skip("no AVX2 or NEON here")
	}
	var a, b, c [256]uint8
	for i := range c {
		c[i] = uint8(i)
	}
	fill := func(row *[256]uint8, v int) {
		for i := range row {
			row[i] = uint8(v)
		}
	}
	var got, want [3][256]uint8
	for x := range 256 {
		fill(&a, x)
		for y := range 256 {
			fill(&b, y)
			ToRGB(got[0][:], got[1][:], got[2][:], a[:], b[:], c[:])
			toRGBGeneric(want[0][:], want[1][:], want[2][:], a[:], b[:], c[:])
			if got != want {
				t.Fatal("YCbCr", x, y)
			}
			FromRGB(got[0][:], got[1][:], got[2][:], a[:], b[:], c[:])
			fromRGBGeneric(want[0][:], want[1][:], want[2][:], a[:], b[:], c[:])
			if got != want {
				t.Fatal("RGB", x, y)
			}
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
		compareKernels(t, rand.New(rand.NewPCG(seed, 3)), int(n)%5000, int(off)%64)
	})
}

func BenchmarkKernels(b *testing.B) {
	const n = 4000
	r := rand.New(rand.NewPCG(4, 5))
	x, y, z := extreme(r, n, 0), extreme(r, n, 0), extreme(r, n, 0)
	var d [3][]uint8
	for i := range d {
		d[i] = make([]uint8, 2*n)
	}
	for _, k := range []struct {
		name               string
		assembly, portable func()
	}{
		{"ToRGB", func() { ToRGB(d[0], d[1], d[2], x, y, z) }, func() { toRGBGeneric(d[0], d[1], d[2], x, y, z) }},
		{"FromRGB", func() { FromRGB(d[0][:n], d[1], d[2], x, y, z) }, func() { fromRGBGeneric(d[0][:n], d[1], d[2], x, y, z) }},
		{"Luma", func() { Luma(d[0][:n], x, y, z) }, func() { lumaGeneric(d[0][:n], x, y, z) }},
		{"Halve", func() { Halve(d[0][:n/2], x) }, func() { halveGeneric(d[0][:n/2], x) }},
		{"Quarter", func() { Quarter(d[0][:n/2], x, y) }, func() { quarterGeneric(d[0][:n/2], x, y) }},
		{"widen", func() { widen(d[0], x) }, func() { widenGeneric(d[0], x) }},
		{"widenBetween", func() { widenBetween(d[0], x, y) }, func() { widenBetweenGeneric(d[0], x, y) }},
	} {
		for name, run := range map[string]func(){"assembly": k.assembly, "go": k.portable} {
			b.Run(k.name+"/"+name, func(b *testing.B) {
				b.SetBytes(n)
				for b.Loop() {
					run()
				}
			})
		}
	}
}
