package png

import (
	"encoding/binary"
	"hash/crc32"
	"testing"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

// promises are what PNG is: exact, with an IEND chunk that no pixel needs.
var promises = codectest.Options{
	Encodings:   []codectest.Encoding{{}, {Name: "lossless", Options: codec.Options{Lossless: true}}},
	Tail:        12,
	Lies:        []func([]byte, int, int) []byte{lie},
	EXIF:        true,
	XMP:         true,
	Density:     true,
	HeaderBytes: 4096,
}

// lie changes IHDR.
func lie(file []byte, width, height int) []byte {
	binary.BigEndian.PutUint32(file[16:], uint32(width))
	binary.BigEndian.PutUint32(file[20:], uint32(height))
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestConformance(t *testing.T) {
	o := promised()
	o.Files = append(o.Files, codectest.Sample{
		Name: "animation",
		Data: newAPNG(40, 30, 8, typeRGBA, 3, 2).
			control(0, 0, 40, 30, 1, 10, disposeNone, blendSource).idat(solid(40, 30, red...)).
			control(5, 6, 20, 20, 1, 5, disposePrevious, blendOver).fdat(solid(20, 20, half...)).
			control(1, 2, 3, 4, 1, 2, disposeBackground, blendOver).fdat(solid(3, 4, green...)).end(),
		Delays: []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond},
		Loops:  2,
	})
	codectest.Run(t, Codec{}, o)
}
