package png

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// AnimationShape is 8-bit, and has alpha, since frames that cover less than
// the canvas, or are disposed, leave it transparent.
func (c Codec) AnimationShape(info codec.Info) pixel.Shape {
	shape := info.Shape
	shape.Layout, shape.Deep = shape.Layout.WithAlpha(), false
	return shape
}

// AnimationWork reports the canvas, a copy of it that a frame may ask to be
// brought back, a strip, and what decoding a frame takes.
func (c Codec) AnimationWork(info codec.Info, req codec.Request) int64 {
	shape := c.AnimationShape(info)
	return 2*shape.Bytes() + pixel.StripRows*shape.RowBytes() + c.DecodeWork(info, req)
}

// Animate reads an animation (PNG, third edition, chapter 11.3.2.4), or the
// one picture of a file that is none. A default image that is no frame is
// passed over, and so is what stands behind the last frame announced; where
// the file ends orderly before, there are fewer. Sequence numbers and the
// checksums over pixels must be right.
func (c Codec) Animate(ctx context.Context, r io.Reader, req codec.Request) (codec.Frames, error) {
	in := ctxio.NewReader(ctx, r)
	f := &frames{in: in, pool: req.Pool}
	if err := f.open(bufio.NewReaderSize(in, 16<<10)); err != nil {
		return nil, f.fail(err)
	}
	f.shape = c.AnimationShape(f.header.info())
	return f, nil
}

// frames are the pictures of an animation.
type frames struct {
	in     *ctxio.Reader
	chunks *chunks
	header *header
	shape  pixel.Shape
	pool   *pixel.Pool

	canvas *pixel.Image
	saved  *pixel.Image // of the canvas, under last; nil where nobody asks for it
	last   control
	n      int    // frames so far
	number uint32 // the next sequence number
	err    error
}

func (f *frames) open(r io.Reader) (err error) {
	if f.chunks, err = newChunks(r); err != nil {
		return err
	}
	if f.header, err = readHeader(f.chunks); err != nil {
		return err
	}
	if h := f.header; h.rowBytes(h.width) > 1<<29 {
		return fmt.Errorf("%w: width %d", codec.ErrLimit, h.width)
	}
	return nil
}

func (f *frames) Shape() pixel.Shape { return f.shape }

func (f *frames) Loops() int { return f.header.plays }

func (f *frames) Next() (pixel.Source, time.Duration, error) {
	if f.err != nil {
		return nil, 0, f.err
	}
	if f.n == f.header.frames {
		f.err = io.EOF
		return nil, 0, f.err
	}
	if err := f.next(); err != nil {
		if f.err = err; err != io.EOF {
			f.err = f.fail(err)
		}
		return nil, 0, f.err
	}
	f.n++
	return f.source(), f.last.delay, nil
}

func (f *frames) next() error {
	a, data, err := f.find()
	if err != nil {
		return err
	}
	if f.canvas == nil {
		f.canvas = pixel.NewImage(f.pool, f.shape)
		clearPart(f.canvas, control{width: f.shape.Width, height: f.shape.Height})
	} else {
		f.dispose()
	}
	if a.dispose == disposePrevious && f.n > 0 {
		f.save(a)
	}
	f.last = a
	return f.draw(a, data)
}

// find goes to the next frame and returns how it is shown and its pixels.
func (f *frames) find() (control, io.Reader, error) {
	h := f.header
	if f.n == 0 && h.frames == 1 {
		return control{width: h.width, height: h.height}, &idat{c: f.chunks}, nil
	}
	if f.n == 0 && h.first != nil {
		a, err := f.control(h.first)
		if err == nil && (a.width != h.width || a.height != h.height) {
			err = fmt.Errorf("%w: the first frame is %dx%d of %dx%d", codec.ErrFormat, a.width, a.height, h.width, h.height)
		}
		return a, &idat{c: f.chunks}, err
	}
	a, err := f.findControl()
	if err != nil {
		return a, nil, err
	}
	for {
		if err := f.chunks.next(); err != nil {
			return a, nil, err
		}
		switch f.chunks.kind {
		case "fdAT":
			data := &fdat{frames: f}
			return a, data, data.open()
		case "fcTL", "IEND":
			return a, nil, fmt.Errorf("%w: a frame without pixels", codec.ErrFormat)
		}
		if _, err := f.chunks.finish(); err != nil {
			return a, nil, err
		}
	}
}

