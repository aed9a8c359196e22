package png

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/internal/quantize"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	defaultLevel = 6 // zlib's own, and sharp's
	partSize     = 256 << 10
	idatSize     = 32 << 10
	maxSide      = 1 << 26 // the format has 1<<31 - 1, but rows are sized in ints
)

// Check refuses an effort, a quality above 100, a compression level that there
// is not, and sides of 0 or above 1<<26. Lossless is what PNG is, and says
// nothing where a quality is not asked for.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("png: %w: quality %d; it is 1 to 100, or left out", codec.ErrUnsupported, opts.Quality)
	case opts.Quality != 0 && opts.Lossless:
		return fmt.Errorf("png: %w: lossless output of a quality, which asks for a palette", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("png: %w: effort; the format has none", codec.ErrUnsupported)
	case c.CompressionLevel < NoCompression || c.CompressionLevel > 9:
		return fmt.Errorf("png: %w: compression level %d, where 1 to 9 exist", codec.ErrUnsupported, c.CompressionLevel)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("png: %w: width %d", codec.ErrUnsupported, shape.Width)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("png: %w: height %d", codec.ErrUnsupported, shape.Height)
	}
	return nil
}

// Accepts wants gray and RGB, with or without alpha.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if _, ok := colourType(in); ok {
		return in
	}
	return pixel.RGB
}

func colourType(l pixel.Layout) (byte, bool) {
	switch l {
	case pixel.Gray:
		return typeGray, true
	case pixel.GrayAlpha:
		return typeGrayAlpha, true
	case pixel.RGB:
		return typeRGB, true
	case pixel.RGBA:
		return typeRGBA, true
	}
	return 0, false
}

// AcceptsDeep reports whether 16 bits a sample are written: where Deep is set,
// and no quality asks for a palette.
func (c Codec) AcceptsDeep(opts codec.Options) bool { return c.Deep && opts.Quality == 0 }

// Encode writes some rows after the other, with the filters that promise most.
// For a palette, and where the result is to be interlaced, it collects the
// picture. All goroutines have ended when it returns.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	colour, ok := colourType(shape.Layout)
	if !ok || shape.Deep && !c.AcceptsDeep(opts) {
		return fmt.Errorf("png: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	e := &encoder{
		ctx: ctx, w: ctxio.NewWriter(ctx, w), shape: shape, colour: colour, depth: 8, samples: shape.Layout.Planes(),
		level: c.level(), workers: c.workers(opts.Workers), pool: opts.Pool, trials: map[int]*flate.Writer{},
	}
	if shape.Deep {
		e.depth = 16
	}
	if err := e.encode(pixel.WithContext(ctx, src), opts); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	return nil
}

type encoder struct {
	ctx     context.Context
	w       io.Writer
	shape   pixel.Shape
	colour  byte // type
	depth   int  // bits a sample
	samples int  // a pixel
	level   int
	workers int
	pool    *pixel.Pool

	step int // bytes a pixel, at least 1
	// stored is how many bytes the rows of a pass have, which are left how
	// many, and parts how many of them are compressed at a time.
	stored, left, parts int
	// plain holds the rows of a part, each after a filter byte of 0.
	plain    []uint8
	rows     int     // of the part
	above    []uint8 // the row before those
	filtered [filters][]uint8
	trials   map[int]*flate.Writer // by level
	deflater *deflater
}

func (e *encoder) encode(src pixel.Source, opts codec.Options) error {
	if opts.Quality != 0 || opts.Progressive {
		return e.collected(src, opts)
	}
	if err := e.head(opts, nil); err != nil {
		return err
	}
	if err := e.body(func() error { return e.stream(src) }); err != nil {
		return err
	}
	return writeChunk(e.w, "IEND", nil)
}

