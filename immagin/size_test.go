package immagin

import (
	"bytes"
	"context"
	"errors"
	"image"
	stdpng "image/png"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
)

// TestSizeIsTheServers compares what an img says with what the engine makes.
func TestSizeIsTheServers(t *testing.T) {
	e, err := luna.New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	side := func(t *rapid.T, name string) int {
		return rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, 400)).Draw(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		w, h := side(t, "w"), side(t, "h")
		var b bytes.Buffer
		require.NoError(t, stdpng.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))))
		var edits []edit.Edit
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0, 1:
				r := edit.Resize{Width: side(t, "width"), Fit: rapid.SampledFrom([]edit.Fit{"", "cover", "contain", "fill", "inside", "outside"}).Draw(t, "fit")}
				if rapid.Bool().Draw(t, "high") {
					r.Height = side(t, "height")
				}
				switch rapid.IntRange(0, 3).Draw(t, "scale") {
				case 0:
					r.Upscale = new(true)
				case 1:
					r.Downscale = new(false)
				}
				edits = append(edits, r)
			case 2:
				edits = append(edits, edit.Rotate{Angle: rapid.SampledFrom([]float64{0, 90, -90, 180, 450}).Draw(t, "angle")})
			case 3:
				edits = append(edits, edit.Extend{Top: new(3), Right: new(5)})
			case 4:
				edits = append(edits, edit.Blur(1))
			}
		}
		plan, err := e.Explain(context.Background(), bytes.NewReader(b.Bytes()), edits, &edit.Output{Format: edit.FormatPNG})
		if errors.Is(err, luna.ErrImpossible) { // a side is over 16383
			t.Skip("no such picture is served: ", err)
		}
		require.NoError(t, err)
		got, err := size{w, h}.after(edits)
		require.NoError(t, err)
		require.Equal(t, size{plan.Shape.Width, plan.Shape.Height}, got, "%dx%d, %v", w, h, edits)
	})
}

func TestSizeThatIsNotKnown(t *testing.T) {
	for _, edits := range [][]edit.Edit{
		{}, {edit.Resize{Width: 5}}, {edit.Resize{Width: 5, Height: 5, Fit: edit.FitInside}}, {edit.Extend{Top: new(4)}}, {edit.Rotate{Angle: 90}},
	} {
		_, err := size{}.after(edits)
		require.ErrorIs(t, err, errSize)
	}
	for _, edits := range [][]edit.Edit{
		{edit.Rotate{Angle: 45}}, {edit.Trim{}, edit.Resize{Width: 5}}, {edit.Custom{Operation: "x-cut"}},
	} {
		_, err := size{100, 100}.after(edits)
		require.ErrorIs(t, err, errSize)
	}
	for want, edits := range map[size][]edit.Edit{
		{5, 7}:  {edit.Resize{Width: 5, Height: 7}},
		{6, 7}:  {edit.Resize{Width: 6, Height: 7, Fit: edit.FitContain}},
		{7, 8}:  {edit.Resize{Width: 7, Height: 8, Fit: edit.FitFill}},
		{9, 4}:  {edit.Crop{Width: 9, Height: 4}},
		{4, 10}: {edit.Crop{Width: 10, Height: 4}, edit.Rotate{Angle: 270}},
		{5, 10}: {edit.Crop{Width: 100, Height: 200}, edit.Resize{Width: 5}},
	} {
		got, err := size{}.after(edits)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}
