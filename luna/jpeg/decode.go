package jpeg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"github.com/immagin/immagin-go/internal/ctxio"
	"github.com/immagin/immagin-go/internal/interleave"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/lazy"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Decode reads all of the picture. The source yields the decoder's planes
// themselves where they have a layout of package pixel; chroma of rarer
// subsampling is brought to 4:4:4.
func (c Codec) Decode(ctx context.Context, r io.Reader, req codec.Request) (pixel.Source, error) {
	in := ctxio.NewReader(ctx, r)
	var head bytes.Buffer
	info, err := probe(bufio.NewReader(io.TeeReader(in, &head)))
	if err != nil {
		return nil, fmt.Errorf("jpeg: %w", err)
	}
	scans := &scanLimit{r: io.MultiReader(&head, in), max: c.maxScans()}
	m, err := jpeg.Decode(scans)
	switch {
	case err == nil:
	case in.Err() != nil:
		return nil, fmt.Errorf("jpeg: %w", in.Err())
	case scans.err != nil:
		return nil, fmt.Errorf("jpeg: %w", scans.err)
	case errors.As(err, new(jpeg.UnsupportedError)):
		return nil, fmt.Errorf("jpeg: %w: %w", codec.ErrUnsupported, err)
	default:
		return nil, fmt.Errorf("jpeg: %w: %w", codec.ErrFormat, err)
	}
	src, err := source(m, req.Pool)
	if err != nil {
		return nil, err
	}
	// Markers behind the first scan can change image/jpeg's mind about the
	// colour space; the plan rests on what stood before it.
	if got := src.Shape(); got != info.Shape {
		src.Close()
		return nil, fmt.Errorf("jpeg: %w: header says %v, scans make %v", codec.ErrFormat, info.Shape, got)
	}
	return src, nil
}

// source wraps a picture of image/jpeg.
func source(m image.Image, pool *pixel.Pool) (pixel.Source, error) {
	size := m.Bounds().Size()
	shape := pixel.Shape{Width: size.X, Height: size.Y}
	switch m := m.(type) {
	case *image.Gray:
		shape.Layout = pixel.Gray
		p := pixel.Plane{Pix: m.Pix, Stride: m.Stride, Width: size.X, Height: size.Y}
		return (&pixel.Image{Shape: shape, Planes: [4]pixel.Plane{p}}).Source(0, nil), nil
	case *image.YCbCr:
		return planar(m, shape, pool)
	case *image.RGBA:
		shape.Layout = pixel.RGB
		return packed(m.Pix, m.Stride, shape, pool), nil
	case *image.CMYK:
		// image/jpeg has undone Adobe's inversion: 0 is no ink.
		shape.Layout = pixel.CMYK
		return packed(m.Pix, m.Stride, shape, pool), nil
	}
	return nil, fmt.Errorf("jpeg: %w: image/jpeg made a %T", codec.ErrUnsupported, m)
}

func planar(m *image.YCbCr, shape pixel.Shape, pool *pixel.Pool) (pixel.Source, error) {
	var free func()
	var chroma [2]pixel.Plane
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		shape.Layout = pixel.YCbCr420
	case image.YCbCrSubsampleRatio422:
		shape.Layout = pixel.YCbCr422
	default:
		shape.Layout = pixel.YCbCr444
	}
	for i, pix := range [][]uint8{m.Cb, m.Cr} {
		w, h := shape.PlaneSize(i + 1)
		chroma[i] = pixel.Plane{Pix: pix, Stride: m.CStride, Width: w, Height: h}
	}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio444:
	default:
		for i := range chroma {
			chroma[i] = upsample(chroma[i], m.SubsampleRatio, pool)
		}
		free = func() {
			pool.Put(chroma[0].Pix)
			pool.Put(chroma[1].Pix)
		}
	}
	luma := pixel.Plane{Pix: m.Y, Stride: m.YStride, Width: shape.Width, Height: shape.Height}
	image := &pixel.Image{Shape: shape, Planes: [4]pixel.Plane{luma, chroma[0], chroma[1]}}
	return image.Source(0, free), nil
}

// packed returns a source over pixels of four bytes each.
func packed(pix []uint8, stride int, shape pixel.Shape, pool *pixel.Pool) pixel.Source {
	return &lazy.Source{Size: shape, Pool: pool, Fill: func(t *pixel.Strip) error {
		rows := make([][]uint8, shape.Layout.Planes())
		for y := range t.Rows {
			for p := range rows {
				rows[p] = t.Planes[p].Row(y)
			}
			interleave.Split(rows, pix[(t.Y+y)*stride:], 4)
		}
		return nil
	}}
}
