package op

import (
	"github.com/immagin/immagin-go/luna/pixel"
)

// Narrow keeps the upper 8 of 16 bits a sample, as libvips does where a picture
// of 16 bits becomes one of 8. Others it leaves alone.
type Narrow struct{}

// Accepts implements [Op].
func (Narrow) Accepts(in pixel.Layout) pixel.Layout { return in }

// AcceptsDeep is true.
func (Narrow) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (o Narrow) Out(in pixel.Shape) (pixel.Shape, error) {
	err := accept(o, in)
	in.Deep = false
	return in, err
}

// Work implements [Op].
func (Narrow) Work(in pixel.Shape) int64 {
	in.Deep = false
	return stripBytes(in)
}

// String implements [Op].
func (Narrow) String() string { return "convert to 8 bits" }

// Wrap implements [Op].
func (o Narrow) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := o.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if !shape.Deep {
		return in, nil
	}
	return &narrowSource{
		upstream: upstream{in: &low{Source: in}, pool: pool, shape: out},
		buffer:   pixel.NewStrip(pool, out, min(pixel.StripRows, out.Height)),
	}, nil
}

type narrowSource struct {
	upstream
	buffer *pixel.Strip
	out    pixel.Strip
}

func (s *narrowSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	s.out = *s.buffer
	s.out.Y, s.out.Rows = t.Y, t.Rows
	for p := range s.shape.Layout.Planes() {
		src := &t.Planes[p]
		s.out.Planes[p].Height = src.Height
		for y := range src.Height {
			narrow(s.out.Planes[p].Row(y), src.Row16(y))
		}
	}
	return &s.out, nil
}

func narrow(dst []uint8, src []uint16) {
	src = src[:len(dst)]
	for x, v := range src {
		dst[x] = uint8(v >> 8)
	}
}

func (s *narrowSource) Close() error {
	if s.closed {
		return nil
	}
	s.buffer.Free(s.pool)
	return s.upstream.Close()
}

// deepen is what becomes of a level of 8 bits of a background among samples of
// 16: libvips scales colours by 256. What is opaque here stays so.
func deepen(v uint8, alpha bool) uint16 {
	if alpha {
		return uint16(v) * 257
	}
	return uint16(v) << 8
}

func fillRow16(row []uint16, v uint16) {
	for x := range row {
		row[x] = v
	}
}

// whole reports whether all planes of a layout are as large as the image.
func whole(l pixel.Layout) bool {
	sx, sy := l.Subsampling(1)
	return sx == 0 && sy == 0
}
