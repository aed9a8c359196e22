package jpeg

import "github.com/immagin/immagin-go/luna/pixel"

const markerDQT = 0xdb

// writeHeader writes what comes before the first scan.
func (e *encoder) writeHeader() {
	e.out.raw(0xff, markerSOI)
	e.writeJFIF()
	e.writeMetadata()
	for t := range e.tables() {
		e.out.raw(0xff, markerDQT, 0, 67, byte(t))
		e.out.raw(e.quantizers[t].table[:]...)
	}
	sof := byte(markerSOF0)
	if e.progressive {
		sof = markerSOF2
	}
	e.out.raw(0xff, sof, 0, byte(8+3*e.n), 8, byte(e.shape.Height>>8), byte(e.shape.Height), byte(e.shape.Width>>8), byte(e.shape.Width), byte(e.n))
	for i := range e.n {
		c := &e.channels[i]
		e.out.raw(byte(i+1), byte(c.h<<4|c.v), byte(c.table))
	}
}

// writeHuffman writes a table of class 0, DC, or 1, AC.
func (e *encoder) writeHuffman(class, table int, h *huffmanCode) {
	n := 19 + len(h.symbols)
	e.out.raw(0xff, markerDHT, byte(n>>8), byte(n), byte(class<<4|table))
	e.out.raw(h.counts[1:]...)
	e.out.raw(h.symbols...)
}

// writeScan writes the header of a scan of some channels: coefficients first
// to last, from bit high to bit low.
func (e *encoder) writeScan(channels []int, first, last, high, low int) {
	e.out.raw(0xff, markerSOS, 0, byte(6+2*len(channels)), byte(len(channels)))
	for _, i := range channels {
		t := byte(e.channels[i].table)
		dc, ac := t<<4, t
		// A scan names the tables that it uses, and 0 in place of others.
		if first > 0 || high > 0 {
			dc = 0
		}
		if last == 0 {
			ac = 0
		}
		e.out.raw(byte(i+1), dc|ac)
	}
	e.out.raw(byte(first), byte(last), byte(high<<4|low))
}

// tables reports how many tables of each kind there are: luma's and chroma's.
func (e *encoder) tables() int {
	if e.file == pixel.Gray {
		return 1
	}
	return 2
}
