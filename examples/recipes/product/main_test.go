package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestProduct(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"shop/mug.jpg": recipetest.Product})
	var markup strings.Builder
	require.NoError(t, product(t.Context(), site.Client, "shop/mug.jpg", "A mug", &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 1)
	picture := site.Same(t, imgs[0]["src"], `{"key":"shop/mug.jpg","edits":[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}]}`)
	require.Equal(t, image.Pt(600, 600), picture.Rect.Size())
	for _, p := range []image.Point{{0, 0}, {599, 0}, {0, 599}, {599, 599}, {300, 15}, {300, 585}} {
		picture.Near(t, p.X, p.Y, 255, 255, 255)
	}
	glaze, clay := picture.NRGBAAt(55, 250), picture.NRGBAAt(200, 440)
	require.Greater(t, int(glaze.G)-int(glaze.R), 40, "the margin is cut off: the mug begins at the left, %v", glaze)
	require.Greater(t, int(clay.R)-int(clay.B), 40, "%v", clay)
}
