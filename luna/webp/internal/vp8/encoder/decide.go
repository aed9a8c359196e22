package encoder

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// A score is what a way of coding costs: distortion, spectral distortion, header
// bits and rate, the latter in 1/256 bit.
type score struct {
	d, sd, h, r int64
	total       int64
}

// weigh sums up a score, as libwebp does (SetRDScore).
func (s *score) weigh(lambda int64) {
	s.total = (s.r+s.h)*lambda + 256*(s.d+s.sd)
}

func (s *score) add(o *score) {
	s.d += o.d
	s.sd += o.sd
	s.h += o.h
	s.r += o.r
	s.total += o.total
}

// Places in a macroblock's list of blocks: the DCs' block, luma, Cb and Cr.
const (
	blockDC = 0
	blockY  = 1
	blockC  = 17
	blocks  = 25
)

// A coded macroblock is levels and what they make. Last is one more than the place of
// each block's last level.
type coded struct {
	levels [blocks][16]int16
	last   [blocks]uint8
	out    samples
}

// lastOf is one more than the place of the last level, or 0.
func lastOf(levels *[16]int16) uint8 {
	var w [4]uint64
	for i := range w {
		l := (*[4]int16)(levels[4*i:])
		w[i] = uint64(uint16(l[0])) | uint64(uint16(l[1]))<<16 | uint64(uint16(l[2]))<<32 | uint64(uint16(l[3]))<<48
	}
	for i := 3; i >= 0; i-- {
		if w[i] != 0 {
			return uint8(4*i + (bits.Len64(w[i])+15)/16)
		}
	}
	return 0
}

// flat reports whether at most limit levels beside DCs are not zero.
func flat(levels [][16]int16, limit int) bool {
	n := 0
	for i := range levels {
		for _, v := range levels[i][1:] {
			if v != 0 {
				n++
			}
		}
		if n > limit {
			return false
		}
	}
	return true
}

func flatBlock(levels *[16]int16, limit int) bool {
	n := 0
	for _, v := range levels[1:] {
		if v != 0 {
			n++
		}
	}
	return n <= limit
}

// flatSource reports whether all luma samples are the same.
func flatSource(s *[256]uint8) bool {
	v := uint64(s[0]) * 0x0101010101010101
	for i := 0; i < 256; i += 8 {
		if binary.LittleEndian.Uint64(s[i:]) != v {
			return false
		}
	}
	return true
}

// Where a block is not flat the complex modes are worth a bit more (libwebp's
// FLATNESS_LIMITs).
const (
	flatLimitI4   = 3
	flatLimitUV   = 2
	flatPenalty   = 140
	unlimited     = math.MaxInt64 / 4
	wholeCostBits = 211 // of telling that luma is not predicted as a whole
)

// contexts tell which blocks above and to the left have levels: 4 luma, 2 Cb, 2 Cr,
// DCs.
type contexts [9]uint8

// decide chooses how to code the macroblock, and codes it. What is chosen is in
// w.best and b.
func (w *worker) decide(b *macroblock, x, y int) {
	s := &w.e.segments[b.segment]
	whole := w.pickI16(b, s, x, y)
	w.pickI4(b, s, &whole, x)
	w.pickChroma(b, s, x, y)
}

