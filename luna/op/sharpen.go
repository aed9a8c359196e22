package op

import (
	"fmt"
	"io"
	"math"

	"github.com/immagin/immagin-go/internal/convolve"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Sharpen adds to lightness what a blur of that sigma, above 0 and up to 10
// pixels, takes from it, as sharp's sharpen with a sigma does: less in flat
// areas than in jagged ones, and no more than 10 up and 20 down, of 100.
// Chroma stays. Images with alpha want [Premultiply] before and
// [Unpremultiply] after.
type Sharpen struct{ Sigma float64 }

// Accepts implements [Op].
func (Sharpen) Accepts(in pixel.Layout) pixel.Layout { return colours(in) }

// AcceptsDeep is true.
func (Sharpen) AcceptsDeep(pixel.Layout) bool { return true }

// Out implements [Op].
func (o Sharpen) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(o, in); err != nil {
		return in, err
	}
	if !(o.Sigma > 0 && o.Sigma <= 10) {
		return in, fmt.Errorf("%s: sigma must be above 0 and at most 10", o)
	}
	return in, nil
}

// Work implements [Op].
func (o Sharpen) Work(in pixel.Shape) int64 {
	if _, err := o.Out(in); err != nil {
		return 0
	}
	mask := convolve.Unsharp(o.Sigma)
	samples, sums := convolve.Lengths(mask, in.Width, in.Height)
	return stripBytes(in) + labRowBytes + 2*unsharpTable + 2*int64(samples+in.Width) + 4*int64(sums) + int64(in.Width)*int64(heldRows(mask, in)*heldBytes(in))
}

// heldRows is how many rows wait for the rows under the mask.
func heldRows(m *convolve.Mask, in pixel.Shape) int { return min(m.Radius+1, in.Height) }

// heldBytes is what a pixel takes that waits.
func heldBytes(in pixel.Shape) int {
	switch {
	case in.Layout.HasAlpha() && in.Deep:
		return 8
	case in.Layout.HasAlpha():
		return 7
	}
	return 6
}

// String implements [Op].
func (o Sharpen) String() string { return fmt.Sprintf("sharpen %g", o.Sigma) }

// Wrap implements [Op].
func (o Sharpen) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape, err := o.Out(in.Shape())
	if err != nil {
		return refuse(in, err)
	}
	mask := convolve.Unsharp(o.Sigma)
	s := &sharpenSource{upstream: upstream{in: in, pool: pool, shape: shape}, table: newUnsharp()}
	s.out = pixel.NewStrip(pool, shape, min(pixel.StripRows, shape.Height))
	samples, sums := convolve.Lengths(mask, shape.Width, shape.Height)
	s.buffer = pool.Get16(samples)
	s.stream = convolve.NewStream(mask, shape.Width, shape.Height, s.buffer, make([]int32, sums))
	s.blurred = pool.Get16(shape.Width)
	s.rows = heldRows(mask, shape)
	s.held = pool.Get16(3 * s.rows * shape.Width)
	if shape.Layout.HasAlpha() && shape.Deep {
		s.deepAlpha = pool.Get16(s.rows * shape.Width)
	} else if shape.Layout.HasAlpha() {
		s.alpha = pool.Get(s.rows * shape.Width)
	}
	return s, nil
}

type sharpenSource struct {
	upstream
	table  *[unsharpTable]int16
	stream *convolve.Stream[uint16]
	buffer []uint16
	// blurred is a row of it.
	blurred []uint16
	// held are l, a and b of the last rows, and alpha theirs.
	held  []uint16
	alpha []uint8
	// deepAlpha is instead of alpha for samples of 16 bits.
	deepAlpha []uint16
	rows      int
	pushed    int
	row       labRow
	out       *pixel.Strip
	strip     *pixel.Strip // of the input
	used      int          // rows of it
}

