//go:build cgo

package libwebp

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	chai "github.com/chai2010/webp"

	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
)

// still returns what encodes one picture.
func still(opts codec.Options) mux.Still {
	return func(ctx context.Context, dst []byte, src pixel.Source) ([]byte, bool, error) {
		shape := src.Shape()
		packed := opts.Pool.Get(shape.Width * shape.Height * shape.Layout.Planes())
		defer opts.Pool.Put(packed)
		if err := pack(packed, pixel.WithContext(ctx, src)); err != nil {
			return nil, false, err
		}
		file, err := encode(packed, shape, opts)
		if err != nil {
			return nil, false, err
		}
		return appendPixels(dst, file)
	}
}

// encode calls libwebp. It cannot be interrupted.
func encode(packed []uint8, shape pixel.Shape, opts codec.Options) ([]byte, error) {
	quality := float32(opts.Quality)
	if quality == 0 {
		quality = defaultQuality
	}
	rect := image.Rect(0, 0, shape.Width, shape.Height)
	if shape.Layout == pixel.RGB {
		m := &chai.RGBImage{XPix: packed, XStride: 3 * shape.Width, XRect: rect}
		if opts.Lossless {
			return chai.EncodeLosslessRGB(m)
		}
		return chai.EncodeRGB(m, quality)
	}
	// The binding hands an image.RGBA's bytes to libwebp as they are, which
	// takes them for straight alpha: what they are here.
	m := &image.RGBA{Pix: packed, Stride: 4 * shape.Width, Rect: rect}
	if opts.Lossless {
		return chai.EncodeExactLosslessRGBA(m)
	}
	return chai.EncodeRGBA(m, quality)
}

// pack interleaves the samples of src.
func pack(packed []uint8, src pixel.Source) error {
	shape := src.Shape()
	samples := shape.Layout.Planes()
	rows := make([][]uint8, samples)
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
			for p := range rows {
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

// appendPixels appends the chunks of a file of libwebp's that hold its pixels,
// and reports whether there is alpha among them.
func appendPixels(dst, file []byte) (_ []byte, alpha bool, err error) {
	from := len(dst)
	for at := 12; at+8 <= len(file); {
		kind, size := string(file[at:at+4]), int(binary.LittleEndian.Uint32(file[at+4:]))
		body := file[at+8:]
		if size > len(body) {
			return dst, alpha, fmt.Errorf("libwebp wrote a chunk of %d bytes where %d are left", size, len(body))
		}
		body = body[:size]
		switch kind {
		case "ALPH", "VP8 ", "VP8L":
			// The header of VP8L ends with a bit that tells of alpha.
			alpha = alpha || kind == "ALPH" || kind == "VP8L" && size > 4 && body[4]&0x10 != 0
			dst = mux.AppendChunk(dst, kind, body)
		}
		at += 8 + size + size&1
	}
	if len(dst) == from {
		return dst, false, fmt.Errorf("libwebp wrote a file of %d bytes without pixels", len(file))
	}
	return dst, alpha, nil
}
