package luna

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A stage is one link of a running chain. It stops when its context is done,
// measures the time that it and those before it take, and remembers the error
// that came through it: what a consumer makes of an error need not show whose
// it was. It closes its source at the end of the picture, so that others have
// the memory while this one is still being encoded.
type stage struct {
	pixel.Source
	shape pixel.Shape
	took  time.Duration
	ended bool
	err   error // never io.EOF
}

func newStage(ctx context.Context, src pixel.Source) *stage {
	return &stage{Source: pixel.WithContext(ctx, src), shape: src.Shape()}
}

func (s *stage) Shape() pixel.Shape { return s.shape }

func (s *stage) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.ended {
		return nil, io.EOF
	}
	start := time.Now()
	t, err := s.Source.Next()
	s.took += time.Since(start)
	switch {
	case err == io.EOF:
		s.ended = true
		s.Close()
	case err != nil:
		s.err = err
	}
	return t, err
}

// A relay is a chain of stages that grows, in one goroutine or in several of
// which each reads ahead of the next.
type relay struct {
	*stage         // the last
	decoder *stage // the first
	entry   *stage // the first of the last goroutine
	before  []lap  // those of the goroutines before
	pool    *pixel.Pool
}

// A lap is what one goroutine runs.
type lap struct{ entry, exit *stage }

func newRelay(ctx context.Context, decoder pixel.Source, pool *pixel.Pool) *relay {
	s := newStage(ctx, decoder)
	return &relay{stage: s, decoder: s, entry: s, pool: pool}
}

// wrap adds an operation.
func (r *relay) wrap(ctx context.Context, o op.Op) error {
	next, err := o.Wrap(r.stage, r.pool)
	if err != nil {
		return fmt.Errorf("%v: %w", o, err)
	}
	r.stage = newStage(ctx, next)
	return nil
}

// readAhead leaves what there is so far to a goroutine of its own.
func (r *relay) readAhead(ctx context.Context) {
	r.before = append(r.before, lap{r.entry, r.stage})
	r.stage = newStage(ctx, pixel.ReadAhead(r.pool, r.stage))
	r.entry = r.stage
}

// edited is the time that was spent between the decoder and the encoder, once
// the chain is closed. What the goroutines wait for each other is no such time.
func (r *relay) edited() time.Duration {
	took := r.took - r.entry.took
	for _, l := range r.before {
		took += l.exit.took - l.entry.took
	}
	return took
}

// A countingWriter writes to w until its context is done, counts the bytes and
// the time, and remembers w's error.
type countingWriter struct {
	ctx  context.Context
	w    io.Writer
	n    int64
	took time.Duration
	err  error
}

func (c *countingWriter) Write(p []byte) (int, error) {
	if c.err == nil {
		c.err = c.ctx.Err()
	}
	if c.err != nil {
		return 0, c.err
	}
	start := time.Now()
	n, err := c.w.Write(p)
	c.took += time.Since(start)
	if n < len(p) && err == nil {
		err = io.ErrShortWrite
	}
	c.n += int64(n)
	c.err = err
	return n, err
}
