//go:build amd64 && !noasm && gc

package lab

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples returns n random bytes: any, dark ones, or the least and the
// greatest.
func samples(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	mode := r.IntN(3)
	for i := range b {
		switch mode {
		case 0:
			b[i] = uint8(r.Uint32())
		case 1:
			b[i] = uint8(r.IntN(25))
		case 2:
			b[i] = uint8(-r.IntN(2))
		}
	}
	return b
}

// coordinates returns n coordinates, most about from low to high, and some as
// far away as floats go.
func coordinates(r *rand.Rand, n int, low, high float64) []float32 {
	c := make([]float32, n)
	for i := range c {
		c[i] = float32(low + (high-low)*r.Float64())
		switch r.IntN(50) {
		case 0:
			c[i] = float32(low)
		case 1:
			c[i] *= 100
		case 2:
			c[i] = math.Float32frombits(r.Uint32())
		case 3:
			c[i] = float32(math.Inf(1 - 2*r.IntN(2)))
		}
	}
	return c
}

// compareKernels holds every assembly kernel against its portable twin, on n
// pixels that begin off samples into their memory.
func compareKernels(t *testing.T, s *Space, r *rand.Rand, n, off int) {
	red, green, blue := samples(r, n+off)[off:], samples(r, n+off)[off:], samples(r, n+off)[off:]
	var got, want [3][]float32
	for i := range got {
		got[i], want[i] = make([]float32, n+off+8), make([]float32, n+off+8)
	}
	s.FromRGB(got[0][off:off+n], got[1][off:], got[2][off:], red, green, blue)
	s.fromRGBGeneric(want[0][off:off+n], want[1][off:], want[2][off:], red, green, blue)
	require.Equal(t, want, got, "%d at %d of %v, %v, %v", n, off, red, green, blue)

	clear(want[1])
	s.Lightness(want[1][off:off+n], red, green, blue)
	require.Equal(t, want[0], want[1], "lightness is the first coordinate")

	l, a, b := coordinates(r, n, 0, 100), coordinates(r, n, -110, 110), coordinates(r, n, -110, 110)
	if r.IntN(2) == 0 { // colours that there are, or nearly
		for i := range n {
			l[i], a[i], b[i] = got[0][off+i]*1.1, got[1][off+i]*1.2, got[2][off+i]*0.9
		}
	}
	var pixels, portable [4][]uint8
	for i := range pixels {
		pixels[i], portable[i] = make([]uint8, n+off+8), make([]uint8, n+off+8)
	}
	s.ToRGB(pixels[0][off:], pixels[1][off:], pixels[2][off:], l, a, b)
	s.toRGBGeneric(portable[0][off:], portable[1][off:], portable[2][off:], l, a, b)
	s.Gray(pixels[3][off:off+n], red, green, blue)
	s.grayGeneric(portable[3][off:off+n], red, green, blue)
	require.Equal(t, portable, pixels, "%d at %d of %v, %v, %v", n, off, l, a, b)
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	if !useAVX2 {
		t.Skip("no AVX2 here")
	}
	s := New()
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 67 {
		for off := range 8 {
			compareKernels(t, s, r, n, off)
		}
	}
	for range 40 {
		compareKernels(t, s, r, 5000, 0)
	}
}

func FuzzAssembly(f *testing.F) {
	if !useAVX2 {
		f.Skip("no AVX2 here")
	}
	s := New()
	f.Add(uint64(1), uint16(33), uint8(1))
	f.Add(uint64(2), uint16(4000), uint8(31))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, off uint8) {
		compareKernels(t, s, rand.New(rand.NewPCG(seed, 7)), int(n)%5000, int(off)%64)
	})
}
