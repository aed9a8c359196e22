package op

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Chain returns ops with a [Convert] before each that wants another layout than
// it would get, and a [Narrow] before the first that takes no 16 bits, for an
// image of shape in. Where an op cannot work on what it would get, the error is
// the one that [Out] returns.
func Chain(in pixel.Shape, ops []Op) ([]Op, error) {
	chain := make([]Op, 0, len(ops))
	for _, o := range ops {
		want := o.Accepts(in.Layout)
		c := Convert{want}
		if in.Deep && !(acceptsDeep(o, want) && (want == in.Layout || c.AcceptsDeep(in.Layout))) {
			in.Deep = false
			chain = append(chain, Narrow{})
		}
		var err error
		if want != in.Layout {
			if in, err = c.Out(in); err != nil {
				return nil, fmt.Errorf("%s: %w", o, err)
			}
			chain = append(chain, c)
		}
		if in, err = o.Out(in); err != nil {
			return nil, err
		}
		chain = append(chain, o)
	}
	return chain, nil
}

// Out reports the shape that a chain of ops makes of in, or why it cannot.
func Out(in pixel.Shape, chain []Op) (pixel.Shape, error) {
	for _, o := range chain {
		var err error
		if in, err = o.Out(in); err != nil {
			return in, err
		}
	}
	return in, nil
}

// Work reports the most bytes that a chain of ops holds at once on an image of
// shape in.
func Work(in pixel.Shape, chain []Op) int64 {
	n := int64(0)
	for _, o := range chain {
		n += o.Work(in)
		out, err := o.Out(in)
		if err != nil {
			break
		}
		in = out
	}
	return n
}

// Wrap returns a source that reads in through a chain of ops, with buffers
// from pool, which may be nil. The source owns in and closes it, also when
// Wrap fails.
func Wrap(in pixel.Source, chain []Op, pool *pixel.Pool) (pixel.Source, error) {
	for _, o := range chain {
		var err error
		if in, err = o.Wrap(in, pool); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// Late stands for ops that depend on the exact size of their input, where that
// is known only when pixels are: after a trim. Use it by pointer; the pointer
// is what makes it comparable.
type Late struct {
	// Label names it in plans, such as "resize to 600x600 (contain)".
	Label string
	// Lower returns the ops for an image of shape in. Conversions between
	// them are added. It is a pure function: Out and Work call it with the
	// largest shape that can come, Wrap with the real one.
	Lower func(in pixel.Shape) ([]Op, error)
	// Bound returns the largest shape that the ops can make of an image no
	// larger than in, where that is not what they make of in itself: a
	// narrower image may be scaled to a taller one. Its layout is ignored.
	// It may be nil.
	Bound func(in pixel.Shape) pixel.Shape
}

// Accepts implements [Op].
func (l *Late) Accepts(in pixel.Layout) pixel.Layout { return in }

// AcceptsDeep is true: the ops have their own conversions.
func (l *Late) AcceptsDeep(pixel.Layout) bool { return true }

// lower returns the chain for an image of shape in.
func (l *Late) lower(in pixel.Shape) ([]Op, error) {
	ops, err := l.Lower(in)
	if err != nil {
		return nil, err
	}
	return Chain(in, ops)
}

// Out implements [Op].
func (l *Late) Out(in pixel.Shape) (pixel.Shape, error) {
	chain, err := l.lower(in)
	if err != nil {
		return in, err
	}
	out, err := Out(in, chain)
	if err != nil {
		return in, err
	}
	if l.Bound != nil {
		most := l.Bound(in)
		out.Width, out.Height = most.Width, most.Height
	}
	return out, nil
}

// Work implements [Op].
func (l *Late) Work(in pixel.Shape) int64 {
	chain, err := l.lower(in)
	if err != nil {
		return 0
	}
	return Work(in, chain)
}

// String implements [Op].
func (l *Late) String() string { return l.Label }

// Wrap implements [Op].
func (l *Late) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	chain, err := l.lower(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	return Wrap(in, chain, pool)
}
