package resample

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// This file computes a second time, sample by sample over a whole plane and
// without any of the package's tables and rings, what a Stream makes row by
// row.

type plane struct {
	w, h int
	pix  []int
}

func (p plane) at(x, y int) int {
	return p.pix[min(max(y, 0), p.h-1)*p.w+min(max(x, 0), p.w-1)]
}

func (p plane) transposed() plane {
	q := plane{p.h, p.w, make([]int, len(p.pix))}
	for y := range p.h {
		for x := range p.w {
			q.pix[x*q.w+y] = p.pix[y*p.w+x]
		}
	}
	return q
}

func clamp(v int) int { return min(max(v, 0), 255) }

func naiveSinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func naiveKernel(k Kernel, x float64) float64 {
	x = math.Abs(x)
	cubic := func(b, c float64) float64 {
		// Weights are truncated, so the last bit matters: no fused products.
		x2 := float64(x * x)
		x3 := float64(x2 * x)
		switch {
		case x < 1:
			return (float64((12-float64(9*b)-float64(6*c))*x3) + float64((-18+float64(12*b)+float64(6*c))*x2) + (6 - float64(2*b))) / 6
		case x < 2:
			return (float64((-b-float64(6*c))*x3) + float64((float64(6*b)+float64(30*c))*x2) + float64((-float64(12*b)-float64(48*c))*x) + (float64(8*b) + float64(24*c))) / 6
		}
		return 0
	}
	switch {
	case k == Mitchell:
		return cubic(1./3, 1./3)
	case k == Cubic:
		return cubic(0, .5)
	case k == Lanczos2 && x < 2:
		return naiveSinc(x) * naiveSinc(x/2)
	case k == Lanczos3 && x < 3:
		return naiveSinc(x) * naiveSinc(x/3)
	}
	return 0
}

// reduceNaively reduces the rows of p from the whole of it.
func reduceNaively(p plane, out int, shrink float64, k Kernel) plane {
	extra := float64(float64(out)*shrink) - float64(p.w)
	box := max(1, int(float64(p.w)/float64(out)/2))
	mid := plane{(p.w + box - 1) / box, p.h, nil}
	for y := range p.h {
		for x := range mid.w {
			sum := 0
			for i := range box {
				sum += p.at(x*box+i, y)
			}
			mid.pix = append(mid.pix, int(int64(sum+box/2)*int64((1<<24)/box)>>24))
		}
	}
	shrink /= float64(box)
	extra /= float64(box)
	support := 2.
	if k == Lanczos3 {
		support = 3
	}
	n := 2*int(math.RoundToEven(support*shrink)) + 1
	q := plane{out, p.h, nil}
	for y := range p.h {
		for i := range out {
			x := float64((float64(i)+.5)*shrink) - .5 - ((1+extra)/2 - 1)
			phase := (int(math.Trunc(x*128))&127 + 1) >> 1
			half := float64(phase)/64 + float64(n)/2 - 1
			weights := make([]float64, n)
			total := 0.
			for j := range weights {
				weights[j] = naiveKernel(k, (float64(j)-half)/shrink)
				total += weights[j]
			}
			sum := 2048
			for j, w := range weights {
				sum += int(w/total*4096) * mid.at(int(x)+j-((n+1)/2-1), y)
			}
			q.pix = append(q.pix, clamp(sum>>12))
		}
	}
	return q
}

// enlargeNaively enlarges the rows of p, and does not clip.
func enlargeNaively(p plane, out int, shrink float64) plane {
	q := plane{out, p.h, nil}
	for y := range p.h {
		for i := range out {
			x := float64((float64(i)+.5)*shrink) - .5
			at := math.Floor(x)
			t := float64((int(math.Floor((x-at)*128))+1)>>1) / 64
			sum := 2048
			for j := range 4 {
				w := naiveKernel(Cubic, float64(j-1)-t)
				sum += int(w*4096) * p.at(int(at)+j-1, y)
			}
			q.pix = append(q.pix, sum>>12)
		}
	}
	return q
}

func (p plane) clamped() plane {
	for i, v := range p.pix {
		p.pix[i] = clamp(v)
	}
	return p
}

func naive(p plane, h, v Span) plane {
	h, v = h.Normal(), v.Normal()
	if v.Shrink > 1 {
		p = reduceNaively(p.transposed(), v.Total, v.Shrink, v.Kernel).transposed()
	}
	if h.Shrink > 1 {
		p = reduceNaively(p, h.Total, h.Shrink, h.Kernel)
	}
	if h.Shrink < 1 {
		p = enlargeNaively(p, h.Total, h.Shrink)
	}
	if v.Shrink < 1 {
		p = enlargeNaively(p.transposed(), v.Total, v.Shrink).transposed()
	}
	return p.clamped()
}

