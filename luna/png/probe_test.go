package png

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestProbe(t *testing.T) {
	base := codec.Info{
		Shape: pixel.Shape{Width: 20, Height: 10, Layout: pixel.RGB}, Orientation: 1, Frames: 1, Space: "srgb", Channels: 3,
	}
	kind := func(l pixel.Layout, space string) func(*codec.Info) {
		return func(i *codec.Info) {
			i.Shape.Layout, i.Space, i.Channels, i.HasAlpha = l, space, l.Planes(), l.HasAlpha()
			i.Shape.Deep = strings.HasSuffix(space, "16")
		}
	}
	damaged := exifChunk(6)
	damaged[len(damaged)-1] ^= 1
	tests := []struct {
		name string
		file file
		want func(*codec.Info)
	}{
		{"RGB", file{depth: 8, colour: typeRGB}, func(*codec.Info) {}},
		{"RGB 16", file{depth: 16, colour: typeRGB}, kind(pixel.RGB, "rgb16")},
		{"RGB with key", file{depth: 8, colour: typeRGB, chunks: rawChunk("tRNS", make([]byte, 6))}, kind(pixel.RGBA, "srgb")},
		{"RGBA", file{depth: 8, colour: typeRGBA}, kind(pixel.RGBA, "srgb")},
		{"RGBA 16", file{depth: 16, colour: typeRGBA}, kind(pixel.RGBA, "rgb16")},
		{"gray", file{depth: 8, colour: typeGray}, kind(pixel.Gray, "b-w")},
		{"gray 1", file{depth: 1, colour: typeGray}, kind(pixel.Gray, "b-w")},
		{"gray 16", file{depth: 16, colour: typeGray}, kind(pixel.Gray, "grey16")},
		{"gray with key", file{depth: 2, colour: typeGray, chunks: rawChunk("tRNS", make([]byte, 2))}, kind(pixel.GrayAlpha, "b-w")},
		{"gray and alpha", file{depth: 8, colour: typeGrayAlpha}, kind(pixel.GrayAlpha, "b-w")},
		{"palette", file{depth: 4, colour: typePalette, chunks: palette(3)}, func(*codec.Info) {}},
		{"palette with alpha", file{depth: 4, colour: typePalette, chunks: append(palette(3), rawChunk("tRNS", []byte{1})...)}, kind(pixel.RGBA, "srgb")},
		{"interlaced", file{depth: 8, colour: typeRGB, interlaced: true}, func(i *codec.Info) { i.Progressive = true }},
		{"density", file{depth: 8, colour: typeRGB, chunks: physical(1, 5000)}, func(i *codec.Info) { i.Density = 127 }},
		{"aspect ratio", file{depth: 8, colour: typeRGB, chunks: physical(0, 5000)}, func(*codec.Info) {}},
		{"EXIF", file{depth: 8, colour: typeRGB, chunks: exifChunk(6)}, func(i *codec.Info) { i.Orientation = 6 }},
		{"damaged EXIF", file{depth: 8, colour: typeRGB, chunks: damaged}, func(*codec.Info) {}},
		{"animation", file{depth: 8, colour: typeRGB, chunks: rawChunk("acTL", []byte{0, 0, 0, 7, 0, 0, 0, 0})}, func(i *codec.Info) { i.Frames = 7 }},
		{"animation of none", file{depth: 8, colour: typeRGB, chunks: rawChunk("acTL", make([]byte, 8))}, func(*codec.Info) {}},
		{"profile", file{depth: 8, colour: typeRGB, chunks: iccp(0, deflated([]byte("hello")))}, func(i *codec.Info) { i.Profile = []byte("hello") }},
		{"profile cut off", file{depth: 8, colour: typeRGB, chunks: iccp(0, deflated([]byte("hello"))[:8])}, func(*codec.Info) {}},
		{"profile by another method", file{depth: 8, colour: typeRGB, chunks: iccp(1, deflated([]byte("hello")))}, func(*codec.Info) {}},
		{"profile without a name's end", file{depth: 8, colour: typeRGB, chunks: rawChunk("iCCP", []byte("name"))}, func(*codec.Info) {}},
		{"unknown chunk", file{depth: 8, colour: typeRGB, chunks: rawChunk("prVt", make([]byte, 100_000))}, func(*codec.Info) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, want := test.file, base
			f.width, f.height = 20, 10
			test.want(&want)
			info, err := Codec{}.Probe(iotest.OneByteReader(bytes.NewReader(f.bytes())))
			require.NoError(t, err)
			info.Metadata = codec.Metadata{} // another test's
			require.Equal(t, want, info)
		})
	}
}

