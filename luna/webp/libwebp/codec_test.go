//go:build cgo

package libwebp

import (
	"bytes"
	"encoding/binary"
	"testing"

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
	packed := make([]uint8, 3*67*45)
	require.NoError(t, pack(packed, m.Source(0, nil)))
	for _, opts := range []codec.Options{{}, {Quality: 30}, {Lossless: true}} {
		want, err := encode(packed, m.Shape, opts)
		require.NoError(t, err)
		require.Equal(t, want, encoded(t, Codec{}, m, opts))
	}
}

func TestOnlyOneEffort(t *testing.T) {
	shape := pixel.Shape{Width: 8, Height: 8, Layout: pixel.RGB}
	require.NoError(t, Codec{}.Check(shape, codec.Options{Effort: new(4)}))
	require.ErrorIs(t, Codec{}.Check(shape, codec.Options{Effort: new(3)}), codec.ErrUnsupported)
	require.ErrorIs(t, Codec{}.Check(shape, codec.Options{Quality: 101}), codec.ErrUnsupported)
	require.NotEqual(t, webp.Codec{}.Revision(), Codec{}.Revision())
}
