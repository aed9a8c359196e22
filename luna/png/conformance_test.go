package png

import (
	"encoding/binary"
	"hash/crc32"
	"testing"

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

func TestConformance(t *testing.T) { codectest.Run(t, Codec{}, promises) }
