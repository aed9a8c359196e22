package webp

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/alph"
	"github.com/immagin/immagin-go/luna/webp/internal/mux"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8l"
)

// EncodeWork reports the planes, or the packed pixels, and what the encoders hold
// beside them.
func (c Codec) EncodeWork(shape pixel.Shape, opts codec.Options) int64 {
	n := int64(shape.Width+15) * int64(shape.Height+15)
	if opts.Lossless {
		return n*int64(shape.Layout.Planes())*5/4 + vp8l.WorkBytes(shape.Width, shape.Height)
	}
	work := planeBytes(shape) + lossyBytes(n)
	if shape.Layout.HasAlpha() {
		work += alph.WorkBytes(shape.Width, shape.Height)
	}
	if c.SmartSubsample {
		work += 7 * n
	}
	return work
}

// lossyBytes is what the lossy encoder holds for n pixels at the most: their
// levels, of 16 bits each, at the highest efforts strips of what was decoded, and
// the file, in a buffer that may just be growing. It is noise that takes as much.
func lossyBytes(n int64) int64 { return 7*n + 1<<20 }

// AnimationEncodeWork reports two pictures, and what encoding one takes. It does
// not depend on the number of frames.
func (c Codec) AnimationEncodeWork(shape pixel.Shape, _ int, opts codec.Options) int64 {
	return c.EncodeWork(shape, opts) + mux.AnimationWork(shape)
}
