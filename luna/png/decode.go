package png

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/inflate"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads the header; pixels are read as the source is. The source
// fails where the pixels end early or the checksum over them is wrong.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	cs, err := newChunks(bufio.NewReaderSize(in, 16<<10))
	if err != nil {
		return nil, fmt.Errorf("png: %w", err)
	}
	h, err := readHeader(cs)
	if err != nil {
		return nil, fmt.Errorf("png: %w", err)
	}
	if h.rowBytes(h.width) > 1<<29 {
		return nil, fmt.Errorf("png: %w: width %d", codec.ErrLimit, h.width)
	}
	d := &decoder{header: h, in: in, chunks: cs, shape: h.info().Shape, pool: req.Pool, workers: c.workers(req.Workers)}
	return d.open(), nil
}

// open returns a source that decodes as it is read.
func (d *decoder) open() pixel.Source {
	if d.header.interlaced {
		return d.interlaced()
	}
	return &lazy.Source{Size: d.shape, Pool: d.pool, Fill: d.strip, Free: d.close}
}

// A decoder holds the state of reading pixels. Its fields are nil until the
// first row is asked for.
type decoder struct {
	*header
	in     *ctxio.Reader
	chunks *chunks
	data   io.Reader // what is compressed
	shape  pixel.Shape
	pool   *pixel.Pool

	workers    int
	inflate    io.Reader // perhaps ahead
	ahead      *ahead
	buffer     []uint8 // what row and above are parts of
	row, above []uint8 // the filter byte and the stored bytes
}

// strip fills a strip of a picture that is not interlaced.
func (d *decoder) strip(t *pixel.Strip) error {
	if t.Y == 0 {
		d.start(d.width)
	}
	var rows planes
	for y := range t.Rows {
		if err := d.next(); err != nil {
			return d.fail(err)
		}
		rows.set(t, y)
		d.expandRow(&rows, d.width)
	}
	if t.Y+t.Rows == d.height {
		return d.finish()
	}
	return nil
}

// start prepares for rows of n pixels, with a row of zeros above them.
func (d *decoder) start(n int) {
	if d.inflate == nil {
		if d.data == nil {
			d.data = &idat{c: d.chunks}
		}
		d.inflate = inflate.NewReader(d.data)
		if n := d.filteredBytes(); d.workers > 1 && n >= aheadFrom {
			d.ahead = newAhead(d.inflate, n+1, d.pool) // one to see the end
			d.inflate = d.ahead
		}
		d.buffer = d.pool.Get(2 * int(1+d.rowBytes(d.width)))
	}
	size := int(1 + d.rowBytes(n))
	d.row, d.above = d.buffer[:size], d.buffer[size:2*size]
	clear(d.row)
}

// filteredBytes reports how many bytes the rows of all passes take.
func (d *decoder) filteredBytes() int64 {
	if !d.header.interlaced {
		return int64(d.height) * (1 + d.rowBytes(d.width))
	}
	n := int64(0)
	for _, a := range passes {
		if w, h := a.size(d.width, d.height); w > 0 && h > 0 {
			n += int64(h) * (1 + d.rowBytes(w))
		}
	}
	return n
}

// planes are the rows of the planes of a strip, of one depth.
type planes struct {
	rows    [4][]uint8
	deep    [4][]uint16
	planes  int
	is16Bit bool
}

// set takes row y of t.
func (r *planes) set(t *pixel.Strip, y int) {
	r.planes, r.is16Bit = 0, t.Planes[0].Pix16 != nil
	for p := range t.Planes {
		switch plane := &t.Planes[p]; {
		case plane.Pix16 != nil:
			r.deep[p] = plane.Row16(y)
		case plane.Pix != nil:
			r.rows[p] = plane.Row(y)
		default:
			return
		}
		r.planes++
	}
}

// expandRow makes n pixels of the row at hand.
func (d *decoder) expandRow(r *planes, n int) {
	if r.is16Bit {
		d.expandDeep(r.deep[:r.planes], d.row[1:], n)
	} else {
		d.expand(r.rows[:r.planes], d.row[1:], n)
	}
}

// next reads and unfilters a row.
func (d *decoder) next() error {
	d.row, d.above = d.above, d.row
	if _, err := io.ReadFull(d.inflate, d.row); err != nil {
		return err
	}
	return unfilter(d.row[0], d.row[1:], d.above[1:], max(1, d.bits()/8))
}

// finish checks the sums over all rows and over the last IDAT chunk. What the
// chunks hold beyond the rows, or stands behind them, is not looked at.
func (d *decoder) finish() error {
	var b [1]byte
	if _, err := io.ReadFull(d.inflate, b[:]); err != nil && err != io.EOF {
		return d.fail(err)
	}
	d.ahead.close()
	if d.chunks.kind != "IDAT" && d.chunks.kind != "fdAT" || !d.chunks.open {
		return nil
	}
	return d.fail(d.chunks.finishIntact())
}

// fail names the cause: the reader's or the context's error if there was one,
// and otherwise a malformed file.
func (d *decoder) fail(err error) error {
	if err == nil {
		return nil
	}
	d.ahead.close()
	if d.in.Err() != nil {
		return fmt.Errorf("png: %w", d.in.Err())
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if errors.Is(err, codec.ErrFormat) {
		return fmt.Errorf("png: %w", err)
	}
	return fmt.Errorf("png: %w: pixels: %w", codec.ErrFormat, err)
}

func (d *decoder) close() {
	d.ahead.close()
	d.pool.Put(d.buffer)
	d.buffer, d.row, d.above = nil, nil, nil
}

// idat reads the content of consecutive IDAT chunks, beginning in one.
type idat struct{ c *chunks }

func (r *idat) Read(p []byte) (int, error) {
	for r.c.left == 0 && r.c.kind == "IDAT" && r.c.open {
		if err := r.c.finishIntact(); err != nil {
			return 0, err
		}
		if err := r.c.next(); err != nil {
			return 0, err
		}
	}
	if r.c.kind != "IDAT" || !r.c.open {
		return 0, io.EOF
	}
	return r.c.Read(p)
}
