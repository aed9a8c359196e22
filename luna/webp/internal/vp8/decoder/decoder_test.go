package decoder

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/vp8"
)

// reference decodes with x/image, whose planes are to be ours.
func reference(data []byte) (*image.YCbCr, error) {
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(data), len(data))
	if _, err := d.DecodeFrameHeader(); err != nil {
		return nil, err
	}
	return d.DecodeFrame()
}

func requireEqualPlanes(t testing.TB, want, got *image.YCbCr) {
	t.Helper()
	require.Equal(t, want.Rect, got.Rect)
	w, h := want.Rect.Dx(), want.Rect.Dy()
	compare := func(name string, a, b []uint8, aStride, bStride, w, h int) {
		for y := range h {
			if !bytes.Equal(a[y*aStride:][:w], b[y*bStride:][:w]) {
				for x := range w {
					require.Equal(t, a[y*aStride+x], b[y*bStride+x], "%s at %d,%d", name, x, y)
				}
			}
		}
	}
	compare("Y", want.Y, got.Y, want.YStride, got.YStride, w, h)
	compare("Cb", want.Cb, got.Cb, want.CStride, got.CStride, (w+1)/2, (h+1)/2)
	compare("Cr", want.Cr, got.Cr, want.CStride, got.CStride, (w+1)/2, (h+1)/2)
}

// vp8Chunk returns the payload of the first VP8 chunk of a WebP file.
func vp8Chunk(file []byte) []byte {
	for b := file[min(12, len(file)):]; len(b) >= 8; {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		if n > len(b)-8 {
			return nil
		}
		if string(b[:4]) == "VP8 " {
			return b[8 : 8+n]
		}
		b = b[min(8+n+n%2, len(b)):]
	}
	return nil
}

func TestHero(t *testing.T) {
	file, err := os.ReadFile(os.Getenv("HERO"))
	if err != nil {
		t.Skip()
	}
	data := vp8Chunk(file)
	want, err := reference(data)
	require.NoError(t, err)
	for workers := 1; workers < 3; workers++ {
		got, err := Decode(context.Background(), data, Options{Workers: workers})
		require.NoError(t, err)
		requireEqualPlanes(t, want, got)
	}
}

func BenchmarkHero(b *testing.B) {
	file, err := os.ReadFile(os.Getenv("HERO"))
	if err != nil {
		b.Skip()
	}
	data := vp8Chunk(file)
	for b.Loop() {
		d, err := New(b.Context(), data, Options{Workers: 1})
		require.NoError(b, err)
		for {
			if _, err := d.Next(); err != nil {
				break
			}
		}
		d.Close()
	}
}
