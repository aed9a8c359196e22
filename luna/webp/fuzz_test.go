package webp

import (
	"bytes"
	"errors"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func seeds(f *testing.F) {
	lossy, alpha, lossless := sample(f, lossyFile), sample(f, alphaFile), sample(f, losslessFile)
	vp8, vp8l := chunkOf(f, lossy, "VP8 "), chunkOf(f, lossless, "VP8L")
	for _, b := range [][]byte{
		lossy, alpha, lossless, sample(f, smallFile),
		riff(vp8x(flagEXIF|1<<5, 33, 18), rawChunk("ICCP", []byte("profile")), vp8, exifChunk(6)),
		riff(vp8x(flagAnimation|flagAlpha, 40, 50), anim(1, 2, 3, 4), anmf(4, 16, 20, 11, vp8l), anmf(0, 0, 33, 18, vp8)),
	} {
		f.Add(b)
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
		if err != nil || info.Shape.Bytes() > 1<<20 {
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
		if _, err := pixel.ReadAll(nil, src); err != nil {
			t.Fatal(err)
		}
	})
}
