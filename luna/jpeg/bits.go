package jpeg

import "encoding/binary"

// A bitReader reads entropy-coded data whose byte stuffing has been removed.
// It keeps between 56 and 63 bits at hand after a refill, left-aligned, which
// is more than the longest symbol with its extra bits takes (31).
//
// The refill is the branch-free one of F. Giesen, "Reading bits in far too
// many ways, part 2" (2018), variant 4.
type bitReader struct {
	data []byte // padded by padding bytes behind the last that may be used
	acc  uint64
	n    uint // valid bits in acc
	pos  int  // of the next byte to load
}

// padding is what a refill may read past the end.
const padding = 8

func newBitReader(data []byte, bit int) bitReader {
	b := bitReader{data: data, pos: bit >> 3}
	b.refill()
	b.skip(uint(bit & 7))
	return b
}

func (b *bitReader) refill() {
	if b.pos <= len(b.data)-padding { // else zero bits, as many as are asked for
		b.acc |= binary.BigEndian.Uint64(b.data[b.pos:]) >> (b.n & 63)
	}
	b.pos += int(63-b.n) >> 3
	b.n |= 56
}

func (b *bitReader) skip(n uint) {
	b.acc <<= n & 63
	b.n -= n
}

// bits reads n bits, 0 to 16.
func (b *bitReader) bits(n uint) int32 {
	if b.n < 32 {
		b.refill()
	}
	v := int32(b.acc >> 1 >> (63 - n&63))
	b.skip(n)
	return v
}

// at reports the position in bits.
func (b *bitReader) at() int { return b.pos<<3 - int(b.n) }

// extend turns the n extra bits v into the number they stand for (T.81,
// F.2.2.1).
func extend(v int32, n uint) int32 {
	if v < 1<<(n-1)&0x7fffffff {
		v += -1<<n + 1
	}
	return v
}
