package tiff

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/zlib"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	stripSize    = 256 << 10 // bytes before compression
	deflateBytes = 1450 << 10
	maxSide      = 1 << 26 // the format has 1<<32 - 1, but rows are sized in ints
	level        = 6
)

// Check refuses a progressive picture, an effort, sides of 0 or above 1<<26,
// lossless pictures of a named quality, which is JPEG's, and what JPEG
// refuses of those.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("tiff: %w: progressive output; the format has none", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("tiff: %w: effort; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("tiff: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case opts.Quality != 0 && opts.Lossless:
		return fmt.Errorf("tiff: %w: lossless output at a quality, which means JPEG; leave the quality out", codec.ErrUnsupported)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("tiff: %w: width %d", codec.ErrUnsupported, shape.Width)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("tiff: %w: height %d", codec.ErrUnsupported, shape.Height)
	}
	if opts.Quality != 0 {
		if err := c.JPEG.Check(shape, opts); err != nil {
			return fmt.Errorf("tiff: %w", err)
		}
	}
	return nil
}

// Lossless reports that no quality is named.
func (c Codec) Lossless(opts codec.Options) bool { return opts.Quality == 0 }

// AcceptsDeep reports that no quality is named: JPEG has 8 bits.
func (c Codec) AcceptsDeep(opts codec.Options) bool { return opts.Quality == 0 }

// Accepts wants gray and RGB, with or without alpha, and where a quality is
// named what JPEG wants.
func (c Codec) Accepts(in pixel.Layout, opts codec.Options) pixel.Layout {
	if opts.Quality != 0 {
		return c.JPEG.Accepts(in, opts)
	}
	if deflates(in) {
		return in
	}
	return pixel.RGB
}

func deflates(l pixel.Layout) bool {
	return l == pixel.Gray || l == pixel.GrayAlpha || l == pixel.RGB || l == pixel.RGBA
}

// EncodeWork reports a strip and its compressor.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	if opts.Quality != 0 {
		return c.JPEG.EncodeWork(shape, opts)
	}
	return int64(stripRows(shape))*shape.RowBytes()*5/4 + deflateBytes
}

// stripRows reports how many rows make a strip.
func stripRows(s pixel.Shape) int {
	return min(s.Height, max(1, stripSize/int(s.RowBytes())))
}

// Encode compresses strip after strip, and writes the file once their sizes
// are known: its directory stands first, so that readers need no more of the
// file than its beginning to know it. Byte order is that of the EXIF block,
// where there is one, else little-endian.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if shape.Layout != c.Accepts(shape.Layout, opts) || shape.Deep && opts.Quality != 0 {
		return fmt.Errorf("tiff: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	e := &encoder{shape: shape, order: binary.LittleEndian, pool: opts.Pool}
	e.describe(opts)
	src = pixel.WithContext(ctx, src)
	out := ctxio.NewWriter(ctx, w)
	if opts.Quality != 0 {
		e.rows = shape.Height
		if err := c.JPEG.Encode(ctx, &e.data, src, codec.Options{Quality: opts.Quality, Workers: opts.Workers, Pool: opts.Pool}); err != nil {
			return fmt.Errorf("tiff: %w", err)
		}
		e.counts = []uint32{uint32(e.data.Len())}
		e.jpeg(c)
	} else {
		e.rows = stripRows(shape)
		if err := e.deflate(src); err != nil {
			return fmt.Errorf("tiff: %w", err)
		}
	}
	if err := e.write(out); err != nil {
		return fmt.Errorf("tiff: %w", err)
	}
	return nil
}

type encoder struct {
	shape   pixel.Shape
	order   binary.ByteOrder
	pool    *pixel.Pool
	entries []entry
	rows    int // of a strip
	data    bytes.Buffer
	counts  []uint32 // bytes of each strip
}

func (e *encoder) short(tag uint16, values ...int) {
	b := make([]byte, 2*len(values))
	for i, v := range values {
		e.order.PutUint16(b[2*i:], uint16(v))
	}
	e.entries = append(e.entries, entry{tag: tag, kind: typeShort, count: uint32(len(values)), data: b})
}

func (e *encoder) long(tag uint16, values ...uint32) {
	b := make([]byte, 4*len(values))
	for i, v := range values {
		e.order.PutUint32(b[4*i:], v)
	}
	e.entries = append(e.entries, entry{tag: tag, kind: typeLong, count: uint32(len(values)), data: b})
}

func (e *encoder) rational(tag uint16, values ...float64) {
	b := make([]byte, 8*len(values))
	for i, v := range values {
		denominator := uint32(1000)
		if v == math.Trunc(v) {
			denominator = 1
		}
		e.order.PutUint32(b[8*i:], uint32(math.Round(min(v, 1<<20)*float64(denominator))))
		e.order.PutUint32(b[8*i+4:], denominator)
	}
	e.entries = append(e.entries, entry{tag: tag, kind: typeRational, count: uint32(len(values)), data: b})
}

