package png

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

var layouts = []pixel.Layout{pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}

func TestOthersReadIt(t *testing.T) {
	for _, layout := range layouts {
		for _, size := range testpic.Sizes {
			m := testpic.Make(pixel.Shape{Width: size[0], Height: size[1], Layout: layout})
			var b bytes.Buffer
			require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(2, nil), codec.Options{}))
			std, err := png.Decode(&b)
			require.NoError(t, err)
			require.Equal(t, image.Pt(size[0], size[1]), std.Bounds().Size())
			for y := range size[1] {
				for x := range size[0] {
					require.Equal(t, at(m, x, y), want(std, x, y))
				}
			}
		}
	}
}

func TestEveryFilterIsUndone(t *testing.T) {
	for step := 1; step <= 4; step++ {
		row, above := make([]uint8, 29*step), make([]uint8, 29*step)
		seed := uint32(step)
		for i := range row {
			seed = seed*1664525 + 1013904223
			row[i], above[i] = uint8(seed>>24), uint8(seed>>16)
		}
		for f := range filters {
			out := bytes.Clone(row)
			if f != filterNone {
				total := apply(f, out, row, above, step)
				require.Equal(t, sum(out), total)
			}
			require.NoError(t, unfilter(byte(f), out, above, step))
			require.Equal(t, row, out, "filter %d, %d bytes a pixel", f, step)
		}
	}
}

func TestTheBestFilterIsChosen(t *testing.T) {
	n := 64
	var out [filters][]uint8
	for f := range out {
		out[f] = make([]uint8, n)
	}
	flat, ramp, noise := make([]uint8, n), make([]uint8, n), make([]uint8, n)
	for i := range n {
		ramp[i] = uint8(3 * i)
		noise[i] = uint8(i * i * 37)
	}
	require.Equal(t, filterNone, choose(&out, flat, noise, 1))
	require.Equal(t, filterSub, choose(&out, ramp, flat, 1))
	require.Equal(t, filterUp, choose(&out, noise, noise, 1))
}

func TestSmoothPicturesGetSmall(t *testing.T) {
	m := testpic.Make(pixel.Shape{Width: 300, Height: 200, Layout: pixel.RGB})
	var b, std bytes.Buffer
	require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{}))
	nrgba := image.NewNRGBA(image.Rect(0, 0, 300, 200))
	for y := range 200 {
		for x := range 300 {
			nrgba.SetNRGBA(x, y, at(m, x, y))
		}
	}
	require.NoError(t, png.Encode(&std, nrgba))
	require.Less(t, b.Len(), std.Len()*11/10)
}

func TestCheck(t *testing.T) {
	shape := pixel.Shape{Width: 10, Height: 10, Layout: pixel.RGB}
	require.NoError(t, Codec{}.Check(shape, codec.Options{Lossless: true}))
	for name, opts := range map[string]codec.Options{"quality": {Quality: 101}, "lossless": {Quality: 90, Lossless: true}, "effort": {Effort: new(4)}} {
		err := Codec{}.Check(shape, opts)
		require.ErrorIs(t, err, codec.ErrUnsupported)
		require.ErrorContains(t, err, name)
		require.ErrorIs(t, Codec{}.Encode(t.Context(), io.Discard, testpic.Make(shape).Source(0, nil), opts), codec.ErrUnsupported)
	}
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 1 << 27, Height: 1}, codec.Options{}), "width")
	require.ErrorContains(t, Codec{}.Check(pixel.Shape{Width: 1}, codec.Options{}), "height 0")
}

type brokenWriter struct {
	after int
	err   error
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.after -= len(p); w.after < 0 {
		return 0, w.err
	}
	return len(p), nil
}

// cut fails after some strips.
type cut struct {
	pixel.Source
	strips int
	err    error
}

func (s *cut) Next() (*pixel.Strip, error) {
	if s.strips--; s.strips < 0 {
		return nil, s.err
	}
	return s.Source.Next()
}

func TestEncodeWorkCoversAllocations(t *testing.T) {
	for _, layout := range layouts {
		m := testpic.Make(pixel.Shape{Width: 1001, Height: 777, Layout: layout})
		src := m.Source(0, nil)
		got := testpic.Allocated(func() {
			require.NoError(t, Codec{}.Encode(t.Context(), io.Discard, src, codec.Options{}))
		})
		work := Codec{}.EncodeWork(m.Shape, codec.Options{})
		require.LessOrEqual(t, got, work)
		require.Less(t, work, 4*got)
	}
}
