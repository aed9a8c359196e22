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

// startProgressive prepares what transformChannels fills.
func (e *encoder) startProgressive() {
	blocks := e.mcusX * e.mcusY * e.perMCU
	e.tokens = tokenList{pool: e.pool, most: blocks}
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
// of AC coefficients have them.
func (e *encoder) transformChannels(b *bands) {
	dcs := e.pool.Get16(e.mcusX * e.perMCU)
	defer e.pool.Put16(dcs)
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
					switch scan := &e.scans[s]; {
					case scan.first == 0 || scan.channels[0] != i:
					case scan.high > 0:
						scan.refine(e.segment[:n])
					default:
						scan.coarse(e.segment[:n])
					}
				}
			}
			for x := c.blocksX; x < e.mcusX*c.h; x++ {
				*at(x, y) = *at(x-1, y)
			}
		}
	}
	e.tokenizeDC(dcs)
}

// tokenizeDC makes tokens of the DC coefficients of MCUs: twice the difference
// of the upper bits, for the first scan, and the lowest bit, for the second.
func (e *encoder) tokenizeDC(dcs []uint16) {
	for ; len(dcs) > 0; dcs = dcs[e.perMCU:] {
		words := e.tokens.room(e.perMCU)
		for i, owner := range e.owners[:e.perMCU] {
			c := &e.channels[owner]
			v := int32(int16(dcs[i]))
			size, _ := magnitude(v>>1 - c.pred)
			e.dcCounts[c.table][size]++
			words[i] = uint16((v>>1-c.pred)<<1 | v&1)
			c.pred = v >> 1
		}
		e.tokens.add(e.perMCU)
	}
}

