package jpeg

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestProbe(t *testing.T) {
	base := codec.Info{
		Shape: pixel.Shape{Width: 20, Height: 10, Layout: pixel.YCbCr420}, Orientation: 1, Frames: 1,
		Space: "srgb", Channels: 3, Lossy: true,
	}
	tests := []struct {
		name string
		file file
		want func(*codec.Info)
	}{
		{"plain", file{}, func(*codec.Info) {}},
		{"gray", file{components: gray()}, func(i *codec.Info) { i.Shape.Layout, i.Space, i.Channels = pixel.Gray, "b-w", 1 }},
		{"4:2:2", file{components: ycc(2, 1)}, func(i *codec.Info) { i.Shape.Layout = pixel.YCbCr422 }},
		{"4:4:4", file{components: ycc(1, 1)}, func(i *codec.Info) { i.Shape.Layout = pixel.YCbCr444 }},
		{"4:4:0", file{components: ycc(1, 2)}, func(i *codec.Info) { i.Shape.Layout = pixel.YCbCr444 }},
		{"progressive", file{sof: markerSOF2}, func(i *codec.Info) { i.Progressive = true }},
		{"extended", file{sof: markerSOF1}, func(*codec.Info) {}},
		{"density an inch", file{segments: jfif(1, 300, 300)}, func(i *codec.Info) { i.Density = 300 }},
		{"density a centimetre", file{segments: jfif(2, 100, 100)}, func(i *codec.Info) { i.Density = 254 }},
		{"aspect ratio only", file{segments: jfif(0, 4, 3)}, func(*codec.Info) {}},
		{"density of those who know none", file{segments: jfif(1, 1, 1)}, func(*codec.Info) {}},
		{"EXIF", file{segments: exifBlock(6, 144)}, func(i *codec.Info) { i.Orientation, i.Density = 6, 144 }},
		{"EXIF before JFIF", file{segments: append(exifBlock(3, 144), jfif(1, 300, 300)...)},
			func(i *codec.Info) { i.Orientation, i.Density = 3, 144 }},
		{"EXIF without sense", file{segments: segment(markerAPP1, "Exif\x00\x00what")}, func(*codec.Info) {}},
		{"first EXIF counts", file{segments: append(exifBlock(8, 0), exifBlock(2, 0)...)}, func(i *codec.Info) { i.Orientation = 8 }},
		{"profile", file{segments: append(icc(2, 2, "world"), icc(1, 2, "hello ")...)},
			func(i *codec.Info) { i.Profile = []byte("hello world") }},
		{"profile that lacks a chunk", file{segments: icc(1, 2, "hello ")}, func(*codec.Info) {}},
		{"profile with a chunk twice", file{segments: append(icc(1, 1, "a"), icc(1, 1, "b")...)}, func(*codec.Info) {}},
		{"profile with chunk 0", file{segments: icc(0, 1, "a")}, func(*codec.Info) {}},
		{"RGB by Adobe", file{segments: adobe(0), components: ycc(1, 1)}, func(i *codec.Info) { i.Shape.Layout = pixel.RGB }},
		{"YCbCr by Adobe", file{segments: adobe(1)}, func(*codec.Info) {}},
		{"JFIF overrules Adobe", file{segments: append(adobe(0), jfif(1, 1, 1)...)}, func(*codec.Info) {}},
		{"RGB by names", file{components: []component{{'R', 1, 1}, {'G', 1, 1}, {'B', 1, 1}}}, func(i *codec.Info) { i.Shape.Layout = pixel.RGB }},
		{"CMYK", file{components: cmyk(), segments: adobe(0)}, func(i *codec.Info) { i.Shape.Layout, i.Space, i.Channels = pixel.CMYK, "cmyk", 4 }},
		{"stray bytes", file{segments: []byte("stray\xff\x00\xff\xff\xd0")}, func(*codec.Info) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, want := test.file, base
			f.width, f.height, f.value = 20, 10, flat(1, 2, 3, 4)
			if f.components == nil {
				f.components = ycc(2, 2)
			}
			test.want(&want)
			info, err := Codec{}.Probe(iotest.OneByteReader(bytes.NewReader(f.bytes())))
			require.NoError(t, err)
			info.Metadata = codec.Metadata{} // another test's
			require.Equal(t, want, info)
		})
	}
}

