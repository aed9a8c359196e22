package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestFramed(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var out strings.Builder
	require.NoError(t, framed(t.Context(), site.Client, "hero.jpg", &out))
	const edits = `[{"crop":{"left":100,"top":50,"width":400,"height":300}},{"extend":{"top":20,"bottom":20,"left":20,"right":20,"background":"#ff0000"}}]`
	picture := site.Same(t, strings.TrimSpace(out.String()), `{"key":"hero.jpg","edits":`+edits+`}`)
	require.Equal(t, image.Pt(440, 340), picture.Rect.Size())

	// The frame's edge, seen without what WebP loses.
	exact := site.ByHand(t, `{"key":"hero.jpg","edits":`+edits+`,"output":{"format":"png"}}`)
	part := site.ByHand(t, `{"key":"hero.jpg","edits":[{"crop":{"left":100,"top":50,"width":400,"height":300}}],"output":{"format":"png"}}`)
	inside := image.Rect(20, 20, 420, 320)
	for y := range 340 {
		for x := range 440 {
			c := exact.NRGBAAt(x, y)
			if image.Pt(x, y).In(inside) {
				require.Equal(t, part.NRGBAAt(x-20, y-20), c)
			} else {
				require.Equal(t, [4]uint8{255, 0, 0, 255}, [4]uint8{c.R, c.G, c.B, c.A})
			}
		}
	}
}
