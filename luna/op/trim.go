package op

import (
	"fmt"
	"image"

	"github.com/immagin/immagin-go/internal/alpha"
	"github.com/immagin/immagin-go/internal/findtrim"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Trim cuts off borders of one colour, as sharp's trim does. Content is what,
// after a median filter of 3x3 pixels, differs from the background by more than
// Threshold in any of the colours, laid on the background, or in alpha. An image
// without content stays as it is. An image with both sides below 3 is refused.
//
// The size of the result depends on the pixels: Out tells the largest, and Wrap
// reads the whole image, which Trim holds. Trim wants gray or RGB, and RGB where
// a given background is no gray.
type Trim struct {
	Threshold float64
	// Background is red, green, blue and straight alpha, if Given. If not, the
	// background is the top-left pixel.
	Background [4]uint8
	Given      bool
}

// Accepts implements Op.
func (t Trim) Accepts(in pixel.Layout) pixel.Layout {
	b := t.Background
	l := pixel.RGB
	if in.Opaque() == pixel.Gray && (!t.Given || b[0] == b[1] && b[1] == b[2]) {
		l = pixel.Gray
	}
	if in.HasAlpha() {
		l = l.WithAlpha()
	}
	return l
}

// AcceptsDeep is true. What is content is told by the upper 8 bits.
func (Trim) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements Op.
func (t Trim) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(t, in); err != nil {
		return in, err
	}
	if in.Width < 3 && in.Height < 3 {
		return in, &SizeError{t.String(), in, "one side must be at least 3 pixels"}
	}
	return in, nil
}

// Work implements Op.
func (t Trim) Work(in pixel.Shape) int64 {
	n := in.Layout.Planes()
	flat := int64(0)
	if in.Layout.HasAlpha() {
		flat = int64(n-1) * int64(in.Width)
	}
	if in.Deep {
		flat += int64(n) * int64(in.Width)
	}
	return in.Bytes() + findtrim.Bytes(in.Width, n) + flat
}

// String implements [Op].
func (t Trim) String() string {
	if b := t.Background; t.Given {
		return fmt.Sprintf("trim %g of #%02x%02x%02x%02x", t.Threshold, b[0], b[1], b[2], b[3])
	}
	return fmt.Sprintf("trim %g", t.Threshold)
}

// Wrap implements Op. It reads all of in.
func (t Trim) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	if _, err := t.Out(shape); err != nil {
		return refuse(in, err)
	}
	up := upstream{in: in, pool: pool, shape: shape}
	whole := pixel.NewImage(pool, shape)
	s := trimmer{Trim: t, layout: shape.Layout}
	for y := 0; y < shape.Height; {
		strip, err := up.pull()
		if err != nil {
			whole.Free(pool)
			return refuse(in, err)
		}
		for n := range strip.Rows {
			for p := range shape.Layout.Planes() {
				whole.Planes[p].CopyRow(y, &strip.Planes[p], n)
			}
			s.push(whole, y)
			y++
		}
	}
	box := s.scanner.Box()
	if box.Empty() {
		box = image.Rect(0, 0, shape.Width, shape.Height)
	}
	part := crop(whole, box)
	up.shape = part.Shape
	return &wholeSource{upstream: up, whole: whole, Source: part.Source(0, nil), box: box}, nil
}

// A trimmer feeds a scanner.
type trimmer struct {
	Trim
	layout     pixel.Layout
	scanner    *findtrim.Scanner
	background [4]uint8 // per plane
	rows       [][]uint8
	narrowed   [][]uint8 // of a row, where that has 16 bits
	flat       [][]uint8 // colours on the background, where there is alpha
}

// push gives row y of m to the scanner.
func (t *trimmer) push(m *pixel.Image, y int) {
	n := t.layout.Planes()
	if t.scanner == nil {
		t.start(m)
	}
	colours := n
	if t.layout.HasAlpha() {
		colours--
		t.rows[colours] = t.row(m, colours, y)
	}
	for p := range colours {
		t.rows[p] = t.row(m, p, y)
		if colours < n {
			copy(t.flat[p], t.rows[p])
			t.rows[p] = t.flat[p]
			alpha.Flatten(t.flat[p], t.rows[colours], t.background[p])
		}
	}
	t.scanner.Push(t.rows...)
}

// row returns row y of plane p in 8 bits.
func (t *trimmer) row(m *pixel.Image, p, y int) []uint8 {
	if !m.Shape.Deep {
		return m.Planes[p].Row(y)
	}
	narrow(t.narrowed[p], m.Planes[p].Row16(y))
	return t.narrowed[p]
}

// start settles the background, of which the first row may tell.
func (t *trimmer) start(m *pixel.Image) {
	n := t.layout.Planes()
	if m.Shape.Deep {
		t.narrowed = make([][]uint8, n)
		for p := range t.narrowed {
			t.narrowed[p] = make([]uint8, m.Shape.Width)
		}
	}
	for p := range n {
		switch {
		case !t.Given:
			t.background[p] = t.row(m, p, 0)[0]
		case t.layout == pixel.GrayAlpha && p == 1:
			t.background[p] = t.Background[3]
		default:
			t.background[p] = t.Background[p]
		}
	}
	t.scanner = findtrim.NewScanner(m.Shape.Width, t.Threshold, t.background[:n]...)
	t.rows = make([][]uint8, n)
	if t.layout.HasAlpha() {
		t.flat = make([][]uint8, n-1)
		for p := range t.flat {
			t.flat[p] = make([]uint8, m.Shape.Width)
		}
	}
}
