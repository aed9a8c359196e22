package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestAvatar(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"team/ada.jpg": recipetest.Portrait})
	var markup strings.Builder
	require.NoError(t, avatar(t.Context(), site.Client, "team/ada.jpg", "Ada <Lovelace>", &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 1)
	require.Equal(t, "Ada <Lovelace>", imgs[0]["alt"])
	picture := site.Same(t, imgs[0]["src"], `{"key":"team/ada.jpg","edits":[{"resize":{"width":256,"height":256,"fit":"cover","position":"attention"}}]}`)
	require.Equal(t, image.Pt(256, 256), picture.Rect.Size())
	require.Greater(t, dark(picture, 64, 192), 500, "the hair is in the middle half")
	centre := site.ByHand(t, `{"key":"team/ada.jpg","edits":[{"resize":{"width":256,"height":256}}]}`)
	require.Less(t, dark(centre, 64, 192), 50, "where a cut from the middle does not have it")
}

// dark counts pixels as dark as the hair between two columns of the upper half.
func dark(p recipetest.Picture, left, right int) (n int) {
	for y := range p.Rect.Dy() / 2 {
		for x := left; x < right; x++ {
			if c := p.NRGBAAt(x, y); c.R < 60 && c.G < 45 && c.B < 45 {
				n++
			}
		}
	}
	return n
}
