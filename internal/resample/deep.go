package resample

// A Deep is a [Stream] for samples of 16 bits. libvips has the same weights
// for their reduction, of 12 bits, but divides the sums of boxes exactly; their
// enlargement is exact too, and truncated.
type Deep struct {
	h, v *Axis

	pushed, filled, pulled int

	depth, stride int
	ring          []uint16
	wide          []int64 // instead of ring, where columns are enlarged
	sums          []uint32
	line, padded  []uint16
	before        int
	signed        []int64
}

// MeasureDeep is [Measure] for a [Deep].
func MeasureDeep(h, v *Axis, lead int) Size {
	l := (&Stream{h: h, v: v}).layout(lead)
	s := Size{Words: l.line + l.padded, Longs: 2 * l.signed}
	if v.enlarge {
		s.Longs += 2 * l.depth * l.wide
	} else {
		s.Words += l.depth * l.stride
	}
	if v.box > 1 {
		s.Longs += align(h.hi - h.lo)
	}
	return s
}

// NewDeep is [NewStream] for a [Deep]. The buffer has the words that
// [MeasureDeep] asks; what else it counts the stream makes itself.
func NewDeep(h, v *Axis, lead int, words []uint16) *Deep {
	h.prepare()
	v.prepare()
	l := (&Stream{h: h, v: v}).layout(lead)
	s := &Deep{h: h, v: v, depth: l.depth, stride: l.stride, before: l.before}
	take := func(n int) (b []uint16) {
		b, words = words[:n:n], words[n:]
		return b
	}
	if v.enlarge {
		s.stride = l.wide
		s.wide = make([]int64, l.depth*l.wide)
	} else {
		s.ring = take(l.depth * l.stride)
	}
	s.line, s.padded = take(l.line), take(l.padded)
	s.signed = make([]int64, l.signed)
	if v.box > 1 {
		s.sums = make([]uint32, h.hi-h.lo)
	}
	return s
}

// Pulled reports how many rows have come out.
func (s *Deep) Pulled() int { return s.pulled }

// Ready reports whether Pull can make the next row.
func (s *Deep) Ready() bool {
	return s.pulled < s.v.out && s.pushed >= s.v.Need(s.pulled)
}

// Push takes the next source row. It copies what it needs of row.
func (s *Deep) Push(row []uint16) {
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
	if v.box == 1 {
		copy(slot, row)
		s.filled++
		return
	}
	y -= v.lo
	left := v.hi - v.lo - y // this row included
	times := uint32(1)
	if left == 1 {
		times = uint32(v.box - y%v.box)
	}
	for i, p := range row {
		s.sums[i] += times * uint32(p)
	}
	if y%v.box != v.box-1 && left > 1 {
		return
	}
	box, half := uint32(v.box), uint32(v.box/2)
	for i, sum := range s.sums {
		slot[i] = uint16((sum + half) / box)
	}
	clear(s.sums)
	s.filled++
}

func (s *Deep) pushWide(row []uint16) {
	slot := s.wide[s.filled%s.depth*s.stride:][:s.h.out]
	switch {
	case s.h.enlarge:
		s.h.enlargeRowDeep(slot, s.pad(row), s.before)
	case s.h.taps == 1:
		for i, v := range row[s.h.start[0]:][:s.h.out] {
			slot[i] = int64(v) << splineBits
		}
	default:
		padded := s.pad(row)
		for i := range slot {
			slot[i] = int64(clip16(s.h.sum(i, padded, s.before))) << splineBits
		}
	}
	s.filled++
}