// findControl goes to the next fcTL chunk.
func (f *frames) findControl() (control, error) {
	c := f.chunks
	for {
		if c.open {
			if _, err := c.finish(); err != nil {
				return control{}, err
			}
		}
		if c.kind == "IEND" {
			if f.n == 0 {
				return control{}, fmt.Errorf("%w: an animation without frames", codec.ErrFormat)
			}
			return control{}, io.EOF
		}
		if err := c.next(); err != nil {
			return control{}, err
		}
		if c.kind == "fcTL" {
			data, err := c.content(controlSize)
			if err != nil {
				return control{}, err
			}
			return f.control(data)
		}
	}
}

// A control is the content of an fcTL chunk.
type control struct {
	x, y, width, height int
	delay               time.Duration
	dispose, blend      byte
}

const controlSize = 26

// What becomes of a frame before the next one, and how it is drawn.
const (
	disposeNone       = 0
	disposeBackground = 1
	disposePrevious   = 2

	blendSource = 0
	blendOver   = 1
)

func (f *frames) control(d []byte) (control, error) {
	if len(d) != controlSize {
		return control{}, fmt.Errorf("%w: fcTL chunk of %d bytes", codec.ErrFormat, len(d))
	}
	if err := f.numbered(binary.BigEndian.Uint32(d)); err != nil {
		return control{}, err
	}
	w, h := int64(binary.BigEndian.Uint32(d[4:])), int64(binary.BigEndian.Uint32(d[8:]))
	x, y := int64(binary.BigEndian.Uint32(d[12:])), int64(binary.BigEndian.Uint32(d[16:]))
	if w < 1 || h < 1 || x+w > int64(f.header.width) || y+h > int64(f.header.height) {
		return control{}, fmt.Errorf("%w: frame %dx%d+%d+%d of a picture of %dx%d", codec.ErrFormat, w, h, x, y, f.header.width, f.header.height)
	}
	a := control{x: int(x), y: int(y), width: int(w), height: int(h), dispose: d[24], blend: d[25]}
	if a.dispose > disposePrevious || a.blend > blendOver {
		return control{}, fmt.Errorf("%w: frame with dispose %d and blend %d", codec.ErrFormat, a.dispose, a.blend)
	}
	seconds, of := time.Duration(binary.BigEndian.Uint16(d[20:])), time.Duration(binary.BigEndian.Uint16(d[22:]))
	if of == 0 {
		of = 100
	}
	a.delay = seconds * time.Second / of
	return a, nil
}

// numbered checks a sequence number.
func (f *frames) numbered(n uint32) error {
	if n != f.number {
		return fmt.Errorf("%w: sequence number %d where %d was due", codec.ErrFormat, n, f.number)
	}
	f.number++
	return nil
}

// An fdat reads the content of consecutive fdAT chunks but for their numbers.
type fdat struct{ frames *frames }

// open reads the number of the current chunk.
func (r *fdat) open() error {
	var d [4]byte
	if _, err := io.ReadFull(r.frames.chunks, d[:]); err != nil {
		return early(err)
	}
	return r.frames.numbered(binary.BigEndian.Uint32(d[:]))
}

func (r *fdat) Read(p []byte) (int, error) {
	c := r.frames.chunks
	for c.left == 0 && c.kind == "fdAT" && c.open {
		if err := c.finishIntact(); err != nil {
			return 0, err
		}
		if err := c.next(); err != nil {
			return 0, err
		}
		if c.kind == "fdAT" {
			if err := r.open(); err != nil {
				return 0, err
			}
		}
	}
	if c.kind != "fdAT" || !c.open {
		return 0, io.EOF
	}
	return c.Read(p)
}

// source yields a copy of the canvas, which the next frame goes on with.
func (f *frames) source() pixel.Source {
	canvas := f.canvas
	return &lazy.Source{Size: canvas.Shape, Pool: f.pool, Fill: func(t *pixel.Strip) error {
		if f.canvas == nil {
			return errClosed
		}
		for p := range canvas.Shape.Layout.Planes() {
			for y := range t.Rows {
				copy(t.Planes[p].Row(y), canvas.Planes[p].Row(t.Y+y))
			}
		}
		return nil
	}}
}

// fail names the cause: the reader's or the context's error, if there was one.
func (f *frames) fail(err error) error {
	if f.in.Err() != nil {
		err = f.in.Err()
	}
	return fmt.Errorf("png: %w", err)
}

func (f *frames) Close() error {
	f.canvas.Free(f.pool)
	f.saved.Free(f.pool)
	f.canvas, f.saved = nil, nil
	if f.err == nil || errors.Is(f.err, io.EOF) {
		f.err = errClosed
	}
	return nil
}
