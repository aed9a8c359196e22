package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestStrip(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Camera})
	var markup strings.Builder
	require.NoError(t, strip(t.Context(), site.Client, "hero.jpg", &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 4)
	for i, want := range []struct {
		alt, edits string
		size       image.Point
		least      int // bytes
		most       int
	}{
		{"thumbnail", `[{"resize":{"width":200,"height":150}}]`, image.Pt(200, 150), 2_000, 40_000},
		{"page", `[{"resize":{"width":800,"height":600}}]`, image.Pt(800, 600), 20_000, 400_000},
		{"placeholder", `[{"resize":{"width":20}},{"blur":10}]`, image.Pt(20, 15), 40, 700},
		{"preview", `[{"resize":{"width":1200,"height":630}},{"text":{"text":"© Acme Inc","position":"bottom-right","fontSize":24,"color":"#ffffff","opacity":0.8}}]`, image.Pt(1200, 630), 30_000, 800_000},
	} {
		require.Equal(t, want.alt, imgs[i]["alt"])
		picture := site.Same(t, imgs[i]["src"], `{"key":"hero.jpg","edits":`+want.edits+`,"output":{"format":"webp"}}`)
		require.Equal(t, want.size, picture.Rect.Size(), want.alt)
		require.Equal(t, "image/webp", picture.Type)
		require.Greater(t, len(picture.Bytes), want.least, want.alt)
		require.Less(t, len(picture.Bytes), want.most, want.alt)
	}
}
