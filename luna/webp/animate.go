package webp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// AnimationWork reports the canvas, a strip, and what one frame takes, which
// may be lossy where others are not.
func (c Codec) AnimationWork(info codec.Info, req codec.Request) int64 {
	info.Lossy, info.HasAlpha = true, true
	return c.DecodeWork(info, req) + info.Shape.Bytes() + 8*int64(info.Shape.Width)
}

// Animate reads the pictures of an animation, or the one of a file that has no
// other, as libwebp's decoder of animations composes them: canvas and disposed
// frames are transparent, or of the background colour where the file says that
// it has no alpha. Frames are blended by libwebp's integer arithmetic.
//
// Once a lossless frame's bytes are read, ctx is not looked at until it is decoded.
func (c Codec) Animate(ctx context.Context, r io.Reader, req codec.Request) (codec.Frames, error) {
	in := ctxio.NewReader(ctx, r)
	f := &frames{ctx: ctx, codec: c, req: req, in: in}
	if err := f.open(bufio.NewReader(in)); err != nil {
		err = f.fail(err)
		f.Close()
		return nil, err
	}
	return f, nil
}

// frames are the pictures of a file.
type frames struct {
	ctx    context.Context
	codec  Codec
	req    codec.Request
	in     *ctxio.Reader
	chunks *chunks // the current one is that of the frame before
	header *header

	canvas *pixel.Image
	last   frame
	n      int // frames so far
	err    error
}

func (f *frames) open(r io.Reader) (err error) {
	if f.chunks, err = newChunks(r); err != nil {
		return err
	}
	if f.header, err = readHeader(f.chunks); err != nil {
		return err
	}
	h := f.header
	if h.animated() {
		return nil
	}
	// The size of a simple file is in its bitstream; Decode knows the way.
	p, err := f.codec.readPicture(f.ctx, f.chunks, frame{width: h.width, height: h.height}, h, f.req)
	if err != nil {
		return err
	}
	h.width, h.height, h.alpha = p.width, p.height, p.hasAlpha
	f.start()
	f.last = frame{width: p.width, height: p.height, overwrite: true}
	return f.draw(p, f.last)
}

func (f *frames) Shape() pixel.Shape { return f.header.info().Shape }

func (f *frames) Loops() int { return f.header.loops }

// start clears the canvas.
func (f *frames) start() {
	shape := f.Shape()
	f.canvas = pixel.NewImage(f.req.Pool, shape)
	f.clear(frame{width: shape.Width, height: shape.Height})
}

func (f *frames) Next() (pixel.Source, time.Duration, error) {
	if f.err == nil {
		f.err = f.next()
	}
	if f.err != nil {
		return nil, 0, f.err
	}
	f.n++
	return f.source(), time.Duration(f.last.duration) * time.Millisecond, nil
}

func (f *frames) next() error {
	if !f.header.animated() {
		if f.n > 0 {
			return io.EOF
		}
		return nil
	}
	if f.n > 0 { // the first frame's chunk is current
		err := f.chunks.next()
		for err == nil && f.chunks.kind != "ANMF" {
			err = f.chunks.next()
		}
		if err == io.EOF {
			return err
		}
		if err != nil {
			return f.fail(err)
		}
	}
	if err := f.compose(); err != nil {
		return f.fail(err)
	}
	return nil
}

// compose draws the current chunk's frame on the canvas.
func (f *frames) compose() error {
	a, err := f.header.readFrame(f.chunks)
	if err != nil {
		return err
	}
	in := f.chunks.inside()
	if err := in.next(); err != nil {
		return early(err)
	}
	p, err := f.codec.readPicture(f.ctx, in, a, f.header, f.req)
	if err != nil {
		return err
	}
	switch {
	case f.canvas == nil:
		f.start()
	case f.last.dispose:
		f.clear(f.last)
	}
	if err := f.draw(p, a); err != nil {
		return err
	}
	f.last = a
	return nil
}

// clear sets the part of the canvas that a covers to what shows without it.
func (f *frames) clear(a frame) {
	around := f.header.background
	if f.header.alpha {
		around = [4]uint8{}
	}
	for p := range f.canvas.Shape.Layout.Planes() {
		for y := range a.height {
			flood(f.canvas.Planes[p].Row(a.y + y)[a.x:][:a.width], around[p])
		}
	}
}

// draw lays p on the canvas, and closes it.
func (f *frames) draw(p *picture, a frame) error {
	defer p.close()
	if a.overwrite && f.canvas.Shape.Layout == pixel.RGB {
		f.clear(a) // there is no alpha to write, so that what is under it shows
	}
	buffer := f.req.Pool.Get(4 * a.width)
	defer f.req.Pool.Put(buffer)
	var over [4][]uint8
	for i := range over {
		over[i] = buffer[i*a.width:][:a.width]
	}
	var under [4][]uint8
	planes := f.canvas.Shape.Layout.Planes()
	for y := range a.height {
		if err := p.row(over[:], y); err != nil {
			return err
		}
		for i := range planes {
			under[i] = f.canvas.Planes[i].Row(a.y + y)[a.x:][:a.width]
		}
		if a.overwrite && planes == 4 {
			for i := range under {
				copy(under[i], over[i])
			}
			continue
		}
		blend(under, over)
	}
	return nil
}

// source yields a copy of the canvas, which the next frame goes on with.
func (f *frames) source() pixel.Source {
	canvas := f.canvas
	return &lazy.Source{Size: canvas.Shape, Pool: f.req.Pool, Fill: func(t *pixel.Strip) error {
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

var errClosed = errors.New("webp: read of a closed animation")

// fail names the cause: the reader's or the context's error, if there was one.
func (f *frames) fail(err error) error {
	if f.in.Err() != nil {
		err = f.in.Err()
	}
	return fmt.Errorf("webp: %w", err)
}

func (f *frames) Close() error {
	f.canvas.Free(f.req.Pool)
	f.canvas = nil
	if f.err == nil || f.err == io.EOF {
		f.err = errClosed
	}
	return nil
}

// blend lays over on under, which has no fourth plane where it is opaque, by
// the arithmetic of libwebp (src/demux/anim_decode.c): straight alpha, in
// integers, so that colours may be 1 too low.
func blend(under, over [4][]uint8) {
	for x, a := range over[3] {
		switch a {
		case 0:
			continue
		case 255:
			for p := range 3 {
				under[p][x] = over[p][x]
			}
			if under[3] != nil {
				under[3][x] = 255
			}
			continue
		}
		below := uint32(255)
		if under[3] != nil {
			below = uint32(under[3][x])
		}
		top := uint32(a)
		below = below * (256 - top) >> 8
		sum := top + below
		scale := uint32(1<<24) / sum
		for p := range 3 {
			under[p][x] = uint8((uint32(over[p][x])*top + uint32(under[p][x])*below) * scale >> 24)
		}
		if under[3] != nil {
			under[3][x] = uint8(sum)
		}
	}
}
