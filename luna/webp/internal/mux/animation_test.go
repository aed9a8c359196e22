package mux

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/pixel"
)

// TestChanged compares rectangles with those around pixels that were touched.
func TestChanged(t *testing.T) {
	const w, h = 13, 9
	rng := rand.New(rand.NewPCG(1, 2))
	for _, layout := range []pixel.Layout{pixel.RGB, pixel.RGBA, pixel.GrayAlpha, pixel.YCbCr420, pixel.YCbCr422} {
		shape := pixel.Shape{Width: w, Height: h, Layout: layout}
		a := pixel.NewImage(nil, shape)
		for range 1000 {
			b := pixel.NewImage(nil, shape)
			var want image.Rectangle
			for range rng.IntN(4) {
				p := rng.IntN(layout.Planes())
				pw, ph := shape.PlaneSize(p)
				sx, sy := layout.Subsampling(p)
				x, y := rng.IntN(pw), rng.IntN(ph)
				b.Planes[p].Row(y)[x] = 1
				want = want.Union(image.Rect(x<<sx, y<<sy, min((x+1)<<sx, w), min((y+1)<<sy, h)))
			}
			if want.Empty() {
				want = image.Rect(0, 0, 1, 1)
			}
			want.Min.X, want.Min.Y = want.Min.X&^1, want.Min.Y&^1
			got := changed(a, b)
			require.Equal(t, want, got)

			// A part has all that differs.
			m := part(b, got)
			require.Equal(t, got.Size(), image.Pt(m.Shape.Width, m.Shape.Height))
			for p := range layout.Planes() {
				require.Equal(t, ones(&b.Planes[p]), ones(&m.Planes[p]))
			}
		}
	}
}

func ones(p *pixel.Plane) (n int) {
	for y := range p.Height {
		for _, v := range p.Row(y) {
			n += int(v)
		}
	}
	return n
}

func TestChunksArePadded(t *testing.T) {
	b := AppendChunk([]byte("x"), "TEST", []byte("ab"), []byte("c"))
	require.Equal(t, "xTEST\x03\x00\x00\x00abc\x00", string(b))
	require.Equal(t, "TEST\x02\x00\x00\x00ab", string(AppendChunk(nil, "TEST", []byte("ab"))))
}
