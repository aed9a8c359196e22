package luna

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

// at says where t moves the pixel p of an image of w by h.
func (t turn) at(p image.Point, w, h int) image.Point {
	if t.transpose {
		p.X, p.Y, w, h = p.Y, p.X, h, w
	}
	if t.flop {
		p.X = w - 1 - p.X
	}
	if t.flip {
		p.Y = h - 1 - p.Y
	}
	return p
}

func TestTurnsCompose(t *testing.T) {
	const w, h = 5, 3
	p := image.Pt(1, 0)
	require.Equal(t, image.Pt(2, 1), turns[6].at(p, w, h), "a quarter turn clockwise")
	require.Equal(t, image.Pt(0, 3), turns[8].at(p, w, h), "a quarter turn back")
	for o := 1; o <= 8; o++ {
		require.Equal(t, o, turns[o].orientation())
		for q := 1; q <= 8; q++ {
			a, b := turns[o], turns[q]
			aw, ah := a.size(w, h)
			require.Equal(t, b.at(a.at(p, w, h), aw, ah), a.then(b).at(p, w, h), "%d then %d", o, q)
		}
	}
}

func TestTurnBefore(t *testing.T) {
	const w, h = 5, 3
	r := image.Rect(1, 0, 3, 2)
	for o := 1; o <= 8; o++ {
		a, b := turns[o].at(r.Min, w, h), turns[o].at(r.Max.Sub(image.Pt(1, 1)), w, h)
		after := image.Rectangle{a, a.Add(image.Pt(1, 1))}.Union(image.Rectangle{b, b.Add(image.Pt(1, 1))})
		tw, th := turns[o].size(w, h)
		require.Equal(t, r, turns[o].before(after, tw, th), "orientation %d", o)
	}
}
