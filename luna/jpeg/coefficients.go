package jpeg

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

var errTruncated = fmt.Errorf("%w: entropy-coded data ends too early: %w", codec.ErrFormat, io.ErrUnexpectedEOF)

// A decoding is one run over a picture at one scale: each block gives size x
// size samples.
type decoding struct {
	ctx  context.Context
	p    *picture
	data []byte
	// size is the side of the square of lowest frequencies that is kept of a
	// block, by component, and made the side of what it is transformed to:
	// 1, 2, 4 or 8. They differ only where the reference library's pixels are
	// wanted, which takes all frequencies.
	size, made [4]int
	// lenient fills what is missing instead of failing.
	lenient bool
	workers int
	// part is how many MCUs a worker decodes ahead on average; 0 is what pays.
	part int
	// grids hold the coefficients that the sizes need, where they are kept.
	grids [4]grid
}

// A grid holds size x size quantised coefficients of each block of a
// component, in natural order.
type grid struct {
	words, marks []uint16 // coefficients and nonzero, as the pool has them
	coefficients []int16
	// nonzero, of progressive pictures, has bit k of a block set where the
	// coefficient of zigzag index k is known to be other than zero, also of
	// those that are not kept: refinement scans read by it.
	nonzero []uint64
}

// An emitter takes the blocks of a scan as they are decoded: block x, y of a
// component. The block is the emitter's to read until it returns.
type emitter func(component, x, y int, c *[64]int16)

// keep copies the low frequencies of a block into its component's grid.
func (d *decoding) keep(component, x, y int, c *[64]int16) {
	n := d.size[component] * d.size[component]
	i := (y*d.p.components[component].gridX + x) * n
	low(d.grids[component].coefficients[i:], c, n)
}

// A walk is the order in which a scan codes blocks: MCU by MCU, row by row
// (T.81, A.2.3), or one component's own blocks (A.2.2).
type walk struct {
	s    *scan
	p    *picture
	x, y int // MCUs in a row, rows
}

func (p *picture) walk(s *scan) walk {
	if len(s.components) == 1 {
		c := &p.components[s.components[0].index]
		return walk{s, p, c.ownX, c.ownY}
	}
	return walk{s, p, p.mcusX, p.mcusY}
}

func (w *walk) mcus() int { return w.x * w.y }

// span returns the MCUs of segment i.
func (w *walk) span(i int) (from, to int) {
	if w.s.interval == 0 {
		return 0, w.mcus()
	}
	return min(i*w.s.interval, w.mcus()), min((i+1)*w.s.interval, w.mcus())
}

func (w *walk) segments() int {
	if w.s.interval == 0 {
		return 1
	}
	return ceil(w.mcus(), w.s.interval)
}

// A sequencer decodes MCUs of a sequential scan one after the other.
type sequencer struct {
	bits  bitReader
	end   int // of the segment, in bytes
	pred  [4]int32
	block [64]int16
	need  [4]int
}

func (d *decoding) sequencer(segment [2]int, bit int) sequencer {
	q := sequencer{bits: newBitReader(d.data[:segment[1]+padding], bit), end: segment[1]}
	for i := range d.p.components {
		q.need[i] = need(d.size[i])
	}
	return q
}

// pass decodes an MCU for nothing but the DC values behind it.
func (q *sequencer) pass(w *walk) error {
	need := q.need
	q.need = [4]int{}
	err := q.mcu(w, 0, 0, func(int, int, int, *[64]int16) {})
	q.need = need
	return err
}

// mcu decodes the MCU at mx, my.
func (q *sequencer) mcu(w *walk, mx, my int, emit emitter) error {
	single := len(w.s.components) == 1
	for i := range w.s.components {
		sc := &w.s.components[i]
		h, v := w.p.components[sc.index].h, w.p.components[sc.index].v
		if single {
			h, v = 1, 1
		}
		for y := range v {
			for x := range h {
				if q.need[sc.index] > 0 {
					q.block = [64]int16{}
				}
				if err := q.bits.block(sc.dc, sc.ac, &q.block, q.need[sc.index], &q.pred[sc.index]); err != nil {
					return err
				}
				emit(sc.index, mx*h+x, my*v+y, &q.block)
			}
		}
	}
	return nil
}

// check reports an error once more bits were used than there are.
func (q *sequencer) check() error {
	if q.bits.at() > q.end<<3 {
		return errTruncated
	}
	return nil
}

// run decodes the MCUs from up to to, and looks at the context and at the end
// of the data once a row.
func (d *decoding) run(q *sequencer, w *walk, from, to int, emit emitter) error {
	mx, my := from%w.x, from/w.x
	for m := from; m < to; m++ {
		if err := q.mcu(w, mx, my, emit); err != nil {
			return q.explain(err)
		}
		if mx++; mx == w.x {
			mx, my = 0, my+1
			if err := q.check(); err != nil {
				return err
			}
			if err := d.ctx.Err(); err != nil {
				return err
			}
		}
	}
	return q.check()
}

// explain prefers the reason that explains most: past its end, data is no
// code.
func (q *sequencer) explain(err error) error {
	if early := q.check(); early != nil {
		return early
	}
	return err
}

// forgive returns nil for errors of the data where decoding is lenient.
func (d *decoding) forgive(err error) error {
	if err == nil || d.lenient && d.ctx.Err() == nil {
		return nil
	}
	return err
}

// allocate makes the grids.
func (d *decoding) allocate(pool *pixel.Pool) {
	for i := range d.p.components {
		c := &d.p.components[i]
		g := &d.grids[i]
		blocks := c.gridX * c.gridY
		g.words = pool.Get16(blocks * d.size[i] * d.size[i])
		clear(g.words)
		g.coefficients = signed(g.words)
		if d.p.progressive && d.size[i] > 1 {
			g.marks = pool.Get16(4 * blocks)
			clear(g.marks)
			g.nonzero = bitsets(g.marks)
		}
	}
}

// free gives the grids back.
func (d *decoding) free(pool *pixel.Pool) {
	for i := range d.grids {
		pool.Put16(d.grids[i].words)
		pool.Put16(d.grids[i].marks)
		d.grids[i] = grid{}
	}
}

// collect decodes all scans into the grids.
func (d *decoding) collect(pool *pixel.Pool) error {
	d.allocate(pool)
	if d.p.progressive {
		err := d.scanProgressive()
		for i := range d.grids {
			g := &d.grids[i]
			pool.Put16(g.marks)
			g.marks, g.nonzero = nil, nil
		}
		return err
	}
	for i := range d.p.scans {
		if err := d.sequential(&d.p.scans[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoding) sequential(s *scan) error {
	w := d.p.walk(s)
	if len(s.segments) < w.segments() && !d.lenient {
		return fmt.Errorf("%d of %d restart intervals: %w", len(s.segments), w.segments(), errTruncated)
	}
	return d.inParallel(min(len(s.segments), w.segments()), func(i int) error {
		from, to := w.span(i)
		q := d.sequencer(s.segments[i], s.segments[i][0]<<3)
		return d.forgive(d.run(&q, &w, from, to, d.keep))
	})
}
