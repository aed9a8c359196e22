package png

import "github.com/immagin/immagin-go/luna/codec"

var _ codec.LosslessEncoder = Codec{}

// Lossless is true unless a quality asks for a palette.
func (c Codec) Lossless(opts codec.Options) bool { return opts.Quality == 0 }
