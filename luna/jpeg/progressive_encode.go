package jpeg

import "math/bits"

// A progressiveScan is one step of a progressive file.
type progressiveScan struct {
	channels               []int
	first, last, high, low int
}

// script lists the scans of libjpeg's jpeg_simple_progression.
func (e *encoder) script() []progressiveScan {
	if e.n == 1 {
		y := []int{0}
		return []progressiveScan{{y, 0, 0, 0, 1}, {y, 1, 5, 0, 2}, {y, 6, 63, 0, 2}, {y, 1, 63, 2, 1}, {y, 0, 0, 1, 0}, {y, 1, 63, 1, 0}}
	}
	y, cb, cr, all := []int{0}, []int{1}, []int{2}, []int{0, 1, 2}
	return []progressiveScan{
		{all, 0, 0, 0, 1},
		{y, 1, 5, 0, 2}, {cr, 1, 63, 0, 1}, {cb, 1, 63, 0, 1}, {y, 6, 63, 0, 2},
		{y, 1, 63, 2, 1},
		{all, 0, 0, 1, 0},
		{cr, 1, 63, 1, 0}, {cb, 1, 63, 1, 0}, {y, 1, 63, 1, 0},
	}
}

// writeProgressive writes all scans, each with tables made for it.
func (e *encoder) writeProgressive() error {
	var p progressor
	for _, s := range e.script() {
		p = progressor{e: e, scan: s}
		switch {
		case s.first > 0:
			t := e.channels[s.channels[0]].table
			e.acCounts[t] = frequencies{}
			p.counts, p.codes = &e.acCounts[t], &e.ac[t].codes
			if err := p.band(); err != nil {
				return err
			}
			e.ac[t].optimal(p.counts)
			e.writeHuffman(1, t, &e.ac[t])
			e.writeScan(s.channels, s.first, s.last, s.high, s.low)
			p.counts = nil
			if err := p.band(); err != nil {
				return err
			}
		case s.high > 0:
			e.writeScan(s.channels, 0, 0, s.high, s.low)
			if err := p.dcBits(); err != nil {
				return err
			}
		default:
			e.dcCounts = [2]frequencies{}
			if err := p.dc(true); err != nil {
				return err
			}
			for t := range e.tables() {
				e.dc[t].optimal(&e.dcCounts[t])
				e.writeHuffman(0, t, &e.dc[t])
			}
			e.writeScan(s.channels, 0, 0, s.high, s.low)
			if err := p.dc(false); err != nil {
				return err
			}
		}
		e.out.align()
	}
	return e.check()
}

// maxCorrections is how many correction bits an end-of-band run may gather, as
// in libjpeg.
const maxCorrections = 1000

// A progressor runs over the blocks of a scan, first to count its symbols,
// then to write them (T.81, annex G).
type progressor struct {
	e      *encoder
	scan   progressiveScan
	counts *frequencies // nil to write
	codes  *[256]uint32

	endRun      int                        // blocks whose band has ended
	corrections [maxCorrections + 64]uint8 // those of the run, and then those of the block
	pending     int                        // of the run
}

func (p *progressor) symbol(s int) {
	if p.counts != nil {
		p.counts[s]++
		return
	}
	code := p.codes[s]
	p.e.out.put(uint64(code>>5), uint(code&31))
}

func (p *progressor) extra(v uint64, n uint) {
	if p.counts == nil {
		p.e.out.put(v, n)
	}
}

func (p *progressor) correct(bits []uint8) {
	if p.counts == nil {
		for _, b := range bits {
			p.e.out.put(uint64(b), 1)
		}
	}
}

// endOfBands writes the run of blocks whose band has ended, and their
// correction bits.
func (p *progressor) endOfBands() {
	if p.endRun == 0 {
		return
	}
	n := uint(bits.Len(uint(p.endRun)) - 1)
	p.symbol(int(n) << 4)
	p.extra(uint64(p.endRun)&(1<<n-1), n)
	p.correct(p.corrections[:p.pending])
	p.endRun, p.pending = 0, 0
}

