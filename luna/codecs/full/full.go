// Package codecs has all codecs of this module: those of the common set, and AVIF,
// HEIF, TIFF, JPEG 2000 and BMP, which is only read. It is imported by the name of
// its folder's parent, whose place it takes:
//
//	import codecs "github.com/immagin/immagin-go/luna/codecs/full"
//
//	all, err := codecs.All(nil)
//	if err != nil {
//		return err
//	}
//	engine, err := luna.New(all, nil)
//
// It is apart from the common set, package luna/codecs, since it links a
// WebAssembly machine and libavif, which [All] compiles for the processor at hand.
// A program with luna and the common set has 5.8 MB, with all codecs 10.3 MB, and
// with HEVC 10.6 MB (amd64, -trimpath -ldflags="-s -w").
package codecs

import (
	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/bmp"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/heif"
	"github.com/immagin/immagin-go/luna/jp2"
	"github.com/immagin/immagin-go/luna/tiff"
)

// Options are the settings of [All].
type Options struct {
	// AVIF are those of the codec for AVIF, with which the one for HEIF shares
	// its turns and its memory; nil means its defaults.
	AVIF *avif.Options
	// HEVC decodes HEIC, what iPhones take, such as a codec of package
	// luna/heif/heic. By default HEIC is refused: that package is under the
	// LGPL, which is the integrator's choice, and so is left to be named.
	HEVC codec.Decoder
}

// All returns the codecs of all formats: those of the common set, avif, heif,
// jp2, tiff, and bmp, which is only read. Nil options are all defaults. It
// takes two seconds or so, in which libavif is compiled. The slice is the
// caller's; what of it is an io.Closer can be closed when nothing uses it any
// more, which a program that ends then need not do.
func All(opts *Options) ([]codec.Codec, error) {
	if opts == nil {
		opts = new(Options)
	}
	av1, err := avif.New(opts.AVIF)
	if err != nil {
		return nil, err
	}
	container, err := heif.New(av1, &heif.Options{HEVC: opts.HEVC})
	if err != nil {
		return nil, err
	}
	return append(codecs.Default(), av1, container, jp2.Codec{}, tiff.Codec{}, bmp.Codec{}), nil
}
