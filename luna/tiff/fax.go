package tiff

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// A faxReader undoes the compressions of facsimile (ITU-T T.4 and T.6, TIFF
// 6.0, sections 10 and 11). White is 0, black is 1, rows begin at bytes.
type faxReader struct {
	in      []byte
	at      int // in bits
	width   int
	packing int
	// twoRows says that rows of Group 3 may be coded by the row above.
	twoRows bool
	// above and here are where the colours of a row change, the first of them
	// to black. Above ends with the width, three times.
	above, here []int
	row, rest   []byte // of the row, what is not yet read
	err         error
}

func newFax(data []byte, width, packing int, twoRows bool) *faxReader {
	return &faxReader{
		in: data, width: width, packing: packing, twoRows: twoRows,
		above: []int{width, width, width}, row: make([]byte, (width+7)/8),
	}
}

func (r *faxReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(r.rest) == 0 {
			if r.err == nil {
				r.err = r.next()
			}
			if r.err != nil {
				return n, r.err
			}
		}
		k := copy(p[n:], r.rest)
		r.rest, n = r.rest[k:], n+k
	}
	return n, nil
}

// next decodes a row.
func (r *faxReader) next() error {
	r.here = r.here[:0]
	var err error
	switch r.packing {
	case packGroup4:
		err = r.byAbove()
	case packGroup3:
		alone := true
		if alone, err = r.endOfLine(); err == nil {
			if alone {
				err = r.alone()
			} else {
				err = r.byAbove()
			}
		}
	default:
		r.at = (r.at + 7) &^ 7
		err = r.alone()
	}
	if err != nil {
		return err
	}
	if r.at > 8*len(r.in) {
		return io.ErrUnexpectedEOF
	}
	r.paint()
	r.here = append(r.here, r.width, r.width, r.width)
	r.above, r.here = r.here, r.above
	return nil
}

// paint fills row with the runs of here.
func (r *faxReader) paint() {
	clear(r.row)
	for i := 0; i < len(r.here); i += 2 {
		end := r.width
		if i+1 < len(r.here) {
			end = r.here[i+1]
		}
		for x := r.here[i]; x < end; {
			if x&7 == 0 && end-x >= 8 {
				r.row[x>>3] = 0xff
				x += 8
				continue
			}
			r.row[x>>3] |= 0x80 >> (x & 7)
			x++
		}
	}
	r.rest = r.row
}

// peek returns the next n bits, at most 16; behind the data there are zeros.
func (r *faxReader) peek(n int) int {
	var b [4]byte
	if i := r.at >> 3; i < len(r.in) {
		copy(b[:], r.in[i:])
	}
	return int(binary.BigEndian.Uint32(b[:]) << (r.at & 7) >> (32 - n))
}

// endOfLine skips the mark between rows of Group 3, with the zeros that fill
// the time before it, and reports whether the row behind it is coded alone.
func (r *faxReader) endOfLine() (alone bool, err error) {
	alone = true
	for marks := 0; r.peek(11) == 0; marks++ {
		if marks == 2 {
			return false, io.ErrUnexpectedEOF // six of them end the page
		}
		for r.at += 11; r.peek(1) == 0; r.at++ {
			if r.at >= 8*len(r.in) {
				return false, io.ErrUnexpectedEOF
			}
		}
		r.at++
		if r.twoRows {
			alone = r.peek(1) == 1
			r.at++
		}
	}
	return alone, nil
}

// run reads the length of a run: any number of codes of whole 64s, and one of
// less.
func (r *faxReader) run(colour int) (int, error) {
	table := &faxTables()[colour]
	for length := 0; ; {
		e := table[r.peek(faxBits)]
		if e == 0 {
			if r.at+faxBits > 8*len(r.in) {
				return 0, io.ErrUnexpectedEOF
			}
			return 0, fmt.Errorf("%w: fax: bits that are no code of a run", codec.ErrFormat)
		}
		r.at += int(e & 15)
		length += int(e >> 4)
		if length > r.width {
			return 0, fmt.Errorf("%w: fax: a run of %d in %d pixels", codec.ErrFormat, length, r.width)
		}
		if e>>4 < 64 {
			return length, nil
		}
	}
}

// change adds a place where the colour changes. There are at most as many as
// pixels, and one of no length at either end.
func (r *faxReader) change(x int) error {
	if x > r.width || len(r.here) > r.width+2 {
		return fmt.Errorf("%w: fax: a row of more than %d pixels", codec.ErrFormat, r.width)
	}
	r.here = append(r.here, x)
	return nil
}

// alone decodes a row of runs, white and black by turns.
func (r *faxReader) alone() error {
	for x, colour := 0, 0; x < r.width; colour ^= 1 {
		n, err := r.run(colour)
		if err != nil {
			return err
		}
		x += n
		if err := r.change(x); err != nil {
			return err
		}
	}
	return nil
}

// byAbove decodes a row that is told by its differences from the one above
// (T.4, 4.2; T.6, 2.2). The names are the recommendations'.
func (r *faxReader) byAbove() error {
	a0, colour, i := -1, 0, 0
	for a0 < r.width {
		// b1 is the first change above, to the other colour, right of a0.
		for r.above[i] <= a0 && r.above[i] < r.width {
			i += 2
		}
		b1, b2 := r.above[i], r.above[i+1]
		a1 := 0
		switch code := r.peek(7); {
		case code>>6 == 1:
			a1 = b1
			r.at++
		case code>>4 == 0b011:
			a1 = b1 + 1
			r.at += 3
		case code>>4 == 0b010:
			a1 = b1 - 1
			r.at += 3
		case code>>4 == 0b001:
			r.at += 3
			a0 = max(a0, 0)
			for turn := range 2 {
				n, err := r.run(colour ^ turn)
				if err != nil {
					return err
				}
				a0 += n
				if err := r.change(a0); err != nil {
					return err
				}
			}
			continue
		case code>>3 == 0b0001:
			a0 = b2
			r.at += 4
			continue
		case code>>1 == 0b000011:
			a1 = b1 + 2
			r.at += 6
		case code>>1 == 0b000010:
			a1 = b1 - 2
			r.at += 6
		case code == 0b0000011:
			a1 = b1 + 3
			r.at += 7
		case code == 0b0000010:
			a1 = b1 - 3
			r.at += 7
		case code == 0b0000001:
			return fmt.Errorf("%w: fax: extension codes", codec.ErrUnsupported)
		default:
			return io.ErrUnexpectedEOF // a mark that ends the page, or no data
		}
		if a1 < max(a0, 0) {
			return fmt.Errorf("%w: fax: a change at %d, left of %d", codec.ErrFormat, a1, a0)
		}
		if err := r.change(a1); err != nil {
			return err
		}
		a0, colour = a1, colour^1
		if i++; i > 1 {
			i -= 2
		}
	}
	return nil
}
