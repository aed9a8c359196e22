package op

import (
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Orient turns and mirrors the image as an EXIF orientation asks for. All but
// Upright and Flopped hold the whole image. Where a reversed side of a
// subsampled image is odd, or rows become columns in YCbCr422, pixels would
// come to share the chroma of others: the result is YCbCr444 then.
type Orient struct{ Orientation Orientation }

// Flip mirrors the image top to bottom. It holds the whole image.
type Flip struct{}

// Flop mirrors the image left to right.
type Flop struct{}

// Turn turns the image clockwise by Quarters times 90 degrees; negative
// numbers turn it counterclockwise. It holds the whole image.
type Turn struct{ Quarters int }

// Orientation returns what the turn does.
func (t Turn) Orientation() Orientation {
	return [4]Orientation{Upright, TurnRight, HalfTurn, TurnLeft}[t.Quarters&3]
}

// Accepts implements [Op].
func (o Orient) Accepts(in pixel.Layout) pixel.Layout { return in }

// Accepts implements [Op].
func (Flip) Accepts(in pixel.Layout) pixel.Layout { return in }

// Accepts implements [Op].
func (Flop) Accepts(in pixel.Layout) pixel.Layout { return in }

// Accepts implements [Op].
func (t Turn) Accepts(in pixel.Layout) pixel.Layout { return in }

// AcceptsDeep is true.
func (Orient) AcceptsDeep(pixel.Layout) bool { return true }

// AcceptsDeep is true.
func (Flip) AcceptsDeep(pixel.Layout) bool { return true }

// AcceptsDeep is true.
func (Flop) AcceptsDeep(pixel.Layout) bool { return true }

// AcceptsDeep is true.
func (Turn) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (o Orient) Out(in pixel.Shape) (pixel.Shape, error) { return o.Orientation.out(o, in) }

// Out implements [Op].
func (o Flip) Out(in pixel.Shape) (pixel.Shape, error) { return Flipped.out(o, in) }

// Out implements [Op].
func (o Flop) Out(in pixel.Shape) (pixel.Shape, error) { return Flopped.out(o, in) }

// Out implements [Op].
func (t Turn) Out(in pixel.Shape) (pixel.Shape, error) { return t.Orientation().out(t, in) }

// Work implements [Op].
func (o Orient) Work(in pixel.Shape) int64 { return o.Orientation.work(o, in) }

// Work implements [Op].
func (o Flip) Work(in pixel.Shape) int64 { return Flipped.work(o, in) }

// Work implements [Op].
func (o Flop) Work(in pixel.Shape) int64 { return Flopped.work(o, in) }

// Work implements [Op].
func (t Turn) Work(in pixel.Shape) int64 { return t.Orientation().work(t, in) }

// String implements [Op].
func (o Orient) String() string { return fmt.Sprintf("orient %d", max(o.Orientation, Upright)) }

// String implements [Op].
func (Flip) String() string { return "flip" }

// String implements [Op].
func (Flop) String() string { return "flop" }

// String implements [Op].
func (t Turn) String() string { return fmt.Sprintf("turn %d", t.Quarters&3*90) }

// Wrap implements [Op].
func (o Orient) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	return o.Orientation.wrap(o, in, pool)
}

// Wrap implements [Op].
func (o Flip) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	return Flipped.wrap(o, in, pool)
}

// Wrap implements [Op].
func (o Flop) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	return Flopped.wrap(o, in, pool)
}

// Wrap implements [Op].
func (t Turn) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	return t.Orientation().wrap(t, in, pool)
}

// layout is the layout in which an image of shape in can be oriented.
func (o Orientation) layout(in pixel.Shape) pixel.Layout {
	swap, flop, flip := o.parts()
	if swap {
		flop, flip = flip, flop // now along the sides of the input
	}
	sx, sy := in.Layout.Subsampling(1)
	if swap && sx != sy || flop && in.Width&(1<<sx-1) != 0 || flip && in.Height&(1<<sy-1) != 0 {
		return pixel.YCbCr444
	}
	return in.Layout
}

