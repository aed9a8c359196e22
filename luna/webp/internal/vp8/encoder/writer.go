package encoder

import (
	"encoding/binary"
	"math/bits"
)

// A writer is the boolean entropy encoder of RFC 6386, section 7. The zero value
// must be reset before use.
type writer struct {
	low   uint64 // the bits not yet written, of which the last 8 may still change
	span  uint32 // 128..255: RFC 6386's range
	count int    // bits of low beyond the last 8
	buf   []byte
}

func (w *writer) reset() {
	w.low, w.span, w.count, w.buf = 0, 255, 0, w.buf[:0]
}

// bit writes a bit that is 0 with the probability p/256.
func (w *writer) bit(bit bool, p uint8) {
	split := 1 + ((w.span-1)*uint32(p))>>8
	if bit {
		w.low += uint64(split)
		w.span -= split
	} else {
		w.span = split
	}
	shift := bits.LeadingZeros8(uint8(w.span))
	w.span <<= shift
	w.low <<= shift
	w.count += shift
	if w.count >= 48 {
		w.low = w.spill(w.low, w.count)
		w.count -= 48
	}
}

// spill writes the first 48 bits of low, which holds count+8, and a carry.
func (w *writer) spill(low uint64, count int) uint64 {
	rest := count - 48 + 8
	v := low >> rest
	if v>>48 != 0 {
		w.carry()
	}
	w.buf = binary.BigEndian.AppendUint64(w.buf, v<<16)
	w.buf = w.buf[:len(w.buf)-2]
	return low & (1<<rest - 1)
}

// carry adds one to what is written.
func (w *writer) carry() {
	for i := len(w.buf) - 1; i >= 0; i-- {
		w.buf[i]++
		if w.buf[i] != 0 {
			return
		}
	}
}

// bits writes n bits of v, the highest first, none more probable than the other.
func (w *writer) bits(v uint32, n int) {
	for n--; n >= 0; n-- {
		w.bit(v>>n&1 != 0, 128)
	}
}

// signed writes an optional number of n bits and its sign (RFC 6386, 9.3).
func (w *writer) signed(v, n int) {
	w.bit(v != 0, 128)
	if v != 0 {
		w.bits(uint32(max(v, -v)), n)
		w.bit(v < 0, 128)
	}
}

// finish writes what is left.
func (w *writer) finish() {
	n := (w.count + 8 + 7) / 8 // bytes
	v := w.low << (8*n - w.count - 8)
	if v>>(8*n) != 0 {
		w.carry()
	}
	for n--; n >= 0; n-- {
		w.buf = append(w.buf, byte(v>>(8*n)))
	}
	w.low, w.count = 0, 0
}
