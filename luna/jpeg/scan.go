package jpeg

import (
	"bytes"
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// scan reads an SOS segment (T.81, B.2.3) and finds the data behind it.
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
	// They come in the order of the frame, which tells apart those of one name
	// that some programs write.
	index := 0
	if n := len(s.components); n > 0 {
		index = s.components[n-1].index + 1
	}
	for index < len(r.p.components) && r.p.components[index].id != id {
		index++
	}
	if index == len(r.p.components) || tables>>4 > 3 || tables&15 > 3 {
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
