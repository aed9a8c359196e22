package encoder

import (
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// pickI4 codes luma block by block, and keeps that if it is better than
// luma as a whole, whose score is whole.
func (w *worker) pickI4(b *macroblock, s *segment, whole int64) {
	t := w.trial
	top, left := w.top, w.left
	header := int64(wholeCostBits)
	total := header * s.lambdaI4
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
				k = w.refineI4(k, list[:tries], n, src, s, headers, costs, context, &weights)
			}
			bestMode = int(list[k&15])
			c = &w.candidates[k]
		}
		total += c.Cost(bestMode, headers[bestMode], w.texture[n], &weights)
		header += int64(headers[bestMode])
		if total >= whole || header > w.limit {
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
	w.modeBits = header
}

var allBlockModes = [16]uint8{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}

// refineI4 quantises the best candidates of a block by trellis where that is better,
// and returns which is the best then. It was the one at best.
func (w *worker) refineI4(best int, list []uint8, n int, src *kernel.Block, s *segment, headers *[vp8.BlockModes]uint16, costs *kernel.Costs, context int, weights *kernel.Weights) int {
	total := func(c *kernel.Candidate, mode uint8) int64 {
		return c.Cost(int(mode), headers[mode], w.texture[n], weights)
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
		r.Nonzero = kernel.Trellis(&r.Levels, &f[0], 0, context, &s.y1, costs, s.lambdaTrellisI4)
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
