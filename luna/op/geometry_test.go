package op_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/luna/op"
)

// TestResizeSizes holds sizes that sharp 0.35.5 gave. Each is that of the
// result.
func TestResizeSizes(t *testing.T) {
	for _, c := range []struct {
		in     image.Point
		target op.Target
		want   image.Point
	}{
		{image.Pt(301, 203), op.Target{Width: 600, Height: 600}, image.Pt(301, 203)},
		{image.Pt(301, 203), op.Target{Width: 400, Height: 100}, image.Pt(301, 100)},
		{image.Pt(301, 203), op.Target{Width: 200, Height: 300}, image.Pt(200, 203)},
		{image.Pt(301, 203), op.Target{Width: 600, Height: 600, Fit: op.Contain}, image.Pt(600, 600)},
		{image.Pt(301, 203), op.Target{Width: 600, Height: 100, Fit: op.Fill}, image.Pt(301, 100)},
		{image.Pt(301, 203), op.Target{Width: 400, Height: 100, Fit: op.Outside}, image.Pt(301, 203)},
		{image.Pt(301, 203), op.Target{Width: 100}, image.Pt(100, 67)},
		{image.Pt(301, 203), op.Target{Width: 100, Fit: op.Fill}, image.Pt(100, 203)},
		{image.Pt(301, 203), op.Target{}, image.Pt(301, 203)},
		{image.Pt(1140, 57), op.Target{Width: 630, Fit: op.Outside}, image.Pt(630, 31)}, // 31.5, but for the rounding of 1/(1/x)
		{image.Pt(5000, 1), op.Target{Width: 10}, image.Pt(10, 1)},
		{image.Pt(1, 5000), op.Target{Width: 10}, image.Pt(1, 5000)},
	} {
		t.Run(fmt.Sprintf("%v %+v", c.in, c.target), func(t *testing.T) {
			require.Equal(t, c.want, c.target.Resize(c.in.X, c.in.Y).Canvas)
		})
	}
}

func TestResizeAnchors(t *testing.T) {
	// 300x203 covers 100x203 at its own size: 200 columns leave, and of 201
	// the centre takes the larger half from the left.
	for anchor, want := range map[op.Anchor]image.Point{
		op.Center: image.Pt(101, 51), op.Top: image.Pt(101, 0), op.Bottom: image.Pt(101, 101),
		op.Left: image.Pt(0, 51), op.Right: image.Pt(201, 51),
		op.TopLeft: image.Pt(0, 0), op.TopRight: image.Pt(201, 0),
		op.BottomLeft: image.Pt(0, 101), op.BottomRight: image.Pt(201, 101),
	} {
		g := op.Target{Width: 100, Height: 102, Anchor: anchor, NoDownscale: true}.Resize(301, 203)
		require.Equal(t, image.Rectangle{want, want.Add(image.Pt(100, 102))}, g.Crop, "anchor %d", anchor)
		require.Zero(t, g.Origin)
	}
	for anchor, want := range map[op.Anchor]image.Point{
		op.Center: image.Pt(49, 98), op.Top: image.Pt(49, 0), op.Bottom: image.Pt(49, 197),
		op.Left: image.Pt(0, 98), op.Right: image.Pt(99, 98),
		op.TopLeft: image.Pt(0, 0), op.TopRight: image.Pt(99, 0),
		op.BottomLeft: image.Pt(0, 197), op.BottomRight: image.Pt(99, 197),
	} {
		g := op.Target{Width: 400, Height: 400, Fit: op.Contain, Anchor: anchor}.Resize(301, 203)
		require.Equal(t, want, g.Origin, "anchor %d", anchor)
		require.Equal(t, image.Pt(400, 400), g.Canvas)
		require.Equal(t, image.Rect(0, 0, 301, 203), g.Crop)
	}
}

func TestResizeLarger(t *testing.T) {
	g := op.Target{Width: 600, Height: 600, Upscale: true}.Resize(300, 200)
	require.Equal(t, []int{900, 600}, []int{g.Width, g.Height})
	require.Equal(t, image.Rect(150, 0, 750, 600), g.Crop)
	g = op.Target{Width: 100, Height: 100, NoDownscale: true}.Resize(300, 200)
	require.Equal(t, []int{300, 200}, []int{g.Width, g.Height})
	require.Equal(t, image.Rect(100, 50, 200, 150), g.Crop)
	g = op.Target{Width: 100, Height: 100, Fit: op.Contain, NoDownscale: true}.Resize(300, 200)
	require.Equal(t, image.Pt(300, 200), g.Canvas)
	require.Equal(t, image.Pt(-100, -50), g.Origin, "as sharp does")
}

func TestResizeKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 3000)
		w, h := side.Draw(t, "width"), side.Draw(t, "height")
		target := op.Target{
			Width:  rapid.IntRange(0, 3000).Draw(t, "target width"),
			Height: rapid.IntRange(0, 3000).Draw(t, "target height"),
			Fit:    op.Fit(rapid.IntRange(0, 4).Draw(t, "fit")),
			Anchor: op.Anchor(rapid.IntRange(0, 8).Draw(t, "anchor")), Upscale: rapid.Bool().Draw(t, "upscale"),
			NoDownscale: rapid.Bool().Draw(t, "no downscale"),
		}
		g := target.Resize(w, h)
		require.GreaterOrEqual(t, g.Width, 1)
		require.GreaterOrEqual(t, g.Height, 1)
		require.False(t, g.Crop.Empty())
		require.True(t, g.Crop.In(image.Rect(0, 0, g.Width, g.Height)))
		if !target.Upscale && !target.NoDownscale {
			require.LessOrEqual(t, g.Width, w)
			require.LessOrEqual(t, g.Height, h)
		}
		if target.NoDownscale {
			require.GreaterOrEqual(t, g.Width, w)
			require.GreaterOrEqual(t, g.Height, h)
		}
		if g.Origin.X >= 0 && g.Origin.Y >= 0 {
			require.True(t, g.Crop.Sub(g.Crop.Min).Add(g.Origin).In(image.Rectangle{Max: g.Canvas}))
		}
		if target.Fit == op.Cover && target.Width > 0 && target.Height > 0 && target.Upscale && !target.NoDownscale &&
			g.ShrinkX < float64(w) && g.ShrinkY < float64(h) {
			require.InDelta(t, target.Width, g.Canvas.X, 1)
			require.InDelta(t, target.Height, g.Canvas.Y, 1)
		}
	})
}
