package encoder

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// A score is what a way of coding costs: distortion, spectral distortion, header
// bits and rate, the latter in 1/256 bit.
type score struct {
	d, sd, h, r int64
	total       int64
}

// weigh sums up a score, as libwebp does (SetRDScore).
func (s *score) weigh(lambda int64) {
	s.total = (s.r+s.h)*lambda + 256*lambdaOne*(s.d+s.sd)
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

// A coded macroblock is levels and what they make.
type coded struct {
	levels  [blocks]kernel.Coefficients
	out     samples
	modes   [16]uint8
	nonzero uint32        // of Encode16x16
	last    [blocks]uint8 // one more than the place of each block's last level
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
func flat(levels []kernel.Coefficients, limit int) bool {
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

// contexts tell which blocks above or to the left have levels, a bit each: 4 luma,
// 2 Cb, 2 Cr, DCs.
type contexts uint32

const contextDC = 8

// decide chooses how to code the macroblock, and codes it. What is chosen is in
// w.best and b.
func (w *worker) decide(b *macroblock, x, y int) {
	s := &w.e.segments[b.segment]
	whole := w.pickI16(b, s, x, y)
	if !w.effort.coarse || w.best.nonzero&0xffff != 0 {
		w.pickI4(b, s, &whole)
	}
	if b.whole {
		w.best.findLast()
	}
	w.pickChroma(b, s, x, y)
}

// findLast fills last for luma that is coded as a whole.
func (t *coded) findLast() {
	t.last[blockDC] = lastOf(&t.levels[blockDC])
	for n := range 16 {
		last := uint8(0)
		if t.nonzero>>n&1 != 0 {
			last = lastOf(&t.levels[blockY+n])
		}
		t.last[blockY+n] = last
	}
}

// pickI16 finds the best way to predict luma as a whole.
func (w *worker) pickI16(b *macroblock, s *segment, x, y int) score {
	isFlat := flatSource(&w.src.y)
	kernel.Textures(w.texture[:], w.src.y[:])
	best := score{total: unlimited}
	chosen := 0
	for _, mode := range w.shortlistI16(s, x, y) {
		pred := &w.whole[mode]
		t := w.trial
		nonzero := kernel.Encode16x16(&t.out.y, (*[16]kernel.Coefficients)(t.levels[blockY:]), &t.levels[blockDC], &w.src.y, pred, &s.y1, &s.y2)
		r := w.scoreI16(t, s, int(mode), nonzero)
		if isFlat {
			if isFlat = flat(t.levels[blockY:blockC], 0); isFlat {
				r.d *= 2
				r.sd *= 2
			}
		}
		r.weigh(s.lambdaI16)
		if r.total < best.total {
			best = r
			chosen = int(mode)
			t.nonzero = nonzero
			w.trial, w.best = w.best, w.trial
		}
	}
	if w.effort.refine > 0 {
		w.refineI16(s, chosen, &best)
	}
	b.mode = uint8(chosen)
	best.weigh(s.lambdaMode)
	b.whole = true

	w.noteEdges(s, b.segment, &best)
	return best
}

// scoreI16 judges luma that is coded as a whole.
func (w *worker) scoreI16(t *coded, s *segment, mode int, nonzero uint32) score {
	return score{
		d:  int64(kernel.SumSquares(w.src.y[:], t.out.y[:])),
		sd: (s.lambdaTexture*int64(w.textureDistance(&t.out.y)) + 128) >> 8,
		h:  int64(vp8.ModeCosts[mode]),
		r:  w.rateI16(t, nonzero),
	}
}

// shortlistI16 predicts luma as a whole in all ways, and returns the modes to look
// at: all, or those whose difference from the source has the smallest spectrum.
func (w *worker) shortlistI16(s *segment, x, y int) []uint8 {
	w.list = [vp8.Modes]uint8{0, 1, 2, 3}
	var cost [vp8.Modes]int
	w.edges.luma(&w.whole, x, y)
	if w.effort.whole < vp8.Modes {
		for mode := range vp8.Modes {
			cost[mode] = kernel.SATD(w.src.y[:], w.whole[mode][:]) + int(vp8.ModeCosts[mode])*s.lambdaSATD>>8
		}
	}
	if w.effort.whole < vp8.Modes {
		shortest(w.list[:], cost[:], w.effort.whole)
	}
	return w.list[:w.effort.whole]
}

// shortest moves the n cheapest of list to its beginning.
func shortest(list []uint8, cost []int, n int) {
	for i := range n {
		least := i
		for k := i + 1; k < len(list); k++ {
			if cost[list[k]] < cost[list[least]] {
				least = k
			}
		}
		list[i], list[least] = list[least], list[i]
	}
}

// noteEdges notes luma without detail, of which the loop filter has to hide the
// edges between blocks.
func (w *worker) noteEdges(s *segment, number uint8, whole *score) {
	if w.best.nonzero == 1<<24 && whole.d > s.minDistortion {
		dc := &w.best.levels[blockDC]
		edge := max(abs(int(dc[1])), abs(int(dc[2])), abs(int(dc[4])))
		w.edge[number] = max(w.edge[number], edge)
	}
}

// textureDistance is how far the texture of what was made is from the source's
// (libwebp's TDisto16x16).
func (w *worker) textureDistance(a *[256]uint8) (sum int) {
	var t [16]uint32
	kernel.Textures(t[:], a[:])
	for i, v := range t {
		sum += abs(int(v)-int(w.texture[i])) >> 5
	}
	return sum
}

// rateI16 is what a macroblock's luma costs.
func (w *worker) rateI16(t *coded, nonzero uint32) int64 {
	var of [16]uint8
	kernel.LumaContexts(&of, nonzero, uint32(w.top&15), uint32(w.left&15))
	return int64(kernel.ResidualCost(&t.levels[blockDC], 0, int(w.top>>contextDC+w.left>>contextDC), &w.costs[vp8.SecondOrder]) +
		kernel.ResidualCosts(t.levels[blockY:blockC], 1, of[:], &w.costs[vp8.LumaAfterDC]))
}

// pickI4 codes luma block by block, and keeps that if it is better than whole.
func (w *worker) pickI4(b *macroblock, s *segment, whole *score) {
	t := w.trial
	top, left := w.top, w.left
	sum := score{h: wholeCostBits}
	sum.weigh(s.lambdaMode)
	w.startBoundary()
	modes := &t.modes
	costs := &w.costs[vp8.Luma]
	tries := w.effort.blocks
	weights := kernel.Weights{Rate: s.lambdaI4, Distortion: 256 * lambdaOne, Texture: s.lambdaTexture}
	for n := range 16 {
		i, j := n&3, n>>2
		at := boundaryAt(n)
		above, before := w.modesAround(modes, n)
		headers := &vp8.BlockModeCosts[above][before]
		context := int(top>>i&1 + left>>j&1)
		src := block(&w.src.y, n)
		edge := (*[16]uint8)(w.boundary[at-5:])
		var c *kernel.Candidate
		var bestMode int
		if tries == 1 {
			c = &w.candidates[0]
			bestMode = kernel.EncodeBest4x4(c, edge, src, headers, s.lambdaSATD, &s.y1, costs, context)
		} else {
			kernel.Predict4x4(&w.preds, edge)
			list := &allBlockModes
			if tries < vp8.BlockModes {
				list = &w.listI4
				kernel.Shortlist4x4(list, &w.preds, src, headers, s.lambdaSATD)
			}
			k := kernel.Pick4x4(&w.candidates, &w.preds, list, tries, src, &s.y1, costs, context, headers, w.texture[n], &weights)
			if w.effort.refine > 0 {
				k = w.refineI4(k, list[:tries], n, src, s, headers, costs, context)
			}
			bestMode = int(list[k&15])
			c = &w.candidates[k]
		}
		best := score{
			d:  int64(c.SSE),
			sd: (s.lambdaTexture*int64(abs(int(c.Texture)-int(w.texture[n]))>>5) + 128) >> 8,
			h:  int64(headers[bestMode]),
			r:  int64(c.Rate),
		}
		if bestMode > 0 && bits.OnesCount32(c.Nonzero&^1) <= flatLimitI4 {
			best.r += flatPenalty
		}
		best.weigh(s.lambdaMode)
		sum.add(&best)
		if sum.total >= whole.total || sum.h > w.limit {
			return
		}
		modes[n] = uint8(bestMode)
		t.levels[blockY+n] = c.Levels
		t.last[blockY+n] = uint8(bits.Len32(c.Nonzero))
		*block(&t.out.y, n) = c.Samples
		some := contexts(min(c.Nonzero, 1))
		top = top&^(1<<i) | some<<i
		left = left&^(1<<j) | some<<j
		w.advanceBoundary(n, &c.Samples)
	}
	b.whole = false
	b.modes = *modes
	t.last[blockDC] = 0
	w.trial, w.best = w.best, w.trial
	w.modeBits = sum.h
	*whole = sum
}

var allBlockModes = [16]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}

// refineI4 quantises the best candidates of a block by trellis where that is better,
// and returns which is the best then. It was the one at best.
func (w *worker) refineI4(best int, list []uint8, n int, src *kernel.Block, s *segment, headers *[vp8.BlockModes]uint16, costs *kernel.Costs, context int) int {
	total := func(c *kernel.Candidate, mode uint8) int64 {
		rate := int64(c.Rate) + int64(headers[mode])
		if mode > 0 && bits.OnesCount32(c.Nonzero&^1) <= flatLimitI4 {
			rate += flatPenalty
		}
		return rate*s.lambdaI4 + 256*lambdaOne*(int64(c.SSE)+(s.lambdaTexture*int64(abs(int(c.Texture)-int(w.texture[n]))>>5)+128)>>8)
	}
	var totals [vp8.BlockModes]int64
	if w.effort.refine > 1 {
		for k, mode := range list {
			totals[k] = total(&w.candidates[k], mode)
		}
	} else {
		totals[best] = total(&w.candidates[best], list[best])
	}
	var done uint32
	at := best
	for i := range w.effort.refine {
		if i > 0 {
			at = -1
			for k := range list {
				if done>>k&1 == 0 && (at < 0 || totals[k] < totals[at]) {
					at = k
				}
			}
		}
		done |= 1 << at
		c := &w.candidates[at]
		if c.Nonzero == 0 {
			continue
		}
		mode := list[at]
		pred := &w.preds[mode]
		r := &w.refined
		var f [1]kernel.Coefficients
		kernel.ForwardTransforms(f[:], src[:], pred[:])
		r.Nonzero = trellis(&r.Levels, &f[0], 0, context, &s.y1, costs, s.lambdaTrellisI4)
		if r.Levels == c.Levels {
			continue
		}
		kernel.InverseTransforms(r.Samples[:], pred[:], f[:])
		var texture [1]uint32
		kernel.Textures(texture[:], r.Samples[:])
		r.Texture = texture[0]
		r.SSE = uint32(kernel.SumSquares(src[:], r.Samples[:]))
		r.Rate = uint32(kernel.ResidualCost(&r.Levels, 0, context, costs))
		if t := total(r, mode); t < totals[at] {
			totals[at] = t
			*c = *r
			if t < totals[best] {
				best = at
			}
		}
	}
	return best
}

// refineI16 does so for luma that is coded as a whole.
func (w *worker) refineI16(s *segment, mode int, best *score) {
	t := w.trial
	pred := &w.whole[mode]
	var f [16]kernel.Coefficients
	var dc kernel.Coefficients
	kernel.ForwardTransforms(f[:], w.src.y[:], pred[:])
	kernel.ForwardWHT(&dc, &f)
	nonzero := uint32(0)
	if kernel.Quantize(&t.levels[blockDC], &dc, &s.y2) != 0 {
		nonzero = 1 << 24
	}
	top, left := w.top, w.left
	for n := range 16 {
		i, j := n&3, n>>2
		f[n][0] = 0
		some := contexts(0)
		if trellis(&t.levels[blockY+n], &f[n], 1, int(top>>i&1+left>>j&1), &s.y1, &w.costs[vp8.LumaAfterDC], s.lambdaTrellisI16) != 0 {
			some = 1
		}
		nonzero |= uint32(some) << n
		top = top&^(1<<i) | some<<i
		left = left&^(1<<j) | some<<j
	}
	kernel.InverseWHT(&f, &dc)
	kernel.InverseTransforms(t.out.y[:], pred[:], f[:])
	r := w.scoreI16(t, s, mode, nonzero)
	r.weigh(s.lambdaI16)
	if r.total < best.total {
		*best = r
		t.nonzero = nonzero
		w.trial, w.best = w.best, w.trial
	}
}

func block(a *[256]uint8, n int) *[16]uint8 { return (*[16]uint8)(a[16*n:]) }

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
	chosen := w.best
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
			r.r += flatPenalty * 8
		}
		r.weigh(s.lambdaUV)
		if r.total < best.total {
			best = r
			b.chroma = uint8(mode)
			t.nonzero = nonzero
			w.chroma[0], w.chroma[1] = w.chroma[1], w.chroma[0]
		}
	}
	t := &w.chroma[1]
	for n := range t.levels {
		last := uint8(0)
		if t.nonzero>>n&1 != 0 {
			chosen.levels[blockC+n] = t.levels[n]
			last = lastOf(&t.levels[n])
		}
		chosen.last[blockC+n] = last
	}
	chosen.out.c = t.out
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
	}
	if w.effort.chroma < vp8.Modes {
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
