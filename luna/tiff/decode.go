package tiff

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads the header; strips are read as the source is, a row at a time,
// and tiles a row of them at a time.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	h, err := c.readHeader(in)
	if err != nil {
		return nil, fmt.Errorf("tiff: %w", err)
	}
	d := &decoder{header: h, ctx: ctx, in: in, codec: c, pool: req.Pool, bandY: -1}
	fill := d.strip
	if h.packing == packJPEG || h.packing == packOldJPEG {
		fill = d.jpegStrip
	}
	return &lazy.Source{
		Size: h.shape(), Pool: req.Pool, Free: d.close,
		Fill: func(t *pixel.Strip) error { return d.fail(fill(t)) },
	}, nil
}

// A decoder holds the state of reading pixels.
type decoder struct {
	*header
	ctx   context.Context
	in    *ctxio.Reader
	codec Codec
	pool  *pixel.Pool

	streams []io.Reader // of each lane's strip
	rows    [][]byte    // the stored row of each lane
	line    int         // which unit of rows they hold, and one more
	raw     []uint16    // samples of a row

	// The tiles that are decoded, from row bandY on: stored rows of each
	// lane, or planes of JPEG.
	band   [][]byte
	planes *pixel.Image
	bandY  int
}

func (d *decoder) close() {
	for _, b := range d.band {
		d.pool.Put(b)
	}
	d.planes.Free(d.pool)
	d.band, d.planes, d.streams, d.rows, d.raw = nil, nil, nil, nil, nil
}

// fail names the cause: the reader's or the context's error if there was one,
// and otherwise a malformed file.
func (d *decoder) fail(err error) error {
	switch {
	case err == nil:
		return nil
	case d.ctx.Err() != nil:
		return fmt.Errorf("tiff: %w", d.ctx.Err())
	case d.in.Err() != nil:
		return fmt.Errorf("tiff: %w", d.in.Err())
	case tolerable(err) || errors.Is(err, codec.ErrLimit):
		return fmt.Errorf("tiff: %w", err)
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("tiff: %w: pixels: %w", codec.ErrFormat, err)
}

// strip fills a strip of the picture.
func (d *decoder) strip(t *pixel.Strip) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	if d.rows == nil {
		d.streams, d.rows = make([]io.Reader, d.wantedLanes()), make([][]byte, d.wantedLanes())
		if !d.tiled {
			for i := range d.rows {
				d.rows[i] = make([]byte, d.rowBytes(d.width))
			}
		}
		d.raw = make([]uint16, d.width)
	}
	for y := range t.Rows {
		row := t.Y + y
		if unit := row / d.unit(); unit >= d.line {
			if err := d.next(unit); err != nil {
				return err
			}
			d.line = unit + 1
		}
		d.expand(t, y, row%d.unit())
	}
	return nil
}

// next has the stored rows of a unit.
func (d *decoder) next(unit int) error {
	first := unit * d.unit()
	chunk := first / d.chunkHeight
	if d.tiled {
		if first%d.chunkHeight == 0 || d.bandY < 0 {
			if err := d.tiles(chunk); err != nil {
				return err
			}
		}
		n := d.rowBytes(d.width)
		at := (first - d.bandY) / d.unit() * n
		for lane := range d.rows {
			d.rows[lane] = d.band[lane][at : at+n]
		}
		return nil
	}
	for lane, row := range d.rows {
		if first%d.chunkHeight == 0 {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			data, err := d.chunk(lane, 0, chunk)
			if err != nil {
				return err
			}
			if d.streams[lane], err = d.unpacker(data, d.width); err != nil {
				return err
			}
		}
		if _, err := io.ReadFull(d.streams[lane], row); err != nil {
			return err
		}
		d.undiffer(row)
	}
	return nil
}

// tiles decodes a row of them. Only what lies within the picture is kept.
func (d *decoder) tiles(row int) error {
	y := row * d.chunkHeight
	units := (min(d.chunkHeight, d.height-y) + d.unit() - 1) / d.unit()
	n := d.rowBytes(d.width)
	if d.band == nil {
		for range d.wantedLanes() {
			d.band = append(d.band, d.pool.Get(units*n))
		}
	}
	d.bandY = y
	// Where tiles do not begin at a byte, rows are put together by bits.
	start := d.chunkWidth * d.bits * d.pixelSamples()
	if d.subX == 0 && start%8 != 0 && d.across > 1 {
		return fmt.Errorf("%w: tiles of %d pixels of %d bits", codec.ErrUnsupported, d.chunkWidth, d.bits)
	}
	whole := d.rowBytes(d.chunkWidth)
	for lane := range d.band {
		for x := range d.across {
			if err := d.ctx.Err(); err != nil {
				return err
			}
			data, err := d.chunk(lane, x, row)
			if err != nil {
				return err
			}
			in, err := d.unpacker(data, d.chunkWidth)
			if err != nil {
				return err
			}
			at := x * whole
			part := min(whole, n-at)
			for u := range units {
				to := d.band[lane][u*n+at:][:part]
				if _, err := io.ReadFull(in, to); err != nil {
					return err
				}
				if whole > part {
					if _, err := io.CopyN(io.Discard, in, int64(whole-part)); err != nil {
						return err
					}
				}
				d.undiffer(to)
			}
		}
	}
	return nil
}

// undiffer undoes horizontal differences (TIFF 6.0, section 14).
func (d *decoder) undiffer(row []byte) {
	if d.predictor != 2 {
		return
	}
	step := d.pixelSamples()
	if d.bits == 8 {
		for i := step; i < len(row); i++ {
			row[i] += row[i-step]
		}
		return
	}
	for i := 2 * step; i+1 < len(row); i += 2 {
		d.order.PutUint16(row[i:], d.order.Uint16(row[i:])+d.order.Uint16(row[i-2*step:]))
	}
}
