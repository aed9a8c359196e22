package op

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A Mask tells how much of each pixel a layer of one colour covers. It does not
// change and is safe for concurrent use. It is compared, as a part of [Ink], so
// it should be a pointer.
type Mask interface {
	// Size reports the width and height of the mask in pixels.
	Size() (width, height int)
	// Painter returns a function, for one goroutine, that writes the coverage
	// of whole rows, 0 to 255 a pixel, from row y on into dst. The rows lie in
	// the mask, and are the same however many are asked for at a time.
	Painter() func(dst []uint8, y int)
	// Bytes reports the most memory that the mask and one painter hold where
	// it is asked for so many rows at a time.
	Bytes(rows int) int64
}

// Ink lays one colour over the image where Mask covers it, its top-left corner
// at (Left, Top), which may be negative; what leaves the image is cut off. Color
// is red, green, blue and straight alpha. Ink wants gray or RGB, and RGB where
// Color is no gray.
//
// It is what sharp's composite does with an image of that colour whose alpha is
// the mask's, times Color's, rounded: "over" in gamma-encoded sRGB, in 32-bit
// floating point, truncated. An opaque image stays one. As in sharp, the
// colours of translucent pixels beside the mask pass through that arithmetic,
// too, and those of transparent pixels become black.
type Ink struct {
	Mask      Mask
	Left, Top int
	Color     [4]uint8
}

// Accepts implements [Op].
func (k Ink) Accepts(in pixel.Layout) pixel.Layout {
	l := in
	if c := k.Color; in.Opaque() != pixel.Gray || c[0] != c[1] || c[1] != c[2] {
		l = pixel.RGB
	}
	if in.HasAlpha() {
		l = l.WithAlpha()
	}
	return l
}

// Out implements [Op].
func (k Ink) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(k, in) }

// Work implements [Op].
func (k Ink) Work(in pixel.Shape) int64 {
	w, _ := k.Mask.Size()
	return k.Mask.Bytes(pixel.StripRows) + int64(w)*pixel.StripRows
}

// String implements [Op].
func (k Ink) String() string {
	w, h := k.Mask.Size()
	c := k.Color
	return fmt.Sprintf("ink %dx%d%+d%+d in #%02x%02x%02x%02x", w, h, k.Left, k.Top, c[0], c[1], c[2], c[3])
}

// Wrap implements [Op].
func (k Ink) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	if _, err := k.Out(shape); err != nil {
		return refuse(in, err)
	}
	w, h := k.Mask.Size()
	if k.Color[3] == 0 || w < 1 || h < 1 || k.Left >= shape.Width || k.Left+w <= 0 {
		return in, nil
	}
	return &inkSource{
		upstream: upstream{in: in, pool: pool, shape: shape},
		k:        k,
		width:    w,
		height:   h,
		paint:    k.Mask.Painter(),
		cover:    pool.Get(w * pixel.StripRows),
	}, nil
}

type inkSource struct {
	upstream
	k             Ink
	width, height int // of the mask
	paint         func(dst []uint8, y int)
	cover         []uint8
	rows          [4][]uint8
}

func (s *inkSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	first := min(max(t.Y, s.k.Top), t.Y+t.Rows)
	last := max(min(t.Y+t.Rows, s.k.Top+s.height), first)
	for y := t.Y; y < first; y++ {
		s.beside(t, y-t.Y, 0, s.shape.Width)
	}
	for y := first; y < last; {
		rows := min(last-y, pixel.StripRows)
		cover := s.cover[:rows*s.width]
		s.paint(cover, y-s.k.Top)
		for n := range rows {
			s.row(t, y+n-t.Y, cover[n*s.width:][:s.width])
		}
		y += rows
	}
	for y := last; y < t.Y+t.Rows; y++ {
		s.beside(t, y-t.Y, 0, s.shape.Width)
	}
	return t, nil
}

// row lays the colour over row y of a strip.
func (s *inkSource) row(t *pixel.Strip, y int, cover []uint8) {
	from := max(s.k.Left, 0)
	to := min(s.k.Left+s.width, s.shape.Width)
	planes, a := s.part(t, y, from, to)
	for x, c := range cover[from-s.k.Left : to-s.k.Left] {
		below := uint8(255)
		if a != nil {
			below = a[x]
		}
		layer := uint8((uint32(c)*uint32(s.k.Color[3]) + 127) / 255)
		if layer == 0 && below == 255 {
			continue
		}
		m := newMix(layer, below)
		for p := range planes {
			planes[p][x] = m.over(s.k.Color[p], planes[p][x])
		}
		if a != nil {
			a[x] = m.alpha()
		}
	}
	s.beside(t, y, 0, from)
	s.beside(t, y, to, s.shape.Width)
}

// beside does to pixels that no ink covers what ink that is transparent would:
// they are multiplied by alpha and divided by it.
func (s *inkSource) beside(t *pixel.Strip, y, from, to int) {
	if from >= to || !s.shape.Layout.HasAlpha() {
		return
	}
	planes, a := s.part(t, y, from, to)
	for x, below := range a {
		if below == 255 {
			continue
		}
		m := newMix(0, below)
		for p := range planes {
			planes[p][x] = m.over(0, planes[p][x])
		}
	}
}

// part returns columns from up to to of row y of a strip: its colours, and its
// alpha or nil.
func (s *inkSource) part(t *pixel.Strip, y, from, to int) (planes [][]uint8, a []uint8) {
	n := s.shape.Layout.Planes()
	for p := range n {
		s.rows[p] = t.Planes[p].Row(y)[from:to]
	}
	if s.shape.Layout.HasAlpha() {
		return s.rows[:n-1], s.rows[n-1]
	}
	return s.rows[:n], nil
}

// A mix is how much of a layer, and of what is below it, a pixel has.
type mix struct{ layer, below, sum float32 }

func newMix(layer, below uint8) mix {
	m := mix{layer: unit(layer), below: unit(below)}
	m.sum = m.layer + float32(m.below*(1-m.layer))
	return m
}

// over returns the sample that a layer's and the one below it make.
func (m mix) over(layer, below uint8) uint8 {
	if m.sum == 0 {
		return 0
	}
	ink := float32(unit(layer) * m.layer)
	base := float32(unit(below) * m.below)
	return sample(float32(ink+float32((1-m.layer)*base)) / m.sum)
}

func (m mix) alpha() uint8 { return sample(m.sum) }

// unit is a sample as a number from 0 to 1.
func unit(v uint8) float32 { return float32(v) / 255 }

// sample turns a number from 0 to 1 back, rounding down.
func sample(v float32) uint8 { return uint8(min(float32(v*255), 255)) }

func (s *inkSource) Close() error {
	if s.closed {
		return nil
	}
	s.pool.Put(s.cover)
	s.cover = nil
	return s.upstream.Close()
}
