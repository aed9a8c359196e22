package convolve

// A Stream convolves one plane, rows first and then columns, with samples of
// its own precision between; edges are repeated. It takes rows and yields
// rows, and holds no more than the mask spans.
type Stream[T uint8 | uint16] struct {
	mask           *Mask
	width, height  int
	ring           []T // rows that rows were convolved to
	rows           int // of ring
	padded         []T
	sums           []int32 // under the mask, of the last row that was pulled
	deltas         []int32
	pushed, pulled int
}

// Lengths reports how many samples and how many sums a stream needs for a
// plane.
func Lengths(m *Mask, width, height int) (samples, sums int) {
	return ringRows(m, height)*width + width + 2*m.Radius + 1, 2 * width
}

func ringRows(m *Mask, height int) int { return min(2*m.Radius+2, height) }

// NewStream returns a stream that works in the buffers given, which have the
// lengths that Lengths says.
func NewStream[T uint8 | uint16](m *Mask, width, height int, samples []T, sums []int32) *Stream[T] {
	s := &Stream[T]{mask: m, width: width, height: height, rows: ringRows(m, height)}
	s.ring, s.padded = samples[:s.rows*width], samples[s.rows*width:]
	s.sums, s.deltas = sums[:width], sums[width:]
	clear(s.sums)
	return s
}

// Pulled reports how many rows have come.
func (s *Stream[T]) Pulled() int { return s.pulled }

// Ready reports whether Pull may be called: the rows that the next row depends
// on have been pushed.
func (s *Stream[T]) Ready() bool {
	return s.pulled < s.height && s.pushed >= min(s.pulled+s.mask.Radius+1, s.height)
}

// row returns a convolved row; those beyond the edges are those at them.
func (s *Stream[T]) row(y int) []T {
	i := min(max(y, 0), s.height-1) % s.rows * s.width
	return s.ring[i : i+s.width]
}

// Push gives the stream its next row. No row may be pushed while Ready.
func (s *Stream[T]) Push(src []T) {
	y := s.pushed
	s.pushed++
	dst := s.row(y)
	s.across(dst, src)
	m := s.mask
	if y > m.Radius {
		return
	}
	// The first row's sums: what is above it is as it is, and what is below
	// the last row as that is.
	weight := m.weights[y]
	if y == 0 {
		for _, w := range m.weights[1:] {
			weight += w
		}
	}
	if y == s.height-1 {
		for _, w := range m.weights[y+1:] {
			weight += w
		}
	}
	for x, v := range dst {
		s.sums[x] += weight * int32(v)
	}
}

// across convolves a row.
func (s *Stream[T]) across(dst, src []T) {
	m := s.mask
	r := m.Radius
	if r == 0 {
		for x, v := range src {
			dst[x] = T(m.scale(m.weights[0] * int32(v)))
		}
		return
	}
	p := s.padded
	for i := range r + 1 {
		p[i] = src[0]
	}
	copy(p[r+1:], src)
	for i := r + 1 + s.width; i < len(p); i++ {
		p[i] = src[s.width-1]
	}
	sum := m.weights[0] * int32(src[0])
	for k := 1; k <= r; k++ {
		sum += m.weights[k] * (int32(p[r+1-k]) + int32(p[r+1+k]))
	}
	clear(s.deltas)
	for _, b := range m.steps {
		slide(s.deltas, p[r+1+b.reach:], p[r-b.reach:], b.weight)
	}
	s.deltas[0] = 0
	for x, d := range s.deltas {
		sum += d
		dst[x] = T(m.scale(sum))
	}
}

// slide adds to sums what changes as a box moves on.
func slide[T uint8 | uint16](sums []int32, enter, leave []T, weight int32) {
	enter, leave = enter[:len(sums)], leave[:len(sums)]
	for i := range sums {
		sums[i] += weight * (int32(enter[i]) - int32(leave[i]))
	}
}

// Pull sets dst to the next row of the result. The stream must be Ready.
func (s *Stream[T]) Pull(dst []T) {
	y := s.pulled
	s.pulled++
	if y > 0 {
		for _, b := range s.mask.steps {
			slide(s.sums, s.row(y+b.reach), s.row(y-1-b.reach), b.weight)
		}
	}
	dst = dst[:s.width]
	for x, sum := range s.sums {
		dst[x] = T(s.mask.scale(sum))
	}
}
