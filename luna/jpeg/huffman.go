package jpeg

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

const lookupBits = 12

// A huffman table decodes one symbol, or one symbol with its extra bits, by
// the next lookupBits bits. It is immutable once made.
type huffman struct {
	// lookup holds entries; 0 where the code is longer than lookupBits.
	lookup [1 << lookupBits]entry
	// leaps holds what several whole symbols in a row take, for those who
	// want none of their values; only in tables of kind acTable.
	leaps *[1 << lookupBits]leap
	// For longer codes, as T.81 figure F.15: the largest code of each length,
	// left-aligned in 16 bits and plus 1, and the index of its values.
	limit  [18]int32
	offset [17]int32
	values [256]uint8
	kind   tableKind
}

// A tableKind says what entries tell of a code's value.
type tableKind uint8

const (
	dcTable          tableKind = iota // the size of a difference
	acTable                           // run and size, or end of block
	progressiveTable                  // the value itself: its meaning depends on the scan
)

// An entry packs what a code means:
//
//	bits 0-4    bits to consume: the code's, and its extra bits if value holds them
//	bits 5-8    extra bits still to be read
//	bits 9-15   how far the symbol moves on in zigzag order: run + 1
//	bits 16-31  value
type entry uint32

func (e entry) length() uint { return uint(e & 31) }
func (e entry) extra() uint  { return uint(e >> 5 & 15) }
func (e entry) advance() int { return int(e >> 9 & 127) }
func (e entry) value() int32 { return int32(e) >> 16 }
func (e entry) withExtra(v int32, n uint) entry {
	return e&^(15<<5|31) | entry(e.length()+n) | entry(uint32(v)<<16)
}

// endOfBlock is the advance of an EOB symbol: past the end from everywhere.
const endOfBlock = 127

// A leap packs what a run of whole symbols takes:
//
//	bits 0-3    bits to consume, less 1
//	bits 4-10   how far they move on in zigzag order together
//	bit  11     the last of them is EOB
type leap uint16

// noLeap stands where no whole symbol fits.
const noLeap leap = 0xffff

// newHuffman makes a table of the counts by code length and the values of a
// DHT segment.
func newHuffman(counts, values []byte, kind tableKind) (*huffman, error) {
	h := &huffman{kind: kind}
	copy(h.values[:], values)
	code, index := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		count := int32(counts[length-1])
		h.offset[length] = index - code
		for range count {
			if code >= 1<<length {
				return nil, fmt.Errorf("%w: Huffman table with more codes of %d bits than there are", codec.ErrFormat, length)
			}
			h.fill(code, length, h.symbol(values[index], length))
			code++
			index++
		}
		h.limit[length] = code << (16 - length)
		code <<= 1
	}
	h.limit[17] = 1 << 20
	if kind == acTable {
		h.fillLeaps()
	}
	return h, nil
}

// symbol makes the entry of a code of that length that stands for value.
func (h *huffman) symbol(value uint8, length int) entry {
	e := entry(length)
	switch h.kind {
	case dcTable:
		return e | entry(value&15)<<5
	case progressiveTable:
		return e | entry(value)<<16
	}
	run, size := int(value>>4), uint(value&15)
	switch {
	case size != 0:
		return e | entry(size)<<5 | entry(run+1)<<9
	case run == 15:
		return e | 16<<9
	}
	return e | endOfBlock<<9
}

// fill enters a code into all places of the lookup table that it begins.
func (h *huffman) fill(code int32, length int, e entry) {
	if length > lookupBits {
		return
	}
	rest := uint(lookupBits - length)
	first := int(code) << rest
	size := e.extra()
	for i := range 1 << rest {
		h.lookup[first+i] = e
		if size > 0 && size <= rest {
			v := extend(int32(i>>(rest-size)), size)
			h.lookup[first+i] = e.withExtra(v, size)
		}
	}
}

func (h *huffman) fillLeaps() {
	h.leaps = new([1 << lookupBits]leap)
	for window := range h.leaps {
		used, advance, end := uint(0), 0, 0
		for used < lookupBits {
			e := h.lookup[window<<used&(1<<lookupBits-1)]
			length := e.length() + e.extra()
			if e == 0 || used+length > lookupBits {
				break
			}
			if e.advance() == endOfBlock {
				used, end = used+length, 1
				break
			}
			if advance+e.advance() > 63 {
				break
			}
			used += length
			advance += e.advance()
		}
		if used > 0 {
			h.leaps[window] = leap(used-1) | leap(advance)<<4 | leap(end)<<11
		} else {
			h.leaps[window] = noLeap
		}
	}
}

// long decodes a code of more than lookupBits bits. It returns 0 for bits
// that are no code.
func (h *huffman) long(acc uint64) entry {
	top := int32(acc >> 48)
	for length := lookupBits + 1; length <= 16; length++ {
		if top < h.limit[length] {
			return h.symbol(h.values[(h.offset[length]+top>>(16-length))&255], length)
		}
	}
	return 0
}
