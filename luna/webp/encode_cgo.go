//go:build cgo

package webp

import (
	"fmt"
	"image"
	"io"

	"github.com/chai2010/webp"

	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
)

func encoderVersion() string {
	return "libwebp 1.4.0 by chai2010 " + modversion.Of("github.com/chai2010/webp", "unknown")
}

func checkEffort(effort int) error {
	if effort != defaultEffort {
		return fmt.Errorf("webp: %w: effort %d; this build's encoder can only do %d", codec.ErrUnsupported, effort, defaultEffort)
	}
	return nil
}

// packedSamples reports how many samples a pixel the encoder wants.
func packedSamples(planes int) int { return planes }

// encoderBytes is what libwebp was measured to hold itself for n pixels.
func encoderBytes(n int64, lossless, alpha bool) int64 {
	switch {
	case lossless:
		return 46*n + histogramBytes(n) + 1<<20
	case alpha:
		return lossyBytes(n, 34, 16)
	}
	return lossyBytes(n, 19, 8)
}

// encode calls libwebp. It cannot be interrupted.
func encode(w io.Writer, packed []uint8, width, height, samples int, s settings) error {
	rect := image.Rect(0, 0, width, height)
	var data []byte
	var err error
	if samples == 3 {
		m := &webp.RGBImage{XPix: packed, XStride: 3 * width, XRect: rect}
		if s.lossless {
			data, err = webp.EncodeLosslessRGB(m)
		} else {
			data, err = webp.EncodeRGB(m, float32(s.quality))
		}
	} else {
		// The binding hands an image.RGBA's bytes to libwebp as they are, which
		// takes them for straight alpha: what they are here.
		m := &image.RGBA{Pix: packed, Stride: 4 * width, Rect: rect}
		if s.lossless {
			data, err = webp.EncodeExactLosslessRGBA(m)
		} else {
			data, err = webp.EncodeRGBA(m, float32(s.quality))
		}
	}
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
