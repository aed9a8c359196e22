package ratedistortion

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp"
)

func TestBDRate(t *testing.T) {
	reference := []Point{{1000, 30}, {2000, 34}, {4000, 37.5}, {9000, 41}}
	scaled := func(by float64) []Point {
		list := make([]Point, len(reference))
		for i, p := range reference {
			list[i] = Point{int(float64(p.Bytes) * by), p.Quality}
		}
		return list
	}
	for _, test := range []struct {
		points []Point
		want   float64
	}{
		{reference, 0},
		{scaled(1.1), 10},
		{scaled(0.5), -50},
		// A part of the curve is that curve, but for the slopes at its ends.
		{reference[1:], 0},
		{reference[:2], 0},
	} {
		got, err := BDRate(reference, test.points)
		require.NoError(t, err)
		require.InDelta(t, test.want, got, 1)
	}
	got, err := BDRate(reference, scaled(1.1))
	require.NoError(t, err)
	require.InDelta(t, 10, got, 1e-9)

	// A straight line in log bytes is 0.5 dB above another: the bytes that
	// this is worth are known.
	a := []Point{{1000, 30}, {10000, 40}, {100000, 50}}
	b := []Point{{1000, 30.5}, {10000, 40.5}, {100000, 50.5}}
	got, err = BDRate(a, b)
	require.NoError(t, err)
	require.InDelta(t, 100*(math.Pow(10, -0.05)-1), got, 1e-6)
}

func TestBDRateRefuses(t *testing.T) {
	fine := []Point{{1000, 30}, {2000, 34}}
	for _, test := range []struct {
		points []Point
		about  string
	}{
		{fine[:1], "two points"},
		{[]Point{{1000, 30}, {2000, 29}}, "not better"},
		{[]Point{{1000, 30}, {2000, math.Inf(1)}}, "not finite"},
		{[]Point{{0, 30}, {2000, 34}}, "not finite"},
		{[]Point{{1000, 50}, {2000, 54}}, "no quality in common"},
	} {
		_, err := BDRate(fine, test.points)
		require.ErrorContains(t, err, test.about)
	}
}

func TestPSNR(t *testing.T) {
	a := []uint8{10, 20, 30, 40}
	require.True(t, math.IsInf(PSNR(a, a), 1))
	require.InDelta(t, 48.13, PSNR(a, []uint8{11, 19, 31, 39}), 0.01)
}

func TestSSIM(t *testing.T) {
	const w, h = 40, 24
	r := rand.New(rand.NewPCG(1, 2))
	a, near, far := make([]uint8, w*h), make([]uint8, w*h), make([]uint8, w*h)
	for i := range a {
		a[i] = uint8(40 + r.IntN(160))
		near[i] = uint8(int(a[i]) + r.IntN(5) - 2)
		far[i] = uint8(40 + r.IntN(160))
	}
	require.InDelta(t, 1, SSIM(a, a, w, h), 1e-12)
	require.Greater(t, SSIM(a, near, w, h), 0.99)
	require.Less(t, SSIM(a, far, w, h), 0.3)
	require.InDelta(t, 1, SSIM(a[:6], a[:6], 3, 2), 1e-12)
}

// TestDecode holds the slow decoder here to the adapter's, whose pixels are
// dwebp's.
func TestDecode(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {16, 16}, {33, 17}, {50, 71}} {
		m := pixel.NewImage(nil, pixel.Shape{Width: size[0], Height: size[1], Layout: pixel.RGB})
		p := Picture{size[0], size[1], nil}
		for y := range size[1] {
			for x := range size[0] {
				for c := range 3 {
					v := uint8(x*x*3 + y*(5+c) + c*x*y/4)
					m.Planes[c].Row(y)[x] = v
					p.RGB = append(p.RGB, v)
				}
			}
		}
		var file bytes.Buffer
		require.NoError(t, webp.Codec{}.Encode(t.Context(), &file, m.Source(0, nil), codec.Options{Quality: 60}))
		source, err := webp.Codec{}.Decode(t.Context(), bytes.NewReader(file.Bytes()), codec.Request{})
		require.NoError(t, err)
		want, err := pixel.ReadAll(nil, source)
		require.NoError(t, err)
		require.NoError(t, source.Close())
		d, err := Decode(file.Bytes())
		require.NoError(t, err)
		for i, v := range d.RGB {
			require.Equal(t, want.Planes[i%3].Row(i / 3 / size[0])[i/3%size[0]], v)
		}
		got, err := Measure(file.Bytes(), p)
		require.NoError(t, err)
		require.Equal(t, file.Len(), got.Bytes)
		require.Greater(t, got.Luma, 15.0)
		_, err = Measure(file.Bytes(), Picture{1, 2, make([]uint8, 6)})
		require.ErrorContains(t, err, "where the picture has 1x2")
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, file := range []string{"", "RIFF\x04\x00\x00\x00WEBP", "RIFF\x0c\x00\x00\x00WEBPVP8L\x00\x00\x00\x00", "RIFF\x0c\x00\x00\x00WEBPVP8 \xff\xff\xff\xff"} {
		_, err := Decode([]byte(file))
		require.Error(t, err)
	}
}
