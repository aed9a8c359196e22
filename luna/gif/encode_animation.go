package gif

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
)

// EncodeAnimation writes each frame when the next one has come, as that tells
// what must vanish. Only the rectangle that changes is written, and pixels in
// it that do not change are transparent where that is smaller. Each frame has
// colours of its own, as many as for Encode, unless the first one's serve it as
// well. Delays are rounded to hundredths of a second so that their sum does not
// drift, and end at 655.35 s. More than 65536 loops are 65536.
func (c Codec) EncodeAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options) error {
	shape := frames.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	e := &animationEncoder{encoder: newEncoder(ctx, w, shape, opts), loops: frames.Loops()}
	defer e.free()
	for _, m := range []**packed{&e.base, &e.pending, &e.next} {
		*m = newPacked(opts.Pool, shape)
		defer (*m).free(opts.Pool)
	}
	clear(e.base.pix)
	return e.end(e.frames(frames))
}

// An animationEncoder holds three pictures: what is shown before the frame
// that is to be written, that frame, and the one after it.
type animationEncoder struct {
	*encoder
	base, pending, next *packed
	loops               int

	delay   int           // the pending frame's
	elapsed time.Duration // until the pending frame ends
	ticks   int64         // the same in hundredths of a second, rounded
	count   int
	begun   bool // the header was written

	// global are the colours of the first frame, and global.transparent an
	// index that none of them has, or -1.
	global    choice
	globalSet colourSet
	other     colourSet
}

func (e *animationEncoder) frames(frames codec.Frames) error {
	for {
		src, delay, err := frames.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		err = e.next.read(e.ctx, src)
		if err := errors.Join(err, src.Close()); err != nil {
			return err
		}
		if e.count > 0 {
			if err := e.write(true); err != nil {
				return err
			}
		}
		e.count++
		e.pending, e.next = e.next, e.pending
		e.wait(delay)
	}
	if e.count == 0 {
		return fmt.Errorf("%w: an animation of no frames", codec.ErrUnsupported)
	}
	if err := e.write(false); err != nil {
		return err
	}
	return e.w.WriteByte(kindTrailer)
}

// wait sets the pending frame's delay.
func (e *animationEncoder) wait(delay time.Duration) {
	e.elapsed += max(delay, 0)
	ticks := int64(e.elapsed.Round(centisecond) / centisecond)
	e.delay = int(min(ticks-e.ticks, maxSide))
	e.ticks = ticks
}

// write writes the pending frame, and makes it the base.
func (e *animationEncoder) write(more bool) error {
	p := &patch{now: e.pending, before: e.base}
	disposal := disposeKeep
	if more {
		// What vanishes in the next frame is cleared with a rectangle, all of
		// which the next frame then paints.
		if p.rect = e.gone(); !p.rect.Empty() {
			disposal = disposeBackground
		}
	}
	var err error
	if !e.begun {
		e.begun = true
		p.rect = image.Rect(0, 0, e.shape.Width, e.shape.Height)
		err = e.first(p, disposal, more)
	} else {
		if p.rect = p.rect.Union(e.changed()); p.rect.Empty() {
			p.rect = image.Rect(0, 0, 1, 1) // a frame there must be
		}
		err = e.later(p, disposal)
	}
	if err != nil {
		return err
	}
	if disposal == disposeBackground {
		for y := p.rect.Min.Y; y < p.rect.Max.Y; y++ {
			clear(e.pending.row(p.rect.Min.X, p.rect.Max.X, y))
		}
	}
	e.base, e.pending = e.pending, e.base
	return nil
}

