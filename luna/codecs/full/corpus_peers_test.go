//go:build linux

package codecs_test

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// peers are the readers of Go's library and of golang.org/x/image.
var peers = []struct {
	name   string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	{"image/jpeg", jpeg.DecodeConfig, jpeg.Decode},
	{"image/png", png.DecodeConfig, png.Decode},
	{"image/gif", gif.DecodeConfig, gif.Decode},
	{"x/image/bmp", bmp.DecodeConfig, bmp.Decode},
	{"x/image/tiff", tiff.DecodeConfig, tiff.Decode},
	{"x/image/webp", webp.DecodeConfig, webp.Decode},
}

// peer names the reader that makes a picture of the file, if one does whose
// size is within the engine's limits.
func peer(file []byte) (name string) {
	defer func() { recover() }() // some of them panic
	for _, p := range peers {
		config, err := p.config(bytes.NewReader(file))
		if err != nil || config.Width < 1 || config.Height < 1 || config.Width > 30_000 || config.Height > 50_000_000/config.Width {
			continue
		}
		if _, err := p.decode(bytes.NewReader(file)); err == nil {
			return p.name
		}
	}
	return ""
}
