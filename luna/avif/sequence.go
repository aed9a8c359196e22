package avif

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// A sequence is what a sequence header OBU says of the size of its frames
// (AV1 Bitstream & Decoding Process Specification, 5.5).
type sequence struct{ width, height int }

// bits reads from the front of a slice, the high bit first. Beyond the end it
// reads zeros.
type bits struct {
	b []byte
	n uint // read of the first byte
}

func (r *bits) read(n int) (v uint32) {
	for range n {
		v <<= 1
		if len(r.b) == 0 {
			continue
		}
		v |= uint32(r.b[0]>>(7-r.n)) & 1
		if r.n++; r.n == 8 {
			r.n, r.b = 0, r.b[1:]
		}
	}
	return v
}

func (r *bits) flag() bool { return r.read(1) != 0 }

// uvlc passes over a number of variable length.
func (r *bits) uvlc() {
	zeros := 0
	for zeros < 32 && len(r.b) > 0 && !r.flag() {
		zeros++
	}
	r.read(zeros)
}

// findSequence returns the first sequence header of a coded item.
func findSequence(data []byte) (sequence, error) {
	for len(data) > 0 {
		head := data[0]
		data = data[1:]
		if head&4 != 0 && len(data) > 0 { // extension
			data = data[1:]
		}
		size := uint64(len(data))
		if head&2 != 0 {
			var n int
			if size, n = leb128(data); n == 0 || size > uint64(len(data)-n) {
				return sequence{}, fmt.Errorf("%w: an AV1 unit of %d bytes, where %d are left", codec.ErrFormat, size, len(data))
			}
			data = data[n:]
		}
		if head>>3&15 == 1 {
			return readSequence(data[:size]), nil
		}
		data = data[size:]
	}
	return sequence{}, fmt.Errorf("%w: no AV1 sequence header", codec.ErrFormat)
}

func leb128(b []byte) (v uint64, n int) {
	for i := range min(len(b), 8) {
		v |= uint64(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return v, i + 1
		}
	}
	return 0, 0
}

func readSequence(b []byte) sequence {
	r := &bits{b: b}
	r.read(3 + 1) // profile, still picture
	if reduced := r.flag(); reduced {
		r.read(5) // level
	} else {
		r.points()
	}
	w, h := int(r.read(4))+1, int(r.read(4))+1
	return sequence{int(r.read(w)) + 1, int(r.read(h)) + 1}
}

// points passes over timing and operating points.
func (r *bits) points() {
	model, delay := false, 0
	if r.flag() { // timing info
		r.read(32 + 32)
		if r.flag() {
			r.uvlc()
		}
		if model = r.flag(); model {
			delay = int(r.read(5)) + 1
			r.read(32 + 5 + 5)
		}
	}
	display := r.flag()
	for range r.read(5) + 1 {
		r.read(12)
		if r.read(5) > 7 {
			r.read(1) // tier
		}
		if model && r.flag() {
			r.read(delay)
			r.read(delay)
			r.read(1)
		}
		if display && r.flag() {
			r.read(4)
		}
	}
}
