package jpeg

import (
	"encoding/binary"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/pixel"
)

var promises = codectest.Options{
	Encodings: []codectest.Encoding{
		{Name: "quality 90", Floor: 34},
		{Name: "quality 50", Options: codec.Options{Quality: 50}, Floor: 30},
		{Name: "progressive", Options: codec.Options{Progressive: true}, Floor: 34},
	},
	Tail:        4, // the EOI marker, and bits that fill up the last bytes
	Lies:        []func([]byte, int, int) []byte{lie},
	EXIF:        true,
	XMP:         true,
	IPTC:        true,
	Density:     true,
	HeaderBytes: 4096,
}

// lie changes the frame header.
func lie(file []byte, width, height int) []byte {
	for i := 2; ; i += 2 + int(binary.BigEndian.Uint16(file[i+2:])) {
		switch file[i+1] {
		case markerSOF0, markerSOF1, markerSOF2:
			binary.BigEndian.PutUint16(file[i+5:], uint16(height))
			binary.BigEndian.PutUint16(file[i+7:], uint16(width))
			return file
		}
	}
}

func TestConformance(t *testing.T) {
	codectest.Run(t, Codec{}, promised())
	t.Run("FullChroma", func(t *testing.T) { codectest.Run(t, Codec{Subsampling: pixel.YCbCr444}, promises) })
}
