package luna_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/gif"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/luna/webp"
)

// likeness is the PSNR of what is seen of two pictures on black.
func likeness(t *testing.T, a, b *pixel.Image) float64 {
	t.Helper()
	require.Equal(t, a.Shape.Width, b.Shape.Width)
	require.Equal(t, a.Shape.Height, b.Shape.Height)
	seen := func(m *pixel.Image, p, x, y int) float64 {
		v := float64(m.Planes[p].Row(y)[x])
		if m.Shape.Layout == pixel.RGBA {
			v = v * float64(m.Planes[3].Row(y)[x]) / 255
		}
		return v
	}
	sum := 0.0
	for p := range 3 {
		for y := range a.Shape.Height {
			for x := range a.Shape.Width {
				d := seen(a, p, x, y) - seen(b, p, x, y)
				sum += d * d
			}
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(3*a.Shape.Width*a.Shape.Height)+1e-9))
}

// TestGIFToWebPAndBack is the way of most animations on the web.
func TestGIFToWebPAndBack(t *testing.T) {
	e := engineOf(t, nil, gif.Codec{}, webp.Codec{})
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		m := film(120, 90, 9, layout)
		if layout == pixel.RGBA {
			for _, p := range m.pictures { // a hole
				for y := 10; y < 30; y++ {
					for x := 90; x < 110; x++ {
						for k := range 4 {
							p.Planes[k].Row(y)[x] = 0
						}
					}
				}
			}
		}
		var original bytes.Buffer
		require.NoError(t, gif.Codec{}.EncodeAnimation(t.Context(), &original, m, codec.Options{}))
		want := watch(t, gif.Codec{}, original.Bytes())
		require.Len(t, want.pictures, 9)

		var moved, back bytes.Buffer
		result, err := e.Transform(t.Context(), &moved, bytes.NewReader(original.Bytes()), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []any{"webp", 9}, []any{result.Format, result.Pages}, "WebP is the default")
		_, err = e.Transform(t.Context(), &back, bytes.NewReader(moved.Bytes()), nil, &edit.Output{Format: edit.FormatGIF})
		require.NoError(t, err)

		for _, got := range []*movie{watch(t, webp.Codec{}, moved.Bytes()), watch(t, gif.Codec{}, back.Bytes())} {
			require.Equal(t, m.loops, got.loops)
			require.Equal(t, m.delays, got.delays)
			require.Len(t, got.pictures, 9)
			for i := range want.pictures {
				require.Greater(t, likeness(t, want.pictures[i], got.pictures[i]), 35.0, "picture %d", i)
			}
		}
		var copied bytes.Buffer
		result, err = e.Transform(t.Context(), &copied, bytes.NewReader(original.Bytes()), nil, &edit.Output{Format: edit.FormatGIF})
		require.NoError(t, err)
		require.True(t, result.Plan.Copied)
		same := watch(t, gif.Codec{}, copied.Bytes())
		require.Equal(t, want.delays, same.delays)
		for i := range want.pictures {
			require.Equal(t, want.pictures[i], same.pictures[i])
		}
	}
}

// animatedPNG has 2x2 pixels and no alpha channel. Its second frame covers one
// of them, after the first was disposed of.
func animatedPNG(t *testing.T) []byte {
	t.Helper()
	file := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data ...byte) {
		body := append([]byte(kind), data...)
		file = binary.BigEndian.AppendUint32(file, uint32(len(data)))
		file = binary.BigEndian.AppendUint32(append(file, body...), crc32.ChecksumIEEE(body))
	}
	packed := func(rows ...byte) []byte {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, err := z.Write(rows)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	chunk("IHDR", 0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0)
	chunk("acTL", 0, 0, 0, 2, 0, 0, 0, 4)
	chunk("fcTL", 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 1, 0)
	chunk("IDAT", packed(0, 9, 9, 9, 9, 9, 9, 0, 9, 9, 9, 9, 9, 9)...)
	chunk("fcTL", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 10, 0, 0)
	chunk("fdAT", append([]byte{0, 0, 0, 2}, packed(0, 200, 100, 0)...)...)
	chunk("IEND")
	return file
}

func TestAnimatedPNG(t *testing.T) {
	file := animatedPNG(t)
	e := engineOf(t, nil)
	metadata, err := e.Metadata(t.Context(), bytes.NewReader(file))
	require.NoError(t, err)
	require.Equal(t, 2, metadata.Pages)
	require.False(t, metadata.HasAlpha)
	var out bytes.Buffer
	result, err := e.Transform(t.Context(), &out, bytes.NewReader(file), []edit.Edit{edit.Flop(true)}, lossless)
	require.NoError(t, err)
	require.Equal(t, 2, result.Pages)
	got := watch(t, webp.Codec{}, out.Bytes())
	require.Equal(t, 4, got.loops)
	require.Equal(t, pixel.RGBA, got.pictures[0].Shape.Layout)
	require.Equal(t, []uint8{255, 255}, got.pictures[0].Planes[3].Row(0))
	require.Equal(t, []uint8{0, 255}, got.pictures[1].Planes[3].Row(0), "what was disposed of is clear")

	out.Reset()
	result, err = e.Transform(t.Context(), &out, bytes.NewReader(file), nil, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	require.Equal(t, 1, result.Pages)
	info, err := png.Codec{}.Probe(&out)
	require.NoError(t, err)
	require.Equal(t, []any{1, pixel.RGB}, []any{info.Frames, info.Shape.Layout}, "still, and as opaque as it was")
}

// TestAnimationBytesAreHonest has frames of noise.
func TestAnimationBytesAreHonest(t *testing.T) {
	m := film(64, 64, 20, pixel.RGBA)
	for i, p := range m.pictures {
		for k := range 4 {
			for j := range p.Planes[k].Pix {
				p.Planes[k].Pix[j] = uint8((uint32(j)*2654435761 + uint32(i)*40503 + uint32(k)*977) >> 7)
			}
		}
	}
	e := engineOf(t, nil)
	for _, output := range []*edit.Output{lossless, {Format: edit.FormatWebP, Quality: 100}} {
		var out bytes.Buffer
		result, err := e.Transform(t.Context(), &out, bytes.NewReader(m.file(t, codec.Options{Lossless: true})), []edit.Edit{edit.Invert(true)}, output)
		require.NoError(t, err)
		require.Less(t, int64(out.Len()), result.Plan.Bytes-int64(4*64*64*20/2), "the result is counted")
	}
}
