package webp

import (
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
)

const (
	defaultQuality = 90
	defaultEffort  = 4     // libwebp's
	maxEffort      = 6     // libwebp's
	maxSide        = 16383 // 14 bits in the frame header
)

// Check refuses progressive output, which the format lacks, and sides above
// 16383.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("webp: %w: progressive output; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("webp: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case opts.Effort != nil && (*opts.Effort < 0 || *opts.Effort > maxEffort):
		return fmt.Errorf("webp: %w: effort %d; it is 0 to %d", codec.ErrUnsupported, *opts.Effort, maxEffort)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("webp: %w: width %d; it is 1 to %d", codec.ErrUnsupported, shape.Width, maxSide)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("webp: %w: height %d; it is 1 to %d", codec.ErrUnsupported, shape.Height, maxSide)
	}
	return nil
}

// Accepts wants gray and YCbCr as they are, for lossy files are YCbCr, and RGB
// or RGBA else. Chroma that is finer than the file's is averaged by the encoder.
// Lossless files, and the sharp subsampling, are made of RGB.
func (c Codec) Accepts(in pixel.Layout, opts codec.Options) pixel.Layout {
	switch {
	case opts.Lossless:
	case in == pixel.Gray || in == pixel.GrayAlpha:
		return in
	case in.IsYCbCr() && !c.SmartSubsample:
		return in
	}
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
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

// Encode converts rows as they come, and writes the file once it has seen them
// all. Lossless output keeps the colours of transparent pixels, too, and takes
// no notice of the quality. EXIF and XMP are written; of IPTC and of density the
// format knows nothing.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.accept(shape, opts); err != nil {
		return err
	}
	s := c.newStills(opts)
	out := ctxio.NewWriter(ctx, w)
	chunks, alpha, err := s.append(ctx, s.kept.out[:0], src)
	if err == nil {
		s.kept.out = chunks
		err = mux.WriteStill(out, alpha, shape.Width, shape.Height, chunks, opts.Metadata)
	}
	s.close() // not after a panic
	return reason(out, err)
}

// EncodeAnimation writes of each picture the rectangle that has changed, and
// all of the first and then of one in 64. Every frame replaces what is under
// it, so that alpha is exact. Delays are in whole milliseconds, rounded so
// that the sum is right, up to 16777215; the number of loops goes up to 65535,
// and more are for ever. All encoded frames are held in memory, since the file
// begins with its length.
func (c Codec) EncodeAnimation(ctx context.Context, w io.Writer, frames codec.Frames, opts codec.Options) error {
	if err := c.accept(frames.Shape(), opts); err != nil {
		return err
	}
	s := c.newStills(opts)
	out := ctxio.NewWriter(ctx, w)
	err := mux.WriteAnimation(ctx, out, frames, opts, s.append)
	s.close()
	return reason(out, err)
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
