package jpeg

import (
	"encoding/binary"
	"math/bits"
)

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

// startProgressive prepares what transformChannels fills.
func (e *encoder) startProgressive() {
	e.dcs = make([][]uint16, 0, e.mcusY)
	for _, s := range e.script() {
		scan := bandScan{progressiveScan: s}
		if s.first > 0 {
			c := &e.channels[s.channels[0]]
			scan.tokens = tokenList{pool: e.pool, most: c.blocksX * c.blocksY * maxBlockWords}
		}
		e.scans = append(e.scans, scan)
	}
}

// transformChannels transforms a row of MCUs channel by channel, as the scans
// of AC coefficients have them, and keeps the DC coefficients in MCUs, as
// their scans do.
func (e *encoder) transformChannels(b *bands) {
	dcs := e.pool.Get16(e.mcusX * e.perMCU)
	e.dcs = append(e.dcs, dcs)
	for i := range e.n {
		c := &e.channels[i]
		at := func(x, y int) *uint16 { return &dcs[x/c.h*e.perMCU+c.first+y*c.h+x%c.h] }
		for y := range c.v {
			if e.done*c.v+y >= c.blocksY {
				for x := range e.mcusX * c.h {
					*at(x, y) = *at(x-x%c.h+c.h-1, y-1)
				}
				continue
			}
			for left := 0; left < c.blocksX; left += len(e.segment) {
				n := min(len(e.segment), c.blocksX-left)
				forward(e.segment[:], b.pix[i][8*y*c.stride+8*left:], c.stride, n, &e.quantizers[c.table])
				for x := range n {
					*at(left+x, y) = uint16(e.segment[x].c[0])
				}
				for s := range e.scans {
					if scan := &e.scans[s]; scan.first > 0 && scan.channels[0] == i {
						if scan.high > 0 {
							scan.refine(e.segment[:n])
						} else {
							scan.coarse(e.segment[:n])
						}
					}
				}
			}
			for x := c.blocksX; x < e.mcusX*c.h; x++ {
				*at(x, y) = *at(x-1, y)
			}
		}
	}
}

// writeProgressive writes all scans, each with tables made for it.
func (e *encoder) writeProgressive() error {
	var pieces []piece
	for i := range e.scans {
		s := &e.scans[i]
		from := len(pieces)
		if s.first > 0 {
			pieces = e.bandPieces(pieces, s)
		} else {
			pieces = e.dcPieces(pieces, s)
		}
		begin := pieces[from].begin
		pieces[from].begin = func() {
			if i > 0 {
				e.out.align()
			}
			begin()
		}
	}
	return e.writePieces(pieces)
}

// bandPieces are those of a scan of AC coefficients.
func (e *encoder) bandPieces(pieces []piece, s *bandScan) []piece {
	s.endOfBands()
	s.tokens.end()
	var h huffmanCode
	h.optimal(&s.counts)
	var small *tokenCodes
	if s.high == 0 {
		small = new(tokenCodes)
		small.build(&h)
	}
	begin := func() {
		e.writeHuffman(1, e.channels[s.channels[0]].table, &h)
		e.writeScan(s.channels, s.first, s.last, s.high, s.low)
	}
	for _, words := range s.tokens.chunks {
		pieces = append(pieces, piece{begin: begin, words: len(words), code: func(buf []byte) bitString {
			if s.high > 0 {
				return codeFine(words, &h.codes, buf)
			}
			return codeCoarse(words, small, &h.codes, buf)
		}})
		begin = nil
	}
	return pieces
}

