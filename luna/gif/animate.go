package gif

import (
	"context"
	"errors"
	"image"
	"io"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

var errClosed = errors.New("gif: the frames are closed")

// centisecond is the unit of delays.
const centisecond = 10 * time.Millisecond

// Animate looks at all blocks first, and keeps the compressed bytes of the
// frames that are to come. A frame is decoded when Next is called. Delays are
// as stored: that players take 10 ms and less for 100 ms is their affair.
func (c Codec) Animate(ctx context.Context, r io.Reader, req codec.Request) (codec.Frames, error) {
	a := &animation{decoder: decoder{ctx: ctx, in: ctxio.NewReader(ctx, r), pool: req.Pool}}
	s, err := a.open(nil)
	if err != nil {
		return nil, a.fail(err)
	}
	a.shape, a.loops = s.shape(), s.loops
	return a, nil
}

// An animation composes frames on a canvas.
type animation struct {
	decoder
	loops int
	// canvas and what the frame before asks to be brought back are nil until
	// they are needed.
	canvas, saved *pixel.Image
	source        *lazy.Source
	begun         bool
	err           error
}

func (a *animation) Shape() pixel.Shape { return a.shape }

func (a *animation) Loops() int { return a.loops }

func (a *animation) Next() (pixel.Source, time.Duration, error) {
	if a.err == nil {
		a.err = a.next()
	}
	if a.err != nil {
		return nil, 0, a.err
	}
	a.source = &lazy.Source{Size: a.shape, Pool: a.pool, Fill: a.copyStrip}
	return a.source, time.Duration(a.frame.delay) * centisecond, nil
}

// next brings the next frame onto the canvas.
func (a *animation) next() error {
	if a.source != nil {
		a.source.Close()
	}
	if !a.begun {
		a.begun = true
		a.canvas = pixel.NewImage(a.pool, a.shape)
		fill(a.canvas, image.Rect(0, 0, a.shape.Width, a.shape.Height))
		a.unpacker = &unpacker{b: a.blocks}
		a.indices = a.pool.Get(maxSide)
	} else {
		a.dispose()
	}
	f, err := a.blocks.nextFrame()
	if err == io.EOF {
		return io.EOF
	}
	if err != nil {
		return a.fail(err)
	}
	a.frame = f
	if f.disposal == disposePrevious {
		if a.saved == nil {
			a.saved = pixel.NewImage(a.pool, a.shape)
		}
		copyRect(a.saved, a.canvas, a.visible())
	}
	a.paint.colours(f)
	if err := a.draw(); err != nil {
		return a.fail(err)
	}
	return nil
}

// visible is the part of the canvas that the frame covers.
func (a *animation) visible() image.Rectangle {
	return a.frame.rect.Intersect(image.Rect(0, 0, a.shape.Width, a.shape.Height))
}

// dispose does what the frame asks for when its time is over.
func (a *animation) dispose() {
	switch a.frame.disposal {
	case disposeBackground:
		fill(a.canvas, a.visible())
	case disposePrevious:
		copyRect(a.canvas, a.saved, a.visible())
	}
}

// draw decodes the frame. What lies below the canvas is passed over.
func (a *animation) draw() error {
	r, visible := a.frame.rect, a.visible()
	if visible.Empty() {
		return a.blocks.skipPixels()
	}
	if err := a.unpacker.start(); err != nil {
		return err
	}
	planes := a.shape.Layout.Planes()
	last := visible.Max.Y - r.Min.Y
	for i := range r.Dy() {
		if i%pixel.StripRows == 0 && a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		y := i
		if a.frame.interlaced {
			y = shown(i, r.Dy())
		} else if i == last {
			break
		}
		n, err := a.unpacker.read(a.indices[:r.Dx()])
		if err != nil {
			return err
		}
		if y < last {
			var rows [4][]uint8
			for p := range planes {
				rows[p] = a.canvas.Planes[p].Row(r.Min.Y + y)[r.Min.X:]
			}
			a.paint.row(rows[:planes], a.indices[:min(n, visible.Dx())])
		}
		if n < r.Dx() {
			break
		}
	}
	return a.unpacker.finish()
}

// shown is the row of an interlaced picture that is stored in place i.
func shown(i, height int) int {
	eighths, quarters, halves := (height+7)/8, (height+3)/8, (height+1)/4
	switch {
	case i < eighths:
		return 8 * i
	case i < eighths+quarters:
		return 8*(i-eighths) + 4
	case i < eighths+quarters+halves:
		return 4*(i-eighths-quarters) + 2
	}
	return 2*(i-eighths-quarters-halves) + 1
}

// copyStrip copies rows of the canvas, for they are the caller's to change.
func (a *animation) copyStrip(t *pixel.Strip) error {
	if err := a.ctx.Err(); err != nil {
		return a.fail(err)
	}
	for p := range a.shape.Layout.Planes() {
		for i := range t.Rows {
			copy(t.Planes[p].Row(i), a.canvas.Planes[p].Row(t.Y+i))
		}
	}
	return nil
}

func (a *animation) Close() error {
	if a.err == errClosed {
		return nil
	}
	a.err = errClosed
	if a.source != nil {
		a.source.Close()
	}
	a.canvas.Free(a.pool)
	a.saved.Free(a.pool)
	a.canvas, a.saved = nil, nil
	a.free()
	return nil
}

// fill makes a part of m transparent, or black where it has no alpha.
func fill(m *pixel.Image, r image.Rectangle) {
	for p := range m.Shape.Layout.Planes() {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			clear(m.Planes[p].Row(y)[r.Min.X:r.Max.X])
		}
	}
}

// copyRect copies a part of src to the same place of dst.
func copyRect(dst, src *pixel.Image, r image.Rectangle) {
	for p := range dst.Shape.Layout.Planes() {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			copy(dst.Planes[p].Row(y)[r.Min.X:r.Max.X], src.Planes[p].Row(y)[r.Min.X:r.Max.X])
		}
	}
}
