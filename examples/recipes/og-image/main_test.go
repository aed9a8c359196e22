package main

import (
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/examples/recipes/internal/recipetest"
)

const title = "Before the day begins, the lake keeps the night: Озеро на рассвете, in eleven <pictures> 🏔"

func TestCard(t *testing.T) {
	site := recipetest.Serve(t, map[string]recipetest.Drawing{"hero.jpg": recipetest.Landscape})
	var markup strings.Builder
	require.NoError(t, card(t.Context(), site.Client, "hero.jpg", title, &markup))
	meta := map[string]string{}
	for _, m := range recipetest.Elements(t, markup.String(), "meta") {
		meta[m["property"]] = m["content"]
	}
	require.Equal(t, title, meta["og:title"])
	const edits = `[{"resize":{"width":1200,"height":630,"fit":"cover"}},{"text":{"text":"` + title + `","fontSize":48,"position":"bottom-left","color":"white","padding":40}}]`
	picture := site.Same(t, meta["og:image"], `{"key":"hero.jpg","edits":`+edits+`,"output":{"format":"jpeg"}}`)
	require.Equal(t, image.Pt(1200, 630), picture.Rect.Size())
	require.Equal(t, meta["og:image:type"], picture.Type)

	// Where the title is, seen without what JPEG loses.
	written := site.ByHand(t, `{"key":"hero.jpg","edits":`+edits+`,"output":{"format":"png"}}`)
	plain := site.ByHand(t, `{"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}}],"output":{"format":"png"}}`)
	ink := image.Rectangle{}
	for y := range 630 {
		for x := range 1200 {
			if written.NRGBAAt(x, y) != plain.NRGBAAt(x, y) {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	require.False(t, ink.Empty())
	require.True(t, ink.In(image.Rect(40, 315, 1160, 590)), "%v", ink)
	require.Less(t, ink.Min.X, 50, "on the left")
	require.Greater(t, ink.Max.Y, 560, "at the bottom")
	require.Greater(t, ink.Dy(), 70, "two lines")
}
