//go:build !cgo

package webp

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"runtime"

	"github.com/deepteams/webp"

	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
)

const maxEffort = 6

// encoderVersion tells one processor from several, since the port takes
// another path, to other bytes, where it has only one.
func encoderVersion() string {
	v := "deepteams/webp " + modversion.Of("github.com/deepteams/webp", "unknown") + " scale 2"
	if runtime.GOMAXPROCS(0) == 1 {
		v += " serial"
	}
	return v
}

func checkEffort(effort int) error {
	if effort < 0 || effort > maxEffort {
		return fmt.Errorf("webp: %w: effort %d; it is 0 to %d", codec.ErrUnsupported, effort, maxEffort)
	}
	return nil
}

// packedSamples reports how many samples a pixel the encoder wants.
func packedSamples(int) int { return 4 }

// encoderBytes is what the port was measured to hold itself for n pixels.
func encoderBytes(n int64, lossless, alpha bool) int64 {
	switch {
	case lossless:
		return 110*n + histogramBytes(n) + 4<<20
	case alpha:
		return lossyBytes(n, 100, 31)
	}
	return lossyBytes(n, 32, 11)
}

// losslessQuality is a libwebp binding's for lossless pictures, where it
// means effort. Above 75 the port's bytes differ from call to call.
const losslessQuality = 70

// encode runs the port of libwebp. It cannot be interrupted.
func encode(w io.Writer, packed []uint8, width, height, _ int, s settings) error {
	m := &image.NRGBA{Pix: packed, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}
	opts := webp.DefaultOptions()
	opts.Method = s.effort
	if s.lossless {
		opts.Lossless, opts.Exact, opts.Quality = true, true, losslessQuality
		if opaque(packed) {
			w = &opaqueWriter{w: w}
		}
		return webp.Encode(w, m, opts)
	}
	// The port's method 3 is what comes nearest to libwebp's 4 in bytes and
	// PSNR at the same quality. From its own method 4 on, files are up to a
	// quarter smaller, and up to 2 dB worse.
	if s.effort == defaultEffort {
		opts.Method = 3
	}
	if s.quality < unsegmented {
		opts.Segments = 1
	}
	opts.Quality = float32(onScale(s.quality))
	return webp.Encode(w, m, opts)
}

// Below this quality pictures are not parted in segments: the port writes the
// strength of each segment's loop filter as a difference, where the format has
// it absolute, so that nothing is filtered. Without segments it is, which is
// worth up to a decibel and a half where the quality is low; above, less than
// what segments are worth.
const unsegmented = 85

// scale is what the port is told for some qualities of libwebp's, so that bytes
// or PSNR are about the same, as internal/calibrate finds it for photographs.
// Qualities between lie on lines.
var scale = [...]struct{ quality, told int }{
	{0, 0}, {10, 8}, {20, 16}, {30, 24}, {40, 33}, {50, 44}, {60, 55}, {70, 63}, {75, 68}, {80, 78}, {unsegmented, unsegmented}, {100, 100},
}

// onScale returns what the port is told for a quality.
func onScale(quality int) int {
	for i := 1; i < len(scale); i++ {
		if from, to := scale[i-1], scale[i]; quality <= to.quality {
			return from.told + ((quality-from.quality)*(to.told-from.told)+(to.quality-from.quality)/2)/(to.quality-from.quality)
		}
	}
	return 100
}

func opaque(packed []uint8) bool {
	for i := 3; i < len(packed); i += 4 {
		if packed[i] != 255 {
			return false
		}
	}
	return true
}

// An opaqueWriter clears the bit that says that a VP8L picture has alpha,
// which the port always sets.
type opaqueWriter struct {
	w io.Writer
	n int // bytes written
}

// Behind the headers of RIFF and VP8L and a signature, 28 bits of size.
const alphaByte, alphaBit = 20 + 4, 1 << 4

func (w *opaqueWriter) Write(p []byte) (int, error) {
	if i := alphaByte - w.n; i >= 0 && i < len(p) {
		p = bytes.Clone(p)
		p[i] &^= alphaBit
	}
	n, err := w.w.Write(p)
	w.n += n
	return n, err
}
