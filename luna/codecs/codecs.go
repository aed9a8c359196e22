// Package codecs has the sets of codecs that most programs want, so that one
// line is enough. It links all of them, with cgo where the program is built
// with it; who wants fewer names adapters one by one.
package codecs

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// Default returns the codecs of the common case, with their default settings:
// jpeg, png and webp, each of which reads and writes. GIF and AVIF join them
// once their adapters exist. The slice is the caller's.
func Default() []codec.Codec {
	return []codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{}}
}
