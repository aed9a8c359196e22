package op

import (
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Crop keeps the pixels inside Rect, which must not be empty and must lie
// inside the image. It copies nothing, except where Rect begins on an odd row.
// Where Rect would begin between the two columns or rows that share a chroma
// sample, it wants YCbCr444.
type Crop struct{ Rect image.Rectangle }

// Accepts implements [Op].
func (c Crop) Accepts(in pixel.Layout) pixel.Layout {
	sx, sy := in.Subsampling(1)
	if c.Rect.Min.X&(1<<sx-1) != 0 || c.Rect.Min.Y&(1<<sy-1) != 0 {
		return pixel.YCbCr444
	}
	return in
}

// AcceptsDeep is true.
func (Crop) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (c Crop) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(c, in); err != nil {
		return in, err
	}
	if c.Rect.Empty() {
		return in, &SizeError{c.String(), in, "nothing is left"}
	}
	if !c.Rect.In(image.Rect(0, 0, in.Width, in.Height)) {
		return in, &SizeError{c.String(), in, "leaves the image"}
	}
	in.Width, in.Height = c.Rect.Dx(), c.Rect.Dy()
	return in, nil
}

// Work implements [Op].
func (c Crop) Work(in pixel.Shape) int64 {
	if out, err := c.Out(in); err == nil && c.Rect.Min.Y&1 != 0 {
		return stripBytes(out)
	}
	return 0
}

// String implements [Op].
func (c Crop) String() string {
	return fmt.Sprintf("crop %dx%d+%d+%d", c.Rect.Dx(), c.Rect.Dy(), c.Rect.Min.X, c.Rect.Min.Y)
}

// Wrap implements [Op].
func (c Crop) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := c.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if out == shape {
		return in, nil
	}
	s := &cropSource{upstream: upstream{in: in, pool: pool, shape: out}, rect: c.Rect}
	if c.Rect.Min.Y&1 != 0 {
		return &evenSource{upstream: upstream{in: s, pool: pool, shape: out}, out: pixel.NewStrip(pool, out, min(pixel.StripRows, out.Height))}, nil
	}
	return s, nil
}

// cropSource narrows the strips of its input.
type cropSource struct {
	upstream
	rect image.Rectangle
	out  pixel.Strip
	done bool
}

func (s *cropSource) Next() (*pixel.Strip, error) {
	for !s.done {
		t, err := s.pull()
		if err != nil {
			return nil, err
		}
		y0, y1 := max(t.Y, s.rect.Min.Y), min(t.Y+t.Rows, s.rect.Max.Y)
		if y0 >= y1 {
			continue
		}
		s.done = y1 == s.rect.Max.Y
		s.out = cut(t, s.shape.Layout, y0-t.Y, y1-t.Y)
		s.out.Y -= s.rect.Min.Y
		for p := range s.shape.Layout.Planes() {
			sx, _ := s.shape.Layout.Subsampling(p)
			plane := &s.out.Planes[p]
			w, _ := s.shape.PlaneSize(p)
			*plane = plane.Columns(s.rect.Min.X>>sx, s.rect.Min.X>>sx+w)
		}
		return &s.out, nil
	}
	if s.err != nil {
		return nil, s.err
	}
	return nil, io.EOF
}

// evenSource copies strips that may begin anywhere into ones that begin at
// even rows. Its planes are not subsampled downwards.
type evenSource struct {
	upstream
	out   *pixel.Strip
	strip *pixel.Strip
	used  int
	y     int
}

func (s *evenSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.y == s.shape.Height {
		return nil, io.EOF
	}
	s.out.Y, s.out.Rows = s.y, min(pixel.StripRows, s.shape.Height-s.y)
	for n := 0; n < s.out.Rows; n++ {
		if s.strip == nil || s.used == s.strip.Rows {
			t, err := s.pull()
			if err != nil {
				return nil, err
			}
			s.strip, s.used = t, 0
		}
		for p := range s.shape.Layout.Planes() {
			s.out.Planes[p].CopyRow(n, &s.strip.Planes[p], s.used)
		}
		s.used++
	}
	for p := range s.shape.Layout.Planes() {
		s.out.Planes[p].Height = s.out.Rows
	}
	s.y += s.out.Rows
	return s.out, nil
}

func (s *evenSource) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	return s.upstream.Close()
}
