package webp

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestProbe(t *testing.T) {
	lossy, alpha, lossless := sample(t, lossyFile), sample(t, alphaFile), sample(t, losslessFile)
	vp8, vp8l := chunkOf(t, lossy, "VP8 "), chunkOf(t, lossless, "VP8L")
	alph := chunkOf(t, alpha, "ALPH")
	withAlpha := bytes.Clone(vp8l)
	withAlpha[12] |= 0x10
	base := codec.Info{
		Shape: pixel.Shape{Width: 33, Height: 18, Layout: pixel.RGB}, Orientation: 1, Frames: 1, Space: "srgb", Channels: 3, Lossy: true,
	}
	transparent := func(i *codec.Info) { i.Shape.Layout, i.Channels, i.HasAlpha = pixel.RGBA, 4, true }
	small := func(i *codec.Info) { i.Shape.Width, i.Shape.Height, i.Lossy = 20, 11, false }
	tests := []struct {
		name string
		file []byte
		want []func(*codec.Info)
	}{
		{"lossy", lossy, nil},
		{"lossy with alpha", alpha, []func(*codec.Info){transparent}},
		{"lossless", lossless, []func(*codec.Info){small}},
		{"lossless with alpha", riff(withAlpha), []func(*codec.Info){small, transparent}},
		{"extended", riff(vp8x(0, 33, 18), vp8), nil},
		{"alpha announced, none there", riff(vp8x(flagAlpha, 33, 18), vp8), []func(*codec.Info){transparent}},
		{"alpha not announced", riff(vp8x(0, 33, 18), alph, vp8), []func(*codec.Info){transparent}},
		{"alpha behind the picture", riff(vp8x(0, 33, 18), vp8, alph), nil},
		{"lossless without the alpha announced", riff(vp8x(flagAlpha, 20, 11), vp8l), []func(*codec.Info){small}},
		{"EXIF", riff(vp8x(flagEXIF, 33, 18), vp8, exifChunk(6)), []func(*codec.Info){func(i *codec.Info) { i.Orientation, i.Metadata.EXIF = 6, exifChunk(6)[8:] }}},
		{"EXIF announced, none there", riff(vp8x(flagEXIF, 33, 18), vp8), nil},
		{"EXIF without sense", riff(vp8x(flagEXIF, 33, 18), vp8, rawChunk("EXIF", []byte("what"))), []func(*codec.Info){func(i *codec.Info) { i.Metadata.EXIF = []byte("what") }}},
		{"EXIF with JPEG's words before it", riff(vp8x(flagEXIF, 33, 18), vp8, rawChunk("EXIF", []byte("Exif\x00\x00what"))), []func(*codec.Info){func(i *codec.Info) { i.Metadata.EXIF = []byte("what") }}},
		{"XMP", riff(vp8x(flagXMP, 33, 18), vp8, rawChunk("XMP ", []byte("<x/>")), rawChunk("XMP ", []byte("second"))), []func(*codec.Info){func(i *codec.Info) { i.Metadata.XMP = []byte("<x/>") }}},
		{"long XMP", riff(vp8x(flagXMP, 33, 18), vp8, rawChunk("XMP ", make([]byte, codec.MaxMetadata+1))), nil},
		{"profile", riff(vp8x(1<<5, 33, 18), rawChunk("ICCP", []byte("hello")), vp8), []func(*codec.Info){func(i *codec.Info) { i.Profile = []byte("hello") }}},
		{"animation", riff(vp8x(flagAnimation|flagAlpha, 100, 50), anim(0, 0, 0, 0), anmf(0, 0, 33, 18, vp8), anmf(2, 2, 20, 11, vp8l)),
			[]func(*codec.Info){transparent, func(i *codec.Info) { i.Shape.Width, i.Shape.Height, i.Frames = 100, 50, 2 }}},
		{"opaque lossless animation", riff(vp8x(flagAnimation, 20, 11), anim(0, 0, 0, 0), anmf(0, 0, 20, 11, vp8l)), []func(*codec.Info){small}},
		{"trailing bytes", append(bytes.Clone(lossy), "garbage"...), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := base
			for _, f := range test.want {
				f(&want)
			}
			info, err := Codec{}.Probe(iotest.OneByteReader(bytes.NewReader(test.file)))
			require.NoError(t, err)
			require.Equal(t, want, info)
		})
	}
}

