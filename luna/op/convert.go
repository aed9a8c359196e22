package op

import (
	"fmt"

	"github.com/immagin/immagin-go/internal/ycc"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Convert changes the layout. YCbCr becomes RGB, and chroma is interpolated
// and averaged, in libjpeg's arithmetic, bit for bit ("fancy upsampling" in its
// words); gray is its Y. Gray becomes equal red, green and blue. CMYK becomes
// RGB by the device formula (255-ink)(255-black)/255; conversion by a profile
// is another op's. Alpha is added opaque. There is no conversion that drops
// alpha, which is what [Flatten] is for, and none to CMYK.
type Convert struct{ To pixel.Layout }

// Accepts implements [Op].
func (Convert) Accepts(in pixel.Layout) pixel.Layout { return in }

// AcceptsDeep is true where planes are added only: gray becomes RGB, or alpha
// comes in.
func (c Convert) AcceptsDeep(in pixel.Layout) bool {
	hops, ok := route(in, c.To)
	for _, to := range hops {
		ok = ok && adds(in, to)
		in = to
	}
	return ok
}

// adds reports whether a conversion adds planes, and no others change.
func adds(from, to pixel.Layout) bool {
	return to.Planes() > from.Planes() && !from.IsYCbCr() && !to.IsYCbCr() && from != pixel.CMYK && to != pixel.CMYK
}

// Out implements [Op].
func (c Convert) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(c, in); err != nil {
		return in, err
	}
	if _, ok := route(in.Layout, c.To); !ok {
		return in, fmt.Errorf("%s: not from %s", c, in.Layout)
	}
	in.Layout = c.To
	return in, nil
}

// Work implements [Op].
func (c Convert) Work(in pixel.Shape) int64 {
	hops, _ := route(in.Layout, c.To)
	n := int64(0)
	for _, to := range hops {
		n += hopWork(in, to)
		in.Layout = to
	}
	return n
}

// String implements [Op].
func (c Convert) String() string { return "convert to " + c.To.String() }

// Wrap implements [Op].
func (c Convert) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	if _, err := c.Out(shape); err != nil {
		return refuse(in, err)
	}
	hops, _ := route(shape.Layout, c.To)
	for _, to := range hops {
		in = hop(in, to, pool)
	}
	return in, nil
}

// route lists the layouts that from becomes on the way to to, each by one of
// the conversions of hop.
func route(from, to pixel.Layout) (hops []pixel.Layout, ok bool) {
	if !from.Valid() || !to.Valid() {
		return nil, false
	}
	for from != to {
		next := to
		switch {
		case to == pixel.CMYK || from.HasAlpha() && !to.HasAlpha():
			return nil, false
		case from == pixel.CMYK:
			next = pixel.RGB
		case to.HasAlpha() && !from.HasAlpha() && from != to.Opaque():
			next = to.Opaque()
		case from.IsYCbCr() && to.IsYCbCr() && from != pixel.YCbCr444:
			next = pixel.YCbCr444
		case from == pixel.RGB && to.IsYCbCr():
			next = pixel.YCbCr444
		}
		hops = append(hops, next)
		from = next
	}
	return hops, true
}

// hop makes one of the conversions that route speaks of.
func hop(in pixel.Source, to pixel.Layout, pool *pixel.Pool) pixel.Source {
	shape := in.Shape()
	from := shape.Layout
	shape.Layout = to
	edit := func(f func(t *pixel.Strip)) pixel.Source {
		return &inPlace{upstream: upstream{in: in, shape: shape}, edit: f}
	}
	switch {
	case from == pixel.YCbCr444 && to == pixel.RGB:
		return edit(func(t *pixel.Strip) {
			for y := range t.Rows {
				a, b, c := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
				ycc.ToRGB(a, b, c, a, b, c)
			}
		})
	case from == pixel.RGB && to == pixel.YCbCr444:
		return edit(func(t *pixel.Strip) {
			for y := range t.Rows {
				a, b, c := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
				ycc.FromRGB(a, b, c, a, b, c)
			}
		})
	case from == pixel.YCbCr444 && to.IsYCbCr():
		return edit(func(t *pixel.Strip) {
			subsample(&t.Planes[1], to)
			subsample(&t.Planes[2], to)
		})
	case from.IsYCbCr() && to == pixel.Gray:
		return edit(func(*pixel.Strip) {})
	case from == pixel.RGB || from == pixel.RGBA && to == pixel.GrayAlpha:
		if to == pixel.RGBA {
			break
		}
		return edit(func(t *pixel.Strip) {
			for y := range t.Rows {
				row := t.Planes[0].Row(y)
				ycc.Luma(row, row, t.Planes[1].Row(y), t.Planes[2].Row(y))
			}
			t.Planes[1] = t.Planes[3]
		})
	case from == pixel.CMYK:
		return edit(func(t *pixel.Strip) {
			for y := range t.Rows {
				a, b, c := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
				ycc.FromCMYK(a, b, c, a, b, c, t.Planes[3].Row(y))
			}
		})
	case from.IsYCbCr():
		return newUpsampler(in, to, pool)
	}
	return newAdder(in, to, pool)
}

