package webp

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

const (
	defaultQuality = 90
	defaultEffort  = 4     // libwebp's
	maxSide        = 16383 // 14 bits in the frame header
)

// Check refuses progressive output, which the format lacks, sides above
// 16383, and with cgo any effort but 4, which is all that the binding can do.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("webp: %w: progressive output; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("webp: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("webp: %w: width %d; it is 1 to %d", codec.ErrUnsupported, shape.Width, maxSide)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("webp: %w: height %d; it is 1 to %d", codec.ErrUnsupported, shape.Height, maxSide)
	}
	if opts.Effort == nil {
		return nil
	}
	return checkEffort(*opts.Effort)
}

// Accepts wants RGB, or RGBA for what has alpha.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// settings are what the two encoders are told.
type settings struct {
	quality  int
	lossless bool
	effort   int
}

// EncodeWork reports the packed pixels and what the encoder holds beside
// them.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	n := int64(shape.Width+15) * int64(shape.Height+15)
	packed := n * int64(packedSamples(shape.Layout.Planes()))
	return packed + encoderBytes(n, opts.Lossless, shape.Layout.HasAlpha())
}

// lossyBytes estimates what a lossy encoder holds for n pixels: its tokens
// grow with detail, so that noise takes several times what photographs do. A
// small picture is counted as noise. A large one is counted as a photograph
// and a reserve, so that what cameras make is not refused for what it is not.
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

func settingsOf(opts codec.Options) settings {
	s := settings{quality: opts.Quality, lossless: opts.Lossless, effort: defaultEffort}
	if s.quality == 0 {
		s.quality = defaultQuality
	}
	if opts.Effort != nil {
		s.effort = *opts.Effort
	}
	return s
}

// Encode collects the picture, since the encoders want all of it, and writes
// the file. Lossless output keeps the colours of transparent pixels, too, and
// takes no notice of the quality. EXIF and XMP are written; of IPTC and of
// density the format knows nothing. While the encoder runs, ctx is not looked
// at.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.accept(shape, opts); err != nil {
		return err
	}
	samples := packedSamples(shape.Layout.Planes())
	packed := opts.Pool.Get(shape.Width * shape.Height * samples)
	defer opts.Pool.Put(packed)
	if err := pack(packed, pixel.WithContext(ctx, src), samples); err != nil {
		return fmt.Errorf("webp: %w", err)
	}
	out := ctxio.NewWriter(ctx, w)
	if err := encodeWith(out, opts.Metadata, packed, shape, samples, settingsOf(opts)); err != nil {
		if out.Err() != nil {
			err = out.Err()
		}
		return fmt.Errorf("webp: %w", err)
	}
	return nil
}

// encodeWith encodes a picture, and adds what the encoders do not.
func encodeWith(w io.Writer, m codec.Metadata, packed []uint8, shape pixel.Shape, samples int, s settings) error {
	if metadataFlags(m) == 0 {
		return encode(w, packed, shape.Width, shape.Height, samples, s)
	}
	var file bytes.Buffer
	if err := encode(&file, packed, shape.Width, shape.Height, samples, s); err != nil {
		return err
	}
	body, alpha, err := appendPixels(nil, file.Bytes())
	if err != nil {
		return err
	}
	var flags byte
	if alpha {
		flags = flagAlpha
	}
	return writeExtended(w, flags, shape.Width, shape.Height, body, m)
}

// pack writes the pixels of src to packed, with so many samples each; a
// fourth that src lacks is opaque alpha.
func pack(packed []uint8, src pixel.Source, samples int) error {
	shape := src.Shape()
	rows := make([][]uint8, samples)
	if samples > shape.Layout.Planes() {
		rows[samples-1] = make([]uint8, shape.Width)
		flood(rows[samples-1], 255)
	}
	n := shape.Width * samples
	y := 0
	for {
		t, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if t.Y != y || y+t.Rows > shape.Height {
			return fmt.Errorf("rows %d to %d came where row %d of %d was due", t.Y, t.Y+t.Rows, y, shape.Height)
		}
		for i := range t.Rows {
			for p := range shape.Layout.Planes() {
				rows[p] = t.Planes[p].Row(i)
			}
			interleave.Join(packed[(y+i)*n:][:n], rows)
		}
		y += t.Rows
	}
	if y != shape.Height {
		return fmt.Errorf("source ended after %d of %d rows: %w", y, shape.Height, io.ErrUnexpectedEOF)
	}
	return nil
}
