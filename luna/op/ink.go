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
// floating point, truncated. An opaque image stays one.
type Ink struct {
	Mask      Mask
	Left, Top int
	Color     [4]uint8
}

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

func (k Ink) Out(in pixel.Shape) (pixel.Shape, error) { return in, accept(k, in) }

func (k Ink) Work(in pixel.Shape) int64 {
	w, _ := k.Mask.Size()
	return k.Mask.Bytes(pixel.StripRows) + int64(w)*pixel.StripRows
}

func (k Ink) String() string {
	w, h := k.Mask.Size()
	c := k.Color
	return fmt.Sprintf("ink %dx%d%+d%+d in #%02x%02x%02x%02x", w, h, k.Left, k.Top, c[0], c[1], c[2], c[3])
}

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
}

func (s *inkSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	first := max(t.Y, s.k.Top)
	last := min(t.Y+t.Rows, s.k.Top+s.height)
	for y := first; y < last; {
		rows := min(last-y, pixel.StripRows)
		cover := s.cover[:rows*s.width]
		s.paint(cover, y-s.k.Top)
		for n := range rows {
			s.row(t, y+n-t.Y, cover[n*s.width:][:s.width])
		}
		y += rows
	}
	return t, nil
}

// row lays the colour over row y of a strip.
func (s *inkSource) row(t *pixel.Strip, y int, cover []uint8) {
	from := max(s.k.Left, 0)
	to := min(s.k.Left+s.width, s.shape.Width)
	cover = cover[from-s.k.Left : to-s.k.Left]
	var planes [3][]uint8
	var a []uint8
	last := s.shape.Layout.Planes()
	if s.shape.Layout.HasAlpha() {
		last--
		a = t.Planes[last].Row(y)[from:to]
	}
	for p := range last {
		planes[p] = t.Planes[p].Row(y)[from:to]
	}
	for x, c := range cover {
		if c == 0 {
			continue
		}
		layer := unit((uint32(c)*uint32(s.k.Color[3]) + 127) / 255)
		below := float32(1)
		if a != nil {
			below = unit(uint32(a[x]))
		}
		alpha := layer + float32(below*(1-layer))
		if a != nil {
			a[x] = sample(alpha)
		}
		if alpha == 0 {
			for p := range last {
				planes[p][x] = 0
			}
			continue
		}
		for p := range last {
			ink := float32(unit(uint32(s.k.Color[p])) * layer)
			base := float32(unit(uint32(planes[p][x])) * below)
			planes[p][x] = sample(float32(ink+float32((1-layer)*base)) / alpha)
		}
	}
}

// unit is a sample as a number from 0 to 1.
func unit(v uint32) float32 { return float32(v) / 255 }

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
