//go:build libavif

package avif

import (
	"bytes"
	"context"
	"fmt"
	"image"

	"github.com/gen2brain/avif"

	"github.com/immagin/immagin-go/luna/codec"
)

const libraryRevision = "gen2brain/avif v0.5.3 system libavif"

// systemLibrary is the shared library that github.com/gen2brain/avif has
// found.
type systemLibrary struct{}

func newLibrary(Options) (library, error) {
	if err := avif.Dynamic(); err != nil {
		return nil, fmt.Errorf("built with -tags libavif, but the system has none: %w", err)
	}
	return systemLibrary{}, nil
}

func (systemLibrary) close() error { return nil }

func (systemLibrary) decode(ctx context.Context, file []byte, use func(width, height int, deep bool, pix []byte) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil { // where it decoded no frame
			err = fmt.Errorf("%w: %v", codec.ErrFormat, r)
		}
	}()
	m, err := avif.Decode(bytes.NewReader(file))
	if err != nil {
		return fmt.Errorf("%w: %w", codec.ErrFormat, err)
	}
	size := m.Bounds().Size()
	switch m := m.(type) {
	case *image.RGBA:
		return use(size.X, size.Y, false, m.Pix)
	case *image.RGBA64:
		turnBytes(m.Pix)
		return use(size.X, size.Y, true, m.Pix)
	}
	return fmt.Errorf("%w: pixels of type %T", codec.ErrUnsupported, m)
}

// turnBytes makes 16-bit samples begin with their low byte.
func turnBytes(pix []byte) {
	for i := 0; i+2 <= len(pix); i += 2 {
		pix[i], pix[i+1] = pix[i+1], pix[i]
	}
}

func (systemLibrary) encode(ctx context.Context, p parameters, fill func(pix []byte) error) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, p.width, p.height))
	if err := fill(m.Pix); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// The package has no monochrome; luma alone is read of what it makes of
	// grays.
	ratio := image.YCbCrSubsampleRatio420
	if p.chroma == chroma444 {
		ratio = image.YCbCrSubsampleRatio444
	}
	var b bytes.Buffer
	err := avif.Encode(&b, m, avif.Options{
		Quality: p.quality, QualityAlpha: p.quality, Speed: p.speed, ChromaSubsampling: ratio, Lossless: p.lossless,
	})
	return b.Bytes(), err
}
