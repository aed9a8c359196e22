package tiff

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, the first bit the
// highest, which grow one code early. Writers before 1990 have the lowest bit
// first and grow in time; libtiff tells them by their first code, and so is
// it here.
const (
	lzwClear = 256
	lzwEnd   = 257
	lzwFirst = 258
	lzwCodes = 1 << 12
)

// An lzwReader undoes it.
type lzwReader struct {
	in    []byte
	acc   uint32
	nbits uint
	old   bool

	width    uint
	next     int // the code that is defined next
	previous int // the code before, or -1 after a clear code
	prefix   [lzwCodes]uint16
	suffix   [lzwCodes]uint8
	first    [lzwCodes]uint8
	// stack holds what a code stands for, in reverse, and depth how much of
	// it is still to be given out.
	stack [lzwCodes]uint8
	depth int
	err   error
}

func newLZW(data []byte) *lzwReader {
	r := &lzwReader{in: data, old: len(data) >= 2 && data[0] == 0 && data[1]&1 != 0}
	for i := range 256 {
		r.suffix[i], r.first[i] = uint8(i), uint8(i)
	}
	r.clear()
	return r
}

func (r *lzwReader) clear() { r.width, r.next, r.previous = 9, lzwFirst, -1 }

func (r *lzwReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.depth == 0 {
			if r.err == nil {
				r.err = r.expand()
			}
			if r.err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, r.err
			}
		}
		for r.depth > 0 && n < len(p) {
			r.depth--
			p[n] = r.stack[r.depth]
			n++
		}
	}
	return n, nil
}

// code reads one code, or -1 where there is none.
func (r *lzwReader) code() int {
	for r.nbits < r.width {
		if len(r.in) == 0 {
			return -1
		}
		if r.old {
			r.acc |= uint32(r.in[0]) << r.nbits
		} else {
			r.acc = r.acc<<8 | uint32(r.in[0])
		}
		r.in = r.in[1:]
		r.nbits += 8
	}
	r.nbits -= r.width
	if r.old {
		c := r.acc & (1<<r.width - 1)
		r.acc >>= r.width
		return int(c)
	}
	return int(r.acc >> r.nbits & (1<<r.width - 1))
}

// expand puts what the next code stands for on the stack.
func (r *lzwReader) expand() error {
	code := r.code()
	for code == lzwClear {
		r.clear()
		code = r.code()
	}
	switch {
	case code < 0:
		return io.ErrUnexpectedEOF
	case code == lzwEnd:
		return io.EOF
	case r.previous < 0 && code >= lzwClear, code > r.next, code == r.next && r.next == lzwCodes:
		return fmt.Errorf("%w: LZW code %d, where %d is the highest", codec.ErrFormat, code, r.next-1)
	}
	at := code
	if code == r.next { // it stands for the one before and its first byte
		r.stack[0], r.depth = r.first[r.previous], 1
		at = r.previous
	}
	for at >= lzwFirst {
		r.stack[r.depth] = r.suffix[at]
		r.depth++
		at = int(r.prefix[at])
	}
	r.stack[r.depth] = uint8(at)
	r.depth++
	if r.previous >= 0 && r.next < lzwCodes {
		r.prefix[r.next] = uint16(r.previous)
		r.suffix[r.next], r.first[r.next] = uint8(at), r.first[r.previous]
		r.next++
	}
	early := 1
	if r.old {
		early = 0
	}
	if r.next+early >= 1<<r.width && r.width < 12 {
		r.width++
	}
	r.previous = code
	return nil
}
