package qoi

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A rgba is a pixel.
type rgba struct{ r, g, b, a uint8 }

// slot is where the format remembers a colour.
func (p rgba) slot() uint8 { return (p.r*3 + p.g*5 + p.b*7 + p.a*11) % 64 }

const bufferBytes = 32 << 10

// Decode reads the header, and leaves the pixels to the source, which decodes
// a strip when it is asked for one.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := bufio.NewReaderSize(contextReader{ctx, r}, bufferBytes)
	info, err := c.Probe(in)
	if err != nil {
		return nil, err
	}
	s := &source{shape: info.Shape, in: in, pool: req.Pool, last: rgba{a: 255}}
	// A few bytes may be runs of many strips: those end with the context too.
	return pixel.WithContext(ctx, s), nil
}

// A contextReader reads until its context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// A source decodes a file from top to bottom.
type source struct {
	shape pixel.Shape
	in    *bufio.Reader
	pool  *pixel.Pool
	strip *pixel.Strip // lent, and reused for every strip
	y     int
	err   error

	last rgba
	run  int // how often last is to come again
	seen [64]rgba
}

func (s *source) Shape() pixel.Shape { return s.shape }

// Next decodes the next strip.
func (s *source) Next() (*pixel.Strip, error) {
	if s.err == nil && s.y == s.shape.Height {
		s.err = io.EOF
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.strip == nil {
		s.strip = pixel.NewStrip(s.pool, s.shape, pixel.StripRows)
	}
	t := *s.strip
	t.Y, t.Rows = s.y, min(pixel.StripRows, s.shape.Height-s.y)
	planes := s.shape.Layout.Planes()
	for p := range planes {
		t.Planes[p] = t.Planes[p].Rows(0, t.Rows)
	}
	for y := range t.Rows {
		var rows [4][]uint8
		for p := range planes {
			rows[p] = t.Planes[p].Row(y)
		}
		for x := range s.shape.Width {
			p, err := s.pixel()
			if err != nil {
				s.err = early(err)
				return nil, s.err
			}
			rows[0][x], rows[1][x], rows[2][x] = p.r, p.g, p.b
			if planes == 4 {
				rows[3][x] = p.a
			}
		}
	}
	s.y += t.Rows
	return &t, nil
}

// pixel reads the next pixel, by the chunks of the specification.
func (s *source) pixel() (rgba, error) {
	if s.run > 0 {
		s.run--
		return s.last, nil
	}
	b, err := s.in.ReadByte()
	if err != nil {
		return rgba{}, err
	}
	p := s.last
	switch {
	case b == 0xfe: // QOI_OP_RGB
		var c [3]byte
		_, err = io.ReadFull(s.in, c[:])
		p.r, p.g, p.b = c[0], c[1], c[2]
	case b == 0xff: // QOI_OP_RGBA
		var c [4]byte
		_, err = io.ReadFull(s.in, c[:])
		p = rgba{c[0], c[1], c[2], c[3]}
	case b>>6 == 0: // QOI_OP_INDEX
		p = s.seen[b]
	case b>>6 == 1: // QOI_OP_DIFF
		p.r += b>>4&3 - 2
		p.g += b>>2&3 - 2
		p.b += b&3 - 2
	case b>>6 == 2: // QOI_OP_LUMA
		var c byte
		c, err = s.in.ReadByte()
		dg := b&63 - 32
		p.r += dg + c>>4 - 8
		p.g += dg
		p.b += dg + c&15 - 8
	default: // QOI_OP_RUN
		s.run = int(b & 63)
	}
	if err != nil {
		return rgba{}, fmt.Errorf("within a chunk: %w", err)
	}
	s.seen[p.slot()] = p
	s.last = p
	return p, nil
}

// Close gives the strip back. Only the first call has an effect.
func (s *source) Close() error {
	if s.err == nil {
		s.err = io.ErrClosedPipe
	}
	s.strip.Free(s.pool)
	s.strip = nil
	return nil
}
