package webp

import (
	"bytes"
	"context"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// photo is a lossy file.
func photo(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	m := testpic.Make(pixel.Shape{Width: width, Height: height, Layout: pixel.RGB})
	require.NoError(t, Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{Quality: 95}))
	return b.Bytes()
}

func decodeRequest(t *testing.T, file []byte, req codec.Request) *pixel.Image {
	t.Helper()
	src, err := Codec{}.Decode(t.Context(), bytes.NewReader(file), req)
	require.NoError(t, err)
	defer src.Close()
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

func TestPixelsDoNotDependOnWorkers(t *testing.T) {
	file := photo(t, 613, 407)
	for _, n := range []int{1, 2, 4, 8} {
		scale := codec.Scale{Numerator: 1, Denominator: n}
		want := decodeRequest(t, file, codec.Request{Scale: scale, Workers: 1})
		for workers := 2; workers <= 4; workers++ {
			require.Equal(t, want, decodeRequest(t, file, codec.Request{Scale: scale, Workers: workers, Pool: pixel.NewPool()}), "1/%d, %d workers", n, workers)
		}
	}
}

// What a scaled decode yields is the average of the pixels, but for what rounding,
// clipping and interpolated chroma make of it.
func TestScaledIsTheAverage(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {7, 9}, {16, 16}, {33, 17}, {130, 95}, {257, 129}} {
		file := photo(t, size[0], size[1])
		whole := decodeRequest(t, file, codec.Request{})
		for _, n := range []int{2, 4, 8} {
			small := decodeRequest(t, file, codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: n}})
			require.Equal(t, pixel.Shape{Width: (size[0] + n - 1) / n, Height: (size[1] + n - 1) / n, Layout: pixel.RGB}, small.Shape)
			sum, count := 0.0, 0
			for p := range 3 {
				for y := range small.Shape.Height {
					for x := range small.Shape.Width {
						want, weight := 0.0, 0.0
						for v := y * n; v < min(y*n+n, size[1]); v++ {
							for u := x * n; u < min(x*n+n, size[0]); u++ {
								want += float64(whole.Planes[p].Row(v)[u])
								weight++
							}
						}
						d := want/weight - float64(small.Planes[p].Row(y)[x])
						sum, count = sum+d*d, count+1
					}
				}
			}
			require.Less(t, math.Sqrt(sum/float64(count)), 6.0, "%v at 1/%d", size, n)
		}
	}
}

func TestScalesAreForLossyStills(t *testing.T) {
	half := codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: 2}}
	vp8 := chunkOf(t, sample(t, lossyFile), "VP8 ")
	for name, test := range map[string]struct {
		file   []byte
		scales int
	}{
		"lossy":     {sample(t, lossyFile), 3},
		"alpha":     {sample(t, alphaFile), 0},
		"lossless":  {sample(t, losslessFile), 0},
		"animation": {riff(vp8x(flagAnimation, 40, 50), anim(1, 2, 3, 4), anmf(0, 0, 33, 18, vp8), anmf(0, 0, 33, 18, vp8)), 0},
		// Of a single frame it is a still.
		"one frame":      {riff(vp8x(flagAnimation, 33, 18), anim(1, 2, 3, 4), anmf(0, 0, 33, 18, vp8)), 3},
		"a smaller one":  {riff(vp8x(flagAnimation, 40, 50), anim(1, 2, 3, 4), anmf(0, 0, 33, 18, vp8)), 0},
		"one to a side":  {riff(vp8x(flagAnimation, 35, 18), anim(1, 2, 3, 4), anmf(2, 0, 33, 18, vp8)), 0},
		"one with alpha": {riff(vp8x(flagAnimation|flagAlpha, 33, 18), anim(1, 2, 3, 4), anmf(0, 0, 33, 18, vp8)), 0},
	} {
		info, err := Codec{}.Probe(bytes.NewReader(test.file))
		require.NoError(t, err)
		require.Len(t, Codec{}.Scales(info), test.scales, name)
		src, err := Codec{}.Decode(t.Context(), bytes.NewReader(test.file), half)
		if test.scales == 0 {
			require.ErrorIs(t, err, codec.ErrUnsupported, name)
			continue
		}
		require.NoError(t, err, name)
		require.NoError(t, src.Close())
	}
	_, err := Codec{}.Decode(t.Context(), bytes.NewReader(sample(t, lossyFile)), codec.Request{Scale: codec.Scale{Numerator: 3, Denominator: 8}})
	require.ErrorIs(t, err, codec.ErrUnsupported)
}

// Rows come while others are not decoded, and none after the context is done.
func TestLossySourceStopsWithItsContext(t *testing.T) {
	file := photo(t, 900, 1200)
	for workers := 1; workers <= 3; workers++ {
		ctx, cancel := context.WithCancel(t.Context())
		src, err := Codec{}.Decode(ctx, bytes.NewReader(file), codec.Request{Workers: workers})
		require.NoError(t, err)
		_, err = src.Next()
		require.NoError(t, err)
		cancel()
		rows := 0
		for err == nil {
			var s *pixel.Strip
			if s, err = src.Next(); err == nil {
				rows += s.Rows
			}
		}
		require.ErrorIs(t, err, context.Canceled)
		require.LessOrEqual(t, rows, 8*16)
		require.NoError(t, src.Close())
	}
}

// A file that ends where its chunk says fails, though its first rows are fine.
func TestShortLossyStream(t *testing.T) {
	file := photo(t, 400, 300)
	vp8 := chunkOf(t, file, "VP8 ")
	for _, n := range []int{10, 100, len(vp8) / 2, len(vp8) - 200} {
		short := riff(rawChunk("VP8 ", vp8[8:8+n]))
		src, err := Codec{}.Decode(t.Context(), bytes.NewReader(short), codec.Request{})
		if err == nil {
			_, err = pixel.Drain(src)
			src.Close()
		}
		require.ErrorIs(t, err, codec.ErrFormat, "%d bytes", n)
		require.NotErrorIs(t, err, io.EOF)
	}
}