// stream runs p through a Stream, pulling whenever it can.
func stream(t require.TestingT, p plane, h, v Span) plane {
	a, b := NewAxis(h), NewAxis(v)
	size := Measure(a, b, 0)
	s := NewStream(a, b, 0, make([]uint8, size.Bytes), make([]uint16, size.Words), make([]uint32, size.Longs))
	out := plane{a.Out(), b.Out(), nil}
	row := make([]uint8, p.w)
	dst := make([]uint8, a.Out())
	for y := range p.h {
		for x := range row {
			row[x] = uint8(p.at(x, y))
		}
		for s.Ready() {
			pull(s, dst, &out)
		}
		s.Push(row)
	}
	for s.Ready() {
		pull(s, dst, &out)
	}
	require.Equal(t, b.Out(), s.Pulled())
	return out
}

func pull(s *Stream, dst []uint8, out *plane) {
	s.Pull(dst)
	for _, v := range dst {
		out.pix = append(out.pix, int(v))
	}
}

func drawPlane(t *rapid.T, w, h int) plane {
	p := plane{w, h, make([]int, w*h)}
	seed := rapid.Uint64().Draw(t, "seed")
	for i := range p.pix {
		seed = seed*6364136223846793005 + 1442695040888963407
		p.pix[i] = clamp(int(seed>>33)%426 - 85)
	}
	return p
}

// drawSpan draws a span as a resize makes them: the result is as long as the
// rounded quotient of the side and some factor.
func drawSpan(t *rapid.T, in int, label string) Span {
	s := Span{In: in}
	if rapid.Bool().Draw(t, label+" exact") {
		s.Total = rapid.IntRange(1, 3*in).Draw(t, label+" total")
		return s
	}
	s.Shrink = rapid.Float64Range(.3, float64(in)).Draw(t, label+" shrink")
	s.Total = max(1, int(float64(in)/s.Shrink+.5))
	return s
}

func TestStreamComputesTheFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlane(t, rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height"))
		h, v := drawSpan(t, p.w, "x"), drawSpan(t, p.h, "y")
		h.Kernel = Kernel(rapid.IntRange(0, int(Cubic)).Draw(t, "kernel"))
		v.Kernel = h.Kernel
		require.Equal(t, naive(p, h, v).pix, stream(t, p, h, v).pix)
	})
}

// TestWindowIsACrop: a window of whole samples gives what those samples alone
// would.
func TestWindowIsACrop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlane(t, rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height"))
		x, y := rapid.IntRange(0, p.w-1).Draw(t, "left"), rapid.IntRange(0, p.h-1).Draw(t, "top")
		part := plane{rapid.IntRange(1, p.w-x).Draw(t, "window width"), rapid.IntRange(1, p.h-y).Draw(t, "window height"), nil}
		for j := range part.h {
			for i := range part.w {
				part.pix = append(part.pix, p.at(x+i, y+j))
			}
		}
		h, v := drawSpan(t, part.w, "x"), drawSpan(t, part.h, "y")
		want := stream(t, part, h, v)
		h.In, h.Left, h.Length = p.w, float64(x), float64(part.w)
		v.In, v.Left, v.Length = p.h, float64(y), float64(part.h)
		require.Equal(t, want.pix, stream(t, p, h, v).pix)
	})
}

// TestPartIsACrop: a part of the result is what it would be in all of it.
func TestPartIsACrop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlane(t, rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 40).Draw(t, "height"))
		h, v := drawSpan(t, p.w, "x"), drawSpan(t, p.h, "y")
		whole := stream(t, p, h, v)
		x, y := rapid.IntRange(0, whole.w-1).Draw(t, "first"), rapid.IntRange(0, whole.h-1).Draw(t, "first row")
		h.First, h.Count = float64(x), rapid.IntRange(1, whole.w-x).Draw(t, "count")
		v.First, v.Count = float64(y), rapid.IntRange(1, whole.h-y).Draw(t, "rows")
		part := stream(t, p, h, v)
		require.Equal(t, []int{h.Count, v.Count}, []int{part.w, part.h})
		for j := range part.h {
			require.Equal(t, whole.pix[(y+j)*whole.w+x:][:part.w], part.pix[j*part.w:][:part.w])
		}
	})
}

// TestLeadLeavesRoom: rows that run ahead as far as they may overwrite none
// that is still needed.
func TestLeadLeavesRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlane(t, rapid.IntRange(1, 12).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "height"))
		h, v := drawSpan(t, p.w, "x"), drawSpan(t, p.h, "y")
		lead := rapid.IntRange(0, 20).Draw(t, "lead")
		a, b := NewAxis(h), NewAxis(v)
		size := Measure(a, b, lead)
		s := NewStream(a, b, lead, make([]uint8, size.Bytes), make([]uint16, size.Words), make([]uint32, size.Longs))
		out := plane{a.Out(), b.Out(), nil}
		dst, row := make([]uint8, a.Out()), make([]uint8, p.w)
		y := 0
		for i := range b.Out() {
			for ; y < min(b.Need(i)+lead, p.h); y++ {
				for x := range row {
					row[x] = uint8(p.at(x, y))
				}
				s.Push(row)
			}
			require.True(t, s.Ready())
			pull(s, dst, &out)
		}
		require.Equal(t, stream(t, p, h, v).pix, out.pix)
	})
}
