//go:build cgo

package libwebp

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
)

// decoder is package webp's codec. Of its settings Workers is for decoding here,
// and the other one is refused by Check.
type decoder = webp.Codec

// Codec decodes as webp.Codec does, and encodes with libwebp. Its zero value is
// ready to use. It is immutable and safe for concurrent use.
type Codec struct{ decoder }

var (
	_ codec.Animator         = Codec{}
	_ codec.AnimationEncoder = Codec{}
	_ codec.Copier           = Codec{}
)

const (
	defaultQuality = 90
	onlyEffort     = 4 // what the binding sets
)

// Revision names the adapter's version, the binding, and what decodes.
func (c Codec) Revision() string {
	return "libwebp 1.4.0 by chai2010 " + modversion.Of("github.com/chai2010/webp", "unknown") + ", 1, " + c.decoder.Revision()
}

// Check refuses what webp.Codec refuses, its SmartSubsample, and any effort but 4.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	if c.SmartSubsample {
		return fmt.Errorf("webp: %w: SmartSubsample; the binding of libwebp lacks it", codec.ErrUnsupported)
	}
	if opts.Effort != nil && *opts.Effort != onlyEffort {
		return fmt.Errorf("webp: %w: effort %d; the binding of libwebp can only do %d", codec.ErrUnsupported, *opts.Effort, onlyEffort)
	}
	return c.decoder.Check(shape, opts)
}

// Accepts wants RGB, or RGBA for what has alpha.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// EncodeWork reports the packed pixels, and what libwebp was measured to hold
// beside them.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	n := int64(shape.Width+15) * int64(shape.Height+15)
	packed := n * int64(shape.Layout.Planes())
	switch {
	case opts.Lossless:
		return packed + 46*n + histogramBytes(n) + 1<<20
	case shape.Layout.HasAlpha():
		return packed + lossyBytes(n, 34, 16)
	}
	return packed + lossyBytes(n, 19, 8)
}

// lossyBytes estimates what libwebp holds for n pixels: its tokens grow with
// detail, so that noise takes several times what photographs do. A small picture
// is counted as noise. A large one is counted as a photograph and a reserve, so
// that what cameras make is not refused for what it is not.
func lossyBytes(n, noise, photograph int64) int64 {
	const reserve = 16 << 20
	return min(noise*n, photograph*n+reserve) + 4<<20
}

// histogramBytes is what the histograms of a lossless picture's tiles take, of
// which there are two sets: libwebp makes tiles of 8x8 pixels at the default
// effort, and larger ones where they would be more than 2600. For pictures
// under some 400,000 pixels it is the most of all.
func histogramBytes(n int64) int64 {
	const most, each = 2600, 17500
	return min(n/64, most) * each
}

// AnimationEncodeWork reports two pictures, and what encoding one takes. It does
// not depend on the number of frames.
func (c Codec) AnimationEncodeWork(shape pixel.Shape, _ int, opts codec.Options) int64 {
	return c.EncodeWork(shape, opts) + mux.AnimationWork(shape)
}

// accept reports whether pictures of that shape may be encoded.
func (c Codec) accept(shape pixel.Shape, opts codec.Options) error {
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if shape.Layout != c.Accepts(shape.Layout, opts) || shape.Deep {
		return fmt.Errorf("webp: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	return nil
}

// Encode collects the picture, since libwebp wants all of it, and writes the
// file. Lossless output keeps the colours of transparent pixels, too, and takes
// no notice of the quality. While libwebp runs, ctx is not looked at.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.accept(shape, opts); err != nil {
		return err
	}
	out := ctxio.NewWriter(ctx, w)
	chunks, alpha, err := still(opts)(ctx, nil, src)
	if err == nil {
		err = mux.WriteStill(out, alpha, shape.Width, shape.Height, chunks, opts.Metadata)
	}
	return reason(out, err)
}

// EncodeAnimation does what webp.Codec's does, with libwebp for each picture.
func (c Codec) EncodeAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options) error {
	if err := c.accept(frames.Shape(), opts); err != nil {
		return err
	}
	out := ctxio.NewWriter(ctx, w)
	return reason(out, mux.WriteAnimation(ctx, out, frames, opts, still(opts)))
}

// reason prefers the writer's error to what was made of it.
func reason(out *ctxio.Writer, err error) error {
	if err == nil {
		return nil
	}
	if out.Err() != nil {
		err = out.Err()
	}
	return fmt.Errorf("webp: %w", err)
}
