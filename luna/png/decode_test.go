package png

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func tryDecode(ctx context.Context, r io.Reader) (*pixel.Image, error) {
	src, err := Codec{}.Decode(ctx, r, codec.Request{Pool: pixel.NewPool()})
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return pixel.ReadAll(nil, src)
}

// at returns a pixel as the standard library's decoder would.
func at(m *pixel.Image, x, y int) color.NRGBA {
	v := func(p int) uint8 {
		if m.Shape.Deep {
			return uint8(m.Planes[p].Row16(y)[x] >> 8)
		}
		return m.Planes[p].Row(y)[x]
	}
	switch m.Shape.Layout {
	case pixel.Gray:
		return color.NRGBA{v(0), v(0), v(0), 255}
	case pixel.GrayAlpha:
		return color.NRGBA{v(0), v(0), v(0), v(1)}
	case pixel.RGB:
		return color.NRGBA{v(0), v(1), v(2), 255}
	}
	return color.NRGBA{v(0), v(1), v(2), v(3)}
}

// want returns a pixel of the standard library's decoder with 8 bits, without
// the premultiplication that its colour models go through.
func want(m image.Image, x, y int) color.NRGBA {
	switch m := m.(type) {
	case *image.Gray16:
		v := uint8(m.Gray16At(x, y).Y >> 8)
		return color.NRGBA{v, v, v, 255}
	case *image.RGBA64:
		c := m.RGBA64At(x, y)
		return color.NRGBA{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8), 255}
	case *image.NRGBA64:
		c := m.NRGBA64At(x, y)
		return color.NRGBA{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8), uint8(c.A >> 8)}
	}
	switch c := m.At(x, y).(type) {
	case color.NRGBA:
		return c
	case color.RGBA: // opaque
		return color.NRGBA(c)
	case color.Gray:
		return color.NRGBA{c.Y, c.Y, c.Y, 255}
	}
	panic(fmt.Sprintf("image/png made a %T", m))
}

// TestAgainstTheStandardLibrary decodes random files of every kind by both.
func TestAgainstTheStandardLibrary(t *testing.T) {
	kinds := []struct{ colour, depth int }{
		{typeGray, 1}, {typeGray, 2}, {typeGray, 4}, {typeGray, 8}, {typeGray, 16},
		{typeRGB, 8}, {typeRGB, 16},
		{typePalette, 1}, {typePalette, 2}, {typePalette, 4}, {typePalette, 8},
		{typeGrayAlpha, 8}, {typeGrayAlpha, 16}, {typeRGBA, 8}, {typeRGBA, 16},
	}
	for _, kind := range kinds {
		t.Run(fmt.Sprint(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { againstTheStandardLibrary(t, kind.colour, kind.depth) })
		})
	}
}

func againstTheStandardLibrary(t *rapid.T, colour, depth int) {
	f := file{
		width: rapid.IntRange(1, 40).Draw(t, "width"), height: rapid.IntRange(1, 40).Draw(t, "height"),
		depth: depth, colour: colour,
		interlaced: rapid.Bool().Draw(t, "interlaced"),
		idat:       rapid.IntRange(0, 50).Draw(t, "bytes a chunk"),
	}
	seed := rapid.Uint32().Draw(t, "seed")
	next := func() byte {
		seed = seed*1664525 + 1013904223
		return byte(seed >> 24)
	}
	few := rapid.Bool().Draw(t, "few values") // so that keys are met
	f.samples = func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			if b[i] = next(); few {
				b[i] &= 1
			}
		}
		return b
	}
	f.filter = func() byte { return next() % filters }
	if f.colour == typePalette {
		f.chunks = palette(rapid.IntRange(1, 1<<f.depth).Draw(t, "colours"))
	}
	if rapid.Bool().Draw(t, "transparency") {
		n := map[int]int{typeGray: 2, typeRGB: 6, typePalette: 1}[f.colour]
		trns := make([]byte, n)
		for i := range trns {
			trns[i] = next() & 1
		}
		if n > 0 {
			f.chunks = append(f.chunks, rawChunk("tRNS", trns)...)
		}
	}
	data := f.bytes()
	std, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	m, err := tryDecode(context.Background(), bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, std.Bounds().Size(), image.Pt(m.Shape.Width, m.Shape.Height))
	for y := range f.height {
		for x := range f.width {
			require.Equal(t, want(std, x, y), at(m, x, y), "pixel %d,%d of a %T", x, y, std)
		}
	}
	info, err := Codec{}.Probe(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, info.Shape, m.Shape)
}

