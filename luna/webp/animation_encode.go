package webp

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"time"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// wholeEvery is how many pictures apart those are, at most, that need none
// before them, so that a viewer that jumps has little to draw.
const wholeEvery = 64

// AnimationEncodeWork reports the picture, the one before it and what has
// changed, and what the encoder holds beside them. It does not depend on the
// number of frames.
func (c Codec) AnimationEncodeWork(shape pixel.Shape, _ int, opts codec.Options) int64 {
	packed := int64(shape.Width) * int64(shape.Height) * int64(packedSamples(shape.Layout.Planes()))
	return c.EncodeWork(shape, opts) + 2*packed
}

// EncodeAnimation writes of each picture the rectangle that has changed, and
// all of the first and then of one in 64. Every frame replaces what is under
// it, so that alpha is exact. Delays are in whole milliseconds, rounded so
// that the sum is right, up to 16777215; the number of loops goes up to 65535,
// and more are for ever. All encoded frames are held in memory, since the file
// begins with its length.
func (c Codec) EncodeAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options) error {
	shape := frames.Shape()
	if err := c.accept(shape, opts); err != nil {
		return err
	}
	e := &animationEncoder{shape: shape, samples: packedSamples(shape.Layout.Planes()), settings: settingsOf(opts), pool: opts.Pool}
	defer e.free()
	loops := frames.Loops()
	if loops > math.MaxUint16 {
		loops = 0
	}
	e.body = appendChunk(e.body, "ANIM", binary.LittleEndian.AppendUint16(make([]byte, 4), uint16(max(loops, 0))))
	out := ctxio.NewWriter(ctx, w)
	if err := e.run(ctx, out, frames, opts.Metadata); err != nil {
		if out.Err() != nil {
			err = out.Err()
		}
		return fmt.Errorf("webp: %w", err)
	}
	return nil
}

type animationEncoder struct {
	shape    pixel.Shape
	samples  int // a pixel
	settings settings
	pool     *pixel.Pool

	picture, before, part []uint8 // packed; part is what has changed
	file                  bytes.Buffer
	body                  []byte // chunks
	alpha                 bool   // there is some
	n, whole              int    // pictures; and since the last whole one
	shown, told           time.Duration
}

func (e *animationEncoder) run(ctx context.Context, w io.Writer, frames codec.Frames, m codec.Metadata) error {
	size := e.shape.Width * e.shape.Height * e.samples
	e.picture, e.before, e.part = e.pool.Get(size), e.pool.Get(size), e.pool.Get(size)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		src, delay, err := frames.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := e.add(ctx, src, delay); err != nil {
			return err
		}
	}
	if e.n == 0 {
		return fmt.Errorf("%w: an animation without pictures", codec.ErrUnsupported)
	}
	flags := byte(flagAnimation)
	if e.alpha {
		flags |= flagAlpha
	}
	return writeExtended(w, flags, e.shape.Width, e.shape.Height, e.body, m)
}

// add encodes a picture, and closes it.
func (e *animationEncoder) add(ctx context.Context, src pixel.Source, delay time.Duration) error {
	defer src.Close()
	if got := src.Shape(); got != e.shape {
		return fmt.Errorf("%w: a picture of %v in an animation of %v", codec.ErrUnsupported, got, e.shape)
	}
	if err := pack(e.picture, pixel.WithContext(ctx, src), e.samples); err != nil {
		return err
	}
	r := image.Rect(0, 0, e.shape.Width, e.shape.Height)
	if e.whole++; e.n > 0 && e.whole < wholeEvery {
		r = changed(e.before, e.picture, e.shape.Width, e.shape.Height, e.samples)
	} else {
		e.whole = 0
	}
	e.n++
	part := e.picture
	if r.Dx() < e.shape.Width || r.Dy() < e.shape.Height {
		part = e.cut(r)
	}
	e.file.Reset()
	if err := encode(&e.file, part, r.Dx(), r.Dy(), e.samples, e.settings); err != nil {
		return err
	}
	pixels, alpha, err := appendPixels(nil, e.file.Bytes())
	if err != nil {
		return err
	}
	e.alpha = e.alpha || alpha
	e.body = appendChunk(e.body, "ANMF", e.frame(r, delay), pixels)
	e.picture, e.before = e.before, e.picture
	return nil
}

// frame is the header of an ANMF chunk.
func (e *animationEncoder) frame(r image.Rectangle, delay time.Duration) []byte {
	e.shown += max(delay, 0)
	ms := max((e.shown - e.told).Round(time.Millisecond), 0)
	e.told += ms
	if most := (1<<24 - 1) * time.Millisecond; ms > most { // no reason to be late from now on
		ms, e.told = most, e.shown
	}
	var b []byte
	for _, v := range []int{r.Min.X / 2, r.Min.Y / 2, r.Dx() - 1, r.Dy() - 1, int(ms / time.Millisecond)} {
		b = appendUint24(b, v)
	}
	return append(b, frameOverwrites)
}

// cut copies a part of the picture.
func (e *animationEncoder) cut(r image.Rectangle) []uint8 {
	n := r.Dx() * e.samples
	for y := range r.Dy() {
		copy(e.part[y*n:][:n], e.picture[((r.Min.Y+y)*e.shape.Width+r.Min.X)*e.samples:])
	}
	return e.part[:r.Dy()*n]
}

func (e *animationEncoder) free() {
	e.pool.Put(e.picture)
	e.pool.Put(e.before)
	e.pool.Put(e.part)
}

// changed returns the smallest rectangle with its corner at even coordinates,
// as the format wants it, around the pixels in which a and b differ. It is one
// pixel where none does: there is no empty frame.
func changed(a, b []uint8, width, height, samples int) image.Rectangle {
	n := width * samples
	same := func(y, from, to int) bool {
		return bytes.Equal(a[y*n+from*samples:y*n+to*samples], b[y*n+from*samples:y*n+to*samples])
	}
	r := image.Rectangle{Min: image.Pt(width, 0), Max: image.Pt(0, height)} // of no columns yet
	for r.Min.Y < r.Max.Y && same(r.Min.Y, 0, width) {
		r.Min.Y++
	}
	if r.Min.Y == r.Max.Y {
		return image.Rect(0, 0, 1, 1)
	}
	for same(r.Max.Y-1, 0, width) {
		r.Max.Y--
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if !same(y, 0, r.Min.X) {
			x := 0
			for same(y, x, x+1) {
				x++
			}
			r.Min.X = x
		}
		if !same(y, r.Max.X, width) {
			x := width
			for same(y, x-1, x) {
				x--
			}
			r.Max.X = x
		}
	}
	r.Min.X, r.Min.Y = r.Min.X&^1, r.Min.Y&^1
	return r
}
