package jp2

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"

	jpeg2000 "github.com/ajroetker/go-jpeg2000"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Check refuses what the format or the library lacks: progressive pictures,
// an effort, a quality of lossless pictures, and more pixels than are allowed.
func (c Codec) Check(shape pixel.Shape, opts codec.Options) error {
	switch {
	case opts.Progressive:
		return fmt.Errorf("jp2: %w: progressive output", codec.ErrUnsupported)
	case opts.Effort != nil:
		return fmt.Errorf("jp2: %w: effort; the format has none", codec.ErrUnsupported)
	case opts.Quality < 0 || opts.Quality > 100:
		return fmt.Errorf("jp2: %w: quality %d; it is 1 to 100", codec.ErrUnsupported, opts.Quality)
	case opts.Lossless && opts.Quality != 0:
		return fmt.Errorf("jp2: %w: lossless output at a quality; leave one of them out", codec.ErrUnsupported)
	case shape.Width < 1 || shape.Height < 1 || shape.Width > maxSide || shape.Height > maxSide:
		return fmt.Errorf("jp2: %w: %dx%d pixels", codec.ErrUnsupported, shape.Width, shape.Height)
	case int64(shape.Width)*int64(shape.Height) > c.maxPixels():
		return fmt.Errorf("jp2: %w: %dx%d pixels, where %d are allowed", codec.ErrUnsupported, shape.Width, shape.Height, c.maxPixels())
	}
	return nil
}

// Lossless reports whether that was asked for.
func (c Codec) Lossless(opts codec.Options) bool { return opts.Lossless }

// Accepts wants gray and RGB without alpha.
func (c Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if in.Opaque() == pixel.Gray {
		return pixel.Gray
	}
	return pixel.RGB
}

// small is the side below which pictures are encoded losslessly: there are
// too few levels of the wavelet for the library's quantisation.
const small = 16

// Encode collects the picture and has the library encode it, as one tile.
func (c Codec) Encode(ctx context.Context, w io.Writer, src pixel.Source, opts codec.Options) error {
	shape := src.Shape()
	if err := c.Check(shape, opts); err != nil {
		return err
	}
	if shape.Layout != pixel.Gray && shape.Layout != pixel.RGB || shape.Deep {
		return fmt.Errorf("jp2: %w: %v pictures; Accepts tells which", codec.ErrUnsupported, shape)
	}
	m, err := pixel.ReadAll(opts.Pool, pixel.WithContext(ctx, src))
	if err != nil {
		return fmt.Errorf("jp2: %w", err)
	}
	defer m.Free(opts.Pool)
	lossless := opts.Lossless || min(shape.Width, shape.Height) < small
	o := &jpeg2000.EncodeOptions{Lossless: lossless, FileFormat: jpeg2000.FormatJ2K, Quality: scale(opts.Quality)}
	var stream bytes.Buffer
	if err := compress(&stream, &picture{m}, o); err != nil {
		return fmt.Errorf("jp2: %w", err)
	}
	out := ctxio.NewWriter(ctx, w)
	for _, b := range [][]byte{boxes(shape, opts), binary.BigEndian.AppendUint32(nil, uint32(8+stream.Len())), []byte("jp2c"), stream.Bytes()} {
		if _, err := out.Write(b); err != nil {
			return fmt.Errorf("jp2: %w", err)
		}
	}
	return nil
}

func compress(w io.Writer, m image.Image, o *jpeg2000.EncodeOptions) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.Join(codec.ErrUnsupported, fmt.Errorf("the library panics: %v", r))
		}
	}()
	return jpeg2000.Encode(w, m, o)
}

// boxes makes all that stands before the codestream's box.
func boxes(shape pixel.Shape, opts codec.Options) []byte {
	ihdr := binary.BigEndian.AppendUint32(nil, uint32(shape.Height))
	ihdr = binary.BigEndian.AppendUint32(ihdr, uint32(shape.Width))
	ihdr = append(ihdr, 0, byte(shape.Layout.Planes()), 7, 7, 0, 0)
	space := byte(spaceSRGB)
	if shape.Layout == pixel.Gray {
		space = spaceGray
	}
	header := [][]byte{box("ihdr", ihdr), box("colr", []byte{1, 0, 0, 0, 0, 0, space})}
	if opts.Density > 0 {
		header = append(header, box("res ", box("resd", resolution(opts.Density))))
	}
	b := append([]byte(signature), box("ftyp", []byte("jp2 \x00\x00\x00\x00jp2 "))...)
	b = append(b, box("jp2h", header...)...)
	for _, of := range []struct {
		uuid string
		data []byte
	}{{uuidEXIF, opts.Metadata.EXIF}, {uuidXMP, opts.Metadata.XMP}, {uuidIPTC, opts.Metadata.IPTC}} {
		if len(of.data) > 0 && len(of.data) <= codec.MaxMetadata {
			b = append(b, box("uuid", []byte(of.uuid), of.data)...)
		}
	}
	return b
}

// resolution writes pixels a metre, vertical before horizontal, as 16-bit
// fractions and powers of ten.
func resolution(density float64) []byte {
	perMetre, e := density/0.0254, 0
	for perMetre >= 6553 {
		perMetre, e = perMetre/10, e+1
	}
	for perMetre < 655 && e > -10 {
		perMetre, e = perMetre*10, e-1
	}
	n := uint16(math.Round(perMetre * 10))
	b := make([]byte, 10)
	for i := range 2 {
		binary.BigEndian.PutUint16(b[4*i:], n)
		binary.BigEndian.PutUint16(b[4*i+2:], 10)
		b[8+i] = byte(int8(e))
	}
	return b
}

// A picture is what the library reads pixels from.
type picture struct{ m *pixel.Image }

func (p *picture) Bounds() image.Rectangle {
	return image.Rect(0, 0, p.m.Shape.Width, p.m.Shape.Height)
}

func (p *picture) ColorModel() color.Model {
	if p.m.Shape.Layout == pixel.Gray {
		return color.GrayModel
	}
	return color.RGBAModel
}

func (p *picture) At(x, y int) color.Color {
	if p.m.Shape.Layout == pixel.Gray {
		return color.Gray{Y: p.m.Planes[0].Row(y)[x]}
	}
	return color.RGBA{R: p.m.Planes[0].Row(y)[x], G: p.m.Planes[1].Row(y)[x], B: p.m.Planes[2].Row(y)[x], A: 255}
}