func (s *Deep) pad(row []uint16) []uint16 {
	mid := s.padded[s.before:][:s.h.mid]
	if s.h.box > 1 {
		averageDeep(mid, row, s.h.box)
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

// averageDeep stores the mean of every box samples of src into dst; the last
// mean repeats the last sample.
func averageDeep(dst, src []uint16, box int) {
	for i := range dst {
		part := src[i*box : min((i+1)*box, len(src))]
		sum := uint32(box / 2)
		for _, v := range part {
			sum += uint32(v)
		}
		sum += uint32(box-len(part)) * uint32(part[len(part)-1])
		dst[i] = uint16(sum / uint32(box))
	}
}

// Pull makes the next output row. Ready must have reported true.
func (s *Deep) Pull(dst []uint16) {
	y := s.pulled
	s.pulled++
	v, h := s.v, s.h
	dst = dst[:h.out]
	start := int(v.start[y])
	at := func(k int) int { return min(max(start+k, 0), v.mid-1) % s.depth * s.stride }
	if v.enlarge {
		w := &splines[v.phase[y]]
		r0, r1, r2, r3 := s.wide[at(0):][:len(dst)], s.wide[at(1):][:len(dst)], s.wide[at(2):][:len(dst)], s.wide[at(3):][:len(dst)]
		for i := range dst {
			dst[i] = clip16(int32((w[0]*r0[i] + w[1]*r1[i] + w[2]*r2[i] + w[3]*r3[i]) >> (2 * splineBits)))
		}
		return
	}
	width := h.hi - h.lo
	line := s.line[:width]
	if v.taps == 1 {
		line = s.ring[start%s.depth*s.stride:][:width]
	} else {
		s.sumRows(line, v.at(y), at)
	}
	switch {
	case h.taps == 1:
		copy(dst, line[h.start[0]:])
	case h.enlarge:
		signed := s.signed[:h.out]
		h.enlargeRowDeep(signed, s.pad(line), s.before)
		for i, v := range signed {
			dst[i] = clip16(int32(v >> splineBits))
		}
	default:
		h.reduceRowDeep(dst, s.pad(line), s.before)
	}
}

// sumRows sums rows of the ring by their weights, a block of samples at a time.
func (s *Deep) sumRows(dst []uint16, weights []int16, at func(k int) int) {
	var sums [256]int32
	for x := 0; x < len(dst); x += len(sums) {
		n := min(len(sums), len(dst)-x)
		for i := range sums[:n] {
			sums[i] = weightHalf
		}
		for k, w := range weights {
			row := s.ring[at(k)+x:][:n]
			for i, v := range row {
				sums[i] += int32(w) * int32(v)
			}
		}
		for i, v := range sums[:n] {
			dst[x+i] = clip16(v >> weightBits)
		}
	}
}

// reduceRowDeep makes every sample of dst from the taps of src that start at
// start[i]+pad.
func (a *Axis) reduceRowDeep(dst, src []uint16, pad int) {
	for i := range dst {
		dst[i] = clip16(a.sum(i, src, pad))
	}
}

// splines are the weights of Catmull-Rom splines by phase, exact with so many
// fractional bits: x is a 64th, and halves of its third power are added.
const splineBits = 19

var splines = func() (t [phases + 1][4]int64) {
	const one = 2 * phases * phases * phases // 1 << splineBits
	for i := range t {
		x := int64(i)
		x1, x2, x3 := 2*phases*phases*x, 2*phases*x*x, 2*x*x*x
		t[i] = [4]int64{
			x2 - x1/2 - x3/2,
			one - 5*x2/2 + 3*x3/2,
			x1/2 + 2*x2 - 3*x3/2,
			x3/2 - x2/2,
		}
	}
	return t
}()

// enlargeRowDeep leaves the results unclipped, with splineBits of fraction.
func (a *Axis) enlargeRowDeep(dst []int64, src []uint16, pad int) {
	for i := range dst {
		w := &splines[a.phase[i]]
		s := (*[4]uint16)(src[int(a.start[i])+pad:])
		dst[i] = w[0]*int64(s[0]) + w[1]*int64(s[1]) + w[2]*int64(s[2]) + w[3]*int64(s[3])
	}
}

func (a *Axis) sum(i int, src []uint16, pad int) int32 {
	weights := a.table[a.phase[i]]
	taps := src[int(a.start[i])+pad:][:len(weights)]
	sum := int32(weightHalf)
	for k, w := range weights {
		sum += int32(w) * int32(taps[k])
	}
	return sum >> weightBits
}

func clip16(v int32) uint16 {
	if uint32(v) > 65535 {
		return uint16(^(v >> 31))
	}
	return uint16(v)
}
