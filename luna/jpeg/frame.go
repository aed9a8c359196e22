package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// A picture is a parsed file: its frame, and its scans with the tables that
// were in force at each.
type picture struct {
	width, height int
	progressive   bool
	components    []plane
	maxH, maxV    int
	mcusX, mcusY  int
	scans         []scan
	// ended says that an EOI marker closed the file.
	ended bool
}

// A plane is one component of the frame.
type plane struct {
	id, h, v int
	// blocks a row and a column of the whole MCUs, and of the component's own
	// samples, which is what a scan of this component alone codes.
	gridX, gridY int
	ownX, ownY   int
	quantIndex   int
	quant        *[64]int32 // natural order, as it stood at the first scan
}

type scan struct {
	components             []scanComponent
	first, last, high, low int // Ss, Se, Ah, Al
	// segments are the ranges of the file between restart markers, with byte
	// stuffing removed.
	segments [][2]int
	interval int // MCUs a segment, 0 for all
}

type scanComponent struct {
	index  int
	dc, ac *huffman
}

// zigzag maps zigzag order to natural order.
var zigzag = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34,
	27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36,
	29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46,
	53, 60, 61, 54, 47, 55, 62, 63,
}

type parser struct {
	p        picture
	data     []byte // the file and padding
	end      int    // of the file
	pos      int
	quant    [4]*[64]int32
	tables   [2][4]*tables // by class (0 DC, 1 AC) and index
	interval int
	height   int
	maxScans int
	seen     bool // frame header
}

// parse reads all markers of the file in data, which must be followed by
// padding bytes in its capacity. It removes byte stuffing in place. height is
// what a frame has that leaves it to a DNL marker.
func parse(data []byte, height, maxScans int) (*picture, error) {
	r := &parser{data: data[:len(data)+padding], end: len(data), height: height, maxScans: maxScans}
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return nil, fmt.Errorf("%w: no SOI marker", codec.ErrFormat)
	}
	r.pos = 2
	for {
		marker := r.next()
		switch {
		case marker == 0 || marker == markerEOI: // end of the file, with or without EOI
			r.p.ended = marker == markerEOI
			return r.finish()
		case marker >= markerRST0 && marker <= markerSOI, marker == markerTEM:
			continue
		}
		if r.pos+2 > r.end {
			return r.finish()
		}
		n := int(binary.BigEndian.Uint16(r.data[r.pos:]))
		if n < 2 || r.pos+n > r.end {
			if len(r.p.scans) > 0 {
				return r.finish()
			}
			return nil, fmt.Errorf("%w: segment of marker %#x leaves the file", codec.ErrFormat, marker)
		}
		body := r.data[r.pos+2 : r.pos+n]
		r.pos += n
		if err := r.segment(marker, body); err != nil {
			return nil, err
		}
	}
}

// next moves behind the next marker, passing over stray bytes as libjpeg does.
// It returns 0 at the end of the file.
func (r *parser) next() byte {
	for r.pos < r.end {
		i := bytes.IndexByte(r.data[r.pos:r.end], 0xff)
		if i < 0 {
			break
		}
		r.pos += i + 1
		for r.pos < r.end && r.data[r.pos] == 0xff {
			r.pos++
		}
		if r.pos < r.end {
			r.pos++
			if m := r.data[r.pos-1]; m != 0 {
				return m
			}
		}
	}
	r.pos = r.end
	return 0
}

func (r *parser) finish() (*picture, error) {
	if !r.seen {
		return nil, fmt.Errorf("%w: no frame header", codec.ErrFormat)
	}
	for i := range r.p.components {
		if r.p.components[i].quant == nil {
			return nil, fmt.Errorf("%w: component %d is in no scan", codec.ErrFormat, r.p.components[i].id)
		}
	}
	return &r.p, nil
}

func (r *parser) segment(marker byte, b []byte) error {
	switch marker {
	case markerSOF0, markerSOF1, markerSOF2:
		return r.frame(marker, b)
	case markerDHT:
		return r.huffmanTables(b)
	case markerSOS:
		return r.scan(b)
	case 0xdb:
		return r.quantTables(b)
	case markerDRI:
		if len(b) < 2 {
			return fmt.Errorf("%w: DRI of %d bytes", codec.ErrFormat, len(b))
		}
		r.interval = int(binary.BigEndian.Uint16(b))
	case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
		return fmt.Errorf("%w: %s", codec.ErrUnsupported, process(marker))
	}
	return nil
}

func (r *parser) frame(marker byte, b []byte) error {
	p := &r.p
	if r.seen {
		return fmt.Errorf("%w: several frame headers", codec.ErrFormat)
	}
	if len(b) < 6 || len(b) < 6+3*int(b[5]) {
		return fmt.Errorf("%w: frame header of %d bytes", codec.ErrFormat, len(b))
	}
	if b[0] != 8 {
		return fmt.Errorf("%w: %d bits a sample", codec.ErrUnsupported, b[0])
	}
	r.seen = true
	p.progressive = marker == markerSOF2
	p.height, p.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	n := int(b[5])
	if n < 1 || n > 4 {
		return fmt.Errorf("%w: %d components", codec.ErrUnsupported, n)
	}
	for i := range n {
		c := plane{id: int(b[6+3*i]), h: int(b[7+3*i] >> 4), v: int(b[7+3*i] & 15), quantIndex: int(b[8+3*i])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quantIndex > 3 {
			return fmt.Errorf("%w: component %d has sampling %dx%d and table %d", codec.ErrFormat, c.id, c.h, c.v, c.quantIndex)
		}
		p.components = append(p.components, c)
		p.maxH, p.maxV = max(p.maxH, c.h), max(p.maxV, c.v)
	}
	if n == 1 { // its factors say nothing (T.81, A.2.2)
		p.components[0].h, p.components[0].v, p.maxH, p.maxV = 1, 1, 1, 1
	}
	if p.height == 0 {
		p.height = r.height
	}
	if p.width == 0 || p.height == 0 {
		return fmt.Errorf("%w: %dx%d pixels", codec.ErrFormat, p.width, p.height)
	}
	p.mcusX, p.mcusY = ceil(p.width, 8*p.maxH), ceil(p.height, 8*p.maxV)
	for i := range p.components {
		c := &p.components[i]
		c.gridX, c.gridY = p.mcusX*c.h, p.mcusY*c.v
		c.ownX, c.ownY = ceil(ceil(p.width*c.h, p.maxH), 8), ceil(ceil(p.height*c.v, p.maxV), 8)
	}
	return nil
}

func ceil(a, b int) int { return (a + b - 1) / b }

// need is the last zigzag index that the lowest n x n frequencies reach.
func need(n int) int { return [9]int{1: 0, 2: 4, 4: 24, 8: 63}[n] }

// indexOf maps zigzag order to the place of a coefficient among the lowest
// size x size, in natural order; to 255 where it is none of them.
func indexOf(size int) *[64]uint8 { return indexes[size] }

var indexes = func() (t [9]*[64]uint8) {
	for _, size := range []int{1, 2, 4, 8} {
		t[size] = new([64]uint8)
		for k, natural := range zigzag {
			x, y := int(natural&7), int(natural>>3)
			t[size][k] = 255
			if x < size && y < size {
				t[size][k] = uint8(y*size + x)
			}
		}
	}
	return t
}()
