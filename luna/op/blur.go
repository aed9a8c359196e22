package op

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/convolve"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Blur blurs by a Gaussian of that sigma, 0.3 to 1000 pixels, as sharp's blur
// does, to the last bit: with a mask of few levels, which ends where the
// Gaussian falls below a fifth. Below 0.558 it changes nothing. Its cost does
// not grow with Sigma. Images with alpha want [Premultiply] before and
// [Unpremultiply] after.
type Blur struct{ Sigma float64 }

// LeastBlur is the sigma from which on Blur has an effect.
const LeastBlur = 0.558

func (Blur) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

func (b Blur) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(b, in); err != nil {
		return in, err
	}
	if !(b.Sigma >= 0.3 && b.Sigma <= 1000) {
		return in, fmt.Errorf("%s: sigma must be 0.3 to 1000", b)
	}
	return in, nil
}

func (b Blur) Work(in pixel.Shape) int64 {
	if _, err := b.Out(in); err != nil || b.Sigma < LeastBlur {
		return 0
	}
	samples, sums := convolve.Lengths(convolve.Blur(b.Sigma), in.Width, in.Height)
	return stripBytes(in) + int64(in.Layout.Planes())*(int64(samples)+4*int64(sums))
}

func (b Blur) String() string { return fmt.Sprintf("blur %g", b.Sigma) }

func (b Blur) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := b.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	if b.Sigma < LeastBlur {
		return in, nil
	}
	mask := convolve.Blur(b.Sigma)
	s := &blurSource{upstream: upstream{in: in, pool: pool, shape: shape}}
	s.out = pixel.NewStrip(pool, shape, min(pixel.StripRows, shape.Height))
	samples, sums := convolve.Lengths(mask, shape.Width, shape.Height)
	for p := range shape.Layout.Planes() {
		s.buffers[p] = pool.Get(samples)
		s.streams[p] = convolve.NewStream(mask, shape.Width, shape.Height, s.buffers[p], make([]int32, sums))
	}
	return s, nil
}

type blurSource struct {
	upstream
	streams [4]*convolve.Stream[uint8]
	buffers [4][]uint8
	out     *pixel.Strip
	strip   *pixel.Strip // of the input
	used    int          // rows of it
}

func (s *blurSource) Next() (*pixel.Strip, error) {
	if s.err != nil && s.err != io.EOF {
		return nil, s.err
	}
	y := s.streams[0].Pulled()
	if y == s.shape.Height {
		return nil, io.EOF
	}
	planes := s.shape.Layout.Planes()
	s.out.Y, s.out.Rows = y, min(pixel.StripRows, s.shape.Height-y)
	for p := range planes {
		s.out.Planes[p].Height = s.out.Rows
	}
	for i := 0; i < s.out.Rows; {
		if s.streams[0].Ready() {
			for p := range planes {
				s.streams[p].Pull(s.out.Planes[p].Row(i))
			}
			i++
			continue
		}
		if s.strip == nil || s.used == s.strip.Rows {
			t, err := s.pull()
			if err != nil {
				return nil, err
			}
			s.strip, s.used = t, 0
		}
		for p := range planes {
			s.streams[p].Push(s.strip.Planes[p].Row(s.used))
		}
		s.used++
	}
	return s.out, nil
}

func (s *blurSource) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	for _, b := range s.buffers {
		s.pool.Put(b)
	}
	return s.upstream.Close()
}
