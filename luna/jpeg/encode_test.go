package jpeg

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestFinerChromaIsAveraged(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.YCbCr422, pixel.YCbCr444} {
		m := testpic.Make(pixel.Shape{Width: 64, Height: 48, Layout: layout})
		var b bytes.Buffer
		require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{Quality: 95}))
		got := decode(t, b.Bytes())
		require.Equal(t, pixel.YCbCr420, got.Shape.Layout)
		sx, sy := layout.Subsampling(1)
		for y := range got.Planes[1].Height {
			for x := range got.Planes[1].Width {
				want := m.Planes[1].Row(2 * y >> sy)[2*x>>sx]
				require.InDelta(t, want, got.Planes[1].Row(y)[x], 14)
			}
		}
	}
}

func TestQuality(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 64, Height: 48, Layout: pixel.YCbCr420})
	encode := func(quality int) (int, float64) {
		var b, again bytes.Buffer
		opts := codec.Options{Quality: quality}
		require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), opts))
		require.NoError(t, Codec{}.Encode(t.Context(), &again, m.Source(2, nil), opts))
		require.Equal(t, b.Bytes(), again.Bytes(), "same pixels, same bytes")
		return b.Len(), testpic.PSNR(m, decode(t, b.Bytes()), 0)
	}
	size, psnr := encode(1)
	for _, q := range []int{20, 50, 75, 90, 100} {
		s, p := encode(q)
		require.Greater(t, s, size)
		require.Greater(t, p, psnr)
		size, psnr = s, p
	}
	s0, p0 := encode(0)
	s90, p90 := encode(90)
	require.Equal(t, s90, s0, "90 is the default")
	require.Equal(t, p90, p0)
}

func TestCheck(t *testing.T) {
	shape := pixel.Shape{Width: 10, Height: 10, Layout: pixel.YCbCr420}
	require.NoError(t, Codec{}.Check(shape, codec.Options{}))
	require.NoError(t, Codec{}.Check(shape, codec.Options{Quality: 100}))
	require.NoError(t, Codec{}.Check(pixel.Shape{Width: 65535, Height: 65535, Layout: pixel.Gray}, codec.Options{}))
	for name, opts := range map[string]codec.Options{
		"lossless": {Lossless: true}, "effort": {Effort: new(4)}, "quality 101": {Quality: 101}, "quality -1": {Quality: -1},
	} {
		err := Codec{}.Check(shape, opts)
		require.ErrorIs(t, err, codec.ErrUnsupported)
		require.ErrorContains(t, err, name)
		require.ErrorIs(t, Codec{}.Encode(t.Context(), io.Discard, testpic.Make(shape).Source(0, nil), opts), codec.ErrUnsupported)
	}
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 65536, Height: 1}, codec.Options{}), "width 65536")
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 1, Height: 65536}, codec.Options{}), "height 65536")
	require.ErrorIs(t, Codec{}.Check(pixel.Shape{}, codec.Options{}), codec.ErrUnsupported)
}

func TestAccepts(t *testing.T) {
	for in, want := range map[pixel.Layout]pixel.Layout{
		pixel.Gray: pixel.Gray, pixel.GrayAlpha: pixel.Gray, pixel.RGB: pixel.YCbCr420, pixel.RGBA: pixel.YCbCr420,
		pixel.YCbCr420: pixel.YCbCr420, pixel.YCbCr422: pixel.YCbCr422, pixel.YCbCr444: pixel.YCbCr444, pixel.CMYK: pixel.YCbCr420,
	} {
		require.Equal(t, want, Codec{}.Accepts(in, codec.Options{}))
	}
}

func TestEncodeWorkCoversAllocations(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.YCbCr444} {
		for _, c := range []Codec{{}, {Subsampling: pixel.YCbCr444}} {
			for _, opts := range []codec.Options{{Quality: 100}, {Quality: 100, Progressive: true}, {Quality: 100, Pool: pixel.NewPool()}} {
				m := noise(pixel.Shape{Width: 1001, Height: 777, Layout: layout}, 7, false)
				got := testpic.Allocated(func() {
					require.NoError(t, c.Encode(t.Context(), io.Discard, m.Source(0, nil), opts))
				})
				work := c.EncodeWork(m.Shape, opts)
				require.LessOrEqual(t, got, work)
				require.Less(t, work, 2*got)
				smooth := testpic.Make(m.Shape)
				got = testpic.Allocated(func() {
					require.NoError(t, c.Encode(t.Context(), io.Discard, smooth.Source(0, nil), opts))
				})
				require.LessOrEqual(t, got, work/2)
			}
		}
	}
}
