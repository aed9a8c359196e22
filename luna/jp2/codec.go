// Package jp2 is the adapter for JPEG 2000 (ISO/IEC 15444-1), in its file
// format JP2 and as a bare codestream.
//
// It is in the set of package luna/codecs/full, or is given to luna.New beside
// others:
//
//	engine, err := luna.New(append(codecs.Default(), jp2.Codec{}), nil)
//
// It reads gray and RGB pictures of 1 to 16 bits a sample, with or without
// straight alpha, palettes and sYCC; samples come out with 8 bits. It writes
// 8-bit gray and RGB in JP2, with the irreversible wavelet, or losslessly with
// the reversible one. Pictures with alpha are flattened before: what it
// encodes with has none.
//
// The library behind it allocates and loops by what headers claim. So
// headers are held to limits first, and what ordinary files do not have is
// refused: coding styles that change between tiles, packed packet headers,
// progressions that change, high throughput (Part 15). It cannot be
// interrupted: a context that ends is seen before and after.
//
// Its floating-point code is compiled differently for different processors,
// so Revision names the architecture.
package jp2

import (
	"runtime"
	"strconv"

	"github.com/immagin/immagin-go/internal/modversion"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes JPEG 2000. Its zero value has safe defaults. It
// is immutable and safe for concurrent use.
type Codec struct {
	// MaxPixels is the largest picture that is decoded or encoded, in
	// pixels: all of it is in memory, about 200 bytes for each, and encoding
	// takes one to two seconds a million. Others fail with [codec.ErrLimit],
	// or are refused by Check. 0 means 4 million.
	MaxPixels int64
	// MaxBytes is the largest codestream that is decoded: a megabyte takes up
	// to five seconds, during which nothing can stop it. 0 means 1 MiB.
	MaxBytes int64
}

var (
	_ codec.Decoder         = Codec{}
	_ codec.LosslessEncoder = Codec{}
)

const (
	defaultMaxPixels = 4 << 20
	defaultMaxBytes  = 1 << 20
	defaultQuality   = 90
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "jp2", MIME: "image/jp2", Extension: "jp2", Magic: []string{signature, "\xff\x4f\xff\x51"}}
}

// Revision names the adapter's own version, the library's, the architecture,
// and settings.
func (c Codec) Revision() string {
	return "jp2 1 go-jpeg2000 " + modversion.Of("github.com/ajroetker/go-jpeg2000", "unknown") + " " + runtime.GOARCH +
		" " + strconv.FormatInt(c.maxPixels(), 10) + " " + strconv.FormatInt(c.maxBytes(), 10)
}

func (c Codec) maxPixels() int64 {
	if c.MaxPixels > 0 {
		return c.MaxPixels
	}
	return defaultMaxPixels
}

func (c Codec) maxBytes() int64 {
	if c.MaxBytes > 0 {
		return c.MaxBytes
	}
	return defaultMaxBytes
}

// What the library holds of each sample when it decodes and encodes, as
// measured, with room.
const (
	decodeSampleBytes = 72
	encodeSampleBytes = 96
	constantBytes     = 4 << 20
)

// DecodeWork reports the library's copies of the whole picture.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	samples := int64(info.Shape.Width) * int64(info.Shape.Height) * int64(max(info.Channels, info.Shape.Layout.Planes()))
	return samples*decodeSampleBytes + pixel.StripRows*info.Shape.RowBytes() + constantBytes
}

// EncodeWork reports the library's copies of the whole picture.
func (c Codec) EncodeWork(shape pixel.Shape, _ codec.Options) int64 {
	return shape.Bytes()*encodeSampleBytes + constantBytes
}
