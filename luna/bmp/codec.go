// Package bmp is the adapter for BMP, which it reads and does not write.
//
// It is in the set of package luna/codecs/full, or is given to luna.New beside
// others, so that uploads may be BMP:
//
//	engine, err := luna.New(append(codecs.Default(), bmp.Codec{}), nil)
//
// It reads OS/2's and Windows' bitmaps (BITMAPCOREHEADER, BITMAPINFOHEADER and
// all that grew out of it, up to BITMAPV5HEADER) from the top or from the
// bottom: palettes of 1, 2, 4 and 8 bits, 16, 24 and 32 bits a pixel with or
// without masks, and run-length coding of 4 and 8 bits.
//
// Alpha is what browsers take for it: only masks name it, and a picture that
// would be transparent throughout is opaque.
package bmp

import (
	"strconv"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Codec decodes BMP. Its zero value has safe defaults. It is immutable and
// safe for concurrent use.
type Codec struct {
	// MaxBytes is how much of a file is held in memory before decoding fails
	// with [codec.ErrLimit]: most begin with the last row. 0 means 256 MiB.
	MaxBytes int64
}

var _ codec.Decoder = Codec{}

const defaultMaxBytes = 256 << 20

// Format tells name, media type and magic.
func (c Codec) Format() codec.Format {
	return codec.Format{Name: "bmp", MIME: "image/bmp", Extension: "bmp", Magic: []string{"BM"}}
}

// Revision names the adapter's own version and settings.
func (c Codec) Revision() string {
	if c.MaxBytes > 0 {
		return "bmp 1 " + strconv.FormatInt(c.MaxBytes, 10)
	}
	return "bmp 1"
}

func (c Codec) maxBytes() int64 {
	if c.MaxBytes > 0 {
		return c.MaxBytes
	}
	return defaultMaxBytes
}

// DecodeWork reports a strip, and a byte a pixel where runs are coded.
func (c Codec) DecodeWork(info codec.Info, _ codec.Request) int64 {
	n := pixel.StripRows*info.Shape.RowBytes()*5/4 + 64<<10
	if info.Buffered {
		n += int64(info.Shape.Width) * int64(info.Shape.Height) * 2 * 5 / 4
	}
	return n
}
