package png

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zlib"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	level    = 6 // zlib's own default, and sharp's
	idatSize = 32 << 10
	maxSide  = 1 << 26 // the format has 1<<31 - 1, but rows are sized in ints
)

// Check refuses interlaced output, palettes (which is what an explicit
// quality asks for), an effort, and sides of 0 or above 1<<26. Lossless is what
// PNG is.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("png: %w: progressive output", codec.ErrUnsupported)
	case opts.Quality != 0:
		return fmt.Errorf("png: %w: quality; a palette cannot be made", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("png: %w: effort; the format has none", codec.ErrUnsupported)
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

// Encode writes row by row, each with the filter that promises most.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	colour, ok := colourType(shape.Layout)
	if !ok || shape.Deep {
		return fmt.Errorf("png: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	e := &encoder{w: ctxio.NewWriter(ctx, w), shape: shape, step: shape.Layout.Planes()}
	if err := e.encode(pixel.WithContext(ctx, src), colour, opts.Pool); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	return nil
}

type encoder struct {
	w     io.Writer
	shape pixel.Shape
	step  int // bytes a pixel

	row, above []uint8
	filtered   [filters][]uint8
}

func (e *encoder) encode(src pixel.Source, colour byte, pool *pixel.Pool) error {
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
	if err := e.pixels(src, pool); err != nil {
		return err
	}
	return writeChunk(e.w, "IEND", nil)
}

func (e *encoder) pixels(src pixel.Source, pool *pixel.Pool) error {
	n := e.shape.Width * e.step
	buffer := pool.Get((2 + filters) * n)
	defer pool.Put(buffer)
	clear(buffer[:2*n])
	e.row, e.above = buffer[:n], buffer[n:2*n]
	for f := range e.filtered {
		e.filtered[f] = buffer[(2+f)*n:][:n]
	}
	out := &idatWriter{w: e.w, buf: make([]byte, 0, idatSize)}
	z, err := zlib.NewWriterLevel(out, level)
	if err != nil {
		return err
	}
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
			if err := e.writeRow(z, t, i); err != nil {
				return err
			}
		}
		y += t.Rows
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	if err := z.Close(); err != nil {
		return err
	}
	return out.flush()
}

func (e *encoder) writeRow(z io.Writer, t *pixel.Strip, y int) error {
	e.row, e.above = e.above, e.row
	rows := make([][]uint8, e.step)
	for p := range rows {
		rows[p] = t.Planes[p].Row(y)
	}
	interleave.Join(e.row, rows)
	e.filtered[filterNone] = e.row
	f := choose(&e.filtered, e.row, e.above, e.step)
	if _, err := z.Write([]byte{byte(f)}); err != nil {
		return err
	}
	_, err := z.Write(e.filtered[f])
	return err
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