func TestProbeRefuses(t *testing.T) {
	good := file{width: 20, height: 10, components: ycc(2, 2), value: flat(1, 2, 3)}
	change := func(f func(*file)) []byte {
		g := good
		f(&g)
		return g.bytes()
	}
	var large []byte
	for n := range byte(80) {
		large = append(large, icc(n+1, 80, strings.Repeat("x", 65000))...)
	}
	twelve := good.bytes()
	twelve[bytes.Index(twelve, []byte{0xff, markerSOF0})+4] = 12
	tests := []struct {
		name  string
		bytes []byte
		is    error
		says  string
	}{
		{"nothing", nil, codec.ErrFormat, ""},
		{"text", []byte("hello, world"), codec.ErrFormat, "SOI"},
		{"no scan", []byte{0xff, 0xd8, 0xff, 0xd9}, codec.ErrFormat, "EOI"},
		{"no frame", append([]byte{0xff, 0xd8}, segment(markerSOS, "\x00\x00\x00\x00")...), codec.ErrFormat, "frame header"},
		{"short segment", []byte{0xff, 0xd8, 0xff, 0xe0, 0, 1}, codec.ErrFormat, "length"},
		{"width 0", change(func(f *file) { f.width = 0 }), codec.ErrFormat, "width 0"},
		{"height of no DNL", change(func(f *file) { f.height = 0 }), codec.ErrFormat, "DNL"},
		{"lossless", change(func(f *file) { f.sof = 0xc3 }), codec.ErrUnsupported, "lossless"},
		{"hierarchical", change(func(f *file) { f.sof = 0xc5 }), codec.ErrUnsupported, "hierarchical"},
		{"arithmetic", change(func(f *file) { f.sof = 0xc9 }), codec.ErrUnsupported, "arithmetic"},
		{"12 bits", twelve, codec.ErrUnsupported, "12 bits"},
		{"2 components", change(func(f *file) { f.components = ycc(1, 1)[:2] }), codec.ErrUnsupported, "2 components"},
		{"3:1", change(func(f *file) { f.components = []component{{1, 3, 1}, {2, 2, 1}, {3, 1, 1}} }), codec.ErrUnsupported, "subsampling"},
		{"sampling 0", change(func(f *file) { f.components[1].h = 0 }), codec.ErrFormat, "sampling"},
		{"two frames", change(func(f *file) { f.segments = segment(markerSOF0, "\x08\x00\x01\x00\x01\x01\x01\x11\x00") }), codec.ErrFormat, "several"},
		{"large profile", change(func(f *file) { f.segments = large }), codec.ErrLimit, "profile"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Codec{}.Probe(bytes.NewReader(test.bytes))
			require.ErrorIs(t, err, test.is)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "jpeg: ")
		})
	}
}

func TestProbeReturnsTheReadersError(t *testing.T) {
	broken := errors.New("the cable is cut")
	whole := file{width: 20, height: 10, components: ycc(2, 2), value: flat(1, 2, 3)}.bytes()
	for n := range bytes.Index(whole, []byte{0xff, markerSOS}) {
		_, err := Codec{}.Probe(readers(bytes.NewReader(whole[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		require.NotErrorIs(t, err, codec.ErrFormat)
	}
}

func TestProbeReadsHeadersOnly(t *testing.T) {
	f := file{width: 2000, height: 2000, components: ycc(2, 2), value: func(c, x, y int) uint8 { return uint8(x*37 ^ y*91) }}
	data := f.bytes()
	r := bytes.NewReader(data)
	_, err := Codec{}.Probe(r)
	require.NoError(t, err)
	header := bytes.Index(data, []byte{0xff, markerSOS})
	require.LessOrEqual(t, len(data)-r.Len(), header+4096, "it stops at the first scan")
	require.Less(t, header+4096, len(data)/2)
}
