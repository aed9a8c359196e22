package bmp

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads the file to the end of its pixels, because most begin with the
// last row; strips are made of it as the source is read. A file that ends
// before its last pixel is refused.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	h, err := readHeader(in)
	if err != nil {
		return nil, fmt.Errorf("bmp: %w", err)
	}
	d := &decoder{header: h, ctx: ctx, pool: req.Pool}
	if err := d.load(in, c.maxBytes()); err != nil {
		return nil, fmt.Errorf("bmp: %w", err)
	}
	return &lazy.Source{Size: h.info().Shape, Pool: req.Pool, Fill: d.fill, Free: d.close}, nil
}

type decoder struct {
	*header
	ctx  context.Context
	pool *pixel.Pool
	// pieces hold the stored rows, so many each. Where runs are coded there is
	// one of all bytes.
	pieces  [][]byte
	inPiece int

	// Where runs are coded: an index for each pixel.
	indices []byte
	// invisible says that alpha is 0 throughout.
	invisible bool
}

func (d *decoder) close() {
	d.pool.Put(d.indices)
	d.pieces, d.indices = nil, nil
}

// load reads the stored pixels.
func (d *decoder) load(in *ctxio.Reader, limit int64) error {
	// Some writers leave the offset at 0, or too low.
	if skip := d.offset - d.read; skip > 0 {
		if skip > limit {
			return fmt.Errorf("%w: pixels at %d", codec.ErrLimit, d.offset)
		}
		if _, err := io.CopyN(io.Discard, in, skip); err != nil {
			return early(err)
		}
	}
	if !d.runLength() {
		if want := d.stride() * int64(d.height); want > limit {
			return fmt.Errorf("%w: %d bytes of pixels, where %d are allowed", codec.ErrLimit, want, limit)
		}
		return d.loadRows(in)
	}
	var b bytes.Buffer
	want := min(limit, math.MaxInt64-1) + 1 // one beyond the limit, to know of it
	if _, err := io.Copy(&b, io.LimitReader(in, want)); err != nil {
		return err
	}
	if int64(b.Len()) > limit {
		return fmt.Errorf("%w: more than %d bytes", codec.ErrLimit, limit)
	}
	d.pieces = [][]byte{b.Bytes()}
	return nil
}

// pieceBytes is about how much is read at a time. What the header claims is
// not allocated before it has come, and nothing large is ever copied.
const pieceBytes = 32 << 10

// loadRows reads rows as they are stored.
func (d *decoder) loadRows(in io.Reader) error {
	stride := int(d.stride())
	d.inPiece = max(1, pieceBytes/stride)
	for y := 0; y < d.height; y += d.inPiece {
		rows := min(d.inPiece, d.height-y)
		piece := make([]byte, rows*stride)
		switch n, err := io.ReadFull(in, piece); {
		case err == nil:
		case err != io.EOF && err != io.ErrUnexpectedEOF:
			return err
		// The last row's padding may be missing.
		case y+rows < d.height || n < len(piece)-stride+(d.width*d.bits+7)/8:
			return fmt.Errorf("%w: the pixels end in row %d of %d: %w", codec.ErrFormat, y+n/stride, d.height, io.ErrUnexpectedEOF)
		}
		d.pieces = append(d.pieces, piece)
	}
	if !d.alpha {
		return nil
	}
	transparent, err := d.transparent()
	d.invisible = transparent
	return err
}

// row returns a stored row as it comes from the top.
func (d *decoder) row(y int) []byte {
	if !d.topDown {
		y = d.height - 1 - y
	}
	stride := int(d.stride())
	return d.pieces[y/d.inPiece][y%d.inPiece*stride:][:stride]
}

// transparent reports whether no pixel would be seen. Such files are many:
// their writers know of no alpha.
func (d *decoder) transparent() (bool, error) {
	for y := range d.height {
		if y%pixel.StripRows == 0 && d.ctx.Err() != nil {
			return false, d.ctx.Err()
		}
		row := d.row(y)
		for x := range d.width {
			if d.masks[3].value(d.pixel(row, x)) != 0 {
				return false, nil
			}
		}
	}
	return true, nil
}

func (d *decoder) pixel(row []byte, x int) uint32 {
	if d.bits == 16 {
		return uint32(binary.LittleEndian.Uint16(row[2*x:]))
	}
	return binary.LittleEndian.Uint32(row[4*x:])
}

// fill writes a strip.
func (d *decoder) fill(t *pixel.Strip) error {
	if err := d.ctx.Err(); err != nil {
		return fmt.Errorf("bmp: %w", err)
	}
	if d.runLength() && d.indices == nil {
		if err := d.unrun(); err != nil {
			return fmt.Errorf("bmp: %w", err)
		}
	}
	for y := range t.Rows {
		switch row := t.Y + y; {
		case d.indices != nil:
			d.fromPalette(t, y, d.indices[row*d.width:][:d.width], 8)
		case d.bits <= 8:
			d.fromPalette(t, y, d.row(row), d.bits)
		case d.bits == 24:
			d.fromBytes(t, y, d.row(row))
		default:
			d.fromMasks(t, y, d.row(row))
		}
	}
	return nil
}

func (d *decoder) fromPalette(t *pixel.Strip, y int, row []byte, bits int) {
	top, perByte := byte(1<<bits-1), 8/bits
	for p := range d.layout().Planes() {
		dst := t.Planes[p].Row(y)
		for x := range dst {
			i := row[x/perByte] >> (8 - bits - x%perByte*bits) & top
			dst[x] = d.palette[i][p]
		}
	}
}

func (d *decoder) fromBytes(t *pixel.Strip, y int, row []byte) {
	r, g, b := t.Planes[0].Row(y), t.Planes[1].Row(y), t.Planes[2].Row(y)
	for x := range r {
		c := row[3*x : 3*x+3 : 3*x+3]
		r[x], g[x], b[x] = c[2], c[1], c[0]
	}
}

func (d *decoder) fromMasks(t *pixel.Strip, y int, row []byte) {
	for p := range d.layout().Planes() {
		dst := t.Planes[p].Row(y)
		for x := range dst {
			dst[x] = d.masks[p].value(d.pixel(row, x))
			if p == 3 && d.invisible {
				dst[x] = 255
			}
		}
	}
}