// hopWork reports the memory that hop takes.
func hopWork(in pixel.Shape, to pixel.Layout) int64 {
	from := in.Layout
	rows := int64(min(pixel.StripRows, in.Height))
	switch {
	case from.IsYCbCr() && from != pixel.YCbCr444 && (to == pixel.RGB || to == pixel.YCbCr444):
		in.Layout = to
		return stripBytes(in) + 6*in.RowBytes()
	case to.Planes() > from.Planes():
		out := in
		out.Layout = to
		return (out.RowBytes() - in.RowBytes()) * rows
	}
	return 0
}

// subsample averages the rows of a chroma plane where they stand.
func subsample(c *pixel.Plane, to pixel.Layout) {
	sx, sy := to.Subsampling(1)
	if sx == 0 {
		return
	}
	half := *c
	half.Width, half.Height = (c.Width+1)/2, (c.Height+1<<sy-1)>>sy
	for y := range half.Height {
		if sy == 0 {
			ycc.Halve(half.Row(y), c.Row(y))
		} else {
			ycc.Quarter(half.Row(y), c.Row(2*y), c.Row(min(2*y+1, c.Height-1)))
		}
	}
	*c = half
}

// adder adds planes that its input does not have: equal colours, no chroma,
// full alpha.
type adder struct {
	upstream
	added *pixel.Strip
	out   pixel.Strip
}

func newAdder(in pixel.Source, to pixel.Layout, pool *pixel.Pool) pixel.Source {
	shape := in.Shape()
	from := shape.Layout
	shape.Layout = to
	s := &adder{upstream: upstream{in: &low{Source: in}, pool: pool, shape: shape}}
	rows := min(pixel.StripRows, shape.Height)
	s.added = new(pixel.Strip)
	for p := from.Planes(); p < to.Planes(); p++ {
		w, _ := shape.PlaneSize(p)
		_, sy := to.Subsampling(p)
		h := (rows + 1<<sy - 1) >> sy
		s.added.Planes[p] = pixel.Plane{Stride: w, Width: w, Height: h}
		if shape.Deep {
			s.added.Planes[p].Pix16 = pool.Get16(w * h)
		} else {
			s.added.Planes[p].Pix = pool.Get(w * h)
		}
	}
	return s
}

func (s *adder) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	from, to := s.in.Shape().Layout, s.shape.Layout
	s.out = *t
	for p := from.Planes(); p < to.Planes(); p++ {
		_, sy := to.Subsampling(p)
		s.out.Planes[p] = s.added.Planes[p].Rows(0, (t.Rows+1<<sy-1)>>sy)
	}
	if from == pixel.GrayAlpha { // the alpha plane makes room
		s.out.Planes[1], s.out.Planes[3] = s.out.Planes[3], t.Planes[1]
	}
	for p := 1; p < to.Planes(); p++ {
		switch plane := &s.out.Planes[p]; {
		case from.HasAlpha() && p == 3:
		case from == pixel.RGB && p < 3:
		case to.IsYCbCr():
			fill(plane, 128)
		case to.HasAlpha() && p == to.Planes()-1:
			fill(plane, 255)
		default:
			for y := range plane.Height {
				plane.CopyRow(y, &s.out.Planes[0], y)
			}
		}
	}
	return &s.out, nil
}

func fill(p *pixel.Plane, v uint8) {
	for y := range p.Height {
		if p.Pix16 != nil {
			fillRow16(p.Row16(y), uint16(v)*257)
			continue
		}
		fillRow(p.Row(y), v)
	}
}

func fillRow(row []uint8, v uint8) {
	for x := range row {
		row[x] = v
	}
}

func (s *adder) Close() error {
	if s.closed {
		return nil
	}
	s.added.Free(s.pool)
	return s.upstream.Close()
}
