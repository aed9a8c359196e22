package luna

import (
	"context"
	"io"
	"time"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A stage is one link of a running chain. It stops when its context is done,
// measures the time that it and those before it take, and remembers the error
// that came through it: what a consumer makes of an error need not show whose
// it was.
type stage struct {
	pixel.Source
	took time.Duration
	err  error // never io.EOF
}

func newStage(ctx context.Context, src pixel.Source) *stage {
	return &stage{Source: pixel.WithContext(ctx, src)}
}

func (s *stage) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	start := time.Now()
	t, err := s.Source.Next()
	s.took += time.Since(start)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return t, err
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
