// Package pixel defines how samples are laid out and how they flow: planes, strips
// of rows, sources that yield strips from top to bottom, and the pool that their
// memory comes from. It is for those who write a codec or an operation; whoever
// only transforms pictures never meets it.
//
// A [Source] is to pixels what io.Reader is to bytes. Nothing moves until the
// consumer asks, and memory is a few rows, not a picture:
//
//	defer src.Close()
//	for {
//		strip, err := src.Next()
//		if errors.Is(err, io.EOF) {
//			return nil
//		}
//		if err != nil {
//			return err
//		}
//		for y := range strip.Rows {
//			use(strip.Planes[0].Row(y))
//		}
//	}
//
// Each channel is a [Plane] of its own, of 8 or 16 bits a sample, and chroma may
// have fewer samples than luma: a JPEG stays what it is until something needs RGB.
// A [Shape] tells all of that before there are pixels.
//
// Cancellation, reading ahead and other policies are sources around a source
// ([WithContext], [ReadAhead]), so that the code that touches samples never sees
// them. A source belongs to one goroutine at a time; a [Pool] may serve any number.
//
// Decoders of package luna/codec yield sources, operations of package luna/op wrap
// them, encoders drain them. Package luna/pixel/pixeltest helps to test all three.
package pixel

import (
	"context"
	"io"
)

// StripRows is the height that sources of this module choose for their
// strips unless they have a reason for another.
const StripRows = 16

// A Plane holds the samples of one channel: Height rows of Width samples,
// Stride apart. Exactly one of Pix and Pix16 is set, as Shape.Deep says.
type Plane struct {
	Pix                   []uint8
	Pix16                 []uint16
	Stride, Width, Height int
}

// Row returns the 8-bit samples of row y.
func (p *Plane) Row(y int) []uint8 {
	i := y * p.Stride
	return p.Pix[i : i+p.Width : i+p.Width]
}

// Row16 returns the 16-bit samples of row y.
func (p *Plane) Row16(y int) []uint16 {
	i := y * p.Stride
	return p.Pix16[i : i+p.Width : i+p.Width]
}

// CopyRow sets row y to row from of src, which is no wider and of the same
// depth, and reports how many samples that were.
func (p *Plane) CopyRow(y int, src *Plane, from int) int {
	if p.Pix16 != nil {
		return copy(p.Row16(y), src.Row16(from))
	}
	return copy(p.Row(y), src.Row(from))
}

// Columns returns the part of p from column x0 up to and without x1. It shares
// p's samples.
func (p *Plane) Columns(x0, x1 int) Plane {
	q := *p
	q.Width = x1 - x0
	if p.Pix16 != nil {
		q.Pix16 = p.Pix16[x0:]
	} else {
		q.Pix = p.Pix[x0:]
	}
	return q
}

// Rows returns the part of p from row y0 up to and without y1. It shares
// p's samples.
func (p *Plane) Rows(y0, y1 int) Plane {
	q := *p
	q.Height = y1 - y0
	if p.Pix16 != nil {
		q.Pix16 = p.Pix16[min(y0*p.Stride, len(p.Pix16)):]
	} else {
		q.Pix = p.Pix[min(y0*p.Stride, len(p.Pix)):]
	}
	return q
}

// A Strip is a horizontal band of an image: Rows full-resolution rows
// starting at row Y. Y is even, and so is Rows except in the last strip, so
// that subsampled planes split evenly. A subsampled plane of the strip has
// ceil(Rows/2) rows.
type Strip struct {
	Y, Rows int
	Planes  [4]Plane
}

// A Source yields an image strip by strip, without gaps, from top to bottom.
//
// A source is used by one goroutine at a time. Its consumer closes it; a
// source that reads from another closes that one too.
type Source interface {
	// Shape reports the size and layout of the whole image. It is constant.
	Shape() Shape
	// Next returns the next strip, or io.EOF after the last one. The strip
	// and its samples are the caller's to read and modify until the following
	// call of Next or Close. After an error every further call returns an
	// error.
	Next() (*Strip, error)
	// Close returns the source's buffers to their pool. Only the first call
	// has an effect.
	Close() error
}

// NewStrip returns a strip of the given height for images of shape s, with
// samples from pool. Free returns them.
func NewStrip(pool *Pool, s Shape, rows int) *Strip {
	t := &Strip{Rows: rows}
	for p := range s.Layout.Planes() {
		w, _ := s.PlaneSize(p)
		_, sy := s.Layout.Subsampling(p)
		h := (rows + 1<<sy - 1) >> sy
		t.Planes[p] = Plane{Stride: w, Width: w, Height: h}
		if s.Deep {
			t.Planes[p].Pix16 = pool.Get16(w * h)
		} else {
			t.Planes[p].Pix = pool.Get(w * h)
		}
	}
	return t
}

// Free gives the samples of a strip made by [NewStrip] back to pool. The
// strip must not be used afterwards.
func (t *Strip) Free(pool *Pool) {
	if t == nil {
		return
	}
	for p := range t.Planes {
		pool.Put(t.Planes[p].Pix)
		pool.Put16(t.Planes[p].Pix16)
		t.Planes[p] = Plane{}
	}
}

// WithContext returns a source that yields what src yields until ctx is
// done, and then ctx's error.
func WithContext(ctx context.Context, src Source) Source {
	return &contextSource{Source: src, ctx: ctx}
}

type contextSource struct {
	Source
	ctx context.Context
}

func (s *contextSource) Next() (*Strip, error) {
	if err := s.ctx.Err(); err != nil {
		return nil, err
	}
	return s.Source.Next()
}

// Drain reads src to its end, and reports how many rows came.
func Drain(src Source) (rows int, err error) {
	for {
		t, err := src.Next()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows += t.Rows
	}
}
