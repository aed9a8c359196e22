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
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	defaultLevel = 6 // zlib's own, and sharp's
	partSize     = 256 << 10
	idatSize     = 32 << 10
	maxSide      = 1 << 26 // the format has 1<<31 - 1, but rows are sized in ints
)

// Check refuses interlaced output, palettes (which is what an explicit
// quality asks for), an effort, a compression
// level that there is not, and sides of 0 or above 1<<26. Lossless is what
// PNG is.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("png: %w: progressive output", codec.ErrUnsupported)
	case opts.Quality != 0:
		return fmt.Errorf("png: %w: quality; a palette cannot be made", codec.ErrUnsupported)
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

// Encode writes some rows after the other, with the filters that promise most.
// All goroutines have ended when it returns.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	colour, ok := colourType(shape.Layout)
	if !ok || shape.Deep {
		return fmt.Errorf("png: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	e := &encoder{
		w: ctxio.NewWriter(ctx, w), shape: shape, step: shape.Layout.Planes(),
		level: c.level(), workers: c.workers(opts.Workers), pool: opts.Pool, trials: map[int]*flate.Writer{},
	}
	if err := e.encode(pixel.WithContext(ctx, src), colour, opts); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	return nil
}

type encoder struct {
	w       io.Writer
	shape   pixel.Shape
	step    int // bytes a pixel
	level   int
	workers int
	pool    *pixel.Pool

	// plain holds the rows of a part, each after a filter byte of 0.
	plain    []uint8
	above    []uint8 // the row before those
	filtered [filters][]uint8
	trials   map[int]*flate.Writer // by level
	deflater *deflater
}

func (e *encoder) encode(src pixel.Source, colour byte, opts codec.Options) error {
	var ihdr [13]byte
	binary.BigEndian.PutUint32(ihdr[0:], uint32(e.shape.Width))
	binary.BigEndian.PutUint32(ihdr[4:], uint32(e.shape.Height))
	ihdr[8], ihdr[9] = 8, colour
	if _, err := io.WriteString(e.w, signature); err != nil {
		return err
	}
	if err := writeChunk(e.w, "IHDR", ihdr[:]); err != nil {
		return err
	}
	if err := writeMetadata(e.w, opts); err != nil {
		return err
	}
	if err := e.pixels(src); err != nil {
		return err
	}
	return writeChunk(e.w, "IEND", nil)
}

func (e *encoder) pixels(src pixel.Source) error {
	n := e.shape.Width * e.step
	buffer := e.pool.Get(filters * n)
	defer e.pool.Put(buffer)
	e.above = buffer[:n]
	clear(e.above)
	for f := range e.filtered[1:] {
		e.filtered[1+f] = buffer[(1+f)*n:][:n]
	}
	rows := partRows(e.shape)
	out := &idatWriter{w: e.w, buf: make([]byte, 0, idatSize)}
	z := &deflater{w: out, level: e.level, workers: e.workers, pool: e.pool, size: rows * (1 + n)}
	e.deflater = z
	defer func() {
		z.give(e.plain)
		z.close()
	}()
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
			e.addRow(t, i)
			if y++; y%rows == 0 || y == e.shape.Height {
				data, k := e.filter()
				if err := z.write(data, k, y == e.shape.Height); err != nil {
					return err
				}
			}
		}
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	return out.flush()
}

// partRows reports how many rows are compressed at a time.
func partRows(s pixel.Shape) int {
	return min(s.Height, max(1, partSize/(1+int(s.RowBytes()))))
}

// addRow adds a row of t to the part.
func (e *encoder) addRow(t *pixel.Strip, y int) {
	n := e.shape.Width * e.step
	if e.plain == nil {
		e.plain = e.deflater.buffer()
	}
	at := len(e.plain)
	e.plain = e.plain[:at+1+n]
	e.plain[at] = filterNone
	var rows [4][]uint8
	for p := range e.step {
		rows[p] = t.Planes[p].Row(y)
	}
	interleave.Join(e.plain[at+1:], rows[:e.step])
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
