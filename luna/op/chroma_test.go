package op_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// ramp is a 4:2:0 picture whose chroma rises along x and y.
func ramp(w, h int) *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: w, Height: h, Layout: pixel.YCbCr420})
	for p := range 3 {
		plane := &m.Planes[p]
		for y := range plane.Height {
			row := plane.Row(y)
			for x := range row {
				row[x] = uint8(50 + 120*x/plane.Width + 60*y/plane.Height)
			}
		}
	}
	return m
}

// TestFullChromaIsAsLargeAsLuma, and where luma is: the same ramp in all
// planes comes out the same.
func TestFullChromaIsAsLargeAsLuma(t *testing.T) {
	for _, size := range [][2]int{{50, 40}, {40, 30}, {100, 80}, {13, 11}, {150, 20}} {
		for _, window := range []op.Window{{}, {Left: 10.5, Top: 3.25, Width: 60, Height: 70}} {
			out := run(t, ramp(100, 80), 16, nil, op.Resample{Width: size[0], Height: size[1], Window: window, FullChroma: true})
			require.Equal(t, pixel.Shape{Width: size[0], Height: size[1], Layout: pixel.YCbCr444}, out.Shape)
			for y := range size[1] {
				luma, cb := out.Planes[0].Row(y), out.Planes[1].Row(y)
				require.Equal(t, cb, out.Planes[2].Row(y))
				for x := range luma {
					require.LessOrEqual(t, math.Abs(float64(luma[x])-float64(cb[x])), 4., "at %d,%d of %v", x, y, size)
				}
			}
		}
	}
}

// TestFullChromaKeepsWhatThereIs: at half the size there is a sample for each.
func TestFullChromaKeepsWhatThereIs(t *testing.T) {
	m := ramp(64, 48)
	out := run(t, m, 16, nil, op.Resample{Width: 32, Height: 24, FullChroma: true})
	for p := 1; p < 3; p++ {
		for y := range 24 {
			require.Equal(t, m.Planes[p].Row(y), out.Planes[p].Row(y))
		}
	}
}
