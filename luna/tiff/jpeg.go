package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// JPEG within TIFF (Adobe Photoshop TIFF Technical Notes 2): every strip or
// tile is a stream of its own, whose tables may stand in the directory. TIFF
// 6.0's own way is read where the whole picture is one plain stream.

const (
	maxTables = 1 << 20
	// peekSize is how much of a stream Probe tries to do with.
	peekSize = 64 << 10
)

// readJPEG reads the tables and the first stream's header, which tells how
// colours are subsampled. What TIFF tells of that is often wrong.
func (h *header) readJPEG(c Codec) error {
	if h.bits != 8 {
		return fmt.Errorf("%w: JPEG of %d bits a sample", codec.ErrUnsupported, h.bits)
	}
	if h.packing == packOldJPEG {
		if err := h.oneStream(); err != nil {
			return err
		}
	} else if v, ok := h.dir[tagJPEGTables]; ok {
		b, err := h.raw(v, maxTables)
		if err != nil {
			return fmt.Errorf("JPEG tables: %w", err)
		}
		h.tables = segments(b, false)
	}
	first, err := h.part(0, 0, 0, peekSize)
	if err != nil {
		return err
	}
	info, err := c.JPEG.Probe(h.stream(first))
	if err != nil && len(first) == peekSize {
		if first, err = h.part(0, 0, 0, 1<<62); err != nil {
			return err
		}
		info, err = c.JPEG.Probe(h.stream(first))
	}
	if err != nil {
		return err
	}
	is := info.Shape.Layout
	h.coded = is
	switch {
	case h.planar && is == pixel.Gray:
		if h.photometric == photoYCbCr && h.samples == 3 {
			h.layout = pixel.YCbCr444
		}
	case !h.planar && is.Planes() == h.samples && (h.samples == 4 || h.layout.Planes() == h.samples):
		if h.samples == 3 {
			h.layout = is
		}
	default:
		return fmt.Errorf("%w: JPEG of %v where %d samples are due", codec.ErrUnsupported, is, h.samples)
	}
	if h.photometric == photoYCbCr && h.samples > 3 {
		return fmt.Errorf("%w: JPEG of YCbCr with more samples", codec.ErrUnsupported)
	}
	if h.photometric == photoPalette || h.layout.Planes() > h.samples {
		return fmt.Errorf("%w: JPEG of palette indices", codec.ErrUnsupported)
	}
	sx, sy := h.layout.Subsampling(1)
	if h.across > 1 && h.chunkWidth%(1<<sx) != 0 || h.down > 1 && h.chunkHeight%(1<<sy) != 0 {
		return fmt.Errorf("%w: JPEG tiles of %dx%d with %v", codec.ErrUnsupported, h.chunkWidth, h.chunkHeight, h.layout)
	}
	return nil
}

// oneStream makes one strip of a picture in TIFF 6.0's JPEG.
func (h *header) oneStream() error {
	stream, ok := h.dir[tagJPEGStream]
	if !ok || h.planar {
		return fmt.Errorf("%w: the JPEG of TIFF 6.0 in parts", codec.ErrUnsupported)
	}
	offset, err := h.integer(stream, 0)
	if err != nil {
		return err
	}
	soi, err := h.at(offset, 2)
	if err != nil {
		return err
	}
	if soi[0] != 0xff || soi[1] != 0xd8 {
		return fmt.Errorf("%w: the JPEG of TIFF 6.0 in parts", codec.ErrUnsupported)
	}
	h.tiled, h.across, h.down, h.chunkWidth, h.chunkHeight = false, 1, 1, h.width, h.height
	h.offsets = stream
	h.counts, h.counted = h.dir[tagJPEGLength]
	return nil
}

// part returns at most limit bytes of a chunk's stream.
func (h *header) part(lane, x, y int, limit uint64) ([]byte, error) {
	i := uint64((lane*h.down+y)*h.across + x)
	offset, err := h.integer(h.offsets, i)
	if err != nil {
		return nil, err
	}
	if h.counted {
		n, err := h.integer(h.counts, i)
		if err != nil {
			return nil, err
		}
		limit = min(limit, n)
	}
	b, err := h.some(offset, limit)
	if err == nil && h.counted && uint64(len(b)) < limit {
		err = fmt.Errorf("%w: %d of the %d bytes of a JPEG stream: %w", codec.ErrFormat, len(b), limit, io.ErrUnexpectedEOF)
	}
	return b[:min(uint64(len(b)), h.mostStored())], err
}

