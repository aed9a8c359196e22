// Package op holds the steps of a transform: resampling, cropping, turning,
// colours, layers. Plans of package luna are lists of them; programs meet the
// package where they add an operation of their own, for which [Func] is the short
// way, or read a plan.
//
// An [Op] is a small comparable value, which is asked for its effect on the shape of
// a picture before there are pixels, and then wrapped around a source of them:
//
//	chain, err := op.Chain(src.Shape(), []op.Op{
//		op.Crop{Rect: image.Rect(0, 0, 300, 300)},
//		op.Grayscale{},
//	})
//	if err != nil {
//		return err
//	}
//	src, err = op.Wrap(src, chain, pool)
//
// [Chain] adds the conversions that ops need between them. [Out] tells what comes
// of a picture, and [Work] the memory that it takes.
//
// All state during a run lives in the source that [Op.Wrap] returns, so that one
// value serves any number of concurrent runs. An operation knows nothing of edits,
// formats, requests or contexts: the planner lowers edits of package immagin/edit
// to operations, and wraps a cancellation check around the source.
//
// Operations that sharp has compute what it computes; how closely, each says.
package op

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/pixel"
)

// An Op is one step of a plan.
type Op interface {
	// Accepts returns the layout that the op wants in place of in: in itself
	// where it can work on that. The planner converts before the op if need
	// be.
	Accepts(in pixel.Layout) pixel.Layout
	// Out reports the shape that the op makes of in, or why it cannot. It
	// touches no pixels. Where the size depends on them (Trim), Out is the
	// largest that can come, and the shape of the wrapped source is exact.
	Out(in pixel.Shape) (pixel.Shape, error)
	// Work reports the most bytes that the op holds at once on an image of
	// shape in, its input's strips excepted.
	Work(in pixel.Shape) int64
	// Wrap returns a source that reads in through the op, with buffers from
	// pool, which may be nil. The source owns in and closes it, also when Wrap
	// fails. Wrap reads pixels only where the output's shape depends on them.
	Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error)
	// String names the op and its parameters as plans are explained, such
	// as "crop 400x300+100+50".
	fmt.Stringer
}

// A DeepOp works on samples of 16 bits as well, and leaves them deep. Before
// others [Chain] puts a [Narrow].
type DeepOp interface {
	Op
	// AcceptsDeep reports whether the op takes 16 bits in that layout.
	AcceptsDeep(in pixel.Layout) bool
}

func acceptsDeep(o Op, in pixel.Layout) bool {
	d, ok := o.(DeepOp)
	return ok && d.AcceptsDeep(in)
}

// A SizeError says that an op cannot work on an image of this size, such as
// a crop that leaves it.
type SizeError struct {
	Op     string
	In     pixel.Shape
	Reason string
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%s of a %dx%d image: %s", e.Op, e.In.Width, e.In.Height, e.Reason)
}
