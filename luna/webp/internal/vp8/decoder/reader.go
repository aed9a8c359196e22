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
	end  int // of the stream; what data has behind it are zeros
	// window has the bits that are loaded, the next one highest: count of them
	// behind the first eight. Where count is negative, some of the eight are
	// missing.
	window uint64
	count  int
	span   uint32 // the range less 1, from 127 to 254
	ended  bool
}

func newReader(data []uint8) reader {
	return reader{data: data, end: len(data), span: 254, count: -8}
}

// ahead makes sure that margin bytes may be read from where the reader is on, and
// reports whether the end of the stream may be among them.
func (r *reader) ahead(margin int) bool {
	if r.end-r.at >= margin {
		return false
	}
	if len(r.data)-r.at < margin {
		at := min(r.at, r.end)
		rest := make([]uint8, r.end-at+2*margin)
		copy(rest, r.data[at:r.end])
		r.at, r.end, r.data = r.at-at, r.end-at, rest
	}
	return true
}

// over reports whether what was decoded last ends behind the stream, and perhaps
// began there.
func (r *reader) over() bool { return 8*r.at-r.count > 8*r.end }

// exact makes load tell of the end where it is, after bytes behind it were loaded.
func (r *reader) exact() {
	if beyond := r.at - r.end; beyond > 0 {
		r.at -= beyond
		r.count -= 8 * beyond
	}
}

// load fills the window as far as there is data.
func (r *reader) load() {
	switch {
	case r.at+8 <= r.end:
		r.window |= binary.BigEndian.Uint64(r.data[r.at:]) >> 8 << uint(-r.count&63)
		r.at += 7
		r.count += 56
	case r.at < r.end:
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
