package op

import (
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// upstream is what the sources of this package embed: the source that they
// read, and the shape that they yield.
type upstream struct {
	in     pixel.Source
	pool   *pixel.Pool
	shape  pixel.Shape
	rows   int // of the input, so far
	err    error
	closed bool
}

func (u *upstream) Shape() pixel.Shape { return u.shape }

// pull returns the input's next strip, and io.EOF only when all rows came.
// Its errors stay.
func (u *upstream) pull() (*pixel.Strip, error) {
	if u.err != nil {
		return nil, u.err
	}
	t, err := u.in.Next()
	height := u.in.Shape().Height
	switch {
	case err == io.EOF && u.rows < height:
		err = fmt.Errorf("op: source ended after %d of %d rows: %w", u.rows, height, io.ErrUnexpectedEOF)
	case err == nil && (t.Y != u.rows || t.Y+t.Rows > height):
		err = fmt.Errorf("op: strip of rows %d to %d of %d came where row %d was due", t.Y, t.Y+t.Rows, height, u.rows)
	}
	if err != nil {
		u.err = err
		return nil, err
	}
	u.rows += t.Rows
	return t, nil
}

// Close closes the input, once. Sources with buffers of their own give them
// back before.
func (u *upstream) Close() error {
	if u.closed {
		return nil
	}
	u.closed = true
	u.err = errClosed
	return u.in.Close()
}

// low passes the strips of a source on in pieces of at most
// [pixel.StripRows] rows, so that buffers can be sized by that.
type low struct {
	pixel.Source
	rest pixel.Strip
}

func (l *low) Next() (*pixel.Strip, error) {
	if l.rest.Rows == 0 {
		t, err := l.Source.Next()
		if err != nil || t.Rows <= pixel.StripRows {
			return t, err
		}
		l.rest = *t
	}
	piece := cut(&l.rest, l.Shape().Layout, 0, min(pixel.StripRows, l.rest.Rows))
	l.rest = cut(&l.rest, l.Shape().Layout, piece.Rows, l.rest.Rows)
	return &piece, nil
}

// cut returns rows y0 up to y1 of t, as numbered within t. y0 is even, and so
// is y1 unless it is the end.
func cut(t *pixel.Strip, layout pixel.Layout, y0, y1 int) pixel.Strip {
	c := pixel.Strip{Y: t.Y + y0, Rows: y1 - y0}
	for p := range layout.Planes() {
		_, sy := layout.Subsampling(p)
		c.Planes[p] = t.Planes[p].Rows(y0>>sy, (y1+1<<sy-1)>>sy)
	}
	return c
}

// errClosed is what sources of this package answer after Close.
var errClosed = errors.New("op: read of a closed source")

// stripBytes is what a strip of the usual height takes.
func stripBytes(s pixel.Shape) int64 {
	return s.RowBytes() * int64(min(pixel.StripRows, s.Height))
}

// accept reports why an op cannot work on in: its samples are too deep, or
// nobody has converted to what it wants.
func accept(o Op, in pixel.Shape) error {
	if !in.Layout.Valid() || in.Width < 1 || in.Height < 1 {
		return &SizeError{o.String(), in, "is empty or has no layout"}
	}
	if in.Deep && !acceptsDeep(o, in.Layout) {
		return fmt.Errorf("%s: samples of 16 bits are not supported", o)
	}
	if want := o.Accepts(in.Layout); want != in.Layout {
		return fmt.Errorf("%s: got %s, wants %s", o, in.Layout, want)
	}
	return nil
}

// refuse closes in because of err.
func refuse(in pixel.Source, err error) (pixel.Source, error) {
	in.Close()
	return nil, err
}
