package encoder

import (
	"encoding/binary"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
)

// A writer is the boolean entropy encoder of RFC 6386, section 7. The zero value
// must be reset before use.
type writer struct {
	kernel.Coder
	buf []byte
}

func (w *writer) reset() {
	w.Coder, w.buf = kernel.Coder{Span: 255}, w.buf[:0]
}

// bit writes a bit that is 0 with the probability p/256.
func (w *writer) bit(bit bool, p uint8) {
	split := 1 + ((w.Span-1)*uint32(p))>>8
	if bit {
		w.Low += uint64(split)
		w.Span -= split
	} else {
		w.Span = split
	}
	shift := bits.LeadingZeros8(uint8(w.Span))
	w.Span <<= shift
	w.Low <<= shift
	w.Count += uint32(shift)
	if w.Count >= 48 {
		w.Low = w.spill(w.Low, w.Count)
		w.Count -= 48
	}
}

// spill writes the first 48 bits of low, which holds count+8, and a carry.
func (w *writer) spill(low uint64, count uint32) uint64 {
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
	n := (w.Count + 8 + 7) / 8 // bytes
	v := w.Low << (8*n - w.Count - 8)
	if v>>(8*n) != 0 {
		w.carry()
	}
	for n > 0 {
		n--
		w.buf = append(w.buf, byte(v>>(8*n)))
	}
}
