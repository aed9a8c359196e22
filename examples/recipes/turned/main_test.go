package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestTurned(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var out strings.Builder
	require.NoError(t, turned(t.Context(), site.Client, "hero.jpg", &out))
	picture := site.Same(t, strings.TrimSpace(out.String()), `{"key":"hero.jpg","edits":[{"resize":{"width":800}},{"rotate":{"angle":45,"background":"#000000"}},{"flip":true}]}`)
	require.Equal(t, image.Pt(990, 990), picture.Rect.Size(), "800x600 on its corner")
	for _, p := range []image.Point{{1, 1}, {988, 1}, {1, 988}, {988, 988}} {
		picture.Near(t, p.X, p.Y, 0, 0, 0)
	}
	sky := picture.NRGBAAt(640, 700)
	require.Greater(t, sky.B, sky.R, "the sky is below")
}
