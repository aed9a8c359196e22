// Package webp is the adapter for WebP (RFC 9649).
//
// It is in package luna/codecs' common set, or is given to luna.New by itself:
//
//	engine, err := luna.New([]codec.Codec{webp.Codec{}}, nil)
//
// It decodes lossy (VP8) and lossless (VP8L) pictures, alpha, and animations,
// with the colour conversion, the chroma upsampling and the blending of libwebp,
// so that pixels equal those of its dwebp. It encodes all of these with encoders
// of its own, whose scales of quality and effort are libwebp's: lossy pictures
// from the planes of a JPEG as they are, on several cores. All of it is Go, with
// assembly beside it that gives the same bits: files do not depend on cgo, on the
// processor or on how many there are.
package webp

import (
	"github.com/immagin/immagin-go/luna/codec"
)

// Codec decodes and encodes WebP. Its zero value is ready to use. It is
// immutable and safe for concurrent use.
type Codec struct {
	// Workers is how many cores a decode or an encode may use at a time; a request
	// may ask for fewer. The pixels and the bytes are the same. 0 means what the
	// request says, and if that says nothing, 2, or 1 where there is one
	// processor.
	Workers int
	// SmartSubsample chooses the chroma of lossy files, of which there is one
	// sample for four pixels, so that edges between colours stay sharp, as
	// libwebp's option -sharp_yuv does and sharp's smartSubsample. It takes about
	// half as long as encoding does, and 7 bytes a pixel; YCbCr goes through RGB then.
	SmartSubsample bool
}

var (
	_ codec.Animator         = Codec{}
	_ codec.Scaler           = Codec{}
	_ codec.AnimationEncoder = Codec{}
	_ codec.Copier           = Codec{}
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "webp", MIME: "image/webp", Extension: "webp", Magic: []string{"RIFF????WEBP"}}
}

// Revision names the adapter's own version, the decoder's, and settings.
func (c Codec) Revision() string {
	revision := "webp 3 " + decoderVersion()
	if c.SmartSubsample {
		revision += " smart"
	}
	return revision
}
