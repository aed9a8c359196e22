package op

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Embed puts the image on a canvas of Width x Height pixels, its top-left
// corner at (Left, Top), which may be negative: what leaves the canvas is cut
// off. Background is red, green, blue and straight alpha; one that is not
// opaque gives the image an alpha plane. Embed wants gray or RGB, and RGB where
// Background is no gray.
type Embed struct {
	Left, Top, Width, Height int
	Background               [4]uint8
}

// Accepts implements [Op].
func (e Embed) Accepts(in pixel.Layout) pixel.Layout {
	b := e.Background
	l := in
	if in.Opaque() != pixel.Gray || b[0] != b[1] || b[1] != b[2] {
		l = pixel.RGB
	}
	if b[3] < 255 || in.HasAlpha() {
		l = l.WithAlpha()
	}
	return l
}

// AcceptsDeep is true.
func (Embed) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (e Embed) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(e, in); err != nil {
		return in, err
	}
	if e.Width < 1 || e.Height < 1 {
		return in, &SizeError{e.String(), in, "the canvas needs a side of at least 1"}
	}
	in.Width, in.Height = e.Width, e.Height
	return in, nil
}

// Work implements [Op].
func (e Embed) Work(in pixel.Shape) int64 {
	out, err := e.Out(in)
	if err != nil {
		return 0
	}
	return stripBytes(out)
}

// String implements [Op].
func (e Embed) String() string {
	b := e.Background
	return fmt.Sprintf("embed in %dx%d at %+d%+d on #%02x%02x%02x%02x", e.Width, e.Height, e.Left, e.Top, b[0], b[1], b[2], b[3])
}

// Wrap implements [Op].
func (e Embed) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := e.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if out == shape && e.Left == 0 && e.Top == 0 {
		return in, nil
	}
	return &embedSource{
		upstream: upstream{in: in, pool: pool, shape: out},
		e:        e,
		out:      pixel.NewStrip(pool, out, min(pixel.StripRows, out.Height)),
	}, nil
}

type embedSource struct {
	upstream
	e     Embed
	out   *pixel.Strip
	strip *pixel.Strip // of the input
	y     int
}

func (s *embedSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.y == s.shape.Height {
		return nil, io.EOF
	}
	s.out.Y, s.out.Rows = s.y, min(pixel.StripRows, s.shape.Height-s.y)
	planes := s.shape.Layout.Planes()
	for p := range planes {
		s.out.Planes[p].Height = s.out.Rows
	}
	in := s.in.Shape()
	for n := range s.out.Rows {
		y := s.y + n - s.e.Top
		if y < 0 || y >= in.Height {
			for p := range planes {
				s.fill(p, n, 0, s.shape.Width)
			}
			continue
		}
		for s.strip == nil || y >= s.strip.Y+s.strip.Rows {
			t, err := s.pull()
			if err != nil {
				return nil, err
			}
			s.strip = t
		}
		for p := range planes {
			left := min(max(s.e.Left, 0), s.shape.Width)
			from := min(max(-s.e.Left, 0), in.Width)
			n1 := min(s.shape.Width-left, in.Width-from)
			dst := s.out.Planes[p].Columns(left, left+n1)
			src := s.strip.Planes[p].Columns(from, from+n1)
			dst.CopyRow(n, &src, y-s.strip.Y)
			s.fill(p, n, 0, left)
			s.fill(p, n, left+n1, s.shape.Width)
		}
	}
	s.y += s.out.Rows
	return s.out, nil
}

// fill sets columns from up to to of a row of the output to the background.
func (s *embedSource) fill(p, row, from, to int) {
	if s.shape.Deep {
		fillRow16(s.out.Planes[p].Row16(row)[from:to], deepen(s.value(p), s.alpha(p)))
		return
	}
	fillRow(s.out.Planes[p].Row(row)[from:to], s.value(p))
}

func (s *embedSource) alpha(p int) bool {
	return s.shape.Layout.HasAlpha() && p == s.shape.Layout.Planes()-1
}

// value is the background of plane p.
func (s *embedSource) value(p int) uint8 {
	if s.shape.Layout == pixel.GrayAlpha && p == 1 {
		p = 3
	}
	return s.e.Background[p]
}

func (s *embedSource) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	return s.upstream.Close()
}
