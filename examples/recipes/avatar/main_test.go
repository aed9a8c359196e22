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
	x, skin := face(picture)
	require.Greater(t, skin, 2000)
	require.InDelta(t, 128, x, 30, "the face is in the middle")
	x, _ = face(site.ByHand(t, `{"key":"team/ada.jpg","edits":[{"resize":{"width":256,"height":256}}]}`))
	require.Greater(t, x, 165.0, "where a cut from the middle has it on the right")
}

// face returns the mean column of the pixels that look like skin, and how many
// they are.
func face(p recipetest.Picture) (x float64, n int) {
	for i := 0; i < len(p.Pix); i += 4 {
		if r, g, b := int(p.Pix[i]), int(p.Pix[i+1]), int(p.Pix[i+2]); r > 150 && r-g > 20 && g-b > 5 && g-b < 50 && b > 90 {
			x += float64(i / 4 % 256)
			n++
		}
	}
	return x / float64(n), n
}
