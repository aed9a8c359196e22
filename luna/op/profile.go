package op

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A ColorTransform converts samples from one colour space to another. It does
// not change and is safe for concurrent use. It is compared, as a part of
// [Profile], so it should be a pointer.
type ColorTransform interface {
	// In returns the layout that it wants in place of l: l itself where it can
	// take that, or 0 where none would do. Out is what it makes of that.
	In(l pixel.Layout) pixel.Layout
	Out(l pixel.Layout) pixel.Layout
	// Apply converts a strip in place, of 8 or of 16 bits. Alpha stays.
	Apply(t *pixel.Strip)
	// Bytes reports the memory that its tables take for samples of 8 or of 16
	// bits.
	Bytes(deep bool) int64
}

// Profile converts colours as an ICC profile asks for. Its work is that of its
// tables, though images may share them.
type Profile struct {
	// Label says from what to what, in plans: `srgb from "Display P3"`.
	Label     string
	Transform ColorTransform
}

// Accepts implements Op.
func (p Profile) Accepts(in pixel.Layout) pixel.Layout {
	if l := p.Transform.In(in); l != 0 {
		return l
	}
	return in
}

// AcceptsDeep is true.
func (Profile) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements Op.
func (p Profile) Out(in pixel.Shape) (pixel.Shape, error) {
	if in.Width < 1 || in.Height < 1 {
		return in, &SizeError{p.String(), in, "is empty"}
	}
	if !in.Layout.Valid() || p.Transform.In(in.Layout) != in.Layout {
		return in, fmt.Errorf("%s: does not work on %v", p, in)
	}
	in.Layout = p.Transform.Out(in.Layout)
	return in, nil
}

// Work implements Op.
func (p Profile) Work(in pixel.Shape) int64 { return p.Transform.Bytes(in.Deep) }

// String implements [Op].
func (p Profile) String() string { return p.Label }

// Wrap implements Op.
func (p Profile) Wrap(in pixel.Source, _ *pixel.Pool) (pixel.Source, error) {
	shape, err := p.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	return &inPlace{upstream: upstream{in: in, shape: shape}, edit: p.Transform.Apply}, nil
}
