package op

import (
	"fmt"
	"image"
	"io"

	"github.com/immagin/immagin-go/internal/resample"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A Kernel is the filter that reduces; enlargement is by Catmull-Rom splines
// whatever it is.
type Kernel = resample.Kernel

// The kernels. The zero Kernel is Lanczos3, which is sharp's default as well.
const (
	Lanczos3 = resample.Lanczos3
	Lanczos2 = resample.Lanczos2
	Mitchell = resample.Mitchell
	Cubic    = resample.Cubic
)

// A Window is a part of an image in fractional pixels. The zero Window is the
// whole image.
type Window struct{ Left, Top, Width, Height float64 }

// Resample scales a window of the image to Width x Height, as libvips' resize
// does, to the last bit. It works on every layout; the chroma planes of
// subsampled ones keep their siting, centred between the pixels they belong
// to. Images with alpha want [Premultiply] before and [Unpremultiply] after.
type Resample struct {
	Width, Height int
	// Keep is the part of the result that is made; the empty rectangle means
	// all of it. Unlike a crop, it keeps the chroma of subsampled layouts
	// where it belongs wherever it begins.
	Keep image.Rectangle
	// Window is what is scaled. Pixels outside of it, rounded out to whole
	// ones, have no influence.
	Window Window
	// ShrinkX and ShrinkY are the distances between neighbours of the result
	// in pixels of the input. 0 means Window.Width/Width and
	// Window.Height/Height. Fits that keep proportions need their own, since
	// sizes are rounded: what a reduction leaves over is cut from both sides
	// alike.
	ShrinkX, ShrinkY float64
	Kernel           Kernel
	// Corner samples enlargements as libvips 8.18 does, half a pixel of the
	// result too far right and down. It is there to compare with it.
	Corner bool
	// FullChroma gives the chroma of YCbCr420 and YCbCr422 as many samples as
	// the luma of the result has: YCbCr444. A reduction then loses less of it
	// than one that is followed by a conversion.
	FullChroma bool

	origin image.Point // of the result on a canvas
}

// Accepts implements [Op].
func (Resample) Accepts(in pixel.Layout) pixel.Layout { return in }

// AcceptsDeep is true of layouts that are not subsampled.
func (Resample) AcceptsDeep(in pixel.Layout) bool { return whole(in) }

// Out implements [Op].
func (r Resample) Out(in pixel.Shape) (pixel.Shape, error) {
	if err := accept(r, in); err != nil {
		return in, err
	}
	w := r.Window
	const grain = 1e-6
	switch {
	case r.Width < 1 || r.Height < 1:
		return in, &SizeError{r.String(), in, "the result needs a side of at least 1"}
	case !(r.ShrinkX >= 0 && r.ShrinkY >= 0) || r.ShrinkX > float64(in.Width)+grain || r.ShrinkY > float64(in.Height)+grain:
		return in, &SizeError{r.String(), in, fmt.Sprintf("cannot shrink by %g and %g", r.ShrinkX, r.ShrinkY)}
	case !r.Kernel.Valid():
		return in, &SizeError{r.String(), in, fmt.Sprintf("kernel %d is unknown", r.Kernel)}
	case w == Window{}:
	case !(w.Left > -grain && w.Top > -grain && w.Width > grain && w.Height > grain &&
		w.Left+w.Width < float64(in.Width)+grain && w.Top+w.Height < float64(in.Height)+grain):
		return in, &SizeError{r.String(), in, "its window leaves the image"}
	}
	if x, y := r.spans(in); !x.Fits() || !y.Fits() {
		return in, &SizeError{r.String(), in, "the shrink factors lead out of its window"}
	}
	keep := r.keep()
	if !keep.In(image.Rect(0, 0, r.Width, r.Height)) {
		return in, &SizeError{r.String(), in, "the part to keep leaves the result"}
	}
	in.Width, in.Height = keep.Dx(), keep.Dy()
	if r.FullChroma && in.Layout.IsYCbCr() {
		in.Layout = pixel.YCbCr444
	}
	return in, nil
}

func (r Resample) keep() image.Rectangle {
	if r.Keep.Empty() {
		return image.Rect(0, 0, r.Width, r.Height)
	}
	return r.Keep
}

// String implements [Op].
func (r Resample) String() string {
	s := fmt.Sprintf("resize %dx%d", r.Width, r.Height)
	if w := r.Window; w != (Window{}) {
		s += fmt.Sprintf(" from %gx%g+%g+%g", w.Width, w.Height, w.Left, w.Top)
	}
	if r.FullChroma {
		s += " full chroma"
	}
	if k := r.keep(); k.Dx() != r.Width || k.Dy() != r.Height {
		s += fmt.Sprintf(" keep %dx%d+%d+%d", k.Dx(), k.Dy(), k.Min.X, k.Min.Y)
	}
	return s
}

// spans returns the geometry of the image's own samples.
func (r Resample) spans(in pixel.Shape) (x, y resample.Span) {
	keep := r.keep()
	x = resample.Span{
		In: in.Width, Total: r.Width, First: float64(keep.Min.X), Count: keep.Dx(),
		Left: r.Window.Left, Length: r.Window.Width,
		Shrink: r.ShrinkX, Kernel: r.Kernel, Grid: -r.origin.X,
	}
	y = resample.Span{
		In: in.Height, Total: r.Height, First: float64(keep.Min.Y), Count: keep.Dy(),
		Left: r.Window.Top, Length: r.Window.Height,
		Shrink: r.ShrinkY, Kernel: r.Kernel, Grid: -r.origin.Y,
	}
	x, y = x.Normal(), y.Normal()
	if r.Corner && (x.Shrink < 1 || y.Shrink < 1) {
		x.Corner, y.Corner = true, true
	}
	resample.Tiles(&x, &y)
	return x, y
}

// axes returns the geometry of every plane; planes that share it share the
// axes.
//
// With Corner, neither side may be reduced.
func (r Resample) axes(in pixel.Shape) (h, v [4]*resample.Axis) {
	x, y := r.spans(in)
	h[0], v[0] = resample.NewAxis(x), resample.NewAxis(y)
	for p := 1; p < in.Layout.Planes(); p++ {
		h[p], v[p] = h[p-1], v[p-1]
		sx, sy := in.Layout.Subsampling(p)
		if p == 1 && sx > 0 {
			h[p] = resample.NewAxis(r.chroma(x))
		}
		if p == 1 && sy > 0 {
			v[p] = resample.NewAxis(r.chroma(y))
		}
	}
	return h, v
}

// chroma returns the geometry of a side that is subsampled, where s is that of
// the image. Chroma is centred between the pixels that share it, so that the
// edges of both are the same places.
func (r Resample) chroma(s resample.Span) resample.Span {
	if !r.FullChroma {
		return s.Halve()
	}
	s = s.Normal()
	return resample.Span{
		In: (s.In + 1) / 2, Total: s.Total, First: s.First, Count: s.Count,
		Left: s.Left / 2, Length: s.Length / 2, Shrink: s.Shrink / 2, Kernel: s.Kernel,
	}
}

// split parts r into one that reduces and one that enlarges, where Corner asks
// for both: the latter shifts the side that it does not enlarge.
func (r Resample) split(in pixel.Shape) (first, second Resample, ok bool) {
	x, y := r.spans(in)
	if !x.Corner || x.Shrink <= 1 && y.Shrink <= 1 {
		return r, r, false
	}
	first, second = r, r
	first.Corner, first.Keep = false, image.Rectangle{}
	first.Window = Window{x.Left, y.Left, x.Length, y.Length}
	second.Window = first.Window
	if x.Shrink > 1 {
		first.Height, first.ShrinkY, first.Window.Top, first.Window.Height = in.Height, 1, 0, float64(in.Height)
		second.ShrinkX, second.Window.Left, second.Window.Width = 1, 0, float64(r.Width)
	} else {
		first.Width, first.ShrinkX, first.Window.Left, first.Window.Width = in.Width, 1, 0, float64(in.Width)
		second.ShrinkY, second.Window.Top, second.Window.Height = 1, 0, float64(r.Height)
	}
	return first, second, true
}

// leads reports by how many of its own rows each plane may have to run ahead:
// planes whose taps reach further down keep the others waiting.
func leads(in, out pixel.Shape, v [4]*resample.Axis) (lead [4]int) {
	planes := in.Layout.Planes()
	for y := 0; y < out.Height; y += pixel.StripRows {
		end := min(y+pixel.StripRows, out.Height)
		var need [4]int // in rows of the image
		most := 0
		for p := range planes {
			_, sy := in.Layout.Subsampling(p)
			_, outY := out.Layout.Subsampling(p)
			need[p] = v[p].Need((end+1<<outY-1)>>outY-1) << sy
			most = max(most, need[p])
		}
		for p := range planes {
			_, sy := in.Layout.Subsampling(p)
			// One pair of rows more: strips are cut at even rows.
			lead[p] = max(lead[p], (most-need[p]+2)>>sy)
		}
	}
	return lead
}

// Work implements [Op].
func (r Resample) Work(in pixel.Shape) int64 {
	out, err := r.Out(in)
	if err != nil {
		return 0
	}
	if first, second, ok := r.split(in); ok {
		return Work(in, []Op{first, second})
	}
	h, v := r.axes(in)
	lead := leads(in, out, v)
	n := stripBytes(out)
	for p := range in.Layout.Planes() {
		if in.Deep {
			n += resample.MeasureDeep(h[p], v[p], lead[p]).Total()
		} else {
			n += resample.Measure(h[p], v[p], lead[p]).Total()
		}
		if p == 0 || h[p] != h[p-1] {
			n += h[p].Bytes()
		}
		if p == 0 || v[p] != v[p-1] {
			n += v[p].Bytes()
		}
	}
	return n
}

// Wrap implements [Op].
func (r Resample) Wrap(in pixel.Source, pool *pixel.Pool) (pixel.Source, error) {
	shape := in.Shape()
	out, err := r.Out(shape)
	if err != nil {
		return refuse(in, err)
	}
	if first, second, ok := r.split(shape); ok {
		return Wrap(in, []Op{first, second}, pool)
	}
	h, v := r.axes(shape)
	if out == shape && h[0].Identity(shape.Width) && v[0].Identity(shape.Height) {
		return in, nil
	}
	s := &resampleSource{upstream: upstream{in: in, pool: pool, shape: out}, out: pixel.NewStrip(pool, out, min(pixel.StripRows, out.Height))}
	lead := leads(shape, out, v)
	for p := range shape.Layout.Planes() {
		b := &s.buffers[p]
		if shape.Deep {
			b.words = pool.Get16(resample.MeasureDeep(h[p], v[p], lead[p]).Words)
			s.deep[p] = resample.NewDeep(h[p], v[p], lead[p], b.words)
			continue
		}
		size := resample.Measure(h[p], v[p], lead[p])
		b.bytes, b.words = pool.Get(size.Bytes), pool.Get16(size.Words)
		s.streams[p] = resample.NewStream(h[p], v[p], lead[p], b.bytes, b.words, make([]uint32, size.Longs))
	}
	return s, nil
}

type resampleSource struct {
	upstream
	streams [4]*resample.Stream
	deep    [4]*resample.Deep // instead, for samples of 16 bits
	buffers [4]struct {
		bytes []uint8
		words []uint16
	}
	out   *pixel.Strip
	strip *pixel.Strip // of the input
	used  [4]int       // rows of it that each plane has taken
}

func (s *resampleSource) Next() (*pixel.Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	y := s.out.Y + s.out.Rows
	if s.strip == nil {
		y = 0
	}
	if y >= s.shape.Height {
		return nil, io.EOF
	}
	s.out.Y, s.out.Rows = y, min(pixel.StripRows, s.shape.Height-y)
	for p := range s.shape.Layout.Planes() {
		_, sy := s.shape.Layout.Subsampling(p)
		s.out.Planes[p].Height = (s.out.Rows + 1<<sy - 1) >> sy
	}
	for !s.fill() {
		if err := s.more(); err != nil {
			return nil, err
		}
	}
	return s.out, nil
}

// fill makes as much of the output strip as the input at hand allows, and
// reports whether that was all of it.
func (s *resampleSource) fill() bool {
	full := true
	for p := range s.shape.Layout.Planes() {
		_, sy := s.shape.Layout.Subsampling(p)
		if s.shape.Deep {
			full = s.fillDeep(p) && full
			continue
		}
		stream, dst := s.streams[p], &s.out.Planes[p]
		first := s.out.Y >> sy
		for stream.Pulled() < first+dst.Height {
			if stream.Ready() {
				stream.Pull(dst.Row(stream.Pulled() - first))
				continue
			}
			if !s.push(p) {
				full = false
				break
			}
		}
	}
	return full
}

// fillDeep is fill for one plane of 16-bit samples, which are not subsampled.
func (s *resampleSource) fillDeep(p int) bool {
	stream, dst := s.deep[p], &s.out.Planes[p]
	for stream.Pulled() < s.out.Y+dst.Height {
		if stream.Ready() {
			stream.Pull(dst.Row16(stream.Pulled() - s.out.Y))
			continue
		}
		if !s.push(p) {
			return false
		}
	}
	return true
}

// push gives plane p the next row of the strip at hand, if there is one.
func (s *resampleSource) push(p int) bool {
	if s.strip == nil || s.used[p] == s.strip.Planes[p].Height {
		return false
	}
	if s.shape.Deep {
		s.deep[p].Push(s.strip.Planes[p].Row16(s.used[p]))
	} else {
		s.streams[p].Push(s.strip.Planes[p].Row(s.used[p]))
	}
	s.used[p]++
	return true
}

// more replaces the strip at hand by the next, once all planes have taken
// what is left of it.
func (s *resampleSource) more() error {
	for p := range s.shape.Layout.Planes() {
		for s.push(p) {
		}
	}
	t, err := s.pull()
	if err != nil {
		return err
	}
	s.strip, s.used = t, [4]int{}
	return nil
}

func (s *resampleSource) Close() error {
	if s.closed {
		return nil
	}
	s.out.Free(s.pool)
	for p := range s.buffers {
		s.pool.Put(s.buffers[p].bytes)
		s.pool.Put16(s.buffers[p].words)
	}
	return s.upstream.Close()
}
