package main

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestResponsive(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var markup strings.Builder
	require.NoError(t, responsive(t.Context(), site.Client, "hero.jpg", `The "lake"`, &markup))
	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 1)
	img := imgs[0]
	require.Equal(t, `The "lake"`, img["alt"])
	require.Equal(t, "(max-width: 800px) 100vw, 800px", img["sizes"])
	require.Equal(t, "800x600", img["width"]+"x"+img["height"])
	candidates := strings.Split(img["srcset"], ", ")
	require.Len(t, candidates, 4)
	for i, width := range []int{400, 800, 1200, 1600} {
		url, descriptor, _ := strings.Cut(candidates[i], " ")
		require.Equal(t, fmt.Sprintf("%dw", width), descriptor)
		picture := site.Same(t, url, fmt.Sprintf(`{"key":"hero.jpg","edits":[{"resize":{"width":%d}}]}`, width))
		require.Equal(t, image.Pt(width, width*3/4), picture.Rect.Size())
		require.Equal(t, "image/webp", picture.Type)
		if width == 800 {
			require.Equal(t, url, img["src"], "no fifth picture")
		}
	}
}
