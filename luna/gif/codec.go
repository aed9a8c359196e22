// Package gif is the adapter for GIF (CompuServe, version 89a).
//
// It is in package luna/codecs' common set, or is given to luna.New by itself:
//
//	engine, err := luna.New([]codec.Codec{gif.Codec{}}, nil)
//
// It decodes row by row: memory is a strip, except for interlaced pictures.
// Animations are composed as browsers compose them, the background being
// transparent whatever the file calls it. What browsers and sharp forgive is
// forgiven: pixels that are missing stay transparent, or black where the
// picture is opaque otherwise; a still needs no trailer; a first frame
// beyond the canvas enlarges it, and later ones are cut off at its edges.
//
// Pictures of no more colours than [Codec].Encode may use are written exactly.
// Others get a palette by Wu's method (Efficient Statistical Computations for
// Optimal Color Quantization, Graphics Gems II, 1991), refined by Lloyd's
// iteration, and are dithered by half of what Floyd and Steinberg spread, in
// rows that run to and fro. Of an animation's frames only what changes is
// written.
package gif

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes GIF, stills and animations. Its zero value is
// ready to use. It is immutable and safe for concurrent use.
type Codec struct{}

var (
	_ codec.Animator         = Codec{}
	_ codec.AnimationEncoder = Codec{}
	_ codec.Copier           = Codec{}
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "gif", MIME: "image/gif", Extension: "gif", Magic: []string{"GIF87a", "GIF89a"}}
}

// Revision names the adapter's own version: no library is involved.
func (c Codec) Revision() string { return "gif 1" }

// readWork is what a decoder holds beside samples: its tables and buffers.
const readWork = 192 << 10

// DecodeWork reports a strip and a row, and the indices of all pixels where
// the picture is interlaced.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	n := pixel.StripRows*info.Shape.RowBytes() + int64(info.Shape.Width) + readWork
	if info.Progressive {
		n += int64(info.Shape.Width) * int64(info.Shape.Height)
	}
	return n
}

// AnimationWork reports the canvas, a copy of it that a frame may ask to be
// brought back, a strip, and a row of the widest frame that there can be.
func (c Codec) AnimationWork(info codec.Info, _ codec.Request) int64 {
	return 2*info.Shape.Bytes() + pixel.StripRows*info.Shape.RowBytes() + maxSide + readWork
}

// EncodeWork reports the packed pixels and the quantizer's tables.
func (c Codec) EncodeWork(shape pixel.Shape, _ codec.Options) int64 {
	return packedBytes(shape) + quantizeWork + ditherBytes(shape.Width)
}

// AnimationEncodeWork reports three pictures of packed pixels: the one to be
// written, the one before and the one after it. The frames' number is of no
// account.
func (c Codec) AnimationEncodeWork(shape pixel.Shape, _ int, _ codec.Options) int64 {
	return 3*packedBytes(shape) + quantizeWork + ditherBytes(shape.Width)
}
