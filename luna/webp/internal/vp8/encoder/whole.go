package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

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
	best.weigh(s.lambdaI4) // as pickI4 does
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

// refineI16 quantises luma that is coded as a whole, in the mode that was best, by
// trellis where that is better.
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
		if kernel.Trellis(&t.levels[blockY+n], &f[n], 1, int(top>>i&1+left>>j&1), &s.y1, &w.costs[vp8.LumaAfterDC], s.lambdaTrellisI16) != 0 {
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
