package op

import (
	"fmt"
	"image"

	"github.com/immagin/immagin-go/internal/alpha"
	"github.com/immagin/immagin-go/internal/smartcrop"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Strategy is a way to choose the part of an image that is worth keeping.
type Strategy uint8

// The strategies. The zero Strategy is Entropy.
const (
	// Entropy cuts off the side with the lower entropy, an eighth of what has
	// to go at a time.
	Entropy Strategy = iota
	// Attention keeps what is around the point where edges, skin and saturated
	// colours are strongest.
	Attention
)

// String returns the name that plans are explained with.
func (s Strategy) String() string {
	switch s {
	case Entropy:
		return "entropy"
	case Attention:
		return "attention"
	}
	return fmt.Sprintf("strategy(%d)", uint8(s))
}

// SmartCrop keeps the Width x Height pixels that the strategy chooses, as
// libvips' smartcrop does. It wants gray or RGB, and holds the whole image.
type SmartCrop struct {
	Width, Height int
	Strategy      Strategy
	// Premultiplied says that the image comes from [Premultiply], so that
	// transparent pixels count for nothing as they are. Where it does not,
	// Attention multiplies in 8 bits and libvips in floating point: of points
	// of almost equal interest it may choose another, once in a hundred
	// pictures of noise.
	Premultiplied bool
	// Corner is that of [Resample], for the thumbnail that Attention looks at.
	Corner bool
}

// Accepts implements Op.
func (c SmartCrop) Accepts(in pixel.Layout) pixel.Layout {
	l := pixel.RGB
	if in.Opaque() == pixel.Gray {
		l = pixel.Gray
	}
	if in.HasAlpha() {
		l = l.WithAlpha()
	}
	return l
}

// AcceptsDeep is true. What is chosen is chosen by the upper 8 bits.
func (SmartCrop) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements Op.
func (c SmartCrop) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(c, in); err != nil {
		return in, err
	}
	switch {
	case c.Strategy > Attention:
		return in, &SizeError{c.String(), in, "the strategy is unknown"}
	case c.Width < 1 || c.Height < 1:
		return in, &SizeError{c.String(), in, "nothing is left"}
	case c.Width > in.Width || c.Height > in.Height:
		return in, &SizeError{c.String(), in, "leaves the image"}
	}
	in.Width, in.Height = c.Width, c.Height
	return in, nil
}

// Work implements Op.
func (c SmartCrop) Work(in pixel.Shape) int64 {
	out, err := c.Out(in)
	if err != nil || out == in {
		return 0
	}
	if in.Deep {
		shallow := in
		shallow.Deep = false
		return in.Bytes() - shallow.Bytes() + (Narrow{}).Work(in) + c.Work(shallow)
	}
	if c.Strategy == Entropy {
		n := in.Bytes() + smartcrop.EntropyBytes(in.Width, in.Height, in.Layout.Planes(), image.Pt(c.Width, c.Height))
		if c.straight(in) {
			n += in.RowBytes()
		}
		return n
	}
	n := in.Bytes() + Work(in, c.thumbnail(in))
	if c.straight(in) {
		n += stripBytes(in)
	}
	return n
}

// String implements [Op].
func (c SmartCrop) String() string {
	return fmt.Sprintf("crop %dx%d by %v", c.Width, c.Height, c.Strategy)
}

// straight reports whether colours are yet to be multiplied by alpha.
func (c SmartCrop) straight(in pixel.Shape) bool { return in.Layout.HasAlpha() && !c.Premultiplied }

// thumbnail returns the chain that makes what Attention looks at.
func (c SmartCrop) thumbnail(in pixel.Shape) []Op {
	r := Resample{Width: smartcrop.Side, Height: smartcrop.Side, Corner: c.Corner}
	_, r.ShrinkX = side(in.Width, float64(in.Width)/smartcrop.Side)
	_, r.ShrinkY = side(in.Height, float64(in.Height)/smartcrop.Side)
	if c.straight(in) {
		return []Op{Premultiply{}, r}
	}
	return []Op{r}
}

