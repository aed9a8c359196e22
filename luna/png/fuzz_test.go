package png

import (
	"bytes"
	"errors"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func seeds(f *testing.F) {
	for _, s := range []file{
		{depth: 8, colour: typeRGB}, {depth: 16, colour: typeRGBA, interlaced: true}, {depth: 1, colour: typeGray, chunks: rawChunk("tRNS", []byte{0, 1})},
		{depth: 4, colour: typePalette, chunks: append(palette(7), rawChunk("tRNS", []byte{1, 2})...)},
		{depth: 8, colour: typeGrayAlpha, chunks: append(append(physical(1, 2835), exifChunk(6)...), iccp(0, deflated([]byte("profile")))...)},
		{depth: 8, colour: typeRGB, chunks: rawChunk("tRNS", make([]byte, 6)), idat: 10},
	} {
		s.width, s.height, s.filter = 11, 19, func() byte { return filterPaeth }
		f.Add(s.bytes())
	}
}

func typed(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}

func FuzzProbe(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Codec{}.Probe(bytes.NewReader(data))
		if err != nil {
			if !typed(err) {
				t.Fatal(err)
			}
			return
		}
		if info.Shape.Width < 1 || info.Shape.Height < 1 || !info.Shape.Layout.Valid() || info.HasAlpha != info.Shape.Layout.HasAlpha() ||
			info.Orientation < 1 || info.Orientation > 8 || info.Frames < 1 || info.Space == "" || info.Density < 0 {
			t.Fatalf("%+v", info)
		}
	})
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Codec{}.Probe(bytes.NewReader(data))
		if err != nil || info.Shape.Bytes() > 1<<22 {
			return
		}
		src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
		if err != nil {
			t.Fatal("Probe took it, Decode did not: ", err)
		}
		defer src.Close()
		if src.Shape() != info.Shape {
			t.Fatalf("probed %v, decoded %v", info.Shape, src.Shape())
		}
		if _, err := pixel.ReadAll(nil, src); err != nil && !typed(err) {
			t.Fatal(err)
		}
	})
}
