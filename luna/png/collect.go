package png

import (
	"io"

	"github.com/immagin/immagin-go/internal/quantize"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// collected writes what takes the whole picture: a palette, and passes.
func (e *encoder) collected(src pixel.Source, opts codec.Options) error {
	m, err := pixel.ReadAll(e.pool, src)
	if err != nil {
		return err
	}
	defer m.Free(e.pool)
	var palette []quantize.Color
	if opts.Quality != 0 {
		if palette, err = e.index(m, opts.Quality); err != nil {
			return err
		}
	}
	if err := e.head(opts, palette); err != nil {
		return err
	}
	write := func() error { return e.whole(m, pass{0, 0, 1, 1}, true) }
	if opts.Progressive {
		write = func() error { return e.passes(m) }
	}
	if err := e.body(write); err != nil {
		return err
	}
	return writeChunk(e.w, "IEND", nil)
}

// passes writes those of Adam7 that have pixels.
func (e *encoder) passes(m *pixel.Image) error {
	last := 0
	for i, a := range passes {
		if w, h := a.size(e.shape.Width, e.shape.Height); w > 0 && h > 0 {
			last = i
		}
	}
	for i, a := range passes[:last+1] {
		if err := e.whole(m, a, i == last); err != nil {
			return err
		}
	}
	return nil
}

// whole writes a pass over m. That of all pixels is the one there is where
// nothing is interlaced.
func (e *encoder) whole(m *pixel.Image, a pass, last bool) error {
	w, h := a.size(e.shape.Width, e.shape.Height)
	if w <= 0 || h <= 0 {
		return nil
	}
	e.pass(w, h)
	shape := m.Shape
	shape.Width, shape.Height = w, 1
	line := pixel.NewStrip(e.pool, shape, 1)
	defer line.Free(e.pool)
	for y := range h {
		for p := range shape.Layout.Planes() {
			if from, to := &m.Planes[p], &line.Planes[p]; shape.Deep {
				gather(to.Row16(0), from.Row16(a.y0+y*a.dy), a)
			} else {
				gather(to.Row(0), from.Row(a.y0+y*a.dy), a)
			}
		}
		if e.depth < 8 {
			packBits(e.row(), line.Planes[0].Row(0), e.depth)
		} else {
			e.join(e.row(), line, 0)
		}
		if err := e.filled(last); err != nil {
			return err
		}
	}
	return nil
}

// gather is the inverse of scatter.
func gather[T uint8 | uint16](to, row []T, a pass) {
	for i := range to {
		to[i] = row[a.x0+i*a.dx]
	}
}

// index chooses a palette, and makes the first plane of m, which has 8 bits a
// sample, that of indices and the only one.
func (e *encoder) index(m *pixel.Image, quality int) ([]quantize.Color, error) {
	row := func(y int) (red, green, blue, alpha []uint8) {
		red = m.Planes[0].Row(y)
		green, blue = red, red
		if e.shape.Layout.Opaque() == pixel.RGB {
			green, blue = m.Planes[1].Row(y), m.Planes[2].Row(y)
		}
		if e.shape.Layout.HasAlpha() {
			alpha = m.Planes[e.samples-1].Row(y)
		}
		return red, green, blue, alpha
	}
	var h quantize.Histogram
	for y := range m.Shape.Height {
		if err := e.stopped(y); err != nil {
			return nil, err
		}
		h.Add(row(y))
	}
	palette, err := h.Palette(e.ctx, 256, quality)
	if err != nil {
		return nil, err
	}
	d := quantize.NewDitherer(quantize.NewMapper(palette), m.Shape.Width, 1)
	for y := range m.Shape.Height {
		if err := e.stopped(y); err != nil {
			return nil, err
		}
		red, green, blue, alpha := row(y)
		d.Row(red, red, green, blue, alpha)
	}
	for e.depth = 1; 1<<e.depth < len(palette); e.depth *= 2 {
	}
	e.colour, e.samples = typePalette, 1
	// The other planes stay, since they are the pool's.
	m.Shape.Layout = pixel.Gray
	return palette, nil
}

// stopped reports why to stop, now and then.
func (e *encoder) stopped(y int) error {
	if y%pixel.StripRows != 0 {
		return nil
	}
	return e.ctx.Err()
}

// packBits puts so many bits of each index into dst, from the highest down.
func packBits(dst, indices []uint8, depth int) {
	clear(dst)
	for i, v := range indices {
		bit := i * depth
		dst[bit/8] |= v << (8 - depth - bit%8)
	}
}

// writePalette writes the palette, and the alpha of the colours at its start
// that have some.
func writePalette(w io.Writer, palette []quantize.Color) error {
	if palette == nil {
		return nil
	}
	var colours, alphas []byte
	for _, c := range palette {
		colours = append(colours, c[0], c[1], c[2])
		if c[3] < 255 {
			alphas = append(alphas, c[3])
		}
	}
	if err := writeChunk(w, "PLTE", colours); err != nil || alphas == nil {
		return err
	}
	return writeChunk(w, "tRNS", alphas)
}