// head writes what stands before the pixels.
func (e *encoder) head(opts codec.Options, palette []quantize.Color) error {
	var ihdr [13]byte
	binary.BigEndian.PutUint32(ihdr[0:], uint32(e.shape.Width))
	binary.BigEndian.PutUint32(ihdr[4:], uint32(e.shape.Height))
	ihdr[8], ihdr[9] = byte(e.depth), e.colour
	if opts.Progressive {
		ihdr[12] = 1
	}
	if _, err := io.WriteString(e.w, signature); err != nil {
		return err
	}
	if err := writeChunk(e.w, "IHDR", ihdr[:]); err != nil {
		return err
	}
	if err := writePalette(e.w, palette); err != nil {
		return err
	}
	return writeMetadata(e.w, opts)
}

// rowBytes reports the bytes of a row of n pixels.
func (e *encoder) rowBytes(n int) int { return (n*e.samples*e.depth + 7) / 8 }

// body has the rows written by write, by way of pass and row.
func (e *encoder) body(write func() error) error {
	e.step = max(1, e.samples*e.depth/8)
	n := e.rowBytes(e.shape.Width)
	buffer := e.pool.Get(filters * n)
	defer e.pool.Put(buffer)
	e.above = buffer[:n]
	for f := range e.filtered[1:] {
		e.filtered[1+f] = buffer[(1+f)*n:][:n]
	}
	out := &idatWriter{w: e.w, buf: make([]byte, 0, idatSize)}
	z := &deflater{w: out, level: e.level, workers: e.workers, pool: e.pool, size: partRows(e.shape.Height, n) * (1 + n)}
	e.deflater = z
	defer func() {
		z.give(e.plain)
		z.close()
	}()
	if err := write(); err != nil {
		return err
	}
	return out.flush()
}

// pass begins a pass of so many pixels and rows, both above 0.
func (e *encoder) pass(width, height int) {
	e.stored = e.rowBytes(width)
	e.left = height
	e.parts = max(1, min(height, e.deflater.size/(1+e.stored)))
	clear(e.above[:e.stored])
}

// row returns the next row of the pass, to be filled.
func (e *encoder) row() []uint8 {
	if e.plain == nil {
		e.plain = e.deflater.buffer()
	}
	at := len(e.plain)
	e.plain = e.plain[:at+1+e.stored]
	e.plain[at] = filterNone
	return e.plain[at+1:]
}

// filled tells that the row is. The last pass ends the stream.
func (e *encoder) filled(last bool) error {
	e.rows++
	e.left--
	if e.rows < e.parts && e.left > 0 {
		return nil
	}
	e.rows = 0
	data, k := e.filter()
	return e.deflater.write(data, k, last && e.left == 0)
}

// stream writes the rows of src as they come.
func (e *encoder) stream(src pixel.Source) error {
	e.pass(e.shape.Width, e.shape.Height)
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.Y != y || y+t.Rows > e.shape.Height {
			return fmt.Errorf("rows %d to %d came where row %d of %d was due", t.Y, t.Y+t.Rows, y, e.shape.Height)
		}
		for i := range t.Rows {
			e.join(e.row(), t, i)
			if err := e.filled(true); err != nil {
				return err
			}
		}
		y += t.Rows
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	return nil
}

// partRows reports how many rows of n bytes are compressed at a time.
func partRows(height, n int) int { return min(height, max(1, partSize/(1+n))) }

// join packs row y of t.
func (e *encoder) join(dst []uint8, t *pixel.Strip, y int) {
	var r planes
	r.set(t, y)
	if !r.is16Bit {
		interleave.Join(dst, r.rows[:r.planes])
		return
	}
	for p, row := range r.deep[:r.planes] {
		for x, v := range row {
			binary.BigEndian.PutUint16(dst[x*e.step+2*p:], v)
		}
	}
}

// An idatWriter cuts what it is given into IDAT chunks.
type idatWriter struct {
	w   io.Writer
	buf []byte
}

func (w *idatWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), cap(w.buf)-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		p = p[k:]
		if len(w.buf) == cap(w.buf) {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (w *idatWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	err := writeChunk(w.w, "IDAT", w.buf)
	w.buf = w.buf[:0]
	return err
}

func writeChunk(w io.Writer, kind string, data []byte) error {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	head = append(head, kind...)
	crc := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	for _, b := range [][]byte{head, data, binary.BigEndian.AppendUint32(nil, crc)} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
