package convolve

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// naive is the definition: every sample under the mask, one by one.
func naive[T uint8 | uint16](m *Mask, w, h int, src []T) []T {
	pass := func(src []T, step, count, lines, line int) []T {
		dst := make([]T, len(src))
		for l := range lines {
			for i := range count {
				sum := int32(0)
				for k := -m.Radius; k <= m.Radius; k++ {
					sum += m.weights[max(k, -k)] * int32(src[l*line+min(max(i+k, 0), count-1)*step])
				}
				dst[l*line+i*step] = T(min((uint64(sum)+m.round)*m.factor>>m.shift, m.limit))
			}
		}
		return dst
	}
	return pass(pass(src, 1, w, h, w), w, h, w, 1)
}

func stream[T uint8 | uint16](m *Mask, w, h int, src []T) []T {
	samples, sums := Lengths(m, w, h)
	s := NewStream(m, w, h, make([]T, samples), make([]int32, sums))
	dst := make([]T, 0, len(src))
	row := make([]T, w)
	for y := range h {
		s.Push(src[y*w : (y+1)*w])
		for s.Ready() {
			s.Pull(row)
			dst = append(dst, row...)
		}
	}
	return dst
}

func TestStreamIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 100).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		small, large := make([]uint8, w*h), make([]uint16, w*h)
		for i := range small {
			small[i], large[i] = uint8(min(r.IntN(300), 255)), uint16(min(r.IntN(40000), 32767))
		}
		blur := Blur(rapid.Float64Range(0.3, 60).Draw(t, "sigma"))
		require.Equal(t, naive(blur, w, h, small), stream(blur, w, h, small))
		unsharp := Unsharp(rapid.Float64Range(1e-6, 10).Draw(t, "unsharp"))
		require.Equal(t, naive(unsharp, w, h, large), stream(unsharp, w, h, large))
	})
}

func TestWidestMask(t *testing.T) {
	m := Blur(1000)
	require.Equal(t, 1794, m.Radius)
	src := make([]uint8, 90*3)
	for i := range src {
		src[i] = uint8(i * 7)
	}
	require.Equal(t, naive(m, 90, 3, src), stream(m, 90, 3, src))
	require.LessOrEqual(t, len(m.steps), 20, "the cost does not grow with the mask")
}

// TestMasks: those that libvips makes.
func TestMasks(t *testing.T) {
	for _, tt := range []struct {
		sigma  float64
		radius int
	}{
		{0.3, 0}, {0.557, 0}, {0.558, 1}, {0.6, 1}, {5, 8}, {100, 179}, {285, 511}, {290, 520},
	} {
		m := Blur(tt.sigma)
		require.Equal(t, tt.radius, m.Radius, "sigma %g", tt.sigma)
	}
	require.Equal(t, []int32{61, 34}, Blur(0.9).weights)
	require.Equal(t, []int32{20, 5}, Blur(0.6).weights)
	require.Equal(t, 0, Unsharp(1e-6).Radius)
	require.Equal(t, 21, Unsharp(10).Radius)
}

// TestDivision: the multiplication that stands for a division is one.
func TestDivision(t *testing.T) {
	for _, m := range []*Mask{Blur(0.6), Blur(290), Blur(600), Blur(1000), Unsharp(1), Unsharp(10)} {
		sum := uint64(total(m.weights))
		for q := range m.limit + 1 {
			for _, n := range []uint64{q * sum, q*sum + sum - 1} {
				if n >= m.round && n-m.round <= m.limit*sum {
					require.Equal(t, min(n/sum, m.limit), n*m.factor>>m.shift)
				}
			}
		}
	}
}

func TestExp(t *testing.T) {
	for x := 0.; x < 690; x += 0.37 {
		require.InEpsilon(t, math.Exp(-x), exp(x), 1e-13)
	}
	require.Zero(t, exp(1e9))
}

// benchmarkStream blurs a plane.
func benchmarkStream[T uint8 | uint16](b *testing.B, m *Mask) {
	const w, h = 800, 600
	samples, sums := Lengths(m, w, h)
	ring, room := make([]T, samples), make([]int32, sums)
	src, dst := make([]T, w), make([]T, w)
	for i := range src {
		src[i] = T(uint8(i * 7))
	}
	b.SetBytes(w * h)
	for b.Loop() {
		s := NewStream(m, w, h, ring, room)
		for range h {
			s.Push(src)
			for s.Ready() {
				s.Pull(dst)
			}
		}
	}
}

func BenchmarkStream(b *testing.B) {
	for _, sigma := range []float64{0.9, 5, 50} {
		b.Run(fmt.Sprintf("800x600/blur %g", sigma), func(b *testing.B) { benchmarkStream[uint8](b, Blur(sigma)) })
	}
	b.Run("800x600/unsharp 1", func(b *testing.B) { benchmarkStream[uint16](b, Unsharp(1)) })
}
