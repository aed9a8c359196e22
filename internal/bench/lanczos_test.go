package main

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
)

// Lanczos keeps a flat picture flat, and a slow wave what it is.
func TestReferenceKeepsAWave(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 403, 201))
	wave := func(x, y float64) float64 { return 128 + 60*math.Sin(x/30) + 60*math.Cos(y/25) }
	for y := range 201 {
		for x := range 403 {
			v := uint8(math.Round(wave(float64(x)+0.5, float64(y)+0.5)))
			m.SetNRGBA(x, y, color.NRGBA{v, 77, 255 - v, 255})
		}
	}
	for _, target := range []op.Target{{Width: 100}, {Width: 100, Height: 100}, {Width: 350, Height: 60}, {Width: 61, Height: 170, Anchor: op.Right}} {
		g := target.Resize(403, 201)
		got := reference(m, g)
		require.Equal(t, g.Crop.Size(), got.Rect.Size())
		left, top := (403-float64(g.Width)*g.ShrinkX)/2, (201-float64(g.Height)*g.ShrinkY)/2
		for y := 3; y < got.Rect.Dy()-3; y++ {
			for x := 3; x < got.Rect.Dx()-3; x++ {
				want := wave((float64(x+g.Crop.Min.X)+0.5)*g.ShrinkX+left, (float64(y+g.Crop.Min.Y)+0.5)*g.ShrinkY+top)
				c := got.NRGBAAt(x, y)
				require.InDelta(t, want, c.R, 2, "%v at %d,%d", target, x, y)
				require.EqualValues(t, []uint8{77, 255}, []uint8{c.G, c.A})
				require.InDelta(t, 255-want, c.B, 2)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	a, b := image.NewNRGBA(image.Rect(0, 0, 2, 1)), image.NewNRGBA(image.Rect(0, 0, 2, 1))
	require.Zero(t, distance(a, b))
	copy(a.Pix, []uint8{3, 0, 0, 255, 0, 3, 0, 9})
	require.InDelta(t, 3, distance(a, b), 1e-12, "alpha has no part in it")
}

func TestPart(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 4, 4))
	m.SetGray(2, 3, color.Gray{200})
	p := part(m, image.Rect(1, 2, 4, 4))
	require.Equal(t, image.Rect(0, 0, 3, 2), p.Rect)
	require.Equal(t, color.NRGBA{200, 200, 200, 255}, p.NRGBAAt(1, 1))
}
