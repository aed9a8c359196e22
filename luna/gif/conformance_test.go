package gif

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

var promises = codectest.Options{
	Encodings: []codectest.Encoding{
		{Name: "quality 90", Floor: 32},
		{Name: "quality 30", Options: codec.Options{Quality: 30}, Floor: 26},
	},
	BinaryAlpha: true,
	Tail:        1, // the trailer
	XMP:         true,
	Lies:        []func([]byte, int, int) []byte{lieInScreen, lieInDescriptor},
}

func lieInScreen(file []byte, width, height int) []byte {
	if width > maxSide || height > maxSide {
		return nil
	}
	binary.LittleEndian.PutUint16(file[6:], uint16(width))
	binary.LittleEndian.PutUint16(file[8:], uint16(height))
	return file
}

func lieInDescriptor(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte{kindImage, 0, 0, 0, 0})
	if i < 0 || width > maxSide || height > maxSide {
		return nil
	}
	binary.LittleEndian.PutUint16(file[i+5:], uint16(width))
	binary.LittleEndian.PutUint16(file[i+7:], uint16(height))
	return file
}

func TestConformance(t *testing.T) { codectest.Run(t, Codec{}, promises) }
