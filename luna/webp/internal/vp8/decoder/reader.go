package decoder

import (
	"encoding/binary"
	"math/bits"
)

// A reader decodes booleans of given probabilities (RFC 6386, 7). Its arithmetic
// is libwebp's (bit_reader_inl_utils.h), and so is what it takes for the end of
// the data: the first boolean that needs a bit behind it. Behind the end there
// are zeros.
type reader struct {
	data []uint8
	at   int // of the next byte to load
	// window has the bits that are loaded, the next one highest: count of them
	// behind the first eight. Where count is negative, some of the eight are
	// missing.
	window uint64
	count  int
	span   uint32 // the range less 1, from 127 to 254
	ended  bool
}

func newReader(data []uint8) reader {
	return reader{data: data, span: 254, count: -8}
}

// load fills the window as far as there is data.
func (r *reader) load() {
	switch {
	case r.at+8 <= len(r.data):
		r.window |= binary.BigEndian.Uint64(r.data[r.at:]) >> 8 << uint(-r.count&63)
		r.at += 7
		r.count += 56
	case r.at < len(r.data):
		r.window |= uint64(r.data[r.at]) << uint((48-r.count)&63)
		r.at++
		r.count += 8
	case !r.ended:
		r.count += 8
		r.ended = true
	default:
		r.count = 0
	}
}

// bit decodes a boolean that is false with probability p/256.
func (r *reader) bit(p uint8) bool {
	if r.count < 0 {
		r.load()
	}
	split := r.span * uint32(p) >> 8
	top := uint64(split+1) << 56
	set := r.window >= top
	span := split + 1
	if set {
		r.window -= top
		span = r.span - split
	}
	shift := bits.LeadingZeros8(uint8(span))
	r.window <<= uint(shift & 7)
	r.count -= shift
	r.span = span<<uint(shift&7) - 1
	return set
}

// number is bit for arithmetic.
func (r *reader) number(p uint8) int {
	if r.bit(p) {
		return 1
	}
	return 0
}

// flag decodes a boolean that is as often true as false.
func (r *reader) flag() bool { return r.bit(128) }

// value decodes n bits, the highest first.
func (r *reader) value(n int) (v int) {
	for range n {
		v = v<<1 | r.number(128)
	}
	return v
}

// signed decodes n bits and a sign.
func (r *reader) signed(n int) int {
	v := r.value(n)
	if r.flag() {
		return -v
	}
	return v
}

// optional decodes n bits and a sign behind a flag; without that it is 0.
func (r *reader) optional(n int) int {
	if r.flag() {
		return r.signed(n)
	}
	return 0
}