func TestDamaged(t *testing.T) {
	f := file{width: 9, height: 40, depth: 8, colour: typeRGB, idat: 30,
		samples: func(n int) []byte { return bytes.Repeat([]byte{1, 7, 200, 99, 3}, n)[:n] }}
	f.filter = func() byte { return filterUp }
	data := f.bytes()
	first, last := bytes.Index(data, []byte("IDAT")), bytes.LastIndex(data, []byte("IDAT"))
	require.Less(t, first, last, "several chunks")
	for _, i := range []int{first + 4, first + 4 + 30, last + 4, len(data) - 13} {
		bad := bytes.Clone(data)
		bad[i] ^= 0x10
		_, err := tryDecode(t.Context(), bytes.NewReader(bad))
		require.ErrorIs(t, err, codec.ErrFormat, "byte %d", i)
	}
	f.filter = func() byte { return filterNone }
	rows := f.rows(9, 40)
	rows[28*3] = 9
	_, err := tryDecode(t.Context(), bytes.NewReader(bytes.Join([][]byte{
		data[:33], rawChunk("IDAT", deflated(rows)), rawChunk("IEND", nil)}, nil)))
	require.ErrorIs(t, err, codec.ErrFormat)
	require.ErrorContains(t, err, "filter type 9")
	_, err = tryDecode(t.Context(), bytes.NewReader(bytes.Join([][]byte{
		data[:33], rawChunk("IDAT", deflated(rows[:100])), rawChunk("IEND", nil)}, nil)))
	require.ErrorIs(t, err, codec.ErrFormat, "too few rows")
}

func TestDecodeIsLazyAndBounded(t *testing.T) {
	// 50000x50000 pixels are claimed; nothing is allocated for them.
	f := file{width: 1, height: 1, depth: 8, colour: typeRGBA}
	data := f.bytes()
	ihdr := append([]byte{0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50}, 8, typeRGBA, 0, 0, 0)
	lie := append(append([]byte(signature), rawChunk("IHDR", ihdr)...), data[33:]...)
	got := testpic.Allocated(func() {
		src, err := Codec{}.Decode(t.Context(), bytes.NewReader(lie), codec.Request{})
		require.NoError(t, err)
		require.Equal(t, pixel.Shape{Width: 50000, Height: 50000, Layout: pixel.RGBA}, src.Shape())
		require.NoError(t, src.Close())
	})
	require.Less(t, got, int64(1<<20))
}

func TestDecodeWorkCoversAllocations(t *testing.T) {
	for _, f := range []file{
		{depth: 8, colour: typeRGB}, {depth: 8, colour: typeRGBA}, {depth: 16, colour: typeRGBA}, {depth: 1, colour: typeGray},
		{depth: 8, colour: typePalette, chunks: palette(256)}, {depth: 8, colour: typeRGB, interlaced: true}, {depth: 16, colour: typeGrayAlpha, interlaced: true},
	} {
		f.width, f.height, f.filter = 1001, 777, func() byte { return filterPaeth }
		data := f.bytes()
		info, err := Codec{}.Probe(bytes.NewReader(data))
		require.NoError(t, err)
		got := testpic.Allocated(func() {
			src, err := Codec{}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
			require.NoError(t, err)
			_, err = pixel.Drain(src)
			require.NoError(t, err)
			src.Close()
		})
		work := Codec{}.DecodeWork(info, codec.Request{})
		require.LessOrEqual(t, got, work, "%v", info.Shape)
		require.Less(t, work, 3*got, "%v", info.Shape)
	}
}
