package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// pickChroma chooses the mode of Cb and Cr.
func (w *worker) pickChroma(b *macroblock, s *segment, x, y int) {
	best := score{total: unlimited}
	for _, mode := range w.shortlistChroma(s, x, y) {
		pred := &w.wholeC[mode]
		t := &w.chroma[0]
		var c [8]kernel.Coefficients
		kernel.ForwardTransforms(c[:], w.src.c[:], pred[:])
		if w.e.diffuse {
			w.correct(&c, &t.spread, &s.uv)
		}
		nonzero := kernel.QuantizeBlocks(t.levels[:], c[:], &s.uv)
		kernel.InverseTransforms(t.out[:], pred[:], c[:])
		if w.effort.chroma == 1 {
			b.chroma = mode
			t.nonzero = nonzero
			w.chroma[0], w.chroma[1] = w.chroma[1], w.chroma[0]
			break
		}
		r := score{
			d: int64(kernel.SumSquares(w.src.c[:], t.out[:])),
			h: int64(vp8.ChromaModeCosts[mode]),
			r: w.rateChroma(&t.levels, nonzero),
		}
		if mode > 0 && flat(t.levels[:], flatLimitUV) {
			r.r += 8 * kernel.FlatPenalty
		}
		r.weigh(s.lambdaUV)
		if r.total < best.total {
			best = r
			b.chroma = mode
			t.nonzero = nonzero
			w.chroma[0], w.chroma[1] = w.chroma[1], w.chroma[0]
		}
	}
	t := &w.chroma[1]
	for n := range t.levels {
		last := uint8(0)
		if t.nonzero>>n&1 != 0 {
			w.best.levels[blockC+n] = t.levels[n]
			last = lastOf(&t.levels[n])
		}
		w.best.last[blockC+n] = last
	}
	w.best.out.c = t.out
	if w.e.diffuse {
		w.keepErrors(&t.spread)
	}
}

// shortlistChroma is shortlistI16 for chroma.
func (w *worker) shortlistChroma(s *segment, x, y int) []uint8 {
	w.list = [vp8.Modes]uint8{0, 1, 2, 3}
	var cost [vp8.Modes]int
	w.edges.chroma(&w.wholeC, x, y)
	if w.effort.chroma < vp8.Modes {
		for mode := range vp8.Modes {
			cost[mode] = kernel.SATD(w.src.c[:], w.wholeC[mode][:]) + int(vp8.ChromaModeCosts[mode])*s.lambdaSATD>>8
		}
		shortest(w.list[:], cost[:], w.effort.chroma)
	}
	return w.list[:w.effort.chroma]
}

// A codedChroma is Cb and Cr as one mode makes them.
type codedChroma struct {
	levels  [8]kernel.Coefficients
	out     [128]uint8
	spread  [2][3]int8 // what DCs lost
	nonzero uint32
}

// rateChroma is what Cb and Cr cost.
func (w *worker) rateChroma(levels *[8]kernel.Coefficients, nonzero uint32) int64 {
	var of [8]uint8
	kernel.ChromaContexts(&of, nonzero, uint32(w.top>>4&15), uint32(w.left>>4&15))
	return int64(kernel.ResidualCosts(levels[:], 0, of[:], &w.costs[vp8.Chroma]))
}

// correct adds to each chroma block's DC what its neighbours' lost, so that slow
// gradients keep their mean (libwebp's CorrectDCValues).
func (w *worker) correct(c *[8][16]int16, spread *[2][3]int8, m *kernel.Matrix) {
	for ch := range 2 {
		top, left := &w.topErrors[ch], &w.leftErrors[ch]
		b := (*[4][16]int16)(c[4*ch:])
		step := func(n int, above, before int) int {
			b[n][0] += int16((7*above + 8*before) >> 3)
			return quantizeDC(&b[n][0], m)
		}
		e0 := step(0, int(top[0]), int(left[0]))
		e1 := step(1, int(top[1]), e0)
		e2 := step(2, e0, int(left[1]))
		e3 := step(3, e1, e2)
		spread[ch] = [3]int8{int8(e1), int8(e2), int8(e3)}
	}
}

// quantizeDC quantises v and returns half of what that loses.
func quantizeDC(v *int16, m *kernel.Matrix) int {
	c := int(*v)
	sign := c < 0
	if sign {
		c = -c
	}
	q := 0
	if uint32(c) > m.ZThresh[0] {
		q = int((uint32(c)*uint32(m.IQ[0])+m.Bias[0])>>17) * int(m.Q[0])
	}
	lost := c - q
	if sign {
		q, lost = -q, -lost
	}
	*v = int16(q)
	return lost >> 1
}

// keepErrors shares out what the chosen mode lost to the macroblocks to the right and
// below.
func (w *worker) keepErrors(e *[2][3]int8) {
	for ch := range 2 {
		top, left := &w.topErrors[ch], &w.leftErrors[ch]
		left[0] = e[ch][0]
		left[1] = int8(3 * int(e[ch][2]) >> 2)
		top[0] = e[ch][1]
		top[1] = e[ch][2] - left[1]
	}
}