// writeProgressive writes all scans, each with tables made for it.
func (e *encoder) writeProgressive() error {
	e.tokens.end()
	for t := range e.tables() {
		e.dc[t].optimal(&e.dcCounts[t])
	}
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
	begin := func() {
		if s.high == 0 {
			for t := range e.tables() {
				e.writeHuffman(0, t, &e.dc[t])
			}
		}
		e.writeScan(s.channels, 0, 0, s.high, s.low)
	}
	for _, words := range e.tokens.chunks {
		pieces = append(pieces, piece{begin: begin, words: len(words), code: func(buf []byte) bitString {
			if s.high > 0 {
				return codeDCBits(words, buf)
			}
			return e.codeDC(words, buf)
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

	endRun      int         // blocks whose band has ended
	corrections corrections // of those blocks
}

const (
	// maxScanWords is how many tokens of a block are put into progressive
	// scans, at most, beyond those of a baseline file.
	maxScanWords = 40
	// maxFineTokens is more than one call of refine makes of a block.
	maxFineTokens = 256
)

// The tokens of refine hold a symbol and up to 9 bits that follow it, those
// behind a one; or rawToken and up to 14 bits.
const (
	fineBits = 10
	rawBits  = 14
	rawToken = 1 << 15
	// fresh is set in symbols of a coefficient that has been zero up to now;
	// the lower four bits are the upper four of JPEG's symbol.
	fresh = 1 << 4
)

// corrections are bits in tokens.
type corrections struct {
	words [maxCorrections/rawBits + 8]uint16
	acc   uint64 // n%rawBits bits behind a one
	n     int
}

// add appends the n bits of v, at most 63.
func (c *corrections) add(v uint64, n int) {
	at, used := c.n/rawBits, c.n%rawBits
	c.n += n
	for used+n >= rawBits {
		take := rawBits - used
		n -= take
		c.words[at] = uint16(rawToken | 1<<rawBits | c.acc<<take | v>>n)
		v &= 1<<n - 1
		c.acc = 0
		at++
		used = 0
	}
	c.acc = c.acc<<n | v
}

// take writes the tokens to w, and reports how many there are.
func (c *corrections) take(w []uint16) int {
	n := copy(w, c.words[:c.n/rawBits])
	if rest := c.n % rawBits; rest > 0 {
		w[n] = uint16(rawToken | 1<<rest | c.acc)
		n++
	}
	c.acc, c.n = 0, 0
	return n
}

// mask is the bitmap of the coefficients of the scan's band.
func (s *progressiveScan) mask() uint64 { return 1<<s.last<<1 - 1<<s.first }

// endOfBands makes tokens of the run of blocks whose band has ended, and of
// their correction bits.
func (s *bandScan) endOfBands() {
	if s.endRun > 0 {
		s.tokens.add(s.putRun(s.tokens.room(maxFineTokens)))
	}
}

// putRun writes the tokens of that run to w, and reports how many there are.
func (s *bandScan) putRun(w []uint16) int {
	n := uint(bits.Len(uint(s.endRun)) - 1)
	extra := uint16(s.endRun) & (1<<n - 1)
	s.endRun = 0
	s.counts[n<<4]++
	if s.high == 0 {
		w[0], w[1] = uint16(n)<<12, extra
		return 1 + int(min(n, 1))
	}
	if n < fineBits {
		w[0] = uint16(n)<<fineBits | 1<<n | extra
		return 1 + s.corrections.take(w[1:])
	}
	w[0], w[1] = uint16(n)<<fineBits|1, rawToken|1<<n|extra
	return 2 + s.corrections.take(w[2:])
}

// endBlock ends the band of one more block.
func (s *bandScan) endBlock() {
	if s.endRun++; s.endRun == 1<<15-1 || s.corrections.n > maxCorrections-63 {
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
		w := (*[maxBlockTokens]uint16)(s.tokens.room(maxBlockTokens))
		at, last := 0, s.first-1
		if s.endRun > 0 {
			at = s.putRun(w[:])
		}
		for ; m != 0; m &= m - 1 {
			k := bits.TrailingZeros64(m)
			run := k - last - 1
			last = k
			for ; run > 15; run -= 16 {
				w[at&(maxBlockTokens-1)] = zeroRunToken
				at++
				s.counts[zeroRun]++
			}
			v := int32(b.c[zigzag[k&63]&63])
			sign := v >> 31
			v = ((v ^ sign) - sign) >> s.low
			s.counts[uint(run&15)<<4|uint(bits.Len32(uint32(v)))&15]++
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
		w := (*[maxFineTokens]uint16)(s.tokens.room(maxFineTokens))
		at, run, last := 0, 0, s.first-1
		own, n := uint64(0), 0 // the block's own corrections
		for m := known; m != 0; m &= m - 1 {
			k := bits.TrailingZeros64(m)
			run += k - last - 1
			last = k
			if k <= newest {
				for ; run > 15; run -= 16 {
					if s.endRun > 0 {
						at += s.putRun(w[at:])
					}
					s.counts[zeroRun]++
					at = putFine(w, at, zeroRun>>4, own, n)
					own, n = 0, 0
				}
			}
			v := b.c[zigzag[k&63]&63]
			sign := v >> 15
			if old>>(k&63)&1 != 0 {
				own = own<<1 | uint64(((v^sign)-sign)>>s.low)&1
				n++
				continue
			}
			if s.endRun > 0 {
				at += s.putRun(w[at:])
			}
			s.counts[uint(run&15)<<4|1]++
			at = putFine(w, at, fresh|uint16(run), own|uint64(1+sign)<<(n&63), n+1)
			own, n, run = 0, 0, 0
		}
		s.tokens.add(at)
		if run += s.last - last; run > 0 || n > 0 {
			s.corrections.add(own, n)
			s.endBlock()
		}
	}
}

// putFine writes the tokens of a symbol and n bits at w[at], and reports where
// they end.
func putFine(w *[maxFineTokens]uint16, at int, symbol uint16, v uint64, n int) int {
	if n < fineBits {
		w[at&(maxFineTokens-1)] = symbol<<fineBits | 1<<n | uint16(v)
		return at + 1
	}
	return putLong(w, at, symbol, v, n)
}

func putLong(w *[maxFineTokens]uint16, at int, symbol uint16, v uint64, n int) int {
	head, width := symbol<<fineBits, fineBits-1
	for {
		take := min(n, width)
		n -= take
		w[at] = head | 1<<take | uint16(v>>n)
		v &= 1<<n - 1
		at++
		if n == 0 {
			return at
		}
		head, width = rawToken, rawBits
	}
}
