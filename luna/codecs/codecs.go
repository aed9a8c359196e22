// Package codecs has the set of codecs that most programs want, so that one
// line is enough. It links all of them, with cgo for WebP where the program is
// built with it; who wants fewer names adapters one by one. Who wants more,
// AVIF among them, finds All in the folder full.
package codecs

import (
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// Default returns the codecs of the common case, with their default settings:
// jpeg, png, webp and gif, each of which reads and writes. The slice is the
// caller's.
func Default() []codec.Codec {
	return []codec.Codec{jpeg.Codec{}, png.Codec{}, webp.Codec{}, gif.Codec{}}
}
