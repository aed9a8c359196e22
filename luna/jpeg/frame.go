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
	maxScans int
	seen     bool // frame header
}

// parse reads all markers of the file in data, which must be followed by
// padding bytes in its capacity. It removes byte stuffing in place.
func parse(data []byte, maxScans int) (*picture, error) {
	r := &parser{data: data[:len(data)+padding], end: len(data), maxScans: maxScans}
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
	case 0xdd:
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
		for _, other := range p.components {
			if other.id == c.id {
				return fmt.Errorf("%w: two components %d", codec.ErrFormat, c.id)
			}
		}
		p.components = append(p.components, c)
		p.maxH, p.maxV = max(p.maxH, c.h), max(p.maxV, c.v)
	}
	if n == 1 { // its factors say nothing (T.81, A.2.2)
		p.components[0].h, p.components[0].v, p.maxH, p.maxV = 1, 1, 1, 1
	}
	if p.height == 0 {
		p.height = r.lines()
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

// lines finds the number of lines in a DNL marker, which stands behind the
// first scan (T.81, B.2.5).
func (r *parser) lines() int {
	marker := []byte{0xff, 0xdc, 0, 4}
	if i := bytes.Index(r.data[r.pos:r.end], marker); i >= 0 && r.pos+i+6 <= r.end {
		return int(binary.BigEndian.Uint16(r.data[r.pos+i+4:]))
	}
	return 0
}

func (r *parser) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, index := int(b[0]>>4), b[0]&15
		n := 64 << min(wide, 1)
		if wide > 1 || index > 3 || len(b) < 1+n {
			return fmt.Errorf("%w: quantisation table %#x", codec.ErrFormat, b[0])
		}
		t := new([64]int32)
		for i := range 64 {
			if wide == 1 {
				t[zigzag[i]] = int32(binary.BigEndian.Uint16(b[1+2*i:]))
			} else {
				t[zigzag[i]] = int32(b[1+i])
			}
		}
		r.quant[index] = t
		b = b[1+n:]
	}
	return nil
}

func (r *parser) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return fmt.Errorf("%w: Huffman table of %d bytes", codec.ErrFormat, len(b))
		}
		class, index, n := b[0]>>4, b[0]&15, 0
		for _, count := range b[1:17] {
			n += int(count)
		}
		if class > 1 || index > 3 || n > 256 || len(b) < 17+n {
			return fmt.Errorf("%w: Huffman table %#x with %d values", codec.ErrFormat, b[0], n)
		}
		r.tables[class][index] = &tables{counts: b[1:17], values: b[17 : 17+n]}
		b = b[17+n:]
	}
	return nil
}

// tables is a Huffman table as a DHT segment defines it, and as decoding uses
// it, once it does.
type tables struct {
	counts, values []byte
	made           *huffman
}

func (t *tables) make(kind tableKind) (*huffman, error) {
	if t == nil {
		return nil, fmt.Errorf("%w: a scan names a Huffman table that is not there", codec.ErrFormat)
	}
	if t.made == nil {
		h, err := newHuffman(t.counts, t.values, kind)
		if err != nil {
			return nil, err
		}
		t.made = h
	}
	return t.made, nil
}

func (r *parser) scan(b []byte) error {
	p := &r.p
	if !r.seen {
		return fmt.Errorf("%w: scan before the frame header", codec.ErrFormat)
	}
	if len(p.scans) == r.maxScans {
		return fmt.Errorf("%w: more than %d scans", codec.ErrLimit, r.maxScans)
	}
	if len(b) < 1 || len(b) < 4+2*int(b[0]) || b[0] < 1 || b[0] > 4 {
		return fmt.Errorf("%w: scan header of %d bytes", codec.ErrFormat, len(b))
	}
	n := int(b[0])
	tail := b[1+2*n:]
	s := scan{first: int(tail[0]), last: int(tail[1]), high: int(tail[2] >> 4), low: int(tail[2] & 15), interval: r.interval}
	if !p.progressive {
		s.first, s.last, s.high, s.low = 0, 63, 0, 0
	}
	if s.last > 63 || s.first > s.last || s.low > 13 || s.first == 0 && s.last != 0 && p.progressive || s.first > 0 && n > 1 || s.high > 0 && s.high != s.low+1 {
		return fmt.Errorf("%w: scan of coefficients %d to %d, bits %d to %d", codec.ErrFormat, s.first, s.last, s.high, s.low)
	}
	size := 0
	for i := range n {
		sc, err := r.scanComponent(int(b[1+2*i]), b[2+2*i], &s)
		if err != nil {
			return err
		}
		for _, other := range s.components {
			if other.index >= sc.index {
				return fmt.Errorf("%w: components of a scan out of order", codec.ErrFormat)
			}
		}
		s.components = append(s.components, sc)
		size += p.components[sc.index].h * p.components[sc.index].v
	}
	if n > 1 && size > 10 {
		return fmt.Errorf("%w: an MCU of %d blocks", codec.ErrFormat, size)
	}
	s.segments = r.unstuff()
	p.scans = append(p.scans, s)
	return nil
}

func (r *parser) scanComponent(id int, tables byte, s *scan) (scanComponent, error) {
	index := -1
	for i := range r.p.components {
		if r.p.components[i].id == id {
			index = i
		}
	}
	if index < 0 || tables>>4 > 3 || tables&15 > 3 {
		return scanComponent{}, fmt.Errorf("%w: scan names component %d with tables %#x", codec.ErrFormat, id, tables)
	}
	c := &r.p.components[index]
	if c.quant == nil {
		c.quant = r.quant[c.quantIndex]
	}
	if c.quant == nil {
		return scanComponent{}, fmt.Errorf("%w: component %d has no quantisation table", codec.ErrFormat, id)
	}
	sc := scanComponent{index: index}
	var err error
	if s.first == 0 && s.high == 0 {
		if sc.dc, err = r.tables[0][tables>>4].make(dcTable); err != nil {
			return sc, err
		}
	}
	if s.last > 0 {
		kind := acTable
		if r.p.progressive {
			kind = progressiveTable
		}
		sc.ac, err = r.tables[1][tables&15].make(kind)
	}
	return sc, err
}

// unstuff removes the zero that follows each 0xff of entropy-coded data, in
// place, and splits it at restart markers. It stops before any other marker.
func (r *parser) unstuff() [][2]int {
	var segments [][2]int
	from, to, begin := r.pos, r.pos, r.pos
	cut := func(at int) { segments = append(segments, [2]int{begin, at}) }
	for {
		i := bytes.IndexByte(r.data[from:r.end], 0xff)
		if i < 0 || from+i+1 >= r.end {
			to += copy(r.data[to:], r.data[from:r.end])
			cut(to)
			r.pos = r.end
			return segments
		}
		m := r.data[from+i+1]
		if m == 0 {
			i++
		}
		to += copy(r.data[to:], r.data[from:from+i])
		from += i
		switch {
		case m == 0:
			from++
		case m == 0xff: // fill byte
			from++
		case m >= markerRST0 && m < markerSOI:
			from += 2
			cut(to)
			begin = to
		default:
			cut(to)
			r.pos = from
			return segments
		}
	}
}

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