// describe takes over metadata, and resolution. An EXIF block that cannot be
// read is left out.
func (e *encoder) describe(opts codec.Options) {
	if m := opts.Metadata.EXIF; len(m) > 0 {
		m = bytes.TrimPrefix(m, []byte("Exif\x00\x00"))
		if f, err := open(&buffer{r: bytes.NewReader(m), limit: codec.MaxMetadata}); err == nil {
			if d, err := f.directory(f.first); err == nil {
				if entries, err := f.describe(d); err == nil {
					e.order, e.entries = f.order, entries
				}
			}
		}
	}
	for _, of := range []struct {
		tag  uint16
		data []byte
	}{{tagXMP, opts.Metadata.XMP}, {tagIPTC, opts.Metadata.IPTC}} {
		if len(of.data) > 0 && len(of.data) <= codec.MaxMetadata {
			e.entries = append(e.entries, entry{tag: of.tag, kind: typeUndefined, count: uint32(len(of.data)), data: of.data})
		}
	}
	if opts.Density > 0 {
		e.rational(tagXResolution, opts.Density)
		e.rational(tagYResolution, opts.Density)
		e.short(tagResolutionUnit, 2)
	}
}

// jpeg says what the one JPEG strip holds.
func (e *encoder) jpeg(c Codec) {
	e.short(tagCompression, packJPEG)
	if e.shape.Layout == pixel.Gray {
		e.short(tagPhotometric, photoBlackIsZero)
		return
	}
	e.short(tagPhotometric, photoYCbCr)
	sx, sy := 1, 1
	if info, err := c.JPEG.Probe(bytes.NewReader(e.data.Bytes())); err == nil {
		x, y := info.Shape.Layout.Subsampling(1)
		sx, sy = 1<<x, 1<<y
	}
	e.short(tagYCbCrSampling, sx, sy)
	e.rational(tagReference, 0, 255, 128, 255, 128, 255)
}

// deflate compresses all strips.
func (e *encoder) deflate(src pixel.Source) error {
	e.short(tagCompression, packDeflate)
	e.short(tagPredictor, 2)
	photometric := photoRGB
	if e.shape.Layout.Opaque() == pixel.Gray {
		photometric = photoBlackIsZero
	}
	e.short(tagPhotometric, photometric)
	if e.shape.Layout.HasAlpha() {
		e.short(tagExtraSamples, 2) // straight
	}
	n := int(e.shape.RowBytes())
	strip := e.pool.Get(e.rows * n)
	defer e.pool.Put(strip)
	z, err := zlib.NewWriterLevel(&e.data, level)
	if err != nil {
		return err
	}
	y, held, before := 0, 0, 0
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
			e.pack(strip[held*n:][:n], t, i)
			held++
			if y++; held < e.rows && y < e.shape.Height {
				continue
			}
			z.Reset(&e.data)
			if _, err := z.Write(strip[:held*n]); err != nil {
				return err
			}
			if err := z.Close(); err != nil {
				return err
			}
			e.counts = append(e.counts, uint32(e.data.Len()-before))
			held, before = 0, e.data.Len()
		}
	}
	if y != e.shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, e.shape.Height, io.ErrUnexpectedEOF)
	}
	return nil
}

// pack writes the differences of a row of t to row.
func (e *encoder) pack(row []byte, t *pixel.Strip, y int) {
	n := e.shape.Layout.Planes()
	if e.shape.Deep {
		for p := range n {
			var left uint16
			for x, v := range t.Planes[p].Row16(y) {
				e.order.PutUint16(row[2*(x*n+p):], v-left)
				left = v
			}
		}
		return
	}
	var rows [4][]uint8
	for p := range n {
		rows[p] = t.Planes[p].Row(y)
	}
	interleave.Join(row, rows[:n])
	for i := len(row) - 1; i >= n; i-- {
		row[i] -= row[i-n]
	}
}

// write writes header, directory and strips.
func (e *encoder) write(w io.Writer) error {
	planes, bits := e.shape.Layout.Planes(), 8
	if e.shape.Deep {
		bits = 16
	}
	e.long(tagWidth, uint32(e.shape.Width))
	e.long(tagHeight, uint32(e.shape.Height))
	e.short(tagBits, []int{bits, bits, bits, bits}[:planes]...)
	e.short(tagSamples, planes)
	if !slices.ContainsFunc(e.entries, func(of entry) bool { return of.tag == tagOrientation }) {
		e.short(tagOrientation, 1)
	}
	e.short(tagPlanar, 1)
	e.long(tagRowsPerStrip, uint32(e.rows))
	e.long(tagStripCounts, e.counts...)
	offsets := make([]uint32, len(e.counts))
	at := len(e.entries)
	e.long(tagStripOffsets, offsets...)
	first := 8 + len(write(e.order, 8, e.entries))
	if int64(first)+int64(e.data.Len()) > math.MaxUint32 {
		return fmt.Errorf("%w: a file of %d bytes, where 4 GiB are possible", codec.ErrUnsupported, e.data.Len())
	}
	for i, n := range e.counts {
		offsets[i] = uint32(first)
		first += int(n)
	}
	e.entries = e.entries[:at]
	e.long(tagStripOffsets, offsets...)
	head := append(preamble(e.order), write(e.order, 8, e.entries)...)
	for _, b := range [][]byte{head, e.data.Bytes()} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
