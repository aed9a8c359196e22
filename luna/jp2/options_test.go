package jp2_test

import (
	"bytes"
	"encoding/binary"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

func options() codectest.Options {
	return codectest.Options{
		Encodings: []codectest.Encoding{
			{Floor: 34},
			{Name: "lossless", Options: codec.Options{Lossless: true}},
			{Name: "low", Options: codec.Options{Quality: 30}, Floor: 24},
		},
		EXIF: true, XMP: true, IPTC: true, Density: true,
		Tail: 2, // the EOC marker
		Slow: true,
		Lies: []func([]byte, int, int) []byte{
			func(b []byte, w, h int) []byte {
				siz := bytes.Index(b, []byte("\xff\x4f\xff\x51")) + 8
				binary.BigEndian.PutUint32(b[siz:], uint32(w))
				binary.BigEndian.PutUint32(b[siz+4:], uint32(h))
				return b
			},
		},
	}
}
