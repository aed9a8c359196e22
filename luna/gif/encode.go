package gif

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"io"
	"math"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// fullQuality is the least quality that uses all 256 colours.
const fullQuality = 90

// colourCount is how many colours, transparency among them, that quality
// allows.
func colourCount(quality int) int {
	if quality == 0 {
		quality = fullQuality
	}
	return min(max(2, maxColours*quality/fullQuality), maxColours)
}

// Check refuses what GIF does not have: interlaced output (it would stream
// nothing), losslessness for every picture, an effort; and sides of 0 or above
// 65535, or more pixels than memory has addresses for.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("gif: %w: progressive output; jpeg and png have it", codec.ErrUnsupported)
	case opts.Lossless:
		return fmt.Errorf("gif: %w: lossless output; a frame has 256 colours at most", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("gif: %w: effort; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("gif: %w: quality %d, where 1 to 100 exist", codec.ErrUnsupported, opts.Quality)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("gif: %w: width %d, where 1 to %d exist", codec.ErrUnsupported, shape.Width, maxSide)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("gif: %w: height %d, where 1 to %d exist", codec.ErrUnsupported, shape.Height, maxSide)
	case packedBytes(shape) > math.MaxInt:
		return fmt.Errorf("gif: %w: %dx%d pixels, more than 32 bits address", codec.ErrUnsupported, shape.Width, shape.Height)
	}
	return nil
}

// Accepts wants gray and RGB, with or without alpha.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if taken(in) {
		return in
	}
	return pixel.RGB
}

// Encode reads all pixels before it writes. Pixels whose alpha is below 128
// become transparent, others opaque. Quality is a number of colours, of which
// transparency takes one: 256 from 90 on and where it is not named, 256 *
// quality / 90 below that, and at least 2. Pictures of no more colours are
// written exactly. Of opts.Metadata GIF holds XMP alone.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	e := newEncoder(ctx, w, shape, opts)
	defer e.free()
	m := newPacked(opts.Pool, shape)
	defer m.free(opts.Pool)
	err := m.read(ctx, src)
	if err == nil {
		err = e.still(m)
	}
	return e.end(err)
}

// An encoder writes frames.
type encoder struct {
	ctx     context.Context
	out     *ctxio.Writer
	w       *bufio.Writer
	opts    codec.Options
	shape   pixel.Shape
	n       int // colours, transparency among them
	q       *quantizer
	packer  *packer
	row     []uint32
	indices []uint8
}

func newEncoder(ctx context.Context, w io.Writer, shape pixel.Shape, opts codec.Options) *encoder {
	out := ctxio.NewWriter(ctx, w)
	return &encoder{
		ctx: ctx, out: out, w: bufio.NewWriterSize(out, 16<<10), opts: opts, shape: shape, n: colourCount(opts.Quality),
		q: new(quantizer), packer: new(packer), row: make([]uint32, shape.Width), indices: opts.Pool.Get(shape.Width),
	}
}

func (e *encoder) free() { e.opts.Pool.Put(e.indices) }

// end names the first cause of a failure, err among others.
func (e *encoder) end(err error) error {
	if err == nil {
		err = e.w.Flush()
	}
	if e.out.Err() != nil {
		err = e.out.Err()
	}
	if err != nil {
		return fmt.Errorf("gif: %w", err)
	}
	return nil
}

func (e *encoder) still(m *packed) error {
	p := &patch{now: m, rect: image.Rect(0, 0, m.width, m.height)}
	c, err := e.choose(p, e.n)
	if err != nil {
		return err
	}
	writeScreen(e.w, m.width, m.height, c.table())
	writeXMP(e.w, e.opts.Metadata.XMP)
	if c.transparent >= 0 {
		writeControl(e.w, disposeNone, 0, c.transparent)
	}
	writeDescriptor(e.w, p.rect, nil)
	if err := e.pixels(e.w, p, c); err != nil {
		return err
	}
	return e.w.WriteByte(kindTrailer)
}

// A choice is how the pixels of a patch become indices.
type choice struct {
	colours     []uint32
	transparent int // the index, or -1 where every pixel shows
	// exact holds the colours where no other occurs; else they are dithered.
	exact *colourSet
	// size is how many indices the table has where that is not ours to say.
	size int
}

// table returns the colours and a place for transparency.
func (c *choice) table() []uint32 {
	n := len(c.colours)
	if c.transparent >= 0 {
		n++
	}
	t := make([]uint32, n)
	copy(t, c.colours)
	return t
}

func (c *choice) bits() int { return tableBits(max(c.size, len(c.table()))) }

// choose makes a palette for a patch, of n colours with transparency.
func (e *encoder) choose(p *patch, n int) (choice, error) {
	c, ok, err := e.exact(p, n, &e.q.set)
	if ok || err != nil {
		return c, err
	}
	c, _, err = e.quantized(p, n)
	return c, err
}

// exact collects the colours of a patch in set, where those are no more than
// n with transparency.
func (e *encoder) exact(p *patch, n int, set *colourSet) (c choice, ok bool, err error) {
	set.reset()
	holes, last, row := 0, uint32(0), e.row[:p.rect.Dx()]
	for y := range p.rect.Dy() {
		if err := e.check(y); err != nil {
			return c, false, err
		}
		p.row(y, row)
		for _, v := range row {
			if v == 0 {
				holes = 1
			} else if v != last {
				if last = v; !set.add(v) {
					return c, false, nil
				}
			}
		}
	}
	if len(set.colours)+holes > n {
		return c, false, nil
	}
	c = choice{colours: set.colours, transparent: -1, exact: set}
	if holes > 0 {
		c.transparent = len(set.colours)
	}
	return c, true, nil
}

// quantized approximates the colours of a patch, and reports the square error
// in the quantizer's samples of it.
func (e *encoder) quantized(p *patch, n int) (c choice, squares int64, err error) {
	if err := e.q.count(e.ctx, p, e.row[:p.rect.Dx()]); err != nil {
		return c, 0, err
	}
	c.transparent = -1
	if e.q.shown == int64(p.rect.Dx())*int64(p.rect.Dy()) {
		c.colours, squares = e.q.palette(n)
		return c, squares, nil
	}
	c.colours, squares = e.q.palette(n - 1)
	c.transparent = len(c.colours)
	return c, squares, nil
}

// pixels writes the indices of a patch.
func (e *encoder) pixels(w io.Writer, p *patch, c choice) error {
	row, indices := e.row[:p.rect.Dx()], e.indices[:p.rect.Dx()]
	transparent := uint8(max(c.transparent, 0))
	e.packer.w, e.packer.err, e.packer.written = w, nil, 0
	e.packer.start(c.bits())
	var d *ditherer
	if c.exact == nil {
		d = newDitherer(e.q, c.colours, len(row))
	}
	for y := range p.rect.Dy() {
		if err := e.check(y); err != nil {
			return err
		}
		p.row(y, row)
		if d != nil {
			d.row(indices, row, transparent)
		} else {
			c.exact.row(indices, row, transparent)
		}
		e.packer.write(indices)
	}
	return e.packer.end()
}

// check tells, every few rows, whether to go on.
func (e *encoder) check(y int) error {
	if y%pixel.StripRows == 0 {
		return e.ctx.Err()
	}
	return nil
}