// band runs over the blocks of the scan's channel, those that only fill up
// MCUs excepted.
func (p *progressor) band() error {
	e := p.e
	c := &e.channels[p.scan.channels[0]]
	for y := range c.blocksY {
		if err := e.check(); err != nil {
			return err
		}
		row := e.rows[y/c.v]
		for x := range c.blocksX {
			e.out.room()
			b := (*block)(row[e.index(c, x, y%c.v)*blockWords:])
			if p.scan.high > 0 {
				p.refine(b)
			} else {
				p.coarse(b)
			}
		}
	}
	p.endOfBands()
	return nil
}

// mask is the bitmap of the coefficients of the scan's band.
func (s *progressiveScan) mask() uint64 { return 1<<s.last<<1 - 1<<s.first }

// coarse codes the upper bits of a band (G.1.2.2).
func (p *progressor) coarse(b *block) {
	s := &p.scan
	last := s.first - 1
	for m := b.nonzero() & s.mask(); m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		v := b.at(k)
		sign := v >> 31
		v = ((v ^ sign) - sign) >> s.low
		if v == 0 {
			continue
		}
		p.endOfBands()
		run := k - last - 1
		for ; run > 15; run -= 16 {
			p.symbol(zeroRun)
		}
		n, extra := magnitude((v ^ sign) - sign)
		p.symbol(run<<4 | int(n))
		p.extra(extra, n)
		last = k
	}
	if last < s.last {
		if p.endRun++; p.endRun == 1<<15-1 {
			p.endOfBands()
		}
	}
}

// refine codes the next bit of a band (G.1.2.3).
func (p *progressor) refine(b *block) {
	s := &p.scan
	var values [64]int32 // without signs and lower bits
	newest := 0          // the last that becomes other than zero
	known := uint64(0)
	for m := b.nonzero() & s.mask(); m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		v := b.at(k)
		v = max(v, -v) >> s.low
		if v == 0 {
			continue
		}
		known |= 1 << k
		values[k] = v
		if v == 1 {
			newest = k
		}
	}
	run, last := 0, s.first-1
	own := p.pending // where the block's own corrections begin
	n := own
	for m := known; m != 0; m &= m - 1 {
		k := bits.TrailingZeros64(m)
		run += k - last - 1
		last = k
		for ; run > 15 && k <= newest; run -= 16 {
			p.endOfBands()
			p.symbol(zeroRun)
			p.correct(p.corrections[own:n])
			own, n = 0, 0
		}
		if values[k] > 1 {
			p.corrections[n] = uint8(values[k] & 1)
			n++
			continue
		}
		p.endOfBands()
		p.symbol(run<<4 | 1)
		p.extra(uint64(1+b.at(k)>>31), 1)
		p.correct(p.corrections[own:n])
		own, n, run = 0, 0, 0
	}
	run += s.last - last
	if run > 0 || n > own {
		p.endRun++
		p.pending = n
		if p.endRun == 1<<15-1 || p.pending > maxCorrections-63 {
			p.endOfBands()
		}
	}
}

// dc codes the upper bits of the DC coefficients, MCU by MCU.
func (p *progressor) dc(count bool) error {
	e := p.e
	e.resetPredictions()
	for _, row := range e.rows {
		if err := e.check(); err != nil {
			return err
		}
		for len(row) > 0 {
			e.out.room()
			for _, c := range e.owners[:e.perMCU] {
				ch := &e.channels[c]
				v := (*block)(row).at(0) >> p.scan.low
				row = row[blockWords:]
				n, extra := magnitude(v - ch.pred)
				ch.pred = v
				if count {
					e.dcCounts[ch.table][n]++
					continue
				}
				code := e.dc[ch.table].codes[n]
				e.out.put(uint64(code>>5)<<n|extra, uint(code&31)+n)
			}
		}
	}
	return nil
}

// dcBits codes one more bit of each DC coefficient.
func (p *progressor) dcBits() error {
	e := p.e
	for _, row := range e.rows {
		if err := e.check(); err != nil {
			return err
		}
		for ; len(row) > 0; row = row[blockWords:] {
			e.out.room()
			e.out.put(uint64((*block)(row).at(0)>>p.scan.low)&1, 1)
		}
	}
	return nil
}
