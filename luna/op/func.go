package op

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Func is an operation that works on a whole image.Image: the way in for code
// that knows nothing of sources. Use it by pointer; the pointer is what makes
// it comparable. Its fields must not change once it is used.
type Func struct {
	// Label names it in plans; "func" by default.
	Label string
	// Apply makes an image of m, which is an *image.NRGBA whose bounds begin
	// at (0, 0), is Apply's to modify, and may be returned. Its result has the
	// size that Size tells; it may be of any type, and is read while the
	// source that Wrap returned is open. Apply must be a function of m alone,
	// since results are cached, and safe for concurrent use. It cannot be
	// stopped: a cancelled transform waits for it. Required.
	Apply func(m image.Image) (image.Image, error)
	// Size tells how large the result is for an image of that size. It is a
	// pure function; nil keeps the size.
	Size func(width, height int) (int, int)
	// Opaque promises that what Apply makes of an opaque image is opaque. Then
	// its alpha is not looked at, and no alpha plane is added to such an
	// image.
	Opaque bool
	// Bytes is how much memory Apply takes for an image of that size, its
	// result excepted; nil is as much as the result takes.
	Bytes func(width, height int) int64
}

// Accepts implements [Op].
func (f *Func) Accepts(in pixel.Layout) pixel.Layout {
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// Out implements [Op].
func (f *Func) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(f, in); err != nil {
		return in, err
	}
	if f.Apply == nil {
		return in, fmt.Errorf("%s: Apply is nil", f)
	}
	if f.Size != nil {
		w, h := f.Size(in.Width, in.Height)
		if w < 1 || h < 1 {
			return in, &SizeError{f.String(), in, fmt.Sprintf("would make %dx%d pixels of it", w, h)}
		}
		in.Width, in.Height = w, h
	}
	if !f.Opaque {
		in.Layout = pixel.RGBA
	}
	return in, nil
}

// Work implements [Op].
func (f *Func) Work(in pixel.Shape) int64 {
	out, err := f.Out(in)
	if err != nil {
		return 0
	}
	made := 4 * int64(out.Width) * int64(out.Height)
	n := 4*int64(in.Width)*int64(in.Height) + made + stripBytes(out)
	if f.Bytes == nil {
		return n + made
	}
	return n + max(f.Bytes(in.Width, in.Height), 0)
}

// String implements [Op].
func (f *Func) String() string {
	if f.Label == "" {
		return "func"
	}
	return f.Label
}

// Wrap implements [Op].
func (f *Func) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := f.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	return &funcSource{upstream: upstream{in: in, pool: pool, shape: out}, op: f}, nil
}

type funcSource struct {
	upstream
	op   *Func
	made image.Image
	y    int
	out  *pixel.Strip
}

func (s *funcSource) Next() (*pixel.Strip, error) {
	if s.closed {
		return nil, errClosed
	}
	if s.made == nil {
		if err := s.make(); err != nil {
			s.err = err
			return nil, err
		}
	}
	if s.y == s.shape.Height {
		return nil, io.EOF
	}
	rows := min(pixel.StripRows, s.shape.Height-s.y)
	s.out.Y, s.out.Rows = s.y, rows
	for p := range s.shape.Layout.Planes() {
		s.out.Planes[p].Height = rows
	}
	for i := range rows {
		s.read(s.y+i, i)
	}
	s.y += rows
	return s.out, nil
}

// make collects the image and has Apply work on it.
func (s *funcSource) make() error {
	in := s.in.Shape()
	m := image.NewNRGBA(image.Rect(0, 0, in.Width, in.Height))
	for {
		t, err := s.pull()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		for y := range t.Rows {
			dst := m.Pix[(t.Y+y)*m.Stride:]
			r, g, b := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
			for x := range r {
				d := dst[4*x : 4*x+4 : 4*x+4]
				d[0], d[1], d[2], d[3] = r[x], g[x], b[x], 255
			}
			if in.Layout.HasAlpha() {
				for x, a := range t.Planes[3].Row(y) {
					dst[4*x+3] = a
				}
			}
		}
	}
	made, err := s.op.Apply(m)
	if err != nil {
		return fmt.Errorf("%s: %w", s.op, err)
	}
	if made == nil {
		return fmt.Errorf("%s: %w", s.op, errNoImage)
	}
	if size := made.Bounds().Size(); size != image.Pt(s.shape.Width, s.shape.Height) {
		return fmt.Errorf("%s: made %dx%d pixels where its Size told of %dx%d", s.op, size.X, size.Y, s.shape.Width, s.shape.Height)
	}
	s.made = made
	s.out = pixel.NewStrip(s.pool, s.shape, min(pixel.StripRows, s.shape.Height))
	return nil
}

var errNoImage = errors.New("made no image")

// read sets row i of the output strip to row y of what was made.
func (s *funcSource) read(y, i int) {
	b := s.made.Bounds()
	r, g, u := s.out.Planes[0].Row(i), s.out.Planes[1].Row(i), s.out.Planes[2].Row(i)
	var a []uint8
	if s.shape.Layout.HasAlpha() {
		a = s.out.Planes[3].Row(i)
	}
	if m, ok := s.made.(*image.NRGBA); ok {
		src := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
		for x := range r {
			c := src[4*x : 4*x+4 : 4*x+4]
			r[x], g[x], u[x] = c[0], c[1], c[2]
			if a != nil {
				a[x] = c[3]
			}
		}
		return
	}
	for x := range r {
		c := color.NRGBAModel.Convert(s.made.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
		r[x], g[x], u[x] = c.R, c.G, c.B
		if a != nil {
			a[x] = c.A
		}
	}
}

func (s *funcSource) Close() error {
	if s.closed {
		return nil
	}
	s.made = nil
	s.out.Free(s.pool)
	return s.upstream.Close()
}
