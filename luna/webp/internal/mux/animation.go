package mux

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// WholeEvery is how many pictures apart those are, at most, that need none
// before them, so that a viewer that jumps has little to draw.
const WholeEvery = 64

// A Still appends the chunks of a picture to dst: ALPH and VP8, or VP8L. It
// reports whether there is alpha.
type Still func(ctx context.Context, dst []byte, src pixel.Source) (chunks []byte, alpha bool, err error)

// AnimationWork is what WriteAnimation holds beside what the encoder does.
func AnimationWork(shape pixel.Shape) int64 { return 2*shape.Bytes()*5/4 + 64<<10 }

// WriteAnimation writes of each picture the rectangle that has changed, and
// all of the first and then of one in WholeEvery. Every frame replaces what is
// under it. Delays are in whole milliseconds, rounded so that the sum is right;
// loops that do not fit 16 bits are for ever.
func WriteAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options, still Still) error {
	a := &animation{shape: frames.Shape(), still: still, pool: opts.Pool}
	defer func() { a.before.Free(a.pool) }()
	loops := frames.Loops()
	if loops > math.MaxUint16 {
		loops = 0
	}
	a.body = AppendChunk(a.body, "ANIM", binary.LittleEndian.AppendUint16(make([]byte, 4), uint16(max(loops, 0))))
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
		if err := a.add(ctx, src, delay); err != nil {
			return err
		}
	}
	if a.n == 0 {
		return fmt.Errorf("%w: an animation without pictures", codec.ErrUnsupported)
	}
	flags := byte(FlagAnimation)
	if a.alpha {
		flags |= FlagAlpha
	}
	return WriteExtended(w, flags, a.shape.Width, a.shape.Height, a.body, opts.Metadata)
}

type animation struct {
	shape pixel.Shape
	still Still
	pool  *pixel.Pool

	before      *pixel.Image // nil before the first
	body        []byte       // chunks
	alpha       bool         // there is some
	n, whole    int          // pictures; and since the last whole one
	shown, told time.Duration
}

// add encodes a picture, and closes it.
func (a *animation) add(ctx context.Context, src pixel.Source, delay time.Duration) error {
	defer src.Close()
	if got := src.Shape(); got != a.shape {
		return fmt.Errorf("%w: a picture of %v in an animation of %v", codec.ErrUnsupported, got, a.shape)
	}
	m, err := pixel.ReadAll(a.pool, pixel.WithContext(ctx, src))
	if err != nil {
		return err
	}
	r := image.Rect(0, 0, a.shape.Width, a.shape.Height)
	if a.whole++; a.n > 0 && a.whole < WholeEvery {
		r = changed(a.before, m)
	} else {
		a.whole = 0
	}
	a.n++
	a.before.Free(a.pool)
	a.before = m

	frame := len(a.body)
	a.body = a.appendHeader(BeginChunk(a.body, "ANMF"), r, delay)
	chunks, alpha, err := a.still(ctx, a.body, part(m, r).Source(0, nil))
	if err != nil {
		return err
	}
	a.alpha = a.alpha || alpha
	a.body = EndChunk(chunks, frame)
	return nil
}

// appendHeader appends what an ANMF chunk begins with.
func (a *animation) appendHeader(b []byte, r image.Rectangle, delay time.Duration) []byte {
	const overwrites = 1 << 1
	a.shown += max(delay, 0)
	ms := max((a.shown - a.told).Round(time.Millisecond), 0)
	a.told += ms
	if most := (1<<24 - 1) * time.Millisecond; ms > most { // no reason to be late from now on
		ms, a.told = most, a.shown
	}
	for _, v := range []int{r.Min.X / 2, r.Min.Y / 2, r.Dx() - 1, r.Dy() - 1, int(ms / time.Millisecond)} {
		b = appendUint24(b, v)
	}
	return append(b, overwrites)
}

// part returns a part of a picture, which shares its samples. The part begins
// at even coordinates.
func part(m *pixel.Image, r image.Rectangle) *pixel.Image {
	shape := m.Shape
	shape.Width, shape.Height = r.Dx(), r.Dy()
	out := &pixel.Image{Shape: shape}
	for p := range shape.Layout.Planes() {
		sx, sy := shape.Layout.Subsampling(p)
		plane := m.Planes[p].Rows(r.Min.Y>>sy, (r.Max.Y+1<<sy-1)>>sy)
		out.Planes[p] = plane.Columns(r.Min.X>>sx, (r.Max.X+1<<sx-1)>>sx)
	}
	return out
}

// changed returns the smallest rectangle with its corner at even coordinates,
// as the format wants it, around the pixels in which a and b differ. It is one
// pixel where none does: there is no empty frame.
func changed(a, b *pixel.Image) image.Rectangle {
	var all image.Rectangle
	for p := range a.Shape.Layout.Planes() {
		sx, sy := a.Shape.Layout.Subsampling(p)
		r := differ(&a.Planes[p], &b.Planes[p])
		r.Min.X, r.Max.X = r.Min.X<<sx, r.Max.X<<sx
		r.Min.Y, r.Max.Y = r.Min.Y<<sy, r.Max.Y<<sy
		all = all.Union(r)
	}
	if all.Empty() {
		return image.Rect(0, 0, 1, 1)
	}
	all.Max.X, all.Max.Y = min(all.Max.X, a.Shape.Width), min(all.Max.Y, a.Shape.Height)
	all.Min.X, all.Min.Y = all.Min.X&^1, all.Min.Y&^1
	return all
}

// differ returns the smallest rectangle around the samples that differ.
func differ(a, b *pixel.Plane) image.Rectangle {
	same := func(y, from, to int) bool { return bytes.Equal(a.Row(y)[from:to], b.Row(y)[from:to]) }
	r := image.Rectangle{Min: image.Pt(a.Width, 0), Max: image.Pt(0, a.Height)} // of no columns yet
	for r.Min.Y < r.Max.Y && same(r.Min.Y, 0, a.Width) {
		r.Min.Y++
	}
	if r.Min.Y == r.Max.Y {
		return image.Rectangle{}
	}
	for same(r.Max.Y-1, 0, a.Width) {
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
		if !same(y, r.Max.X, a.Width) {
			x := a.Width
			for same(y, x-1, x) {
				x--
			}
			r.Max.X = x
		}
	}
	return r
}
