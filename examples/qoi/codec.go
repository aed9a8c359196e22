// Package qoi is a codec as one writes one's own: for QOI, the Quite OK Image
// Format (https://qoiformat.org/qoi-specification.pdf), which loses nothing,
// and whose specification is one page. It uses nothing but the packages that
// any module may import.
//
//	engine, err := luna.New(append(codecs.Default(), qoi.Codec{}), nil)
//
// decode.go and encode.go are the format; this file is what the engine asks
// before it decodes or encodes. How to write one is told in
// examples/docs/own-codec.md.
package qoi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes QOI. It is safe for concurrent use.
type Codec struct{}

// What a codec can do is what it implements. The compiler holds it to that.
var (
	_ codec.Decoder         = Codec{}
	_ codec.LosslessEncoder = Codec{}
)

// Format tells the name in payloads, the media type, and how files begin.
func (Codec) Format() codec.Format {
	return codec.Format{Name: "qoi", MIME: "image/qoi", Extension: "qoi", Magic: []string{"qoif"}}
}

// Revision is part of every cache key. It changes with what the codec writes
// or reads: then nothing stale is served.
func (Codec) Revision() string { return "qoi 1" }

const (
	headerBytes = 14
	maxSide     = 1 << 26 // the format has 1<<32 - 1, but rows are sized in ints
)

// Probe reads the header, and no pixel. That the picture is not too large for
// the engine is the engine's affair.
func (Codec) Probe(r io.Reader) (codec.Info, error) {
	var h [headerBytes]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return codec.Info{}, early(err)
	}
	if string(h[:4]) != "qoif" {
		return codec.Info{}, fmt.Errorf("qoi: %w: begins with %q", codec.ErrFormat, h[:4])
	}
	width, height := binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
	channels := int(h[12])
	switch {
	case width == 0 || height == 0:
		return codec.Info{}, fmt.Errorf("qoi: %w: %dx%d pixels", codec.ErrFormat, width, height)
	case width > maxSide || height > maxSide:
		return codec.Info{}, fmt.Errorf("qoi: %w: %dx%d pixels", codec.ErrUnsupported, width, height)
	case channels != 3 && channels != 4:
		return codec.Info{}, fmt.Errorf("qoi: %w: %d channels", codec.ErrFormat, channels)
	case h[13] > 1: // 0 is sRGB; 1 is linear, which all viewers show as sRGB too
		return codec.Info{}, fmt.Errorf("qoi: %w: colour space %d", codec.ErrFormat, h[13])
	}
	layout := pixel.RGB
	if channels == 4 {
		layout = pixel.RGBA
	}
	return codec.Info{
		Shape:       pixel.Shape{Width: int(width), Height: int(height), Layout: layout},
		Orientation: 1, Frames: 1, Space: "srgb", Channels: channels, HasAlpha: channels == 4,
	}, nil
}

// early says in codec's words that a file ends too soon. Other errors of a
// reader are not the file's fault, and stay what they are.
func early(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("qoi: %w: %w", codec.ErrFormat, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("qoi: %w", err)
}

// DecodeWork reports one strip and the reader's buffer: admission counts on
// it, and codectest measures it.
func (Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	return pixel.StripRows*info.Shape.RowBytes()*5/4 + 2*bufferBytes
}

// EncodeWork reports the writer's buffer.
func (Codec) EncodeWork(pixel.Shape, codec.Options) int64 { return 2 * bufferBytes }

// Check refuses what the format does not have. An option that is passed over
// in silence would be a promise broken.
func (Codec) Check(shape pixel.Shape, opts codec.Options) error {
	var what string
	switch {
	case opts.Quality != 0:
		what = "a quality: the format loses nothing"
	case opts.Progressive:
		what = "progressive output"
	case opts.Effort != nil:
		what = "an effort"
	case shape.Width < 1 || shape.Width > maxSide:
		what = fmt.Sprintf("width %d", shape.Width)
	case shape.Height < 1 || shape.Height > maxSide:
		what = fmt.Sprintf("height %d", shape.Height)
	default:
		return nil
	}
	return fmt.Errorf("qoi: %w: %s", codec.ErrUnsupported, what)
}

// Accepts wants RGB, with alpha where there is some. The planner converts.
func (Codec) Accepts(in pixel.Layout, _ codec.Options) pixel.Layout {
	if in.HasAlpha() {
		return pixel.RGBA
	}
	return pixel.RGB
}

// Lossless reports that every pixel comes back as it was.
func (Codec) Lossless(codec.Options) bool { return true }