// dcPieces are those of a scan of DC coefficients.
func (e *encoder) dcPieces(pieces []piece, s *bandScan) []piece {
	begin := func() { e.writeScan(s.channels, 0, 0, s.high, s.low) }
	if s.high == 0 {
		var counts [2]frequencies
		e.eachDC(0, len(e.dcs), s.low, func(table int, v int32) {
			n, _ := magnitude(v)
			counts[table][n]++
		})
		for t := range e.tables() {
			e.dc[t].optimal(&counts[t])
		}
		begin = func() {
			for t := range e.tables() {
				e.writeHuffman(0, t, &e.dc[t])
			}
			e.writeScan(s.channels, 0, 0, s.high, s.low)
		}
	}
	each := e.mcusX * e.perMCU
	rows := max(tokenChunk/each, 1)
	for y := 0; y < len(e.dcs); y += rows {
		n := min(rows, len(e.dcs)-y)
		pieces = append(pieces, piece{begin: begin, words: n * each, code: func(buf []byte) bitString {
			if s.high > 0 {
				return e.codeDCBits(y, n, s.low, buf)
			}
			return e.codeDC(y, n, s.low, buf)
		}})
		begin = nil
	}
	return pieces
}

// maxCorrections is how many correction bits an end-of-band run may gather, as
// in libjpeg.
const maxCorrections = 1000

// A bandScan makes the tokens of a scan of AC coefficients (T.81, annex G).
type bandScan struct {
	progressiveScan
	counts frequencies
	tokens tokenList

	endRun      int                        // blocks whose band has ended
	corrections [maxCorrections + 64]uint8 // those of the run, and then those of the block
	pending     int                        // of the run
}

// maxScanWords is how many tokens of a block are put into progressive scans,
// at most, beyond those of a baseline file.
const maxScanWords = 40

// The tokens of refine hold a symbol and up to nine bits that follow it, those
// behind a one; or rawToken and up to 14 bits.
const (
	fineBits = 10
	rawToken = 1 << 15
	// fresh is set in symbols of a coefficient that has been zero up to now;
	// the lower four bits are the upper four of JPEG's symbol.
	fresh = 1 << 4
)

// mask is the bitmap of the coefficients of the scan's band.
func (s *progressiveScan) mask() uint64 { return 1<<s.last<<1 - 1<<s.first }

// endOfBands makes tokens of the run of blocks whose band has ended, and of
// their correction bits.
func (s *bandScan) endOfBands() {
	if s.endRun == 0 {
		return
	}
	n := uint(bits.Len(uint(s.endRun)) - 1)
	extra := uint(s.endRun) & (1<<n - 1)
	if s.high > 0 {
		s.fine(uint16(n), extra, n, s.corrections[:s.pending])
	} else {
		w := s.tokens.room(2)
		w[0] = uint16(n) << 12
		if n > 0 {
			w[1] = uint16(extra)
		}
		s.tokens.add(1 + int(min(n, 1)))
		s.counts[n<<4]++
	}
	s.endRun, s.pending = 0, 0
}

// endBlock ends the band of one more block.
func (s *bandScan) endBlock() {
	if s.endRun++; s.endRun == 1<<15-1 || s.pending > maxCorrections-63 {
		s.endOfBands()
	}
}

// coarse makes tokens of the upper bits of bands (G.1.2.2).
func (s *bandScan) coarse(blocks []block) {
	mask := s.mask()
	for i := range blocks {
		b := &blocks[i]
		m := b.above[s.low] & mask
		if m == 0 {
			s.endBlock()
			continue
		}
		s.endOfBands()
		w := (*[maxBlockTokens]uint16)(s.tokens.room(maxBlockTokens))
		at, last := 0, s.first-1
		for ; m != 0; m &= m - 1 {
			k := bits.TrailingZeros64(m)
			run := k - last - 1
			last = k
			for ; run > 15; run -= 16 {
				w[at&(maxBlockTokens-1)] = zeroRunToken
				at++
				s.counts[zeroRun]++
			}
			v := int32(b.c[zigzag[k]&63])
			sign := v >> 31
			v = ((v ^ sign) - sign) >> s.low
			s.counts[run&15<<4|bits.Len32(uint32(v))]++
			w[at&(maxBlockTokens-1)] = uint16(run)<<12 | uint16((v^sign)-sign)&0xfff
			at++
		}
		s.tokens.add(at)
		if last < s.last {
			s.endBlock()
		}
	}
}