// Wrap implements Op.
func (c SmartCrop) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := c.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if out == shape {
		return in, nil
	}
	return &smartCropSource{upstream: upstream{in: in, pool: pool, shape: out}, c: c}, nil
}

// smartCropSource collects its whole input before it yields anything.
type smartCropSource struct {
	upstream
	c     SmartCrop
	whole *pixel.Image
	out   pixel.Source
	box   image.Rectangle // what was chosen
}

func (s *smartCropSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.out == nil {
		s.whole = pixel.NewImage(s.pool, s.in.Shape())
		choose := s.byEntropy
		if s.c.Strategy == Attention {
			choose = s.byAttention
		}
		box, err := choose()
		if err != nil {
			s.err = err
			return nil, err
		}
		s.out, s.box = crop(s.whole, box).Source(0, nil), box
	}
	return s.out.Next()
}

func (s *smartCropSource) keep() image.Point { return image.Pt(s.c.Width, s.c.Height) }

// collect keeps the input's next strip.
func (s *smartCropSource) collect() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	for p := range s.shape.Layout.Planes() {
		for n := range t.Rows {
			s.whole.Planes[p].CopyRow(t.Y+n, &t.Planes[p], n)
		}
	}
	return t, nil
}

func (s *smartCropSource) byEntropy() (box image.Rectangle, err error) {
	in := s.in.Shape()
	planes := in.Layout.Planes()
	e := smartcrop.NewEntropy(in.Width, in.Height, planes, s.keep(), s.c.straight(in))
	rows := make([][]uint8, planes)
	shallow, err := Narrow{}.Wrap(&collector{s}, s.pool)
	if err != nil {
		return box, err
	}
	defer shallow.Close()
	for y := 0; y < in.Height; {
		t, err := shallow.Next()
		if err != nil {
			return box, err
		}
		if s.c.straight(in) {
			premultiply(t, in.Layout)
		}
		for n := range t.Rows {
			for p := range rows {
				rows[p] = t.Planes[p].Row(n)
			}
			e.Push(t.Y+n, rows...)
		}
		y = t.Y + t.Rows
	}
	return e.Box(), nil
}

func (s *smartCropSource) byAttention() (box image.Rectangle, err error) {
	in := s.in.Shape()
	small, err := Wrap(&collector{s}, append([]Op{Narrow{}}, s.c.thumbnail(in)...), s.pool)
	if err != nil {
		return box, err
	}
	defer small.Close()
	m, err := pixel.ReadAll(s.pool, small)
	if err != nil {
		return box, err
	}
	defer m.Free(s.pool)
	red, green, blue := 0, 0, 0
	if in.Layout.Opaque() == pixel.RGB {
		green, blue = 1, 2
	}
	box = smartcrop.Attention(in.Width, in.Height, s.keep(), m.Planes[red].Pix, m.Planes[green].Pix, m.Planes[blue].Pix)
	for s.rows < in.Height { // what the thumbnail had no need of
		if _, err := s.collect(); err != nil {
			return box, err
		}
	}
	return box, nil
}

// A collector is the input of s, while s collects it.
type collector struct{ s *smartCropSource }

func (c *collector) Shape() pixel.Shape          { return c.s.in.Shape() }
func (c *collector) Next() (*pixel.Strip, error) { return c.s.collect() }
func (c *collector) Close() error                { return nil }

func (s *smartCropSource) Close() error {
	if s.closed {
		return nil
	}
	s.whole.Free(s.pool)
	return s.upstream.Close()
}

func premultiply(t *pixel.Strip, layout pixel.Layout) {
	last := layout.Planes() - 1
	for n := range t.Rows {
		for p := range last {
			alpha.Premultiply(t.Planes[p].Row(n), t.Planes[last].Row(n))
		}
	}
}