func TestProbeRefuses(t *testing.T) {
	vp8 := chunkOf(t, sample(t, lossyFile), "VP8 ")
	vp8l := chunkOf(t, sample(t, losslessFile), "VP8L")
	change := func(chunk []byte, at int, v byte) []byte {
		b := bytes.Clone(chunk)
		b[at] = v
		return riff(b)
	}
	tests := []struct {
		name  string
		bytes []byte
		is    error
		says  string
	}{
		{"nothing", nil, codec.ErrFormat, "EOF"},
		{"another RIFF", []byte("RIFF\x04\x00\x00\x00WAVE"), codec.ErrFormat, "RIFF header"},
		{"no chunks", riff(), codec.ErrFormat, "EOF"},
		{"another chunk first", riff(rawChunk("EXIF", nil), vp8), codec.ErrFormat, `"EXIF"`},
		{"no pixels", riff(vp8x(0, 33, 18)), codec.ErrFormat, "no pixels"},
		{"alpha only", riff(vp8x(0, 33, 18), rawChunk("ALPH", []byte{0})), codec.ErrFormat, "no pixels"},
		{"short VP8X", riff(rawChunk("VP8X", make([]byte, 9)), vp8), codec.ErrFormat, "EOF"},
		{"canvas of 2^48", riff(vp8x(0, 1<<24, 1<<24), vp8), codec.ErrFormat, "canvas"},
		{"another size on the canvas", riff(vp8x(0, 34, 18), vp8), codec.ErrFormat, "33x18 pixels on a canvas of 34x18"},
		{"chunk beyond the file", riff([]byte("VP8 \xff\xff\xff\x7f")), codec.ErrFormat, "0 are left"},
		{"no key frame", change(vp8, 8, vp8[8]|1), codec.ErrFormat, "key frame"},
		{"not shown", change(vp8, 8, vp8[8]&^0x10), codec.ErrFormat, "key frame"},
		{"profile 4", change(vp8, 8, vp8[8]|8), codec.ErrFormat, "key frame"},
		{"no start code", change(vp8, 11, 0), codec.ErrFormat, "key frame"},
		{"width 0", change(vp8, 14, 0), codec.ErrFormat, "size 0x18"},
		{"no VP8L", change(vp8l, 8, 0), codec.ErrFormat, "VP8L"},
		{"VP8L version 1", change(vp8l, 12, 0x20), codec.ErrFormat, "VP8L"},
		{"frame outside", riff(vp8x(flagAnimation, 33, 18), anmf(2, 0, 33, 18, vp8)), codec.ErrFormat, "33x18+2+0"},
		{"frame without pixels", riff(vp8x(flagAnimation, 33, 18), anmf(0, 0, 33, 18)), codec.ErrFormat, "no pixels"},
		{"long profile", riff(vp8x(0, 33, 18), rawChunk("ICCP", make([]byte, 5<<20)), vp8), codec.ErrLimit, "profile"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Codec{}.Probe(bytes.NewReader(test.bytes))
			require.ErrorIs(t, err, test.is)
			require.ErrorContains(t, err, test.says)
			require.ErrorContains(t, err, "webp: ")
		})
	}
}

func TestProbeReadsHeadersOnly(t *testing.T) {
	data := sample(t, lossyFile)
	r := bytes.NewReader(data)
	_, err := Codec{}.Probe(r)
	require.NoError(t, err)
	require.Equal(t, len(data)-30, r.Len(), "it stops behind the header of the key frame")
}

func TestProbeReturnsTheReadersError(t *testing.T) {
	broken := errors.New("the cable is cut")
	whole := riff(vp8x(flagEXIF, 33, 18), rawChunk("ICCP", []byte("hello")), chunkOf(t, sample(t, lossyFile), "VP8 "), exifChunk(3))
	for n := range whole {
		_, err := Codec{}.Probe(io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		require.NotErrorIs(t, err, codec.ErrFormat)
		_, err = Codec{}.Probe(bytes.NewReader(whole[:n]))
		require.ErrorIs(t, err, codec.ErrFormat, "%d of %d bytes", n, len(whole))
	}
}
