// Package jpeg is the adapter for JPEG (ITU-T T.81, JFIF, Adobe's CMYK).
//
// It reads baseline, extended and progressive Huffman-coded pictures of 8 bits
// a sample in their stored colour space: gray, YCbCr, RGB or CMYK. It writes
// baseline pictures, gray or YCbCr 4:2:0. Decoding is strict: a file that ends
// early is refused.
package jpeg

import (
	"runtime"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes and encodes JPEG. Its zero value has safe defaults. It is
// immutable and safe for concurrent use.
type Codec struct {
	// MaxScans is how many scans a file may have before decoding fails with
	// [codec.ErrLimit]: a progressive file of a few kilobytes can repeat a
	// scan of millions of blocks thousands of times. 0 means 100, more than
	// any camera or encoder writes.
	MaxScans int
}

var (
	_ codec.Decoder = Codec{}
	_ codec.Encoder = Codec{}
)

const (
	defaultMaxScans = 100
	defaultQuality  = 90
	maxSide         = 65535 // 16 bits in the frame header
)

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "jpeg", MIME: "image/jpeg", Extension: "jpg", Magic: []string{"\xff\xd8\xff"}}
}

// Revision names the adapter's own version and the standard library's, which
// does the work.
func (c Codec) Revision() string { return "jpeg 1 " + runtime.Version() }

func (c Codec) maxScans() int {
	if c.MaxScans > 0 {
		return c.MaxScans
	}
	return defaultMaxScans
}

// DecodeWork reports what image/jpeg and the source hold for all of the picture;
// it cannot decode in parts.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	// Planes are padded to whole MCUs, of at most 32x16.
	w := int64(info.Shape.Width+31) &^ 31
	h := int64(info.Shape.Height+15) &^ 15
	var half int64 // bytes per two pixels
	switch info.Shape.Layout {
	case pixel.Gray:
		half = 2
	case pixel.YCbCr420:
		half = 3
	case pixel.YCbCr422:
		half = 4
	case pixel.YCbCr444:
		// Also what 4:4:0 and 4:1:1 are upsampled to, beside their own planes.
		half = 8
	case pixel.RGB:
		half = 6 + 8 // planes, then packed pixels
	default:
		half = 8 + 8
	}
	n := w * h * half / 2
	if info.Progressive {
		n += w * h * 4 * samplesPerTwo(info.Shape.Layout) / 2 // coefficients
	}
	return n + pixel.StripRows*4*w + 64<<10
}

func samplesPerTwo(l pixel.Layout) int64 {
	switch l {
	case pixel.Gray:
		return 2
	case pixel.YCbCr420:
		return 3
	case pixel.YCbCr422:
		return 4
	case pixel.CMYK:
		return 8
	}
	return 6
}

// EncodeWork reports the planes that Encode collects.
func (c Codec) EncodeWork(shape pixel.Shape, _ codec.Options) int64 {
	return shape.Bytes() + 64<<10
}
