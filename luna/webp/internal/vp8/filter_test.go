package vp8

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStrengthOf(t *testing.T) {
	for _, test := range []struct {
		level, sharpness int
		want             Strength
	}{
		{0, 3, Strength{}},
		{-4, 0, Strength{}},
		{10, 0, Strength{30, 10, 0}},
		{15, 0, Strength{45, 15, 1}},
		{40, 3, Strength{86, 6, 2}},
		{63, 7, Strength{128, 2, 2}},
		{99, 5, Strength{130, 4, 2}},
		{1, 7, Strength{3, 1, 0}},
	} {
		require.Equal(t, test.want, StrengthOf(test.level, test.sharpness), "%d at %d", test.level, test.sharpness)
	}
}

// canvas has room for a macroblock with 4 samples around it, and the rows above
// in a place of their own.
func canvas(r *rand.Rand, kind int) Place {
	p := Place{YStride: 24 + r.IntN(40), CStride: 12 + r.IntN(30)}
	make1 := func(n int) []uint8 {
		b := make([]uint8, n)
		v := r.IntN(256)
		for i := range b {
			switch kind {
			case 0: // noise
				v = r.IntN(256)
			case 1: // smooth
				v = (v + r.IntN(5) - 2) & 255
			case 2: // with steps
				if r.IntN(9) == 0 {
					v = (v + r.IntN(41) - 20) & 255
				}
			default: // black and white
				v = 255 * r.IntN(2)
			}
			b[i] = uint8(v)
		}
		return b
	}
	p.Y, p.Cb, p.Cr = make1(24*p.YStride), make1(16*p.CStride), make1(16*p.CStride)
	p.YAbove, p.CAbove = 4, 4
	p.YAt, p.CAt = 4+6*p.YStride, 4+6*p.CStride
	return p
}

func (p Place) clone() Place {
	p.Y, p.Cb, p.Cr = append([]uint8(nil), p.Y...), append([]uint8(nil), p.Cb...), append([]uint8(nil), p.Cr...)
	return p
}

func compareFilters(t *testing.T, r *rand.Rand, kind int) {
	t.Helper()
	start := canvas(r, kind)
	s := StrengthOf(r.IntN(64), r.IntN(8))
	edges := Edges(r.IntN(8))
	want, got := start.clone(), start.clone()
	filterNormalGeneric(&want, s, edges)
	filterNormal(&got, s, edges)
	require.Equal(t, want, got, "normal, %+v, edges %d", s, edges)
	want, got = start.clone(), start.clone()
	filterSimpleGeneric(&want, s, edges)
	filterSimple(&got, s, edges)
	require.Equal(t, want, got, "simple, %+v, edges %d", s, edges)
}

func TestAssemblyFilters(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 8000 {
		compareFilters(t, r, i%4)
	}
}

func FuzzFilters(f *testing.F) {
	for kind := range uint8(4) {
		f.Add(uint64(kind), kind)
	}
	f.Fuzz(func(t *testing.T, seed uint64, kind uint8) {
		compareFilters(t, rand.New(rand.NewPCG(seed, 3)), int(kind)%4)
	})
}

func TestZeroStrengthChangesNothing(t *testing.T) {
	p := canvas(rand.New(rand.NewPCG(1, 2)), 1)
	before := p.clone()
	FilterNormal(&p, Strength{}, 7)
	FilterSimple(&p, Strength{}, 7)
	require.Equal(t, before, p)
}

// An edge that is a step of a flat picture becomes a slope; further edges stay.
func TestNormalFilterSmoothsAStep(t *testing.T) {
	p := Place{Y: make([]uint8, 16*32), Cb: make([]uint8, 8*32), Cr: make([]uint8, 8*32), YStride: 32, CStride: 32, YAt: 16, CAt: 16}
	for i := range p.Y {
		p.Y[i] = uint8(100 + i/16%2*8)
	}
	FilterNormal(&p, StrengthOf(32, 0), LeftEdge|InnerEdges)
	// a = 24 + clamp(p1-q1) = 16; 27, 18 and 9 times that, over 128.
	require.Equal(t, []uint8{100, 101, 102, 103, 105, 106, 107, 108}, p.Y[12:20])
	require.Equal(t, make([]uint8, 8*32), p.Cb)
}

func BenchmarkFilterNormal(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	p := canvas(r, 1)
	for _, k := range []struct {
		name string
		f    func(*Place, Strength, Edges)
	}{{"assembly", filterNormal}, {"go", filterNormalGeneric}} {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				k.f(&p, StrengthOf(20, 0), 7)
			}
		})
	}
}
