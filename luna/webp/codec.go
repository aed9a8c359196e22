// Package webp is the adapter for WebP (RFC 9649).
//
// It is in package luna/codecs' common set, or is given to luna.New by itself:
//
//	engine, err := luna.New([]codec.Codec{webp.Codec{}}, nil)
//
// It decodes in Go: lossy (VP8) and lossless (VP8L) pictures, alpha, and
// animations, with the colour conversion, the chroma upsampling and the
// blending of libwebp, so that pixels equal those of its dwebp. It encodes
// pictures and animations, lossy or lossless: with libwebp in programs that
// are built with cgo, and else with a port of it to Go.
package webp

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes WebP. Its zero value is ready to use. It is
// immutable and safe for concurrent use.
type Codec struct{}

var (
	_ codec.Animator         = Codec{}
	_ codec.AnimationEncoder = Codec{}
	_ codec.Copier           = Codec{}
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "webp", MIME: "image/webp", Extension: "webp", Magic: []string{"RIFF????WEBP"}}
}

// Revision names the adapter's own version, and the libraries that decode and
// encode, of which the second depends on cgo.
func (c Codec) Revision() string { return "webp 2 " + decoderVersion() + " " + encoderVersion() }

// DecodeWork reports the planes of a lossy picture, and the packed pixels, at
// most twice, of a lossless one or of an alpha channel.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	w, h := int64(info.Shape.Width+15)&^15, int64(info.Shape.Height+15)&^15
	var n int64
	if info.Lossy {
		n = w * h * 13 / 8
	}
	if !info.Lossy || info.HasAlpha {
		n += w * h * 9
	}
	return n + pixel.StripRows*4*w + 256<<10
}
