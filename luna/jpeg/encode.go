package jpeg

import (
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Check refuses what the format or image/jpeg's encoder lacks: progressive
// and lossless pictures, an effort, and sides above 65535.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("jpeg: %w: progressive output", codec.ErrUnsupported)
	case opts.Lossless:
		return fmt.Errorf("jpeg: %w: lossless output; webp and png have it", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("jpeg: %w: effort; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("jpeg: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case shape.Width < 1 || shape.Width > maxSide:
		return fmt.Errorf("jpeg: %w: width %d; it is 1 to %d", codec.ErrUnsupported, shape.Width, maxSide)
	case shape.Height < 1 || shape.Height > maxSide:
		return fmt.Errorf("jpeg: %w: height %d; it is 1 to %d", codec.ErrUnsupported, shape.Height, maxSide)
	}
	return nil
}

// Accepts wants gray as it is and colour as YCbCr. The file is 4:2:0, so that
// finer chroma is averaged by the encoder.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	switch in {
	case pixel.Gray, pixel.GrayAlpha:
		return pixel.Gray
	case pixel.YCbCr422, pixel.YCbCr444:
		return in
	}
	return pixel.YCbCr420
}

func encodes(l pixel.Layout) bool { return l == pixel.Gray || l.IsYCbCr() }

// Encode collects the planes and writes them as they are, without a way
// through RGB.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if !encodes(shape.Layout) || shape.Deep {
		return fmt.Errorf("jpeg: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	m, err := pixel.ReadAll(opts.Pool, pixel.WithContext(ctx, src))
	if err != nil {
		return fmt.Errorf("jpeg: %w", err)
	}
	defer m.Free(opts.Pool)
	quality := opts.Quality
	if quality == 0 {
		quality = defaultQuality
	}
	return write(ctxio.NewWriter(ctx, w), standard(m), quality)
}

// write runs image/jpeg's encoder. That goes on to the last block when its
// writer fails, so the failure unwinds it instead.
func write(w *ctxio.Writer, m image.Image, quality int) (err error) {
	defer func() {
		if v := recover(); v != nil {
			if _, ours := v.(stopped); !ours {
				panic(v)
			}
			err = fmt.Errorf("jpeg: %w", w.Err())
		}
	}()
	if err := jpeg.Encode(stopper{w}, m, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("jpeg: %w", err)
	}
	return nil
}

type stopped struct{}

type stopper struct{ w *ctxio.Writer }

func (s stopper) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil {
		panic(stopped{})
	}
	return n, nil
}

// standard returns a view of m for the standard library.
func standard(m *pixel.Image) image.Image {
	rect := image.Rect(0, 0, m.Shape.Width, m.Shape.Height)
	if m.Shape.Layout == pixel.Gray {
		return &image.Gray{Pix: m.Planes[0].Pix, Stride: m.Planes[0].Stride, Rect: rect}
	}
	ratio := map[pixel.Layout]image.YCbCrSubsampleRatio{
		pixel.YCbCr420: image.YCbCrSubsampleRatio420,
		pixel.YCbCr422: image.YCbCrSubsampleRatio422,
		pixel.YCbCr444: image.YCbCrSubsampleRatio444,
	}[m.Shape.Layout]
	return &image.YCbCr{
		Y: m.Planes[0].Pix, YStride: m.Planes[0].Stride,
		Cb: m.Planes[1].Pix, Cr: m.Planes[2].Pix, CStride: m.Planes[1].Stride,
		SubsampleRatio: ratio,
		Rect:           rect,
	}
}