func (o Orientation) out(op Op, in pixel.Shape) (pixel.Shape, error) {
	if err := accept(op, in); err != nil {
		return in, err
	}
	if o > TurnLeft {
		return in, &SizeError{op.String(), in, "orientations are 1 to 8"}
	}
	in.Layout = o.layout(in)
	if o.Swaps() {
		in.Width, in.Height = in.Height, in.Width
	}
	return in, nil
}

func (o Orientation) work(op Op, in pixel.Shape) int64 {
	if _, err := o.out(op, in); err != nil {
		return 0
	}
	n := int64(0)
	if l := o.layout(in); l != in.Layout {
		n = Convert{l}.Work(in)
		in.Layout = l
	}
	if o > Flopped {
		n += in.Bytes()
	}
	return n
}

func (o Orientation) wrap(op Op, in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := o.out(op, shape)
	if err != nil {
		return refuse(in, err)
	}
	if o <= Upright {
		return in, nil
	}
	if out.Layout != shape.Layout {
		if in, err = (Convert{out.Layout}).Wrap(in, pool); err != nil {
			return nil, err
		}
	}
	if o == Flopped {
		return &flopSource{upstream{in: in, pool: pool, shape: out}}, nil
	}
	return &orientSource{upstream: upstream{in: &low{Source: in}, pool: pool, shape: out}, o: o}, nil
}

// flopSource reverses rows where they stand.
type flopSource struct{ upstream }

func (s *flopSource) Next() (*pixel.Strip, error) {
	t, err := s.pull()
	if err != nil {
		return nil, err
	}
	for p := range s.shape.Layout.Planes() {
		for y := range t.Planes[p].Height {
			if s.shape.Deep {
				slices.Reverse(t.Planes[p].Row16(y))
			} else {
				slices.Reverse(t.Planes[p].Row(y))
			}
		}
	}
	return t, nil
}

// orientSource writes its whole input to where it belongs before it yields
// anything.
type orientSource struct {
	upstream
	o     Orientation
	whole *pixel.Image
	out   pixel.Source
}

func (s *orientSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.out == nil {
		if err := s.collect(); err != nil {
			return nil, err
		}
	}
	return s.out.Next()
}

func (s *orientSource) collect() error {
	s.whole = pixel.NewImage(s.pool, s.shape)
	in := s.in.Shape()
	for y := 0; y < in.Height; {
		t, err := s.pull()
		if err != nil {
			return err
		}
		for p := range in.Layout.Planes() {
			_, sy := in.Layout.Subsampling(p)
			if in.Deep {
				place(s.o, &s.whole.Planes[p], &t.Planes[p], t.Y>>sy, (*pixel.Plane).Row16, t.Planes[p].Pix16)
			} else {
				place(s.o, &s.whole.Planes[p], &t.Planes[p], t.Y>>sy, (*pixel.Plane).Row, t.Planes[p].Pix)
			}
		}
		y = t.Y + t.Rows
	}
	s.out = s.whole.Source(0, nil)
	return nil
}

// place writes rows y and on of a plane, whose samples are pix, into the plane
// that is to be.
func place[T uint8 | uint16](o Orientation, dst, src *pixel.Plane, y int, row func(*pixel.Plane, int) []T, pix []T) {
	swap, flop, flip := o.parts()
	if !swap {
		for i := range src.Height {
			to := y + i
			if flip {
				to = dst.Height - 1 - to
			}
			line := row(dst, to)
			copy(line, row(src, i))
			if flop {
				slices.Reverse(line)
			}
		}
		return
	}
	x := y
	if flop {
		x = dst.Width - y - src.Height
	}
	for i := range src.Width {
		to := i
		if flip {
			to = dst.Height - 1 - i
		}
		line := row(dst, to)[x : x+src.Height]
		at := i
		if flop {
			for k := len(line) - 1; k >= 0; k-- {
				line[k] = pix[at]
				at += src.Stride
			}
		} else {
			for k := range line {
				line[k] = pix[at]
				at += src.Stride
			}
		}
	}
}

func (s *orientSource) Close() error {
	if s.closed {
		return nil
	}
	s.whole.Free(s.pool)
	return s.upstream.Close()
}