func TestProbeRefuses(t *testing.T) {
	with := func(chunks ...[]byte) []byte {
		return file{width: 20, height: 10, depth: 8, colour: typeRGB, chunks: bytes.Join(chunks, nil)}.bytes()
	}
	header := func(at int, v byte) []byte {
		b := with()
		ihdr := bytes.Clone(b[16:29])
		ihdr[at] = v
		return append(append([]byte(signature), rawChunk("IHDR", ihdr)...), b[33:]...)
	}
	damaged := with()
	damaged[16] ^= 1
	indexed := file{width: 2, height: 2, depth: 8, colour: typePalette}
	tests := []struct {
		name  string
		bytes []byte
		is    error
		says  string
	}{
		{"nothing", nil, codec.ErrFormat, "EOF"},
		{"text", []byte("hello, world"), codec.ErrFormat, "signature"},
		{"no IHDR", append([]byte(signature), rawChunk("IDAT", nil)...), codec.ErrFormat, "IHDR"},
		{"damaged IHDR", damaged, codec.ErrFormat, "checksum"},
		{"width 0", file{width: 0, height: 1, depth: 8}.bytes(), codec.ErrFormat, "size 0x1"},
		{"height 0", file{width: 1, height: 0, depth: 8}.bytes(), codec.ErrFormat, "size 1x0"},
		{"depth 3", header(8, 3), codec.ErrFormat, "3 bits"},
		{"colour type 1", header(9, 1), codec.ErrFormat, "colour type 1"},
		{"filter 1", header(11, 1), codec.ErrUnsupported, "filter 1"},
		{"interlace 2", header(12, 2), codec.ErrUnsupported, "interlace 2"},
		{"no palette", indexed.bytes(), codec.ErrFormat, "palette"},
		{"two palettes", with(palette(2), palette(2)), codec.ErrFormat, "palette"},
		{"palette of 4 bytes", with(rawChunk("PLTE", make([]byte, 4))), codec.ErrFormat, "palette"},
		{"palette of 257", with(rawChunk("PLTE", make([]byte, 3*257))), codec.ErrFormat, "PLTE"},
		{"key of 4 bytes", with(rawChunk("tRNS", make([]byte, 4))), codec.ErrFormat, "tRNS"},
		{"second IHDR", with(rawChunk("IHDR", make([]byte, 13))), codec.ErrFormat, "IHDR"},
		{"IEND first", with(rawChunk("IEND", nil)), codec.ErrFormat, "IEND"},
		{"critical chunk", with(rawChunk("XXXX", nil)), codec.ErrUnsupported, `"XXXX"`},
		{"chunk of 2 GiB", with([]byte("\xff\xff\xff\xfftEXt")), codec.ErrFormat, "chunk of"},
		{"profile bomb", with(iccp(0, deflated(make([]byte, 5<<20)))), codec.ErrLimit, "profile"},
		{"long profile", with(rawChunk("iCCP", make([]byte, 5<<20))), codec.ErrLimit, "profile"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Codec{}.Probe(bytes.NewReader(test.bytes))
			require.ErrorIs(t, err, test.is)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "png: ")
		})
	}
}

func TestProbeReadsHeadersOnly(t *testing.T) {
	f := file{width: 20, height: 10, depth: 8, colour: typeRGB}
	data := f.bytes()
	r := bytes.NewReader(data)
	_, err := Codec{}.Probe(r)
	require.NoError(t, err)
	require.Equal(t, len(data)-bytes.Index(data, []byte("IDAT"))-4, r.Len(), "it stops at the first IDAT chunk")
}

func TestProbeReturnsTheReadersError(t *testing.T) {
	broken := errors.New("the cable is cut")
	whole := file{width: 20, height: 10, depth: 8, colour: typePalette, chunks: append(palette(4), iccp(0, deflated([]byte("hi")))...)}.bytes()
	for n := range bytes.Index(whole, []byte("IDAT")) {
		_, err := Codec{}.Probe(io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		require.NotErrorIs(t, err, codec.ErrFormat)
		_, err = Codec{}.Probe(bytes.NewReader(whole[:n]))
		require.ErrorIs(t, err, codec.ErrFormat)
	}
}
