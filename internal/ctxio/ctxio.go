// Package ctxio binds readers and writers to a context, and remembers why
// they failed: libraries in between tend to replace errors by their own.
package ctxio

import (
	"context"
	"io"
)

// A Reader reads until its context is done. It is not safe for concurrent
// use.
type Reader struct {
	ctx context.Context
	r   io.Reader
	err error
}

// NewReader returns a reader of r whose Read fails once ctx is done.
func NewReader(ctx context.Context, r io.Reader) *Reader {
	return &Reader{ctx: ctx, r: r}
}

func (r *Reader) Read(p []byte) (int, error) {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// Err returns the error that ended reading, the context's or the
// underlying reader's; nil if there was none but io.EOF.
func (r *Reader) Err() error { return r.err }

// A Writer writes until its context is done. It is not safe for concurrent
// use.
type Writer struct {
	ctx context.Context
	w   io.Writer
	err error
}

// NewWriter returns a writer to w whose Write fails once ctx is done.
func NewWriter(ctx context.Context, w io.Writer) *Writer {
	return &Writer{ctx: ctx, w: w}
}

func (w *Writer) Write(p []byte) (int, error) {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	w.err = err
	return n, err
}

// Err returns the error that ended writing, the context's or the underlying
// writer's, or nil.
func (w *Writer) Err() error { return w.err }