// pickI16 finds the best way to predict luma as a whole.
func (w *worker) pickI16(b *macroblock, s *segment, x, y int) score {
	isFlat := flatSource(&w.src.y)
	textures(&w.texture, &w.src.y)
	best := score{total: unlimited}
	for mode := range vp8.Modes {
		w.edges.luma(&w.pred, mode, x, y)
		t := w.trial
		encode16x16(&t.out.y, (*[16][16]int16)(t.levels[blockY:]), &t.levels[blockDC], &w.src.y, &w.pred, &s.y1, &s.y2)
		for i := blockDC; i < blockC; i++ {
			t.last[i] = lastOf(&t.levels[i])
		}
		var r score
		r.d = int64(sumSquares(w.src.y[:], t.out.y[:]))
		r.sd = (s.lambdaTexture*int64(w.textureDistance(&t.out.y)) + 128) >> 8
		r.h = int64(vp8.ModeCosts[mode])
		r.r = w.rateI16(t)
		if isFlat {
			if isFlat = flat(t.levels[blockY:blockC], 0); isFlat {
				r.d *= 2
				r.sd *= 2
			}
		}
		r.weigh(s.lambdaI16)
		if r.total < best.total {
			best = r
			b.mode = uint8(mode)
			w.trial, w.best = w.best, w.trial
		}
	}
	best.weigh(s.lambdaMode)
	b.whole = true

	// Only DCs: the loop filter will have to hide the edges of blocks.
	if w.best.last[blockDC] > 0 && best.d > s.minDistortion {
		ac := uint8(0)
		for _, n := range w.best.last[blockY:blockC] {
			ac |= n
		}
		if ac == 0 {
			dc := &w.best.levels[blockDC]
			edge := max(abs(int(dc[1])), abs(int(dc[2])), abs(int(dc[4])))
			w.edge[b.segment] = max(w.edge[b.segment], edge)
		}
	}
	return best
}

// textureDistance is how far the texture of what was made is from the source's
// (libwebp's TDisto16x16).
func (w *worker) textureDistance(a *[256]uint8) (sum int) {
	var t [16]uint32
	textures(&t, a)
	for i, v := range t {
		sum += abs(int(v)-int(w.texture[i])) >> 5
	}
	return sum
}

// rateI16 is what a macroblock's luma costs.
func (w *worker) rateI16(t *coded) int64 {
	c := w.costs
	top, left := w.top, w.left
	rate := c.of(&t.levels[blockDC], vp8.SecondOrder, int(top[8]+left[8]), int(t.last[blockDC]))
	for n := range 16 {
		i, j := n&3, n>>2
		last := t.last[blockY+n]
		rate += c.of(&t.levels[blockY+n], vp8.LumaAfterDC, int(top[i]+left[j]), int(last))
		some := uint8(0)
		if last > 0 {
			some = 1
		}
		top[i], left[j] = some, some
	}
	return int64(rate)
}

// pickI4 codes luma block by block, and keeps that if it is better than whole.
func (w *worker) pickI4(b *macroblock, s *segment, whole *score, x int) {
	t := w.trial
	top, left := w.top, w.left
	sum := score{h: wholeCostBits}
	sum.weigh(s.lambdaMode)
	w.startBoundary()
	var modes [16]uint8
	var preds [10][16]uint8
	var scores [10]uint16
	for n := range 16 {
		i, j := n&3, n>>2
		at := boundaryAt(n)
		above, before := w.modesAround(&modes, n)
		costs := &vp8.BlockModeCosts[above][before]
		context := int(top[i] + left[j])
		src := block(&w.src.y, n)
		intra4x4Scores(&preds, &scores, (*[16]uint8)(w.boundary[at-5:]), src)

		best := score{total: unlimited}
		out := block(&t.out.y, n)
		var some uint8
		for mode := range vp8.BlockModes {
			var levels [16]int16
			var dst [16]uint8
			last, sse, tex := encode4x4(&dst, &levels, src, &preds[mode], &s.y1)
			r := score{
				d:  int64(sse),
				sd: (s.lambdaTexture*int64(abs(tex-int(w.texture[n]))>>5) + 128) >> 8,
				h:  int64(costs[mode]),
			}
			if mode > 0 && flatBlock(&levels, flatLimitI4) {
				r.r = flatPenalty
			}
			r.weigh(s.lambdaI4)
			if r.total >= best.total {
				continue
			}
			r.r += int64(w.costs.of(&levels, vp8.Luma, context, last))
			r.weigh(s.lambdaI4)
			if r.total < best.total {
				best = r
				modes[n] = uint8(mode)
				*out = dst
				t.levels[blockY+n] = levels
				t.last[blockY+n] = uint8(last)
				some = min(uint8(last), 1)
			}
		}
		best.weigh(s.lambdaMode)
		sum.add(&best)
		if sum.total >= whole.total {
			return
		}
		top[i], left[j] = some, some
		w.advanceBoundary(n, out)
	}
	b.whole = false
	b.modes = modes
	t.last[blockDC] = 0
	w.trial, w.best = w.best, w.trial
	*whole = sum
}

