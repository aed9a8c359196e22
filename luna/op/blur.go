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

// Accepts implements [Op].
func (Blur) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true.
func (Blur) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (b Blur) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(b, in); err != nil {
		return in, err
	}
	if !(b.Sigma >= 0.3 && b.Sigma <= 1000) {
		return in, fmt.Errorf("%s: sigma must be 0.3 to 1000", b)
	}
	return in, nil
}

// Work implements [Op].
func (b Blur) Work(in pixel.Shape) int64 {
	if _, err := b.Out(in); err != nil || b.Sigma < LeastBlur {
		return 0
	}
	samples, sums := convolve.Lengths(b.mask(in), in.Width, in.Height)
	size := int64(1)
	if in.Deep {
		size = 2
	}
	return stripBytes(in) + int64(in.Layout.Planes())*(size*int64(samples)+4*int64(sums))
}

func (b Blur) mask(in pixel.Shape) *convolve.Mask {
	if in.Deep {
		return convolve.BlurDeep(b.Sigma)
	}
	return convolve.Blur(b.Sigma)
}

// String implements [Op].
func (b Blur) String() string { return fmt.Sprintf("blur %g", b.Sigma) }

// Wrap implements [Op].
func (b Blur) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := b.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	if b.Sigma < LeastBlur {
		return in, nil
	}
	mask := b.mask(shape)
	s := &blurSource{upstream: upstream{in: in, pool: pool, shape: shape}}
	s.out = pixel.NewStrip(pool, shape, min(pixel.StripRows, shape.Height))
	samples, sums := convolve.Lengths(mask, shape.Width, shape.Height)
	for p := range shape.Layout.Planes() {
		if shape.Deep {
			s.words[p] = pool.Get16(samples)
			s.deep[p] = convolve.NewStream(mask, shape.Width, shape.Height, s.words[p], make([]int32, sums))
			s.progress = s.deep[0]
			continue
		}
		s.buffers[p] = pool.Get(samples)
		s.streams[p] = convolve.NewStream(mask, shape.Width, shape.Height, s.buffers[p], make([]int32, sums))
		s.progress = s.streams[0]
	}
	return s, nil
}

type blurSource struct {
	upstream
	streams [4]*convolve.Stream[uint8]
	buffers [4][]uint8
	// Instead, for samples of 16 bits.
	deep  [4]*convolve.Stream[uint16]
	words [4][]uint16
	// progress is the first stream: all are as far.
	progress interface {
		Pulled() int
		Ready() bool
	}
	out   *pixel.Strip
	strip *pixel.Strip // of the input
	used  int          // rows of it
}

func (s *blurSource) Next() (*pixel.Strip, error) {
	if s.err != nil && s.err != io.EOF {
		return nil, s.err
	}
	y := s.progress.Pulled()
	if y == s.shape.Height {
		return nil, io.EOF
	}
	planes := s.shape.Layout.Planes()
	s.out.Y, s.out.Rows = y, min(pixel.StripRows, s.shape.Height-y)
	for p := range planes {
		s.out.Planes[p].Height = s.out.Rows
	}
	for i := 0; i < s.out.Rows; {
		if s.progress.Ready() {
			for p := range planes {
				if s.shape.Deep {
					s.deep[p].Pull(s.out.Planes[p].Row16(i))
				} else {
					s.streams[p].Pull(s.out.Planes[p].Row(i))
				}
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
			if s.shape.Deep {
				s.deep[p].Push(s.strip.Planes[p].Row16(s.used))
			} else {
				s.streams[p].Push(s.strip.Planes[p].Row(s.used))
			}
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
	for p := range s.buffers {
		s.pool.Put(s.buffers[p])
		s.pool.Put16(s.words[p])
	}
	return s.upstream.Close()
}
