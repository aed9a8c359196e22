package vp8l

import "encoding/binary"

// A bitWriter appends bits to a slice, the lowest of a value first.
type bitWriter struct {
	buf []byte
	acc uint64
	n   uint // bits in acc, fewer than 32 between calls
}

// put appends the n lowest bits of v, at most 32. Those above are 0.
func (w *bitWriter) put(v uint32, n uint) {
	w.acc |= uint64(v) << w.n
	w.n += n
	if w.n >= 32 {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, uint32(w.acc))
		w.acc >>= 32
		w.n -= 32
	}
}

// flush appends what is left, and makes whole bytes of it with zeros.
func (w *bitWriter) flush() {
	for w.n > 0 {
		w.buf = append(w.buf, byte(w.acc))
		w.acc >>= 8
		w.n -= min(w.n, 8)
	}
}

// bits returns how many bits there are.
func (w *bitWriter) bits() int64 { return 8*int64(len(w.buf)) + int64(w.n) }
