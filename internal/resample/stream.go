package resample

// A Stream resamples one plane row by row: rows go in through Push, from the
// top, and come out of Pull. It holds the rows that the vertical taps span
// and no more.
//
// Reduction runs down the columns first, then along the rows, rounded to 8
// bits between. Enlargement runs along the rows first and keeps what leaves
// 0..255 until it has run down the columns.
type Stream struct {
	h, v *Axis

	pushed int // source rows so far
	filled int // rows that ever entered the ring
	pulled int // output rows so far

	depth  int       // rows of the ring
	stride int       // samples of one
	ring   []uint8   // where the columns are reduced or copied
	wide   []uint16  // instead of ring, where they are enlarged
	sums   []uint32  // of the rows of one box, where it is above 2
	first  []uint8   // the first row of a box of two
	line   []uint8   // a row at full width
	padded []uint8   // the same averaged, edges repeated
	before int       // how often the first sample is repeated
	signed []uint16  // a row of enlargement to be clipped
	rows   [][]uint8 // the taps of one output row
}

// A Size says what memory a [Stream] needs, in samples of each type.
type Size struct{ Bytes, Words, Longs int }

// Total is the size in bytes.
func (s Size) Total() int64 { return int64(s.Bytes) + 2*int64(s.Words) + 4*int64(s.Longs) }

// Measure reports the memory of a Stream over h and v that may run lead
// source rows ahead of its output, see [NewStream].
func Measure(h, v *Axis, lead int) Size {
	s := (&Stream{h: h, v: v}).layout(lead)
	return Size{s.bytes(), s.words(), s.longs()}
}

type layout struct {
	depth, stride, wide, sums, first, line, padded, before, signed int
}

func (l layout) bytes() int {
	n := l.first + l.line + l.padded
	if l.wide == 0 {
		n += l.depth * l.stride
	}
	return n
}
func (l layout) words() int { return l.depth*l.wide + l.signed }
func (l layout) longs() int { return l.sums }

func (s *Stream) layout(lead int) layout {
	h, v := s.h, s.v
	width := align(h.hi - h.lo)
	before, after := h.pads()
	l := layout{
		depth:  v.taps + (lead+v.box-1)/v.box + 1,
		before: before,
		padded: before + align(h.mid) + after + 8, // taps are read by eights
	}
	if v.enlarge {
		l.wide = align(h.out)
		if !h.enlarge && h.taps > 1 {
			l.line = align(h.out)
		}
	} else {
		l.stride = width
		l.line = width
	}
	switch {
	case v.box == 2:
		l.first = width
	case v.box > 2:
		l.sums = width
	}
	if h.enlarge && !v.enlarge {
		l.signed = align(h.out)
	}
	return l
}

// NewStream returns a stream whose rows are resampled by h and whose columns
// by v. Push may run ahead of Pull by lead source rows more than the next
// output row needs. The buffers are at least as long as Measure asks; the
// stream uses them until it is dropped.
func NewStream(h, v *Axis, lead int, bytes []uint8, words []uint16, longs []uint32) *Stream {
	h.prepare()
	v.prepare()
	s := &Stream{h: h, v: v}
	l := s.layout(lead)
	s.depth, s.stride, s.before = l.depth, l.stride, l.before
	take := func(n int) (b []uint8) {
		b, bytes = bytes[:n:n], bytes[n:]
		return b
	}
	if v.enlarge {
		s.stride = l.wide
		s.wide, words = words[:l.depth*l.wide], words[l.depth*l.wide:]
	} else {
		s.ring = take(l.depth * l.stride)
		s.rows = make([][]uint8, v.taps)
	}
	s.first, s.line, s.padded = take(l.first), take(l.line), take(l.padded)
	s.signed = words[:l.signed]
	s.sums = longs[:l.sums]
	clear(s.sums)
	return s
}

// Pulled reports how many rows have come out.
func (s *Stream) Pulled() int { return s.pulled }

// Ready reports whether Pull can make the next row.
func (s *Stream) Ready() bool {
	return s.pulled < s.v.out && s.pushed >= s.v.Need(s.pulled)
}

// Push takes the next source row. It copies what it needs of row.
func (s *Stream) Push(row []uint8) {
	y := s.pushed
	s.pushed++
	v := s.v
	if y < v.lo || y >= v.hi {
		return
	}
	row = row[s.h.lo:s.h.hi]
	if v.enlarge {
		s.pushWide(row)
		return
	}
	slot := s.ring[s.filled%s.depth*s.stride:][:len(row)]
	y -= v.lo
	left := v.hi - v.lo - y // this row included
	switch {
	case v.box == 1:
		copy(slot, row)
	case v.box == 2:
		first := s.first[:len(row)]
		if y&1 == 0 && left > 1 {
			copy(first, row)
			return
		}
		if y&1 == 0 {
			copy(first, row)
		}
		average2(slot, first, row)
	default:
		times := 1
		if left == 1 {
			times = v.box - y%v.box
		}
		accumulate(s.sums, row, uint32(times))
		if y%v.box != v.box-1 && left > 1 {
			return
		}
		average(slot, s.sums[:len(row)], v.box)
	}
	s.filled++
}

// pushWide resamples a row along its length into the ring of wide rows.
func (s *Stream) pushWide(row []uint8) {
	slot := s.wide[s.filled%s.depth*s.stride:][:s.h.out]
	switch {
	case s.h.enlarge:
		s.h.enlargeRow(slot, s.pad(row), s.before)
	case s.h.taps == 1:
		widen(slot, row[s.h.start[0]:][:s.h.out])
	default:
		line := s.line[:s.h.out]
		s.h.reduceRow(line, s.pad(row), s.before)
		widen(slot, line)
	}
	s.filled++
}

// pad averages row by the horizontal box into the padded line, and repeats its
// edges around it.
func (s *Stream) pad(row []uint8) []uint8 {
	mid := s.padded[s.before:][:s.h.mid]
	if s.h.box > 1 {
		average1D(mid, row, s.h.box)
	} else {
		copy(mid, row)
	}
	for i := range s.before {
		s.padded[i] = mid[0]
	}
	after := s.padded[s.before+len(mid):]
	for i := range after {
		after[i] = mid[len(mid)-1]
	}
	return s.padded
}

// Pull makes the next output row. Ready must have reported true.
func (s *Stream) Pull(dst []uint8) {
	y := s.pulled
	s.pulled++
	v, h := s.v, s.h
	dst = dst[:h.out]
	start := int(v.start[y])
	if v.enlarge {
		var rows [4][]uint16
		for k := range rows {
			rows[k] = s.wide[min(max(start+k, 0), v.mid-1)%s.depth*s.stride:][:s.stride]
		}
		enlargeRows(dst, &rows, v.at(y))
		return
	}
	line := s.line
	if v.taps == 1 {
		line = s.ring[start%s.depth*s.stride:][:s.stride]
	} else {
		for k := range s.rows {
			s.rows[k] = s.ring[min(max(start+k, 0), v.mid-1)%s.depth*s.stride:][:s.stride]
		}
		reduceRows(line, s.rows, v.at(y))
	}
	line = line[:h.hi-h.lo]
	switch {
	case h.taps == 1:
		copy(dst, line[h.start[0]:])
	case h.enlarge:
		signed := s.signed[:h.out]
		h.enlargeRow(signed, s.pad(line), s.before)
		narrow(dst, signed)
	default:
		h.reduceRow(dst, s.pad(line), s.before)
	}
}