func (s *sharpenSource) Next() (*pixel.Strip, error) {
	if s.err != nil && s.err != io.EOF {
		return nil, s.err
	}
	y := s.stream.Pulled()
	if y == s.shape.Height {
		return nil, io.EOF
	}
	s.out.Y, s.out.Rows = y, min(pixel.StripRows, s.shape.Height-y)
	for p := range s.shape.Layout.Planes() {
		s.out.Planes[p].Height = s.out.Rows
	}
	for i := 0; i < s.out.Rows; {
		if s.stream.Ready() {
			s.make(i)
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
		s.take(s.used)
		s.used++
	}
	return s.out, nil
}

// wait returns where row y of l, a and b, and of alpha, waits.
func (s *sharpenSource) wait(y int) (l, a, b []uint16, alpha []uint8) {
	w := s.shape.Width
	i := y % s.rows
	held := s.held[3*i*w:]
	if s.alpha != nil {
		alpha = s.alpha[i*w : (i+1)*w]
	}
	return held[:w], held[w : 2*w], held[2*w : 3*w], alpha
}

// take pushes row y of the strip at hand.
func (s *sharpenSource) take(y int) {
	l, a, b, alpha := s.wait(s.pushed)
	s.pushed++
	if s.shape.Deep {
		s.takeDeep(y, l, a, b)
		s.stream.Push(l)
		return
	}
	red := s.strip.Planes[0].Row(y)
	green, blue := red, red
	if s.shape.Layout.Opaque() != pixel.Gray {
		green, blue = s.strip.Planes[1].Row(y), s.strip.Planes[2].Row(y)
	}
	if alpha != nil {
		copy(alpha, s.strip.Planes[s.shape.Layout.Planes()-1].Row(y))
	}
	for x := 0; x < len(red); x += chunk {
		end := min(x+chunk, len(red))
		n := end - x
		space().FromRGB(s.row.l[:n], s.row.a[:n], s.row.b[:n], red[x:end], green[x:end], blue[x:end])
		s.short(l[x:end], a[x:end], b[x:end])
	}
	s.stream.Push(l)
}

// short sets l, a and b to the row at hand.
func (s *sharpenSource) short(l, a, b []uint16) {
	n := len(l)
	short(l, s.row.l[:n], 32767./100, 0, 32767)
	short(a, s.row.a[:n], 256, -32768, 32767)
	short(b, s.row.b[:n], 256, -32768, 32767)
}

// takeDeep converts row y of the strip at hand, of 16-bit samples.
func (s *sharpenSource) takeDeep(y int, l, a, b []uint16) {
	red := s.strip.Planes[0].Row16(y)
	green, blue := red, red
	if s.shape.Layout.Opaque() != pixel.Gray {
		green, blue = s.strip.Planes[1].Row16(y), s.strip.Planes[2].Row16(y)
	}
	if s.deepAlpha != nil {
		w := s.shape.Width
		copy(s.deepAlpha[(s.pushed-1)%s.rows*w:][:w], s.strip.Planes[s.shape.Layout.Planes()-1].Row16(y))
	}
	for x := 0; x < len(red); x += chunk {
		end := min(x+chunk, len(red))
		n := end - x
		deepSpace().FromRGB(s.row.l[:n], s.row.a[:n], s.row.b[:n], red[x:end], green[x:end], blue[x:end])
		s.short(l[x:end], a[x:end], b[x:end])
	}
}

// short sets dst to 16-bit integers, truncated.
func short(dst []uint16, src []float32, scale, low, high float64) {
	for i, v := range src {
		dst[i] = uint16(int16(min(max(float64(float64(v)*scale), low), high)))
	}
}

// make makes row i of the output strip.
func (s *sharpenSource) make(i int) {
	l, a, b, alpha := s.wait(s.stream.Pulled())
	if s.deepAlpha != nil {
		w := s.shape.Width
		copy(s.out.Planes[s.shape.Layout.Planes()-1].Row16(i), s.deepAlpha[s.stream.Pulled()%s.rows*w:][:w])
	}
	s.stream.Pull(s.blurred)
	if s.shape.Deep {
		s.makeDeep(i, l, a, b)
		return
	}
	red := s.out.Planes[0].Row(i)
	gray := s.shape.Layout.Opaque() == pixel.Gray
	green, blue := red, red
	if !gray {
		green, blue = s.out.Planes[1].Row(i), s.out.Planes[2].Row(i)
	}
	if alpha != nil {
		copy(s.out.Planes[s.shape.Layout.Planes()-1].Row(i), alpha)
	}
	for x := 0; x < len(red); x += chunk {
		end := min(x+chunk, len(red))
		u, v, w := s.unsharp(l, a, b, x, end)
		if gray {
			space().ToGray(red[x:end], u, v, w)
		} else {
			space().ToRGB(red[x:end], green[x:end], blue[x:end], u, v, w)
		}
	}
}

// unsharp returns columns x up to end of a row, sharpened.
func (s *sharpenSource) unsharp(l, a, b []uint16, x, end int) (u, v, w []float32) {
	n := end - x
	u, v, w = s.row.l[:n], s.row.a[:n], s.row.b[:n]
	for k := range n {
		was := int(l[x+k])
		d := min(max(was-int(s.blurred[x+k])+unsharpTable/2, 0), unsharpTable-1)
		is := min(max(was+int(s.table[d]), 0), 32767)
		u[k] = float32(float64(is) / (32767. / 100))
		v[k] = float32(int16(a[x+k])) / 256
		w[k] = float32(int16(b[x+k])) / 256
	}
	return u, v, w
}

// makeDeep makes row i of the output strip in 16 bits.
func (s *sharpenSource) makeDeep(i int, l, a, b []uint16) {
	red := s.out.Planes[0].Row16(i)
	gray := s.shape.Layout.Opaque() == pixel.Gray
	for x := 0; x < len(red); x += chunk {
		end := min(x+chunk, len(red))
		u, v, w := s.unsharp(l, a, b, x, end)
		if gray {
			deepSpace().ToGray(red[x:end], u, v, w)
		} else {
			deepSpace().ToRGB(red[x:end], s.out.Planes[1].Row16(i)[x:end], s.out.Planes[2].Row16(i)[x:end], u, v, w)
		}
	}
}

// unsharpTable is how many differences of lightness have entries of their own;
// beyond, sharpening is at its limits.
const unsharpTable = 8192

// newUnsharp tabulates what is added to lightness, for differences from
// -unsharpTable/2 on, in units of 100/32767. The parameters are sharp's: m1 1,
// m2 2, x1 2, y2 10, y3 20.
func newUnsharp() *[unsharpTable]int16 {
	t := new([unsharpTable]int16)
	for i := range t {
		// libvips is off by one here.
		d := float64(i-unsharpTable/2+1) / 327.67
		y := d
		switch {
		case d < -2:
			y = float64((d+2)*2) - 2
		case d >= 2:
			y = float64((d-2)*2) + 2
		}
		y = min(max(y, -20), 10)
		t[i] = int16(math.RoundToEven(float64(y * 327.67)))
	}
	return t
}

func (s *sharpenSource) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	s.pool.Put16(s.buffer)
	s.pool.Put16(s.blurred)
	s.pool.Put16(s.held)
	s.pool.Put(s.alpha)
	s.pool.Put16(s.deepAlpha)
	return s.upstream.Close()
}
