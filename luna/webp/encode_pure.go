//go:build !cgo

package webp

import (
	"fmt"
	"image"
	"io"

	"github.com/deepteams/webp"

	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
)

const maxEffort = 6

func encoderVersion() string {
	return "deepteams/webp " + modversion.Of("github.com/deepteams/webp", "unknown")
}

func checkEffort(effort int) error {
	if effort < 0 || effort > maxEffort {
		return fmt.Errorf("webp: %w: effort %d; it is 0 to %d", codec.ErrUnsupported, effort, maxEffort)
	}
	return nil
}

// packedSamples reports how many samples a pixel the encoder wants.
func packedSamples(int) int { return 4 }

// encoderBytes is the encoder's own memory for n pixels, as measured on noise,
// which takes most. Photographs take a third of it.
func encoderBytes(n int64, lossless, alpha bool) int64 {
	per := int64(34)
	if lossless || alpha {
		per = 100
	}
	return n*per + 4<<20
}

// encode runs the port of libwebp. It cannot be interrupted.
func encode(w io.Writer, packed []uint8, width, height, _ int, s settings) error {
	m := &image.NRGBA{Pix: packed, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
	opts := webp.DefaultOptions()
	opts.Quality = float32(s.quality)
	opts.Method = s.effort
	opts.Lossless = s.lossless
	opts.Exact = s.lossless
	return webp.Encode(w, m, opts)
}
