package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestProduct(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"shop/bottle.jpg": recipetest.Product})
	var markup strings.Builder
	require.NoError(t, product(t.Context(), site.Client, "shop/bottle.jpg", "A bottle", &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 1)
	picture := site.Same(t, imgs[0]["src"], `{"key":"shop/bottle.jpg","edits":[{"trim":{"threshold":15}},{"normalize":{"lower":1,"upper":99}},{"resize":{"width":600,"height":600,"fit":"contain","background":"#ffffff"}},{"sharpen":1}]}`)
	require.Equal(t, image.Pt(600, 600), picture.Rect.Size())
	for _, p := range []image.Point{{0, 0}, {599, 0}, {0, 599}, {599, 599}, {20, 300}} {
		picture.Near(t, p.X, p.Y, 255, 255, 255)
	}
	require.Less(t, picture.NRGBAAt(300, 3).G, uint8(120), "the cork touches the top")
	require.Less(t, picture.NRGBAAt(300, 596).R, uint8(120), "and the glass the bottom")
}