// The boundary holds the samples around the blocks still to come, as a snake from
// the macroblock's lower left up and to the upper right (libwebp's i4_boundary_).
// Each block's edge is 13 samples in a row, the first five before boundaryAt.
func boundaryAt(n int) int { return 17 + 4*(n&3) - 4*(n>>2) }

func (w *worker) startBoundary() {
	for i, v := range w.edges.left {
		w.boundary[15-i] = v
	}
	w.boundary[16] = w.edges.corner
	copy(w.boundary[17:], w.edges.top[:])
}

// advanceBoundary puts a coded block's samples in place of those it was predicted
// of.
func (w *worker) advanceBoundary(n int, out *[16]uint8) {
	at := boundaryAt(n)
	b := (*[12]uint8)(w.boundary[at-4:])
	b[0], b[1], b[2], b[3] = out[12], out[13], out[14], out[15]
	if n&3 != 3 {
		b[4], b[5], b[6] = out[11], out[7], out[3]
		return
	}
	// What is above and to the right of the macroblock serves all its rows.
	b[4], b[5], b[6], b[7] = b[8], b[9], b[10], b[11]
}

// modesAround are the modes of the blocks above and to the left of block n.
func (w *worker) modesAround(modes *[16]uint8, n int) (above, before uint8) {
	if n < 4 {
		above = w.topModes[n]
	} else {
		above = modes[n-4]
	}
	if n&3 == 0 {
		before = w.leftModes[n>>2]
	} else {
		before = modes[n-1]
	}
	return above, before
}

// pickChroma chooses the mode of Cb and Cr.
func (w *worker) pickChroma(b *macroblock, s *segment, x, y int) {
	best := score{total: unlimited}
	var keep [8][16]int16
	var out [128]uint8
	var errors [2][3]int8
	for mode := range vp8.Modes {
		w.edges.chroma(&w.predC, mode, x, y)
		t := w.trial
		levels := (*[8][16]int16)(t.levels[blockC:])
		var c [8][16]int16
		transformChroma(&c, &w.src.c, &w.predC)
		var spread [2][3]int8
		if w.e.diffuse {
			w.correct(&c, &spread, &s.uv)
		}
		reconstructChroma(&t.out.c, levels, &c, &w.predC, &s.uv)
		r := score{
			d: int64(sumSquares(w.src.c[:], t.out.c[:])),
			h: int64(vp8.ChromaModeCosts[mode]),
			r: w.rateChroma(levels),
		}
		if mode > 0 && flat(levels[:], flatLimitUV) {
			r.r += flatPenalty * 8
		}
		r.weigh(s.lambdaUV)
		if r.total < best.total {
			best = r
			b.chroma = uint8(mode)
			keep, out, errors = *levels, t.out.c, spread
		}
	}
	*(*[8][16]int16)(w.best.levels[blockC:]) = keep
	w.best.out.c = out
	for n := range keep {
		w.best.last[blockC+n] = lastOf(&keep[n])
	}
	if w.e.diffuse {
		w.keepErrors(&errors)
	}
}

// rateChroma is what Cb and Cr cost.
func (w *worker) rateChroma(levels *[8][16]int16) int64 {
	top, left := w.top, w.left
	rate := 0
	for n := range 8 {
		i, j := 4+n>>2*2+n&1, 4+n>>2*2+n>>1&1
		last := lastOf(&levels[n])
		rate += w.costs.of(&levels[n], vp8.Chroma, int(top[i]+left[j]), int(last))
		some := min(last, 1)
		top[i], left[j] = some, some
	}
	return int64(rate)
}

// correct adds to each chroma block's DC what its neighbours' lost, so that slow
// gradients keep their mean (libwebp's CorrectDCValues).
func (w *worker) correct(c *[8][16]int16, spread *[2][3]int8, m *matrix) {
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
func quantizeDC(v *int16, m *matrix) int {
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