// stream makes a file of a chunk: tables come first, and what it means is
// what TIFF says.
func (h *header) stream(data []byte) io.Reader {
	head := []byte{0xff, 0xd8}
	if h.samples == 3 && h.packing == packJPEG {
		adobe := []byte{0xff, 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0}
		if h.photometric == photoYCbCr {
			adobe[15] = 1
		}
		head = append(head, adobe...)
	}
	head = append(head, h.tables...)
	if h.packing == packOldJPEG {
		return bytes.NewReader(data)
	}
	return io.MultiReader(bytes.NewReader(head), bytes.NewReader(segments(data, true)))
}

// segments returns the markers of a stream without SOI, without what
// applications add before the first scan, and, of tables, without EOI. It
// takes what it does not understand as it is.
func segments(b []byte, scan bool) []byte {
	if len(b) < 2 || b[0] != 0xff || b[1] != 0xd8 {
		return b
	}
	var kept []byte
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		if b[1] == 0xff {
			b = b[1:]
			continue
		}
		n := 2 + int(binary.BigEndian.Uint16(b[2:]))
		if b[1] == 0xda || b[1] == 0xd9 || n > len(b) {
			break
		}
		if b[1] < 0xe0 || b[1] > 0xef {
			kept = append(kept, b[:n]...)
		}
		b = b[n:]
	}
	if !scan {
		return kept
	}
	return append(kept, b...)
}

// jpegStrip fills a strip of a picture that consists of JPEG streams.
func (d *decoder) jpegStrip(t *pixel.Strip) error {
	last := d.layout.Planes() - 1
	_, sy := d.layout.Subsampling(last)
	for y := 0; y < t.Rows; {
		row := t.Y + y
		if d.bandY < 0 || row >= d.bandY+d.chunkHeight {
			if err := d.jpegBand(row / d.chunkHeight); err != nil {
				return err
			}
		}
		n := min(t.Rows-y, d.bandY+d.chunkHeight-row)
		for p := range last + 1 {
			shift := uint(0)
			if p > 0 {
				shift = sy
			}
			from, to := &d.planes.Planes[p], &t.Planes[p]
			for i := range (n + 1<<shift - 1) >> shift {
				copy(to.Row(y>>shift+i), from.Row((row-d.bandY)>>shift+i))
			}
		}
		y += n
	}
	for y := range t.Rows {
		if d.photometric == photoWhiteIsZero {
			invert(&t.Planes[0], y)
		}
		if d.associated {
			for p := range last {
				divide(&t.Planes[p], &t.Planes[last], y)
			}
		}
	}
	return nil
}

// jpegBand decodes a strip, or a row of tiles.
func (d *decoder) jpegBand(row int) error {
	if d.planes == nil {
		shape := d.shape()
		shape.Height = min(d.chunkHeight, d.height)
		d.planes = pixel.NewImage(d.pool, shape)
	}
	d.bandY = row * d.chunkHeight
	for lane := range d.wantedLanes() {
		for x := range d.across {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			if err := d.jpegChunk(lane, x, row); err != nil {
				return err
			}
		}
	}
	return nil
}

// jpegChunk decodes one stream into its place in the band.
func (d *decoder) jpegChunk(lane, column, row int) error {
	data, err := d.part(lane, column, row, 1<<62)
	if err != nil {
		return err
	}
	left := column * d.chunkWidth
	width, height := min(d.chunkWidth, d.width-left), min(d.chunkHeight, d.height-d.bandY)
	info, err := d.codec.JPEG.Probe(d.stream(data))
	if err != nil {
		return err
	}
	size := info.Shape
	if size.Width < width || size.Height < height || size.Width > d.chunkWidth+64 || size.Height > d.chunkHeight+64 {
		return fmt.Errorf("%w: a JPEG of %dx%d, where %dx%d are due", codec.ErrFormat, size.Width, size.Height, width, height)
	}
	if size.Layout != d.coded {
		return fmt.Errorf("%w: a JPEG of %v among those of %v", codec.ErrUnsupported, size.Layout, d.coded)
	}
	src, err := d.codec.JPEG.Decode(d.ctx, d.stream(data), codec.Request{Pool: d.pool, Workers: 1})
	if err != nil {
		return err
	}
	defer src.Close()
	planes := min(size.Layout.Planes(), d.layout.Planes())
	for {
		t, err := src.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for p := range planes {
			sx, sy := size.Layout.Subsampling(p)
			to := &d.planes.Planes[lane+p]
			for y := range t.Planes[p].Height {
				if at := t.Y>>sy + y; at < (height+1<<sy-1)>>sy {
					copy(to.Row(at)[left>>sx:], t.Planes[p].Row(y))
				}
			}
		}
	}
}
