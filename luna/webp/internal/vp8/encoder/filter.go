package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// The loop filter's levels are tried on strips of the coded picture, each of a few
// rows of macroblocks: a segment gets the one that brings it nearest to the source.
const stripRows = 2

// filterFactors are what the levels that follow from quantisers are multiplied by, in
// quarters.
var filterFactors = [...]int{0, 2, 3, 4, 5, 7, 10}

// filterTrials are the squared errors by segment and factor.
type filterTrials [segments][len(filterFactors)]int64

// stripOf reports which strip row y is in, and which row of it, if in any.
func (e *Encoder) stripOf(y int) (strip, row int, ok bool) {
	if e.period == 0 {
		return 0, 0, false
	}
	row = y%e.period - (e.period-stripRows)/2
	return y / e.period, row, row >= 0 && row < stripRows
}

// A strip is rows of macroblocks before the loop filter, in planes.
type strip struct {
	y, cb, cr []uint8
}

// keepForFilter copies what was made of the macroblock at x, y into its strip.
func (e *Encoder) keepForFilter(out *samples, x, y int) {
	i, row, ok := e.stripOf(y)
	if !ok {
		return
	}
	s := &e.strips[i]
	stride := 16 * e.columns
	unpack(s.y[row*16*stride+16*x:], out.y[:], stride, 4)
	unpack(s.cb[row*4*stride+8*x:], out.c[:64], stride/2, 2)
	unpack(s.cr[row*4*stride+8*x:], out.c[64:], stride/2, 2)
}

// unpack puts a square of blocks into a plane.
func unpack(dst, src []uint8, stride, blocks int) {
	for r := range 4 * blocks {
		to, from := dst[r*stride:][:4*blocks], src[r/4*blocks*16+r%4*4:]
		for c := range blocks {
			copy(to[4*c:4*c+4], from[16*c:16*c+4])
		}
	}
}

// prepareStrips makes room for them.
func (e *Encoder) prepareStrips() {
	// At least six strips are looked at, where there are as many.
	most := e.workers[0].effort.filter
	e.period = stripRows * min(most, max(e.rows/(6*stripRows), 1))
	if most == 0 {
		e.strips = e.strips[:0]
		return
	}
	e.strips = grow(e.strips, (e.rows+e.period-1)/e.period)
	size := e.columns * stripRows
	for i := range e.strips {
		s := &e.strips[i]
		s.y, s.cb, s.cr = grow(s.y, size*256), grow(s.cb, size*64), grow(s.cr, size*64)
	}
}

// tryFilter tries all factors on strip i.
func (w *worker) tryFilter(i int) {
	e := w.e
	s := &e.strips[i]
	t := &w.strip
	t.y, t.cb, t.cr = grow(t.y, len(s.y)), grow(t.cb, len(s.cb)), grow(t.cr, len(s.cr))
	first := i*e.period + (e.period-stripRows)/2
	rows := min(stripRows, e.rows-first)
	stride := 16 * e.columns
	p := vp8.Place{Y: t.y, Cb: t.cb, Cr: t.cr, YStride: stride, CStride: stride / 2}
	for k, factor := range filterFactors {
		var strengths [segments]vp8.Strength
		for n := range strengths {
			strengths[n] = vp8.StrengthOf(scaledFilter(e.segments[n].filter, factor), 0)
		}
		copy(t.y, s.y)
		copy(t.cb, s.cb)
		copy(t.cr, s.cr)
		for y := range rows {
			p.YAt, p.CAt = 16*y*stride, 4*y*stride
			p.YAbove, p.CAbove = p.YAt-4*stride, p.CAt-2*stride
			for x := range e.columns {
				b := &e.blocks[(first+y)*e.columns+x]
				var edges vp8.Edges
				if x > 0 {
					edges |= vp8.LeftEdge
				}
				if y > 0 {
					edges |= vp8.TopEdge
				}
				if !b.whole || !b.skip {
					edges |= vp8.InnerEdges
				}
				vp8.FilterNormal(&p, strengths[b.segment], edges)
				p.YAt, p.YAbove, p.CAt, p.CAbove = p.YAt+16, p.YAbove+16, p.CAt+8, p.CAbove+8
			}
		}
		made := &w.trial.out
		for y := range rows {
			if w.canceled(0) {
				return
			}
			for x := range e.columns {
				e.picture.load(&w.src, x, first+y)
				kernel.Pack(&made.y, &made.c, t.y[16*y*stride+16*x:], t.cb[4*y*stride+8*x:], t.cr[4*y*stride+8*x:], stride, stride/2)
				sum := kernel.SumSquares(w.src.y[:], made.y[:]) + kernel.SumSquares(w.src.c[:], made.c[:])
				w.trials[e.blocks[(first+y)*e.columns+x].segment][k] += int64(sum)
			}
		}
	}
}

func scaledFilter(level, factor int) int { return min((level*factor+2)/4, 63) }

// chooseFilter sets the levels to what the trials say is best.
func (e *Encoder) chooseFilter() {
	for n := range e.used {
		var sums [len(filterFactors)]int64
		for _, w := range e.workers[:e.options.Workers] {
			for k, v := range w.trials[n] {
				sums[k] += v
			}
		}
		best := 3 // as it is
		for k, v := range sums {
			if v < sums[best] {
				best = k
			}
		}
		e.segments[n].filter = scaledFilter(e.segments[n].filter, filterFactors[best])
	}
	for n := e.used; n < segments; n++ {
		e.segments[n].filter = e.segments[e.used-1].filter
	}
}
