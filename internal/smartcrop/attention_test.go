package smartcrop

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// thumbnail is gray, with a spot of one colour.
func thumbnail(x, y int, red, green, blue uint8) (r, g, b []uint8) {
	r, g, b = make([]uint8, Side*Side), make([]uint8, Side*Side), make([]uint8, Side*Side)
	for i := range r {
		r[i], g[i], b[i] = 90, 90, 90
		if at := image.Pt(i%Side, i/Side); at.In(image.Rect(x-1, y-1, x+2, y+2)) {
			r[i], g[i], b[i] = red, green, blue
		}
	}
	return r, g, b
}

func TestAttentionFollowsTheSpot(t *testing.T) {
	for name, colour := range map[string][3]uint8{"skin": {224, 172, 138}, "red": {220, 20, 20}, "an edge": {250, 250, 250}} {
		t.Run(name, func(t *testing.T) {
			for _, at := range []image.Point{{4, 16}, {16, 4}, {27, 20}, {16, 16}} {
				r, g, b := thumbnail(at.X, at.Y, colour[0], colour[1], colour[2])
				box := Attention(640, 320, image.Pt(160, 160), r, g, b)
				require.Equal(t, image.Pt(160, 160), box.Size())
				require.True(t, box.In(image.Rect(0, 0, 640, 320)))
				require.True(t, image.Pt(at.X*20+10, at.Y*10+5).In(box), "%v is not in %v", at, box)
			}
		})
	}
}

func TestAttentionKeepsTheTopLeftOfNothing(t *testing.T) {
	flat := make([]uint8, Side*Side)
	require.Equal(t, image.Rect(0, 0, 10, 20), Attention(100, 50, image.Pt(10, 20), flat, flat, flat))
}
