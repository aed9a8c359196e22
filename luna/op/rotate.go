package op

import (
	"fmt"
	"io"
	"math"

	"github.com/immagin/immagin-go/internal/affine"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Rotate turns the image clockwise by any finite number of degrees, with
// bilinear interpolation, as libvips' rotate does. The result is the box around
// the turned image; its corners are filled with Background: red, green, blue and
// straight alpha. One that is not opaque gives the image an alpha plane. Rotate
// wants gray or RGB, and RGB where Background is no gray. It holds the whole
// image. [Turn] is the exact op for multiples of 90 degrees.
type Rotate struct {
	Degrees    float64
	Background [4]uint8
}

// Accepts implements Op.
func (r Rotate) Accepts(in pixel.Layout) pixel.Layout {
	return Embed{Background: r.Background}.Accepts(in)
}

// AcceptsDeep is true.
func (Rotate) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements Op.
func (r Rotate) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(r, in); err != nil {
		return in, err
	}
	if math.IsNaN(r.Degrees) || math.IsInf(r.Degrees, 0) {
		return in, &SizeError{r.String(), in, "the angle is not finite"}
	}
	turned := affine.Rotate(in.Width, in.Height, r.Degrees)
	in.Width, in.Height = turned.Width, turned.Height
	return in, nil
}

// bordered is the shape of an image with a pixel more on every side.
func bordered(in pixel.Shape) pixel.Shape {
	in.Width += 2
	in.Height += 2
	return in
}

// Work implements Op.
func (r Rotate) Work(in pixel.Shape) int64 {
	out, err := r.Out(in)
	if err != nil {
		return 0
	}
	return bordered(in).Bytes() + stripBytes(out)
}

// String implements [Op].
func (r Rotate) String() string {
	b := r.Background
	return fmt.Sprintf("rotate %g on #%02x%02x%02x%02x", r.Degrees, b[0], b[1], b[2], b[3])
}

// Wrap implements Op.
func (r Rotate) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := r.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	s := &rotateSource{
		upstream: upstream{in: in, pool: pool, shape: out},
		turned:   affine.Rotate(shape.Width, shape.Height, r.Degrees),
		out:      pixel.NewStrip(pool, out, min(pixel.StripRows, out.Height)),
	}
	switch s.value = r.Background; {
	case r.Background[3] == 0:
		s.value = [4]uint8{} // as all transparent pixels become
	case out.Layout == pixel.GrayAlpha:
		s.value[1] = r.Background[3]
	}
	return s, nil
}

// rotateSource collects its whole input before it yields anything.
type rotateSource struct {
	upstream
	turned affine.Rotation
	value  [4]uint8 // of the background, per plane
	whole  *pixel.Image
	planes []affine.Plane
	deep   []affine.DeepPlane // instead, of 16-bit samples
	out    *pixel.Strip
	y      int
}

func (s *rotateSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.whole == nil {
		if err := s.collect(); err != nil {
			return nil, err
		}
	}
	if s.y == s.shape.Height {
		return nil, io.EOF
	}
	s.out.Y, s.out.Rows = s.y, min(pixel.StripRows, s.shape.Height-s.y)
	if s.shape.Deep {
		s.nextDeep()
		return s.out, nil
	}
	rows := make([][]uint8, len(s.planes))
	for n := range s.out.Rows {
		for p := range rows {
			rows[p] = s.out.Planes[p].Row(n)
		}
		row := s.turned.Opaque
		if s.shape.Layout.HasAlpha() {
			row = s.turned.Alpha
		}
		first, last := row(s.y+n, rows, s.planes)
		for p := range rows {
			fillRow(rows[p][:first], s.value[p])
			fillRow(rows[p][last:], s.value[p])
		}
	}
	for p := range rows {
		s.out.Planes[p].Height = s.out.Rows
	}
	s.y += s.out.Rows
	return s.out, nil
}

// nextDeep makes the output strip of 16-bit samples.
func (s *rotateSource) nextDeep() {
	rows := make([][]uint16, len(s.deep))
	for n := range s.out.Rows {
		for p := range rows {
			rows[p] = s.out.Planes[p].Row16(n)
		}
		row := s.turned.OpaqueDeep
		if s.shape.Layout.HasAlpha() {
			row = s.turned.AlphaDeep
		}
		first, last := row(s.y+n, rows, s.deep)
		for p := range rows {
			fillRow16(rows[p][:first], s.deepValue(p))
			fillRow16(rows[p][last:], s.deepValue(p))
		}
	}
	for p := range rows {
		s.out.Planes[p].Height = s.out.Rows
	}
	s.y += s.out.Rows
}

func (s *rotateSource) deepValue(p int) uint16 {
	return deepen(s.value[p], s.shape.Layout.HasAlpha() && p == s.shape.Layout.Planes()-1)
}

// collect copies the input into the middle of the background.
func (s *rotateSource) collect() error {
	in := s.in.Shape()
	s.whole = pixel.NewImage(s.pool, bordered(in))
	for y := 0; y < in.Height; {
		t, err := s.pull()
		if err != nil {
			return err
		}
		for p := range in.Layout.Planes() {
			for n := range t.Rows {
				if in.Deep {
					row := s.whole.Planes[p].Row16(t.Y + n + 1)
					row[0], row[len(row)-1] = s.deepValue(p), s.deepValue(p)
					copy(row[1:], t.Planes[p].Row16(n))
					continue
				}
				row := s.whole.Planes[p].Row(t.Y + n + 1)
				row[0], row[len(row)-1] = s.value[p], s.value[p]
				copy(row[1:], t.Planes[p].Row(n))
			}
		}
		y = t.Y + t.Rows
	}
	for p := range in.Layout.Planes() {
		plane := &s.whole.Planes[p]
		if in.Deep {
			fillRow16(plane.Row16(0), s.deepValue(p))
			fillRow16(plane.Row16(in.Height+1), s.deepValue(p))
			s.deep = append(s.deep, affine.DeepPlane{Pix: plane.Pix16, Stride: plane.Stride})
			continue
		}
		fillRow(plane.Row(0), s.value[p])
		fillRow(plane.Row(in.Height+1), s.value[p])
		s.planes = append(s.planes, affine.Plane{Pix: plane.Pix, Stride: plane.Stride})
	}
	return nil
}

func (s *rotateSource) Close() error {
	if s.closed {
		return nil
	}
	s.whole.Free(s.pool)
	s.out.Free(s.pool)
	return s.upstream.Close()
}
