// Package lazy makes pixel sources of functions.
package lazy

import (
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A Source calls Fill for every strip, from top to bottom.
type Source struct {
	// Size is the shape of the image.
	Size pixel.Shape
	// Fill writes the strip t, whose Y, Rows and planes are set. After an
	// error it is not called again.
	Fill func(t *pixel.Strip) error
	// Pool lends the one strip that is reused; nil allocates.
	Pool *pixel.Pool
	// Free, if not nil, is called once when the source is closed.
	Free func()

	strip *pixel.Strip
	y     int
	err   error
}

// Shape returns s.Size.
func (s *Source) Shape() pixel.Shape { return s.Size }

// Next fills and returns the next strip.
func (s *Source) Next() (*pixel.Strip, error) {
	if s.err == nil && s.y >= s.Size.Height {
		s.err = io.EOF
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.strip == nil {
		s.strip = pixel.NewStrip(s.Pool, s.Size, pixel.StripRows)
	}
	t := *s.strip
	t.Y, t.Rows = s.y, min(pixel.StripRows, s.Size.Height-s.y)
	for p := range s.Size.Layout.Planes() {
		_, sy := s.Size.Layout.Subsampling(p)
		t.Planes[p] = t.Planes[p].Rows(0, (t.Rows+1<<sy-1)>>sy)
	}
	if err := s.Fill(&t); err != nil {
		s.err = err
		return nil, err
	}
	s.y += t.Rows
	return &t, nil
}

// Close gives the strip back to the pool and calls Free.
func (s *Source) Close() error {
	if s.err == nil {
		s.err = io.ErrClosedPipe
	}
	s.strip.Free(s.Pool)
	s.strip = nil
	if s.Free != nil {
		s.Free()
		s.Free = nil
	}
	return nil
}
