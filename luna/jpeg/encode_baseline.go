package jpeg

import "math/bits"

// magnitude reports how many bits the number v takes, and which (T.81,
// F.1.2.1).
func magnitude(v int32) (n uint, extra uint64) {
	sign := v >> 31
	n = uint(bits.Len32(uint32((v ^ sign) - sign)))
	return n, uint64(uint32(v+sign) & (1<<n - 1))
}

const (
	zeroRun = 0xf0 // sixteen zeros
	eob     = 0x00 // nothing but zeros up to the end
)

const (
	maxBlockWords = 65 // of a block without zeros
	// maxBlockTokens is more, for an index that needs no check.
	maxBlockTokens = 128
)

// tokenizeSequential makes tokens of the first n MCUs of the segment: for each
// block the difference of its DC, the number of its other tokens, and those.
func (e *encoder) tokenizeSequential(n int) {
	for m := range n {
		words := e.tokens.room(e.perMCU * maxBlockTokens)
		used := 0
		for i, owner := range e.owners[:e.perMCU] {
			c := &e.channels[owner]
			b := &e.segment[e.places[i]+m*c.h]
			counts := &e.acCounts[c.table]
			w := (*[maxBlockTokens]uint16)(words[used:])
			dc := int32(b.c[0])
			size, _ := magnitude(dc - c.pred)
			e.dcCounts[c.table][size]++
			w[0] = uint16(dc - c.pred)
			c.pred = dc
			at, last := 2, 0
			for m := b.above[0] &^ 1; m != 0; m &= m - 1 {
				k := bits.TrailingZeros64(m)
				run := k - last - 1
				last = k
				for ; run > 15; run -= 16 {
					w[at&(maxBlockTokens-1)] = zeroRunToken
					at++
					counts.large[zeroRun]++
				}
				t := uint16(run)<<12 | uint16(b.c[zigzag[k&63]&63])&0xfff
				w[at&(maxBlockTokens-1)] = t
				at++
				if isSmall(t) {
					counts.small[smallIndex(t)]++
				} else {
					counts.large[symbolOf(t)]++
				}
			}
			if last < 63 {
				w[at&(maxBlockTokens-1)] = eobToken
				at++
				counts.large[eob]++
			}
			w[1] = uint16(at - 2)
			used += at
		}
		e.tokens.add(used)
	}
}

// writeSequential writes the only scan of a baseline file.
func (e *encoder) writeSequential() error {
	for t := range e.tables() {
		e.dc[t].optimal(&e.dcCounts[t])
		e.ac[t].optimal(e.acCounts[t].symbols())
		e.acTokens[t].build(&e.ac[t])
		e.writeHuffman(0, t, &e.dc[t])
		e.writeHuffman(1, t, &e.ac[t])
	}
	e.writeScan(e.all(), 0, 63, 0, 0)
	e.tokens.end()
	pieces := make([]piece, len(e.tokens.chunks))
	for i, words := range e.tokens.chunks {
		pieces[i] = piece{words: len(words), code: func(buf []byte) bitString { return e.codeSequential(words, buf) }}
	}
	return e.writePieces(pieces)
}