// first writes the header and the whole canvas, with the global colours. Where
// frames follow, they get an index for what does not change, if that costs no
// colour that the picture has.
func (e *animationEncoder) first(p *patch, disposal int, more bool) error {
	c, ok, err := e.exact(p, e.n, &e.globalSet)
	if err != nil {
		return err
	}
	if !ok {
		n := e.n
		if more {
			n = max(1, min(n, maxColours-1))
		}
		if c, _, err = e.quantized(p, n); err != nil {
			return err
		}
		e.globalSet.reset()
		for _, v := range c.colours {
			e.globalSet.add(v)
		}
	}
	c.colours = slices.Clone(c.colours)
	e.global = c
	if c.transparent < 0 && more && len(c.colours) < maxColours {
		e.global.transparent = len(c.colours)
	}
	c.size = len(e.global.table())
	writeScreen(e.w, e.shape.Width, e.shape.Height, e.global.table())
	writeLoops(e.w, e.loops)
	writeXMP(e.w, e.opts.Metadata.XMP)
	writeControl(e.w, disposal, e.delay, c.transparent)
	writeDescriptor(e.w, p.rect, nil)
	return e.pixels(e.w, p, c)
}

// later writes a frame that is not the first.
func (e *animationEncoder) later(p *patch, disposal int) error {
	c, local, err := e.smallest(p)
	if err != nil {
		return err
	}
	writeControl(e.w, disposal, e.delay, c.transparent)
	var table []uint32
	if local {
		table = c.table()
	}
	writeDescriptor(e.w, p.rect, table)
	return e.pixels(e.w, p, c)
}

// smallest chooses a palette, and whether p is masked. It tries both where
// either is exact.
func (e *animationEncoder) smallest(p *patch) (best choice, local bool, err error) {
	least, masked := int64(-1), false
	for _, try := range []struct {
		masked bool
		set    *colourSet
	}{{true, &e.q.set}, {false, &e.other}} {
		p.masked = try.masked
		c, ok, err := e.exact(p, e.n, try.set)
		if err != nil {
			return best, false, err
		}
		if !ok {
			continue
		}
		c, own := e.shared(c)
		if err := e.pixels(io.Discard, p, c); err != nil {
			return best, false, err
		}
		size := e.packer.written
		if own {
			size += 3 << c.bits()
		}
		if least < 0 || size < least {
			best, local, least, masked = c, own, size, p.masked
		}
	}
	if p.masked = masked; least >= 0 {
		return best, local, nil
	}
	p.masked = true
	c, squares, err := e.quantized(p, e.n)
	if err != nil {
		return best, false, err
	}
	// The first frame's colours will do where they are hardly worse.
	if e.global.transparent >= 0 && e.q.error(e.global.colours) <= squares+squares/20 {
		c = e.global
		c.exact, c.size = nil, len(c.table())
		return c, false, nil
	}
	return c, true, nil
}

// shared returns the global colours where they serve c as well, which is
// exact, and whether c needs colours of its own.
func (e *animationEncoder) shared(c choice) (_ choice, own bool) {
	if c.transparent >= 0 && e.global.transparent < 0 || !e.globalSet.has(c.exact) {
		return c, true
	}
	g := e.global
	g.exact, g.size = &e.globalSet, len(g.table())
	if c.transparent < 0 {
		g.transparent = -1
	}
	return g, false
}

// changed is where the pending frame differs from what is shown before it.
func (e *animationEncoder) changed() image.Rectangle {
	return bounds(e.base, e.pending, func(a, b uint32) bool { return a != b })
}

// gone is where pixels of the pending frame vanish in the next one.
func (e *animationEncoder) gone() image.Rectangle {
	return bounds(e.pending, e.next, func(a, b uint32) bool { return a != 0 && b == 0 })
}

// bounds is the smallest rectangle around the pixels of which test is true.
func bounds(a, b *packed, test func(a, b uint32) bool) image.Rectangle {
	var r image.Rectangle
	for y := range a.height {
		ra, rb := a.row(0, a.width, y), b.row(0, b.width, y)
		if bytes.Equal(ra, rb) {
			continue
		}
		differ := func(x int) bool {
			return test(binary.LittleEndian.Uint32(ra[4*x:]), binary.LittleEndian.Uint32(rb[4*x:]))
		}
		x0, x1 := 0, a.width
		for x0 < x1 && !differ(x0) {
			x0++
		}
		for x1 > x0 && !differ(x1-1) {
			x1--
		}
		r = r.Union(image.Rect(x0, y, x1, y+1))
	}
	return r
}
