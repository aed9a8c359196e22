package png

import (
	"errors"
	"fmt"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

// variety is files of many kinds.
func variety() (all []codectest.Sample) {
	for _, s := range []file{
		{depth: 8, colour: typeRGB}, {depth: 16, colour: typeRGBA, interlaced: true}, {depth: 1, colour: typeGray, chunks: rawChunk("tRNS", []byte{0, 1})},
		{depth: 4, colour: typePalette, chunks: append(palette(7), rawChunk("tRNS", []byte{1, 2})...)},
		{depth: 8, colour: typeGrayAlpha, chunks: append(append(physical(1, 2835), exifChunk(6)...), iccp(0, deflated([]byte("profile")))...)},
		{depth: 8, colour: typeRGB, chunks: rawChunk("tRNS", make([]byte, 6)), idat: 10},
		{depth: 8, colour: typeRGB, interlaced: true, idat: 30},
	} {
		s.width, s.height, s.filter = 11, 19, func() byte { return filterPaeth }
		all = append(all, codectest.Sample{Name: fmt.Sprintf("colour type %d of %d bits, interlaced %v", s.colour, s.depth, s.interlaced), Data: s.bytes()})
	}
	return all
}

// promised are the promises, and the samples.
func promised() codectest.Options {
	o := promises
	o.Files = append(variety(), o.Files...)
	return o
}

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, Codec{}, promised()) }

func typed(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}
