// Package codecs has the codecs that most programs want in one line:
//
//	engine, err := luna.New(codecs.Default(), nil)
//
// They are JPEG, PNG, WebP and GIF, the formats that every browser shows. The
// package links all of them, with libwebp through cgo where the program is built
// with cgo and a port of it to Go where not. A program that wants fewer names
// adapters one by one, as in []codec.Codec{jpeg.Codec{}, png.Codec{}}; one that
// wants more, AVIF among them, uses package luna/codecs/full.
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
