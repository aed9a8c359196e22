package gif

// side is how many values of a channel a histogram tells apart, and one more:
// place 0 stays empty, so that sums over boxes need no special case.
const side = 32 + 1

// A moment sums up pixels: their number, their channels, and the squares of
// those.
type moment struct{ n, r, g, b, squares int64 }

func (m *moment) add(o *moment, sign int64) {
	m.n += sign * o.n
	m.r += sign * o.r
	m.g += sign * o.g
	m.b += sign * o.b
	m.squares += sign * o.squares
}

// weight is n times the square of the mean. Products are converted, so that
// they are rounded on every machine.
func (m *moment) weight() float64 {
	if m.n == 0 {
		return 0
	}
	r, g, b := float64(m.r), float64(m.g), float64(m.b)
	return (float64(r*r) + float64(g*g) + float64(b*b)) / float64(m.n)
}

// variance is n times the variance.
func (m *moment) variance() float64 { return float64(m.squares) - m.weight() }

func (m *moment) mean() uint32 {
	r, g, b := (m.r+m.n/2)/m.n, (m.g+m.n/2)/m.n, (m.b+m.n/2)/m.n
	return uint32(r) | uint32(g)<<8 | uint32(b)<<16 | opaque
}

// moments are those of all boxes that begin at 0, once they are summed up.
type moments [side * side * side]moment

const (
	strideR = side * side
	strideG = side
	strideB = 1
)

// cell is the place of an opaque colour in a histogram.
func cell(c uint32) int {
	return int(c>>3&31+1)*strideR + int(c>>11&31+1)*strideG + int(c>>19&31+1)*strideB
}

// sum turns a histogram into moments of boxes.
func (m *moments) sum() {
	for _, stride := range [...]int{strideB, strideG, strideR} {
		for i := stride; i < len(m); i++ {
			if i/stride%side != 0 {
				m[i].add(&m[i-stride], 1)
			}
		}
	}
}

// A box is the cells above low up to and with high, by channel.
type box struct{ low, high [3]int }

// face sums up what lies below v of axis and within b in the other two.
func (m *moments) face(b *box, axis, v int) moment {
	strides := [...]int{strideR, strideG, strideB}
	i, j := (axis+1)%3, (axis+2)%3
	base, si, sj := v*strides[axis], strides[i], strides[j]
	s := m[base+b.high[i]*si+b.high[j]*sj]
	s.add(&m[base+b.low[i]*si+b.high[j]*sj], -1)
	s.add(&m[base+b.high[i]*si+b.low[j]*sj], -1)
	s.add(&m[base+b.low[i]*si+b.low[j]*sj], 1)
	return s
}

func (m *moments) volume(b *box) moment {
	s, low := m.face(b, 0, b.high[0]), m.face(b, 0, b.low[0])
	s.add(&low, -1)
	return s
}

// cut divides b where that leaves the least variance, and returns the upper
// part.
func (m *moments) cut(b *box) (upper box, ok bool) {
	whole := m.volume(b)
	best, axis, at := 0.0, 0, 0
	for a := range 3 {
		bottom := m.face(b, a, b.low[a])
		for v := b.low[a] + 1; v < b.high[a]; v++ {
			below := m.face(b, a, v)
			below.add(&bottom, -1)
			if below.n == 0 {
				continue
			}
			above := whole
			above.add(&below, -1)
			if above.n == 0 {
				break
			}
			if w := below.weight() + above.weight(); w > best {
				best, axis, at = w, a, v
			}
		}
	}
	if best == 0 {
		return upper, false
	}
	upper = *b
	upper.low[axis], b.high[axis] = at, at
	return upper, true
}

// colours returns up to n colours for what was summed up.
func (m *moments) colours(n int) []uint32 {
	boxes := []box{{high: [3]int{side - 1, side - 1, side - 1}}}
	whole := m.volume(&boxes[0])
	variances := []float64{whole.variance()}
	for len(boxes) < n {
		widest := 0
		for i, v := range variances {
			if v > variances[widest] {
				widest = i
			}
		}
		if variances[widest] <= 0 {
			break
		}
		upper, ok := m.cut(&boxes[widest])
		if !ok {
			variances[widest] = 0
			continue
		}
		a, b := m.volume(&boxes[widest]), m.volume(&upper)
		variances[widest] = a.variance()
		boxes, variances = append(boxes, upper), append(variances, b.variance())
	}
	var colours []uint32
	for i := range boxes {
		if s := m.volume(&boxes[i]); s.n > 0 {
			colours = append(colours, s.mean())
		}
	}
	return colours
}
