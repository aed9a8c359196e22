package main

import (
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSheetHoldsEveryVariant(t *testing.T) {
	sheet, err := drawSheet(t.Context(), 4000, 3000)
	require.NoError(t, err)
	paper := color.RGBA{0xf2, 0xf1, 0xee, 0xff}
	for _, v := range variants {
		require.NotEqual(t, paper, sheet.RGBAAt(v.at.X+60, v.at.Y+60), v.name)
	}
	white := color.RGBA{255, 255, 255, 255}
	require.Equal(t, white, sheet.RGBAAt(24, 560), "contain fills with its background")
}
