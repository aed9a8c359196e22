package convolve

// A Stream convolves one plane, rows first and then columns, with samples of
// its own precision between; edges are repeated. It takes rows and yields
// rows, and holds no more than the mask spans. Samples of 16 bits are below
// 1<<15 but under a mask of [BlurDeep].
type Stream[T uint8 | uint16] struct {
	mask           *Mask
	width, height  int
	stride         int // of ring; sums and deltas are as long
	ring           []T // rows that rows were convolved to
	rows           int // of ring
	padded         []T
	sums           []int32 // under the mask, of the last row that was pulled
	deltas         []int32
	across, down   []move // of the boxes, along a row and from row to row
	pushed, pulled int
}

// Lengths reports how many samples and how many sums a stream needs for a
// plane.
func Lengths(m *Mask, width, height int) (samples, sums int) {
	stride := padded(width)
	return ringRows(m, height)*stride + stride + 2*m.Radius + 1, 2 * stride
}

func ringRows(m *Mask, height int) int { return min(2*m.Radius+2, height) }

// NewStream returns a stream that works in the buffers given, which have the
// lengths that Lengths says.
func NewStream[T uint8 | uint16](m *Mask, width, height int, samples []T, sums []int32) *Stream[T] {
	s := &Stream[T]{mask: m, width: width, height: height, stride: padded(width), rows: ringRows(m, height)}
	s.ring, s.padded = samples[:s.rows*s.stride], samples[s.rows*s.stride:]
	s.sums, s.deltas = sums[:s.stride], sums[s.stride:]
	clear(s.sums)
	moves := make([]move, 2*len(m.steps))
	s.across, s.down = moves[:len(m.steps)], moves[len(m.steps):]
	for i, b := range m.steps {
		s.across[i] = move{m.Radius + 1 + b.reach, m.Radius - b.reach, b.weight, pairOf[T](b.weight)}
	}
	copy(s.down, s.across)
	return s
}

// Pulled reports how many rows have come.
func (s *Stream[T]) Pulled() int { return s.pulled }

// Ready reports whether Pull may be called: the rows that the next row depends
// on have been pushed.
func (s *Stream[T]) Ready() bool {
	return s.pulled < s.height && s.pushed >= min(s.pulled+s.mask.Radius+1, s.height)
}

// row returns where in the ring a convolved row is; those beyond the edges are
// those at them.
func (s *Stream[T]) row(y int) int {
	return min(max(y, 0), s.height-1) % s.rows * s.stride
}

// Push gives the stream its next row. No row may be pushed while Ready.
func (s *Stream[T]) Push(src []T) {
	y := s.pushed
	s.pushed++
	i := s.row(y)
	dst := s.ring[i : i+s.stride]
	s.convolve(dst[:s.width], src)
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
	for x, v := range dst[:s.width] {
		s.sums[x] += weight * int32(v)
	}
}

// convolve sets dst to a row under the mask.
func (s *Stream[T]) convolve(dst, src []T) {
	m := s.mask
	r := m.Radius
	if r == 0 {
		for x, v := range src[:s.width] {
			s.deltas[x] = m.weights[0] * int32(v)
		}
		scale(dst, s.deltas, m)
		return
	}
	p := s.padded
	for i := range r + 1 {
		p[i] = src[0]
	}
	copy(p[r+1:], src[:s.width])
	for i := r + 1 + s.width; i < len(p); i++ {
		p[i] = src[s.width-1]
	}
	// The sum at the first sample; each that follows is what changes.
	sum := m.weights[0] * int32(src[0])
	for k := 1; k <= r; k++ {
		sum += m.weights[k] * (int32(p[r+1-k]) + int32(p[r+1+k]))
	}
	clear(s.deltas)
	slide(s.deltas, p, s.across, m.deep())
	s.deltas[0] = sum
	addUp(s.deltas)
	scale(dst, s.deltas, m)
}

// Pull sets dst to the next row of the result. The stream must be Ready.
func (s *Stream[T]) Pull(dst []T) {
	y := s.pulled
	s.pulled++
	if y > 0 {
		for i, b := range s.mask.steps {
			s.down[i].enter, s.down[i].leave = s.row(y+b.reach), s.row(y-1-b.reach)
		}
		slide(s.sums, s.ring, s.down, s.mask.deep())
	}
	scale(dst[:s.width], s.sums, s.mask)
}
