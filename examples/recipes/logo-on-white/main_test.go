package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestOnWhite(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"brand/logo.png": recipetest.Logo})
	var out strings.Builder
	require.NoError(t, onWhite(t.Context(), site.Client, "brand/logo.png", &out))
	picture := site.Same(t, strings.TrimSpace(out.String()), `{"key":"brand/logo.png","edits":[{"flatten":{"background":"#ffffff"}},{"tint":{"r":255,"g":200,"b":0}},{"modulate":{"brightness":1.2}}]}`)
	require.Equal(t, image.Pt(400, 400), picture.Rect.Size())
	require.True(t, picture.Opaque())
	picture.Near(t, 2, 2, 255, 255, 255)
	dot := picture.NRGBAAt(200, 200)
	require.Greater(t, int(dot.R)-int(dot.B), 60, "golden: %v", dot)
	require.Greater(t, int(dot.R), int(dot.G))
}
