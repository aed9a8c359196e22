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

// countSequential counts the symbols of one row of MCUs.
func (e *encoder) countSequential(row []uint16) {
	for len(row) > 0 {
		for _, c := range e.owners[:e.perMCU] {
			b := (*block)(row)
			row = row[blockWords:]
			ch := &e.channels[c]
			dc := b.at(0)
			n, _ := magnitude(dc - ch.pred)
			ch.pred = dc
			e.dcCounts[ch.table][n]++
			counts := &e.acCounts[ch.table]
			last := 0
			for m := b.nonzero() &^ 1; m != 0; m &= m - 1 {
				k := bits.TrailingZeros64(m)
				run := k - last - 1
				for ; run > 15; run -= 16 {
					counts[zeroRun]++
				}
				n, _ := magnitude(b.at(k))
				counts[uint(run)<<4|n]++
				last = k
			}
			if last < 63 {
				counts[eob]++
			}
		}
	}
}

// writeSequential writes the only scan of a baseline file.
func (e *encoder) writeSequential() error {
	for t := range e.tables() {
		e.dc[t].optimal(&e.dcCounts[t])
		e.ac[t].optimal(&e.acCounts[t])
		e.writeHuffman(0, t, &e.dc[t])
		e.writeHuffman(1, t, &e.ac[t])
	}
	e.writeScan(e.all(), 0, 63, 0, 0)
	e.resetPredictions()
	for _, row := range e.rows {
		if err := e.check(); err != nil {
			return err
		}
		e.sequentialRow(row)
	}
	e.out.align()
	return e.check()
}

func (e *encoder) sequentialRow(row []uint16) {
	out := &e.out
	for len(row) > 0 {
		for _, c := range e.owners[:e.perMCU] {
			out.room()
			b := (*block)(row)
			row = row[blockWords:]
			ch := &e.channels[c]
			dc := b.at(0)
			n, extra := magnitude(dc - ch.pred)
			ch.pred = dc
			code := e.dc[ch.table].codes[n]
			out.put(uint64(code>>5)<<n|extra, uint(code&31)+n)
			codes := &e.ac[ch.table].codes
			last := 0
			for m := b.nonzero() &^ 1; m != 0; m &= m - 1 {
				k := bits.TrailingZeros64(m)
				run := k - last - 1
				for ; run > 15; run -= 16 {
					out.put(uint64(codes[zeroRun]>>5), uint(codes[zeroRun]&31))
				}
				n, extra := magnitude(b.at(k))
				code := codes[(uint(run)<<4|n)&255]
				out.put(uint64(code>>5)<<n|extra, uint(code&31)+n)
				last = k
			}
			if last < 63 {
				out.put(uint64(codes[eob]>>5), uint(codes[eob]&31))
			}
		}
	}
}
