package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestWatermarks(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape, "brand/logo.png": recipetest.Logo})
	var out strings.Builder
	require.NoError(t, watermarks(t.Context(), site.Client, "hero.jpg", "brand/logo.png", &out))
	urls := strings.Fields(out.String())
	require.Len(t, urls, 2)

	corner := site.Same(t, urls[0], `{"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}},{"image":{"key":"brand/logo.png","width":160,"opacity":0.8,"position":"top-right","padding":24}}]}`)
	require.Equal(t, image.Pt(1200, 630), corner.Rect.Size())
	// As PNG, since what WebP loses depends on all of the picture.
	corner = site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}},{"image":{"key":"brand/logo.png","width":160,"opacity":0.8,"position":"top-right","padding":24}}],"output":{"format":"png"}}`)
	plain := site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}}],"output":{"format":"png"}}`)
	logo := image.Rect(1200-24-160, 24, 1200-24, 24+160)
	require.Greater(t, changed(corner, plain, logo, 40), logo.Dx()*logo.Dy()/4)
	require.Zero(t, changed(corner, plain, image.Rect(0, 0, 900, 630), 0))

	tiled := site.Same(t, urls[1], `{"key":"hero.jpg","edits":[{"resize":{"width":800}},{"image":{"key":"brand/logo.png","width":100,"opacity":0.25,"tile":true,"blend":"screen"}}]}`)
	require.Equal(t, image.Pt(800, 600), tiled.Rect.Size())
	// It is faint on the bright sky: what WebP loses would hide it.
	tiled = site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":800}},{"image":{"key":"brand/logo.png","width":100,"opacity":0.25,"tile":true,"blend":"screen"}}],"output":{"format":"png"}}`)
	plain = site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":800}}],"output":{"format":"png"}}`)
	for y := 0; y < 600; y += 200 {
		for x := 0; x < 800; x += 200 {
			require.Greater(t, changed(tiled, plain, image.Rect(x, y, x+200, y+200), 3), 4000, "%d,%d", x, y)
		}
	}
}

// changed counts the pixels of a part in which the channels of two pictures differ by so much.
func changed(a, b recipetest.Picture, part image.Rectangle, by int) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			p, q := a.NRGBAAt(x, y), b.NRGBAAt(x, y)
			if d := int(p.R) + int(p.G) + int(p.B) - int(q.R) - int(q.G) - int(q.B); d > by || d < -by {
				n++
			}
		}
	}
	return n
}
