package op

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/pixel"
)

// Normalize stretches the lightness of CIELAB so that the percentile Lower
// becomes black and Upper white, as sharp's normalise does; 0 and 100 stand for
// the least and the greatest. Chroma and alpha stay. Images whose lightness
// spans no more than 1 of 100 are left alone.
//
// It holds the whole image: the first call of Next reads all of it.
type Normalize struct{ Lower, Upper int }

// Accepts implements [Op].
func (Normalize) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true.
func (Normalize) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (n Normalize) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(n, in); err != nil {
		return in, err
	}
	if n.Lower < 0 || n.Lower > n.Upper || n.Upper > 100 {
		return in, fmt.Errorf("%s: wants percentiles with 0 <= lower <= upper <= 100", n)
	}
	return in, nil
}

// Work implements [Op].
func (n Normalize) Work(in pixel.Shape) int64 { return in.Bytes() + labRowBytes }

// String implements [Op].
func (n Normalize) String() string { return fmt.Sprintf("normalize %d to %d", n.Lower, n.Upper) }

// Wrap implements [Op].
func (n Normalize) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := n.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	return &normalizeSource{upstream: upstream{in: in, pool: pool, shape: shape}, op: n}, nil
}

type normalizeSource struct {
	upstream
	op    Normalize
	whole *pixel.Image
	out   pixel.Source // over whole
	row   labRow
	by    stretch
}

func (s *normalizeSource) Next() (*pixel.Strip, error) {
	if s.out == nil {
		if s.err != nil {
			return nil, s.err
		}
		if err := s.read(); err != nil {
			return nil, err
		}
	}
	if s.closed {
		return nil, s.err
	}
	t, err := s.out.Next()
	if err == nil {
		s.by.apply(t, s.shape.Layout, &s.row)
	}
	return t, err
}

// read collects the image and measures its lightness.
func (s *normalizeSource) read() error {
	var h histogram
	whole := pixel.NewImage(s.pool, s.shape)
	for {
		t, err := s.pull()
		if err == io.EOF {
			break
		}
		if err != nil {
			whole.Free(s.pool)
			return err
		}
		s.measure(t, &h)
		for p := range s.shape.Layout.Planes() {
			for y := range t.Rows {
				whole.Planes[p].CopyRow(t.Y+y, &t.Planes[p], y)
			}
		}
	}
	s.whole, s.out = whole, whole.Source(0, nil)
	low, high := h.percentile(s.op.Lower), h.percentile(s.op.Upper)
	if d := high - low; d > 1 || d < -1 {
		s.by.factor = 100 / float64(d)
		s.by.offset = -float64(float64(low) * s.by.factor)
	}
	return nil
}

func (s *normalizeSource) measure(t *pixel.Strip, h *histogram) {
	if s.shape.Deep {
		s.measureDeep(t, h)
		return
	}
	for y := range t.Rows {
		red := t.Planes[0].Row(y)
		green, blue := red, red
		if s.shape.Layout.Opaque() != pixel.Gray {
			green, blue = t.Planes[1].Row(y), t.Planes[2].Row(y)
		}
		for x := 0; x < len(red); x += chunk {
			end := min(x+chunk, len(red))
			l := s.row.l[:end-x]
			space().Lightness(l, red[x:end], green[x:end], blue[x:end])
			h.add(l)
		}
	}
}

func (s *normalizeSource) measureDeep(t *pixel.Strip, h *histogram) {
	for y := range t.Rows {
		red := t.Planes[0].Row16(y)
		green, blue := red, red
		if s.shape.Layout.Opaque() != pixel.Gray {
			green, blue = t.Planes[1].Row16(y), t.Planes[2].Row16(y)
		}
		for x := 0; x < len(red); x += chunk {
			end := min(x+chunk, len(red))
			l := s.row.l[:end-x]
			deepSpace().Lightness(l, red[x:end], green[x:end], blue[x:end])
			h.add(l)
		}
	}
}

func (s *normalizeSource) Close() error {
	if s.closed {
		return nil
	}
	s.whole.Free(s.pool)
	return s.upstream.Close()
}

// A histogram counts pixels by the whole part of their lightness.
type histogram [102]int64

func (h *histogram) add(l []float32) {
	for _, v := range l {
		h[min(max(int(v), 0), len(h)-1)]++
	}
}

// percentile returns the lightness below which p percent of the pixels are, in
// libvips' arithmetic (arithmetic/percent.c): the cumulative histogram is
// scaled to its own number of bins in 32-bit floats, and truncated, before it
// is searched. So even the last bin may stay below the top.
func (h *histogram) percentile(p int) int {
	bins, least, total := 0, -1, int64(0)
	for v, n := range h {
		if n > 0 {
			bins = v + 1
			if least < 0 {
				least = v
			}
		}
		total += n
	}
	switch p {
	case 0:
		return least
	case 100:
		return bins - 1
	}
	scale := float32(float64(bins-1) / float64(total))
	sum := int64(0)
	for v := range bins {
		sum += h[v]
		if float64(int64(float32(scale*float32(sum)))) > float64(float64(p)/100*float64(bins)) {
			return v
		}
	}
	return bins
}
