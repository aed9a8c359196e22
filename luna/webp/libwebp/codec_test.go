//go:build cgo

package libwebp

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"testing"

	chai "github.com/chai2010/webp"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

func TestConformance(t *testing.T) {
	codectest.Run(t, Codec{}, codectest.Options{
		Encodings: []codectest.Encoding{
			{Name: "quality 90", Floor: 37},
			{Name: "quality 50", Options: codec.Options{Quality: 50}, Floor: 33},
			{Name: "lossless", Options: codec.Options{Lossless: true}},
		},
		Tail:        1, // a chunk's padding
		Lies:        []func([]byte, int, int) []byte{lie},
		EXIF:        true,
		XMP:         true,
		HeaderBytes: 16 << 10, // alpha stands before the header of the colours
	})
}

// lie declares other sides in the header of lossy pixels.
func lie(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("VP8 "))
	if i < 0 {
		return nil
	}
	binary.LittleEndian.PutUint16(file[i+14:], uint16(width))
	binary.LittleEndian.PutUint16(file[i+16:], uint16(height))
	return file
}

func encoded(t *testing.T, c codec.Encoder, m *pixel.Image, opts codec.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Encode(t.Context(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

// TestFilesAreLibwebps holds them against the binding's own.
func TestFilesAreLibwebps(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 67, Height: 45, Layout: pixel.RGB})
	in := chai.NewRGBImage(image.Rect(0, 0, 67, 45))
	for y := range 45 {
		for x := range 67 {
			for p := range 3 {
				in.XPix[y*in.XStride+3*x+p] = m.Planes[p].Row(y)[x]
			}
		}
	}
	for quality, set := range map[float32]int{90: 0, 30: 30} {
		want, err := chai.EncodeRGB(in, quality)
		require.NoError(t, err)
		require.Equal(t, want, encoded(t, Codec{}, m, codec.Options{Quality: set}))
	}
	want, err := chai.EncodeLosslessRGB(in)
	require.NoError(t, err)
	require.Equal(t, want, encoded(t, Codec{}, m, codec.Options{Lossless: true}))
}

func TestFilesWithoutPixelsAreRefused(t *testing.T) {
	before := []byte("before")
	for name, file := range map[string][]byte{
		"empty":            nil,
		"a header":         []byte("RIFF\x04\x00\x00\x00WEBP"),
		"other chunks":     []byte("RIFF\x0e\x00\x00\x00WEBPVP8X\x02\x00\x00\x00ab"),
		"a chunk too long": []byte("RIFF\x0e\x00\x00\x00WEBPVP8 \x03\x00\x00\x00ab"),
	} {
		b, _, err := appendPixels(before, file)
		require.Error(t, err, name)
		require.Equal(t, before, b, name)
	}
}

func TestOnlyOneEffort(t *testing.T) {
	shape := pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB}
	require.NoError(t, Codec{}.Check(shape, codec.Options{Effort: new(4)}))
	require.ErrorIs(t, Codec{}.Check(shape, codec.Options{Effort: new(3)}), codec.ErrUnsupported)
	require.ErrorIs(t, Codec{}.Check(shape, codec.Options{Quality: 101}), codec.ErrUnsupported)
	require.NotEqual(t, webp.Codec{}.Revision(), Codec{}.Revision())
}

func TestNoSmartSubsample(t *testing.T) {
	var c Codec
	c.SmartSubsample = true
	m := testpic.Make(pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB})
	require.ErrorIs(t, c.Encode(t.Context(), io.Discard, m.Source(0, nil), codec.Options{}), codec.ErrUnsupported)
}
