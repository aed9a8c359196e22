package webp

import (
	"hash/fnv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/webp/internal/yuv"
)

func planesOf(t *testing.T, m *pixel.Image, rows int, sharp *yuv.Sharp) *planes {
	t.Helper()
	p := newPlanes(nil, m.Shape)
	require.NoError(t, p.read(t.Context(), m.Source(rows, nil), sharp))
	return p
}

// TestTransparentPixelsAreLibwebps compares planes with those that
// WebPPictureImportRGBA and WebPCleanupTransparentArea of libwebp 1.4.0 leave, by
// a checksum that a program in C has printed.
func TestTransparentPixelsAreLibwebps(t *testing.T) {
	hash := fnv.New64a()
	for _, size := range [][2]int{{1, 1}, {5, 9}, {8, 8}, {17, 16}, {40, 33}, {101, 67}, {130, 51}} {
		w, h := size[0], size[1]
		seed := uint32(w*1000 + h)
		random := func() uint8 {
			seed = seed*1664525 + 1013904223
			return uint8(seed >> 24)
		}
		m := pixel.NewImage(nil, pixel.Shape{Width: w, Height: h, Layout: pixel.RGBA})
		for y := range h {
			for x := range w {
				for p := range 3 {
					m.Planes[p].Row(y)[x] = random()
				}
				alpha := uint8(255)
				switch d := (2*x-w)*(2*x-w) + (2*y-h)*(2*y-h); {
				case 4*d > 3*w*h:
					alpha = 0
				case 8*d > w*h:
					alpha = random()
				}
				m.Planes[3].Row(y)[x] = alpha
			}
		}
		p := planesOf(t, m, 6, nil)
		for _, b := range [][]uint8{p.y, p.cb, p.cr} {
			hash.Write(b)
		}
	}
	require.Equal(t, uint64(0x53414c3d21ab7cda), hash.Sum64())
}

// TestLayoutsMeet: the same picture in several layouts has the same planes.
func TestLayoutsMeet(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 3}, {35, 33}, {64, 16}} {
		gray := testpic.Make(pixel.Shape{Width: size[0], Height: size[1], Layout: pixel.Gray})
		as := func(layout pixel.Layout, planes ...int) *pixel.Image {
			m := pixel.NewImage(nil, pixel.Shape{Width: size[0], Height: size[1], Layout: layout})
			for p := range layout.Planes() {
				flood(m.Planes[p].Pix, 128)
				if layout.HasAlpha() {
					flood(m.Planes[p].Pix, 255)
				}
			}
			for _, p := range planes {
				copy(m.Planes[p].Pix, gray.Planes[0].Pix)
			}
			return m
		}
		want := planesOf(t, gray, 4, nil)
		for _, m := range []*pixel.Image{as(pixel.RGB, 0, 1, 2), as(pixel.RGBA, 0, 1, 2), as(pixel.GrayAlpha, 0)} {
			got := planesOf(t, m, 6, nil)
			got.alpha = nil
			require.Equal(t, want, got, "%v", m.Shape)
		}
		want = planesOf(t, as(pixel.YCbCr420, 0), 2, nil)
		for _, l := range []pixel.Layout{pixel.YCbCr422, pixel.YCbCr444} {
			require.Equal(t, want, planesOf(t, as(l, 0), 4, nil), "%v", l)
		}
	}
}

// TestChromaIsAveraged, whatever the source has.
func TestChromaIsAveraged(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.YCbCr422, pixel.YCbCr444} {
		m := pixel.NewImage(nil, pixel.Shape{Width: 5, Height: 3, Layout: layout})
		for p := range 3 {
			plane := &m.Planes[p]
			for y := range plane.Height {
				flood(plane.Row(y), []uint8{0, 100, 255}[y])
			}
		}
		p := planesOf(t, m, 0, nil)
		require.Equal(t, []uint8{16, 16, 16, 16, 16, 102, 102, 102, 102, 102, 235, 235, 235, 235, 235}, p.y)
		// 50 and 255 in limited range.
		require.Equal(t, []uint8{59, 59, 59, 240, 240, 240}, p.cb)
		require.Equal(t, p.cb, p.cr)
	}
}

// TestSmartSubsampleKeepsEdgesBetweenColours compares what is decoded.
func TestSmartSubsampleKeepsEdgesBetweenColours(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 61, Height: 47, Layout: pixel.RGB})
	for y := range 47 {
		for x := range 61 {
			stripe := uint8(0)
			if (x+y/3)%7 < 3 {
				stripe = 255
			}
			m.Planes[0].Row(y)[x], m.Planes[1].Row(y)[x], m.Planes[2].Row(y)[x] = stripe, 20, 255-stripe
		}
	}
	encode := func(c Codec) float64 {
		var b writer
		require.NoError(t, c.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{Quality: 100}))
		return testpic.PSNR(m, decodeAll(t, b), 0)
	}
	plain, smart := encode(Codec{}), encode(Codec{SmartSubsample: true})
	require.Greater(t, smart, plain+1)
	require.NotEqual(t, Codec{}.Revision(), Codec{SmartSubsample: true}.Revision())
	for _, size := range [][2]int{{1, 1}, {3, 9}, {4, 4}, {5, 4}} { // with and without
		m := testpic.Make(pixel.Shape{Width: size[0], Height: size[1], Layout: pixel.RGBA})
		var b writer
		require.NoError(t, Codec{SmartSubsample: true}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{}))
		require.Equal(t, m.Shape, decodeAll(t, b).Shape)
	}
}

type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}
