package main

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

// edited is a sample after edits.
func edited(t *testing.T, m *image.NRGBA, edits ...edit.Edit) image.Image {
	t.Helper()
	file, _, err := encodeSample(t.Context(), m)
	require.NoError(t, err)
	engine, err := luna.New(codecs.Default(), nil)
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = engine.Transform(t.Context(), &out, bytes.NewReader(file), edits, &edit.Output{Format: edit.FormatPNG})
	require.NoError(t, err)
	made, err := png.Decode(&out)
	require.NoError(t, err)
	return made
}

// TestAttentionFindsTheFace: the avatar recipe is worth showing on the
// portrait.
func TestAttentionFindsTheFace(t *testing.T) {
	m := edited(t, scene.Portrait(400, 300), edit.Resize{Width: 100, Height: 150, Position: edit.PositionAttention})
	columns, n := 0, 0
	for y := range 150 {
		for x := range 100 {
			if r, g, b, _ := m.At(x, y).RGBA(); r > 0x9600 && g > 0x5a00 && b > 0x3c00 && r > b+0x1e00 && g < r {
				columns, n = columns+x, n+1
			}
		}
	}
	require.Greater(t, n, 800, "skin")
	require.InDelta(t, 50, columns/n, 17, "the face is in the middle")
}

// TestProductRecipe leaves the mug on white, whatever its ground was.
func TestProductRecipe(t *testing.T) {
	m := edited(t, scene.Product(600, 450), edit.Trim{Threshold: new(15.0)}, edit.Normalize{},
		edit.Resize{Width: 200, Height: 200, Fit: edit.FitContain, Background: "#ffffff", Upscale: new(true)})
	white := 0
	for x := range 200 {
		for _, y := range []int{0, 30, 199} {
			if _, g, _, _ := m.At(x, y).RGBA(); g >= 0xf800 {
				white++
			}
		}
	}
	require.Greater(t, white, 400)
	require.Equal(t, image.Rect(0, 0, 200, 200), m.Bounds())
}
