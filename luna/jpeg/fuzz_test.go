package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// small returns small files of all kinds.
func small() (all [][]byte) {
	for _, s := range []file{
		{components: gray()}, {components: ycc(2, 2)}, {components: ycc(1, 2)}, {components: ycc(4, 1)}, {components: ycc(2, 2), sof: markerSOF2},
		{components: cmyk(), segments: adobe(2)}, {components: ycc(1, 1), segments: adobe(0), scans: 2},
		{components: ycc(2, 2), segments: append(append(jfif(1, 300, 300), exifBlock(6, 72)...), icc(1, 1, "profile")...)},
	} {
		s.width, s.height, s.value = 20, 19, func(c, x, y int) uint8 { return uint8(40*x + 70*y + c) }
		all = append(all, s.bytes())
	}
	return all
}

// repeated is the one of them that has its only scan twice.
const repeated = 6

// promised are the promises, and the small files.
func promised() codectest.Options {
	o := promises
	for i, data := range small() {
		tail := len(data) - bytes.LastIndex(data, []byte{0xff, markerSOS}) + 2 // a repeated scan, and all that would end the first
		if i != repeated {
			tail = 0
		}
		o.Files = append(o.Files, codectest.Sample{Name: fmt.Sprint("small file ", i), Data: data, Tail: tail})
	}
	return o
}

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, Codec{}, promised()) }

func typed(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}

// FuzzDecode decodes in the ways that how says, alone and with others ahead:
// both come to the same pixels, or to none. Small files of a corpus are seeds.
func FuzzDecode(f *testing.F) {
	for _, data := range small() {
		for how := range byte(16) {
			f.Add(data, how)
		}
	}
	for _, data := range corpus(f) {
		if len(data) < 32<<10 {
			f.Add(data, byte(len(data)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, how byte) {
		info, err := Codec{}.Probe(bytes.NewReader(data))
		if err != nil || info.Shape.Bytes() > 1<<20 {
			return
		}
		req := codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 1 << (how & 3)}, Reference: how&4 != 0}
		var pictures [2]*pixel.Image
		for i := range pictures {
			c := Codec{AllowTruncated: how&8 != 0, Workers: i + 1, part: 1 + int(how>>4)}
			src, err := c.Decode(t.Context(), bytes.NewReader(data), req)
			if err == nil {
				want := info.Shape
				want.Width, want.Height = req.Scale.Size(want.Width), req.Scale.Size(want.Height)
				if req.Reference {
					want.Layout = c.ReferenceLayout(info, req.Scale)
				}
				if src.Shape() != want {
					t.Fatalf("%v was due, decoded %v", want, src.Shape())
				}
				pictures[i], err = pixel.ReadAll(nil, src)
				src.Close()
			}
			if err != nil && !typed(err) {
				t.Fatal(err)
			}
		}
		if (pictures[0] == nil) != (pictures[1] == nil) || pictures[0] != nil && !testpic.Equal(pictures[0], pictures[1]) {
			t.Fatal("decoding ahead makes another picture")
		}
	})
}