// refine makes tokens of the next bit of bands (G.1.2.3).
func (s *bandScan) refine(blocks []block) {
	mask := s.mask()
	for i := range blocks {
		b := &blocks[i]
		known := b.above[s.low] & mask
		if known == 0 {
			s.endBlock()
			continue
		}
		old := b.above[s.high] & mask
		newest := bits.Len64(known&^old) - 1 // the last that is zero no more
		run, last := 0, s.first-1
		own := s.pending // where the block's own corrections begin
		n := own
		for m := known; m != 0; m &= m - 1 {
			k := bits.TrailingZeros64(m)
			run += k - last - 1
			last = k
			for ; run > 15 && k <= newest; run -= 16 {
				s.endOfBands()
				s.fine(zeroRun>>4, 0, 0, s.corrections[own:n])
				own, n = 0, 0
			}
			v := b.c[zigzag[k]&63]
			sign := v >> 15
			if old>>k&1 != 0 {
				s.corrections[n] = uint8(((v^sign)-sign)>>s.low) & 1
				n++
				continue
			}
			s.endOfBands()
			s.fine(fresh|uint16(run), uint(1+sign), 1, s.corrections[own:n])
			own, n, run = 0, 0, 0
		}
		if run += s.last - last; run > 0 || n > own {
			s.pending = n
			s.endBlock()
		}
	}
}

// fine makes tokens of a symbol, n extra bits and corrections.
func (s *bandScan) fine(symbol uint16, extra, n uint, corrections []uint8) {
	s.counts[symbol&15<<4|symbol>>4]++
	w := (*[maxBlockTokens]uint16)(s.tokens.room(maxBlockTokens))
	at := 0
	head, width := symbol<<fineBits, uint(fineBits-1)
	if n > width {
		w[0] = head | 1
		at++
		head, width = rawToken, 14
	}
	acc := 1<<n | extra
	for _, c := range corrections {
		if n == width {
			w[at&(maxBlockTokens-1)] = head | uint16(acc)
			at++
			head, width = rawToken, 14
			acc, n = 1, 0
		}
		acc = acc<<1 | uint(c)
		n++
	}
	w[at&(maxBlockTokens-1)] = head | uint16(acc)
	s.tokens.add(at + 1)
}

// eachDC calls f for the differences of the DC coefficients of n rows of MCUs
// from y.
func (e *encoder) eachDC(y, n, low int, f func(table int, v int32)) {
	var pred [3]int32
	if y > 0 {
		before := e.dcs[y-1][(e.mcusX-1)*e.perMCU:]
		for i, c := range e.owners[:e.perMCU] {
			pred[c] = int32(int16(before[i])) >> low // the last one counts
		}
	}
	for _, row := range e.dcs[y : y+n] {
		for len(row) > 0 {
			for i, c := range e.owners[:e.perMCU] {
				v := int32(int16(row[i])) >> low
				f(e.channels[c].table, v-pred[c])
				pred[c] = v
			}
			row = row[e.perMCU:]
		}
	}
}

// codeDC codes the upper bits of the DC coefficients of n rows of MCUs from y.
func (e *encoder) codeDC(y, n, low int, buf []byte) bitString {
	acc, free, at := uint64(0), uint(64), 0
	e.eachDC(y, n, low, func(table int, v int32) {
		size, extra := magnitude(v)
		code := e.dc[table].codes[size]
		bits, n := uint64(code>>5)<<size|extra, uint(code&31)+size
		if free < n {
			binary.BigEndian.PutUint64(buf[at:], acc<<(free&63)|bits>>((n-free)&63))
			at += 8
			free += 64
		}
		acc = acc<<(n&63) | bits
		free -= n
	})
	return bitString{buf[:at], acc, 64 - free}
}

// codeDCBits codes one more bit of each.
func (e *encoder) codeDCBits(y, n, low int, buf []byte) bitString {
	acc, used, at := uint64(0), uint(0), 0
	for _, row := range e.dcs[y : y+n] {
		for _, v := range row {
			acc = acc<<1 | uint64(v>>low)&1
			if used++; used == 64 {
				binary.BigEndian.PutUint64(buf[at:], acc)
				at += 8
				used = 0
			}
		}
	}
	return bitString{buf[:at], acc, used}
}
