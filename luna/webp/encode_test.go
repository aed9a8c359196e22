package webp

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func encodeAll(t *testing.T, m *pixel.Image, opts codec.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), opts))
	return b.Bytes()
}

// unveil makes alpha 255.
func unveil(m *pixel.Image) *pixel.Image {
	flood(m.Planes[3].Pix, 255)
	return m
}

func TestLosslessTakesNoNoticeOfQuality(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for _, size := range testpic.Sizes {
			m := testpic.Make(pixel.Shape{Width: size[0], Height: size[1], Layout: layout})
			if layout == pixel.RGBA {
				m.Planes[3].Pix[0] = 0 // so that there is transparency
			}
			b := encodeAll(t, m, codec.Options{Lossless: true, Quality: 90})
			require.Equal(t, b, encodeAll(t, m, codec.Options{Lossless: true}), "quality does not matter")
		}
	}
}

func TestOpaqueAlphaIsLeftOut(t *testing.T) {
	m := unveil(testpic.Make(pixel.Shape{Width: 40, Height: 30, Layout: pixel.RGBA}))
	for _, lossless := range []bool{false, true} {
		got := decodeAll(t, encodeAll(t, m, codec.Options{Lossless: lossless}))
		require.Equal(t, pixel.RGB, got.Shape.Layout)
	}
}

func TestQuality(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 128, Height: 96, Layout: pixel.RGB})
	for p := range 3 {
		for i := range m.Planes[p].Pix {
			m.Planes[p].Pix[i] += uint8(i * i % 23)
		}
	}
	measure := func(quality int) (int, float64) {
		b := encodeAll(t, m, codec.Options{Quality: quality})
		require.Equal(t, b, encodeAll(t, m, codec.Options{Quality: quality, Pool: pixel.NewPool()}), "same pixels, same bytes")
		return len(b), testpic.PSNR(m, decodeAll(t, b), 0)
	}
	size, psnr := measure(5)
	for _, q := range []int{30, 60, 90, 100} {
		s, p := measure(q)
		require.Greater(t, s, size)
		require.Greater(t, p, psnr)
		size, psnr = s, p
	}
	s0, _ := measure(0)
	s90, _ := measure(90)
	require.Equal(t, s90, s0, "90 is the default")
}

func TestCheck(t *testing.T) {
	shape := pixel.Shape{Width: 10, Height: 10, Layout: pixel.RGB}
	for _, opts := range []codec.Options{{}, {Lossless: true}, {Quality: 1}, {Effort: new(4)}} {
		require.NoError(t, Codec{}.Check(shape, opts))
	}
	require.NoError(t, Codec{}.Check(pixel.Shape{Width: 16383, Height: 16383, Layout: pixel.RGB}, codec.Options{}))
	for name, opts := range map[string]codec.Options{
		"progressive": {Progressive: true}, "quality 101": {Quality: 101}, "effort 7": {Effort: new(7)}, "effort -1": {Effort: new(-1)},
	} {
		err := Codec{}.Check(shape, opts)
		require.ErrorIs(t, err, codec.ErrUnsupported)
		require.ErrorContains(t, err, name)
		require.ErrorIs(t, Codec{}.Encode(t.Context(), io.Discard, testpic.Make(shape).Source(0, nil), opts), codec.ErrUnsupported)
	}
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 16384, Height: 1}, codec.Options{}), "width 16384")
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 1, Height: 16384}, codec.Options{}), "height 16384")
}

// TestEffort tries every effort: it works, or Check says that it does not.
func TestEffort(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 64, Height: 64, Layout: pixel.RGB})
	works := 0
	for effort := range 7 {
		opts := codec.Options{Effort: &effort}
		if err := (Codec{}).Check(m.Shape, opts); err != nil {
			require.ErrorIs(t, err, codec.ErrUnsupported)
			require.ErrorContains(t, err, "effort")
			continue
		}
		require.Greater(t, testpic.PSNR(m, decodeAll(t, encodeAll(t, m, opts)), 0), 35.0)
		works++
	}
	require.GreaterOrEqual(t, works, 1)
	require.Equal(t, encodeAll(t, m, codec.Options{}), encodeAll(t, m, codec.Options{Effort: new(4)}), "4 is the default")
}

// TestEncodeWorkCoversAllocations sees what is allocated in Go, which with
// cgo is the smaller part.
func TestEncodeWorkCoversAllocations(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA} {
		for _, lossless := range []bool{false, true} {
			m := testpic.Make(pixel.Shape{Width: 701, Height: 503, Layout: layout})
			got := testpic.Allocated(func() {
				require.NoError(t, Codec{}.Encode(t.Context(), io.Discard, m.Source(0, nil), codec.Options{Lossless: lossless}))
			})
			require.LessOrEqual(t, got, Codec{}.EncodeWork(m.Shape, codec.Options{Lossless: lossless}), "%v lossless %v", m.Shape, lossless)
		}
	}
}
