package decoder

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// compareTransforms holds the assembly against the portable code, for any
// coefficients.
func compareTransforms(t *testing.T, r *rand.Rand) {
	t.Helper()
	var a area
	var c coefficients
	for i := range a {
		a[i] = uint8(r.Uint32())
	}
	size := 1 << r.IntN(17)
	for i := range c {
		for j := range c[i] {
			if r.IntN(3) > 0 {
				c[i][j] = int16(r.IntN(size) - size/2)
			}
		}
	}
	var extents uint32
	for i := range 16 {
		extent := uint32(r.IntN(4))
		extents |= extent << (30 - 2*i)
		switch extent {
		case 0:
			c[i] = [16]int16{}
		case 1:
			c[i] = [16]int16{c[i][0]}
		}
	}
	want, got := a, a
	want.addLumaGeneric(&c, extents)
	got.addLuma(&c, extents)
	require.Equal(t, want, got, "luma")
	want.addChromaGeneric(&c, 0xffff)
	got.addChroma(&c, 0xffff)
	require.Equal(t, want, got, "chroma")
	for i := range 16 {
		addInverseGeneric((*[3*stride + 4]uint8)(want[blockAt[i]:]), &c[23-i])
		addInverse((*[3*stride + 4]uint8)(got[blockAt[i]:]), &c[23-i])
		require.Equal(t, want, got, "block")
	}
	want, got = a, a
	want.trueMotion(lumaAt, 16)
	got.trueMotionLuma()
	want.trueMotion(cbAt, 8)
	want.trueMotion(crAt, 8)
	got.trueMotionChroma()
	require.Equal(t, want, got, "true motion")
}

func TestAssemblyTransforms(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		compareTransforms(t, r)
	}
}

func FuzzTransforms(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { compareTransforms(t, rand.New(rand.NewPCG(seed, 1))) })
}

func TestDCAloneIsTheWholeTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var a area
		for i := range a {
			a[i] = uint8(r.Uint32())
		}
		b := a
		dc := int16(r.IntN(4096) - 2048)
		addDC((*[3*stride + 4]uint8)(a[lumaAt:]), dc)
		addInverseGeneric((*[3*stride + 4]uint8)(b[lumaAt:]), &[16]int16{dc})
		require.Equal(t, b, a)
	}
}
