package jpeg

import (
	"fmt"
	"math/bits"
)

// scanProgressive decodes the scans of a progressive picture (T.81, annex G)
// that matter at the sizes of d.
func (d *decoding) scanProgressive() error {
	matters := d.matter()
	for i := range d.p.scans {
		s := &d.p.scans[i]
		if !matters[i] {
			continue
		}
		w := d.p.walk(s)
		if len(s.segments) < w.segments() && !d.lenient {
			return fmt.Errorf("%d of %d restart intervals: %w", len(s.segments), w.segments(), errTruncated)
		}
		for j := range min(len(s.segments), w.segments()) {
			r := refiner{d: d, w: w, sequencer: d.sequencer(s.segments[j], s.segments[j][0]<<3)}
			from, to := w.span(j)
			if err := d.forgive(r.run(from, to)); err != nil {
				return err
			}
		}
	}
	if !d.p.ended && !d.lenient {
		return fmt.Errorf("no EOI marker: %w", errTruncated)
	}
	return nil
}

// matter reports which scans have a part in the coefficients that are kept. A
// scan of others does only if a later one that does refines by what it found.
func (d *decoding) matter() []bool {
	matters := make([]bool, len(d.p.scans))
	for i := len(matters) - 1; i >= 0; i-- {
		s := &d.p.scans[i]
		component := s.components[0].index
		matters[i] = s.first == 0 || s.first <= need(d.size[component])
		for j := i + 1; j < len(matters) && !matters[i]; j++ {
			t := &d.p.scans[j]
			matters[i] = matters[j] && t.components[0].index == component &&
				t.high > 0 && t.first > 0 && t.first <= s.last && s.first <= t.last
		}
	}
	return matters
}

// A refiner decodes a segment of one progressive scan.
type refiner struct {
	sequencer
	d      *decoding
	w      walk
	endRun int // blocks left of an end-of-band run
}

func (r *refiner) run(from, to int) error {
	mx, my := from%r.w.x, from/r.w.x
	for m := from; m < to; m++ {
		if err := r.mcu(mx, my); err != nil {
			return r.explain(err)
		}
		if mx++; mx == r.w.x {
			mx, my = 0, my+1
			if err := r.check(); err != nil {
				return err
			}
			if err := r.d.ctx.Err(); err != nil {
				return err
			}
		}
	}
	return r.check()
}

func (r *refiner) mcu(mx, my int) error {
	s := r.w.s
	if s.first > 0 {
		sc := &s.components[0]
		i := my*r.w.p.components[sc.index].gridX + mx
		if s.high > 0 {
			return r.refine(sc, i)
		}
		return r.band(sc, i)
	}
	for i := range s.components {
		sc := &s.components[i]
		c := &r.w.p.components[sc.index]
		h, v := c.h, c.v
		if len(s.components) == 1 {
			h, v = 1, 1
		}
		for y := range v {
			for x := range h {
				if err := r.dc(sc, (my*v+y)*c.gridX+mx*h+x); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// dc decodes a first or a refining DC scan's bits of block i (G.1.2.1).
func (r *refiner) dc(sc *scanComponent, i int) error {
	size := r.d.size[sc.index]
	c := &r.d.grids[sc.index].coefficients[i*size*size]
	if r.w.s.high > 0 {
		*c |= int16(r.bits.bits(1) << r.w.s.low)
		return nil
	}
	e, err := r.symbol(sc.dc)
	if err != nil {
		return err
	}
	v := e.value()
	if n := e.extra(); n > 0 {
		v = extend(r.bits.bits(n), n)
	}
	r.pred[sc.index] += v
	*c = int16(r.pred[sc.index] << r.w.s.low)
	return nil
}

// symbol reads a code.
func (r *refiner) symbol(h *huffman) (entry, error) {
	b := &r.bits
	if b.n < 32 {
		b.refill()
	}
	e := h.lookup[b.acc>>(64-lookupBits)]
	if e == 0 {
		if e = h.long(b.acc); e == 0 {
			return 0, errCode
		}
	}
	b.skip(e.length())
	return e, nil
}

// code reads a code of an AC table: a run and a size.
func (r *refiner) code(h *huffman) (run int, size uint, err error) {
	e, err := r.symbol(h)
	return int(e >> 20), uint(e >> 16 & 15), err
}

// band decodes the first bits of the AC coefficients first to last of block i
// (G.1.2.2).
func (r *refiner) band(sc *scanComponent, i int) error {
	if r.endRun > 0 {
		r.endRun--
		return nil
	}
	s := r.w.s
	g := &r.d.grids[sc.index]
	size := r.d.size[sc.index]
	block := g.coefficients[i*size*size:][:size*size]
	index := indexOf(size)
	var nonzero uint64
	for k := s.first; k <= s.last; k++ {
		run, n, err := r.code(sc.ac)
		if err != nil {
			return err
		}
		if n == 0 {
			if run < 15 {
				r.endRun = 1<<run - 1
				if run > 0 {
					r.endRun += int(r.bits.bits(uint(run)))
				}
				break
			}
			k += 15
			continue
		}
		k += run
		v := extend(r.bits.bits(n), n)
		if k > 63 {
			break
		}
		nonzero |= 1 << k
		if at := index[k]; int(at) < len(block) {
			block[at] = int16(v << s.low)
		}
	}
	g.nonzero[i] |= nonzero
	return nil
}

// refine decodes one more bit of the AC coefficients first to last of block i
// (G.1.2.3).
func (r *refiner) refine(sc *scanComponent, i int) error {
	s := r.w.s
	g := &r.d.grids[sc.index]
	size := r.d.size[sc.index]
	block := g.coefficients[i*size*size:][:size*size]
	index := indexOf(size)
	nonzero := g.nonzero[i]
	fresh := nonzero
	one := int16(1) << s.low
	k := s.first
	if r.endRun == 0 {
	symbols:
		for k <= s.last {
			run, n, err := r.code(sc.ac)
			if err != nil {
				return err
			}
			var v int16
			switch {
			case n == 0 && run < 15:
				r.endRun = 1 << run
				if run > 0 {
					r.endRun += int(r.bits.bits(uint(run)))
				}
				break symbols
			case n > 0:
				if n != 1 {
					return errCode
				}
				v = -one
				if r.bits.bits(1) != 0 {
					v = one
				}
			}
			// Pass over run zeros, correcting what is not zero.
			for ; k <= s.last; k++ {
				if nonzero>>k&1 != 0 {
					r.correct(block, index[k], one)
					continue
				}
				if run == 0 {
					break
				}
				run--
			}
			if v != 0 && k <= s.last {
				fresh |= 1 << k
				if at := index[k]; int(at) < len(block) {
					block[at] = v
				}
			}
			k++
		}
	}
	if r.endRun > 0 {
		for rest := nonzero >> k << k; rest != 0; rest &= rest - 1 {
			j := bits.TrailingZeros64(rest)
			if j > s.last {
				break
			}
			r.correct(block, index[j], one)
		}
		r.endRun--
	}
	g.nonzero[i] = fresh
	return nil
}

// correct reads a correction bit and applies it away from zero.
func (r *refiner) correct(block []int16, at uint8, one int16) {
	if r.bits.bits(1) == 0 || int(at) >= len(block) {
		return
	}
	c := &block[at]
	if *c&one != 0 && *c > 0 || -*c&one != 0 && *c < 0 {
		return // corrected already, as a damaged file may ask twice
	}
	if *c >= 0 {
		*c += one
	} else {
		*c -= one
	}
}
