package main

import (
	"bytes"
	"encoding/base64"
	"image"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

func TestPlaceholder(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var markup strings.Builder
	require.NoError(t, page(t.Context(), site.Client, "hero.jpg", &markup))

	divs := recipetest.Elements(t, markup.String(), "div")
	require.Len(t, divs, 1)
	url := regexp.MustCompile(`^background-image: url\('(data:image/webp;base64,([^']*))'\)$`).FindStringSubmatch(divs[0]["style"])
	require.NotNil(t, url, "%s", divs[0]["style"])
	require.Less(t, len(url[1]), 1024)
	file, err := base64.StdEncoding.DecodeString(url[2])
	require.NoError(t, err)
	small := site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":20}},{"blur":10}]}`)
	require.True(t, bytes.Equal(small.Bytes, file))
	require.Equal(t, image.Pt(20, 15), small.Rect.Size())

	imgs := recipetest.Elements(t, markup.String(), "img")
	require.Len(t, imgs, 1)
	require.Equal(t, "1200x900", imgs[0]["width"]+"x"+imgs[0]["height"])
	full := site.Same(t, imgs[0]["src"], `{"key":"hero.jpg","edits":[{"resize":{"width":1200}}]}`)
	require.Equal(t, image.Pt(1200, 900), full.Rect.Size())
	require.ErrorContains(t, page(t.Context(), site.Client, "nothing.jpg", &markup), "404")
}
