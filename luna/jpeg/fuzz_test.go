package jpeg

import (
	"bytes"
	"errors"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func seeds(f *testing.F) {
	for _, s := range []file{
		{components: gray()}, {components: ycc(2, 2)}, {components: ycc(1, 2)}, {components: ycc(4, 1)}, {components: ycc(2, 2), sof: markerSOF2},
		{components: cmyk(), segments: adobe(2)}, {components: ycc(1, 1), segments: adobe(0), scans: 2},
		{components: ycc(2, 2), segments: append(append(jfif(1, 300, 300), exifBlock(6, 72)...), icc(1, 1, "profile")...)},
	} {
		s.width, s.height, s.value = 20, 19, func(c, x, y int) uint8 { return uint8(40*x + 70*y + c) }
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
		if info.Shape.Width < 1 || info.Shape.Height < 1 || !info.Shape.Layout.Valid() ||
			info.Orientation < 1 || info.Orientation > 8 || info.Frames != 1 || info.Space == "" || info.Density < 0 {
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
			if !typed(err) {
				t.Fatal(err)
			}
			return
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
