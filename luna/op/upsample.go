package op

import (
	"io"

	"github.com/immagin/immagin-go/internal/ycc"
	"github.com/immagin/immagin-go/luna/pixel"
)

// upsampler interpolates the chroma of YCbCr420 and YCbCr422, and yields
// YCbCr444 or RGB. In 4:2:0 a pair of rows needs the chroma rows above and
// below its own, so the last pair of every strip is held back until the next
// strip has come.
type upsampler struct {
	upstream
	out    *pixel.Strip
	buffer []uint8
	held   bool
	pair   [2][]uint8 // the luma rows that are held back
	above  chroma     // the chroma rows above theirs
	own    chroma     // theirs
}

// chroma is a row of Cb and one of Cr.
type chroma [2][]uint8

func chromaRow(t *pixel.Strip, y int) chroma {
	return chroma{t.Planes[1].Row(y), t.Planes[2].Row(y)}
}

func newUpsampler(in pixel.Source, to pixel.Layout, pool *pixel.Pool) pixel.Source {
	shape := in.Shape()
	narrow, _ := shape.PlaneSize(1)
	width := shape.Width
	shape.Layout = to
	s := &upsampler{upstream: upstream{in: &low{Source: in}, pool: pool, shape: shape}}
	s.out = pixel.NewStrip(pool, shape, min(pixel.StripRows+2, shape.Height))
	s.out.Rows = 0
	s.buffer = pool.Get(2*width + 4*narrow)
	rest := s.buffer
	take := func(n int) (b []uint8) {
		b, rest = rest[:n:n], rest[n:]
		return b
	}
	for i := range 2 {
		s.pair[i], s.above[i], s.own[i] = take(width), take(narrow), take(narrow)
	}
	return s
}

func (s *upsampler) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.out.Y += s.out.Rows
	s.out.Rows = 0
	for s.out.Rows == 0 {
		if s.out.Y == s.shape.Height {
			return nil, io.EOF
		}
		t, err := s.pull()
		if err != nil {
			return nil, err
		}
		if s.in.Shape().Layout == pixel.YCbCr422 {
			for y := range t.Rows {
				c := chromaRow(t, y)
				s.row(t.Planes[0].Row(y), c, c)
			}
		} else {
			s.take(t)
		}
	}
	for p := range 3 {
		s.out.Planes[p].Height = s.out.Rows
	}
	return s.out, nil
}

// take makes the rows that are held back and all of t but its last pair, which
// it holds back in turn unless it is the image's.
func (s *upsampler) take(t *pixel.Strip) {
	var pair [2][]uint8
	above, own := s.above, s.own
	if s.held {
		pair = s.pair
	}
	for i := range t.Planes[1].Height {
		c := chromaRow(t, i)
		if s.held {
			s.two(pair, above, own, c)
			above = own
		} else {
			above = c
			s.held = true
		}
		own = c
		pair = [2][]uint8{t.Planes[0].Row(2 * i)}
		if 2*i+1 < t.Rows {
			pair[1] = t.Planes[0].Row(2*i + 1)
		}
	}
	if t.Y+t.Rows == s.shape.Height {
		s.two(pair, above, own, own)
		return
	}
	for i := range 2 {
		copy(s.pair[i], pair[i])
		copy(s.above[i], above[i])
		copy(s.own[i], own[i])
	}
}

// two makes the two rows of a pair, or the only one.
func (s *upsampler) two(pair [2][]uint8, above, own, below chroma) {
	s.row(pair[0], own, above)
	if pair[1] != nil {
		s.row(pair[1], own, below)
	}
}

// row makes one row. Near and far are the chroma rows around it; in 4:2:2 they
// are the same.
func (s *upsampler) row(luma []uint8, near, far chroma) {
	y := s.out.Rows
	s.out.Rows++
	a, b, c := s.out.Planes[0].Row(y), s.out.Planes[1].Row(y), s.out.Planes[2].Row(y)
	if s.in.Shape().Layout == pixel.YCbCr422 {
		ycc.Widen(b, near[0])
		ycc.Widen(c, near[1])
	} else {
		ycc.WidenBetween(b, near[0], far[0])
		ycc.WidenBetween(c, near[1], far[1])
	}
	if s.shape.Layout == pixel.RGB {
		ycc.ToRGB(a, b, c, luma, b, c)
	} else {
		copy(a, luma)
	}
}

func (s *upsampler) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	s.pool.Put(s.buffer)
	return s.upstream.Close()
}
