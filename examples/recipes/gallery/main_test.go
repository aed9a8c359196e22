package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestGallery(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{
		"gallery/ada.jpg":  recipetest.Portrait,
		"gallery/lake.jpg": recipetest.Landscape,
		"gallery/logo.png": recipetest.Logo,
		"hero.jpg":         recipetest.Landscape, // which is of no gallery
	})
	var markup strings.Builder
	require.NoError(t, gallery(t.Context(), site.Client, "gallery/", &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	links := recipetest.Elements(t, markup.String(), "a")
	require.Len(t, links, 3)
	require.Len(t, imgs, 3)
	large := []image.Point{{750, 450}, {1600, 1200}, {400, 400}} // no picture grows
	for i, name := range []string{"ada.jpg", "lake.jpg", "logo.png"} {
		require.Equal(t, name, imgs[i]["alt"])
		thumbnail := site.Same(t, imgs[i]["src"], `{"key":"gallery/`+name+`","edits":[{"resize":{"width":300,"height":300}},{"sharpen":1}]}`)
		require.Equal(t, image.Pt(300, 300), thumbnail.Rect.Size())
		require.Equal(t, large[i], site.Get(t, links[i]["href"]).Rect.Size())
	}
	soft := site.ByHand(t, `{"key":"gallery/lake.jpg","edits":[{"resize":{"width":300,"height":300}}]}`)
	require.Greater(t, contrast(site.Get(t, imgs[1]["src"])), contrast(soft), "sharpened")
}

// contrast sums the differences of neighbours.
func contrast(p recipetest.Picture) (sum int) {
	for y := range p.Rect.Dy() {
		for x := 1; x < p.Rect.Dx(); x++ {
			d := int(p.NRGBAAt(x, y).G) - int(p.NRGBAAt(x-1, y).G)
			sum += max(d, -d)
		}
	}
	return sum
}
