package main

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

func TestEveryRecipeIsCooked(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	require.NoError(t, cook(t.Context(), dir, nil, &log))
	for _, r := range recipes {
		b, err := os.ReadFile(filepath.Join(dir, r.name+"."+string(r.output.Format)))
		require.NoError(t, err)
		require.NotEmpty(t, b)
		if r.name == "placeholder" {
			url := "data:image/webp;base64," + base64.StdEncoding.EncodeToString(b)
			require.Less(t, len(url), 1024)
		}
	}
	require.Contains(t, log.String(), `no font has '🏔'`)
	require.ErrorContains(t, cook(t.Context(), dir, []string{"soup"}, &log), `no recipe "soup"`)
}

// cooked returns the pixels that a recipe makes.
func cooked(t *testing.T, o originals, name string) *image.NRGBA {
	t.Helper()
	e, err := luna.New(codecs.Default(), nil)
	require.NoError(t, err)
	for _, r := range recipes {
		if r.name != name {
			continue
		}
		var b bytes.Buffer
		_, err := e.WithLayers(o).Transform(t.Context(), &b, bytes.NewReader(o[r.original]), r.edits, &edit.Output{Format: edit.FormatPNG})
		require.NoError(t, err)
		m, err := png.Decode(&b)
		require.NoError(t, err)
		n := image.NewNRGBA(m.Bounds())
		draw.Draw(n, n.Rect, m, image.Point{}, draw.Src)
		return n
	}
	require.Fail(t, "no such recipe", name)
	return nil
}

func TestRecipesShowWhatTheyShould(t *testing.T) {
	o, err := drawn()
	require.NoError(t, err)
	white := color.NRGBA{255, 255, 255, 255}

	product := cooked(t, o, "product")
	require.Equal(t, image.Pt(600, 600), product.Rect.Size())
	for _, p := range []image.Point{{0, 0}, {599, 0}, {0, 599}, {599, 599}, {20, 300}} {
		require.Equal(t, white, product.NRGBAAt(p.X, p.Y), "%v", p)
	}
	require.Less(t, product.NRGBAAt(300, 2).G, uint8(120), "the cork touches the top")
	require.Less(t, product.NRGBAAt(300, 597).R, uint8(120), "and the glass the bottom")

	avatar := cooked(t, o, "avatar")
	require.Equal(t, image.Pt(256, 256), avatar.Rect.Size())
	skin := 0
	for i := 0; i < len(avatar.Pix); i += 4 {
		if r, g, b := int(avatar.Pix[i]), int(avatar.Pix[i+1]), int(avatar.Pix[i+2]); r > 140 && r-g > 30 && g-b > 15 && g-b < 50 {
			skin++
		}
	}
	require.Greater(t, skin, 2500, "the face is in it")

	border := cooked(t, o, "crop-with-border")
	require.Equal(t, image.Pt(440, 340), border.Rect.Size())
	require.Equal(t, color.NRGBA{255, 0, 0, 255}, border.NRGBAAt(19, 19))
	require.NotEqual(t, color.NRGBA{255, 0, 0, 255}, border.NRGBAAt(20, 20))

	og := cooked(t, o, "og-image")
	require.Equal(t, image.Pt(1200, 630), og.Rect.Size())
	ink := image.Rectangle{}
	plain := cooked(t, originals{"landscape": o["landscape"], "logo": o["logo"]}, "logo-watermark") // the same resize
	for y := 300; y < 630; y++ {
		for x := range 1200 {
			if og.NRGBAAt(x, y) != plain.NRGBAAt(x, y) {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	require.False(t, ink.Empty())
	require.True(t, ink.In(image.Rect(40, 40, 1160, 590)), "%v", ink)
	require.Greater(t, ink.Dy(), 70, "two lines")

	turned := cooked(t, o, "turned")
	require.Equal(t, color.NRGBA{0, 0, 0, 255}, turned.NRGBAAt(0, 0))
	require.Greater(t, turned.NRGBAAt(640, 700).B, turned.NRGBAAt(640, 700).R, "the sky is below")
}
