package webp

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

var promises = codectest.Options{
	Encodings: []codectest.Encoding{
		{Name: "quality 90", Floor: 36.1}, // 37 but for 4:2:2, whose chroma is averaged
		{Name: "effort 0", Options: codec.Options{Effort: new(0)}, Floor: 35},
		{Name: "quality 50", Options: codec.Options{Quality: 50}, Floor: 33},
		{Name: "lossless", Options: codec.Options{Lossless: true}},
	},
	Tail:        1, // a chunk's padding
	Lies:        []func([]byte, int, int) []byte{lieInVP8, lieInVP8L, lieInVP8X},
	EXIF:        true,
	XMP:         true,
	HeaderBytes: 16 << 10, // alpha stands before the header of the colours
}

func lieInVP8(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("VP8 "))
	if i < 0 {
		return nil
	}
	binary.LittleEndian.PutUint16(file[i+14:], uint16(width))
	binary.LittleEndian.PutUint16(file[i+16:], uint16(height))
	return file
}

func lieInVP8L(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("VP8L"))
	if i < 0 {
		return nil
	}
	bits := binary.LittleEndian.Uint32(file[i+9:])
	binary.LittleEndian.PutUint32(file[i+9:], bits&^(1<<28-1)|uint32(width-1)|uint32(height-1)<<14)
	return file
}

func lieInVP8X(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("VP8X"))
	if i < 0 {
		return nil
	}
	for at, v := range []int{width - 1, height - 1} {
		file[i+12+3*at], file[i+13+3*at], file[i+14+3*at] = byte(v), byte(v>>8), byte(v>>16)
	}
	return file
}

func TestConformance(t *testing.T) { codectest.Run(t, Codec{}, promised(t)) }
