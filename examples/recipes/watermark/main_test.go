package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestWatermark(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var out strings.Builder
	require.NoError(t, watermark(t.Context(), site.Client, "hero.jpg", &out))
	const edits = `[{"resize":{"width":1200,"height":630}},{"text":{"text":"© Acme Inc","position":"bottom-right","fontSize":24,"color":"#ffffff","opacity":0.8}}]`
	picture := site.Same(t, strings.TrimSpace(out.String()), `{"key":"hero.jpg","edits":`+edits+`}`)
	require.Equal(t, image.Pt(1200, 630), picture.Rect.Size())

	written := site.ByHand(t, `{"key":"hero.jpg","edits":`+edits+`,"output":{"format":"png"}}`)
	plain := site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}}],"output":{"format":"png"}}`)
	ink, white := image.Rectangle{}, 0
	for y := range 630 {
		for x := range 1200 {
			if c := written.NRGBAAt(x, y); c != plain.NRGBAAt(x, y) {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
				white = max(white, int(c.B))
			}
		}
	}
	require.True(t, ink.In(image.Rect(900, 560, 1200-16, 630-16)), "%v", ink)
	require.Greater(t, ink.Max.X, 1170)
	require.Greater(t, white, 200)
	require.Less(t, white, 255, "what is under it shines through")
}
