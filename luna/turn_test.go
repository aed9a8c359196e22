package luna

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/op"
)

// at says where t moves the pixel q of an image of w by h.
func (t turn) at(q image.Point, w, h int) image.Point {
	if t.transpose {
		q.X, q.Y, w, h = q.Y, q.X, h, w
	}
	if t.flop {
		q.X = w - 1 - q.X
	}
	if t.flip {
		q.Y = h - 1 - q.Y
	}
	return q
}

func (t turn) size(w, h int) (int, int) {
	if t.transpose {
		return h, w
	}
	return w, h
}

func TestTurnsCompose(t *testing.T) {
	const w, h = 5, 3
	q := image.Pt(1, 0)
	require.Equal(t, image.Pt(2, 1), turns[op.TurnRight].at(q, w, h), "a quarter turn clockwise")
	require.Equal(t, image.Pt(0, 3), turns[op.TurnLeft].at(q, w, h), "a quarter turn back")
	for i, a := range turns {
		for j, b := range turns {
			aw, ah := a.size(w, h)
			require.Equal(t, b.at(a.at(q, w, h), aw, ah), a.then(b).at(q, w, h), "%d then %d", i, j)
		}
		if ops := a.ops(); a == (turn{}) {
			require.Empty(t, ops)
		} else {
			require.Len(t, ops, 1)
			back, ok := turning(ops[0])
			require.True(t, ok)
			require.Equal(t, a, back)
		}
	}
}

func TestTurnMovesBack(t *testing.T) {
	const w, h = 5, 3
	r := image.Rect(1, 0, 3, 2)
	for _, u := range turns {
		a, b := u.at(r.Min, w, h), u.at(r.Max.Sub(image.Pt(1, 1)), w, h)
		after := image.Rectangle{a, a.Add(image.Pt(1, 1))}.Union(image.Rectangle{b, b.Add(image.Pt(1, 1))})
		tw, th := u.size(w, h)
		require.Equal(t, r, u.rect(after, tw, th))

		size := image.Pt(u.size(20, 10))
		keep := image.Rect(2, 3, 7, 9)
		if u.transpose {
			keep = image.Rect(3, 2, 9, 7)
		}
		s := u.resample(op.Resample{
			Width: size.X, Height: size.Y, Keep: keep,
			Window: op.Window{
				Left: float64(after.Min.X), Top: float64(after.Min.Y),
				Width: float64(after.Dx()), Height: float64(after.Dy()),
			},
			ShrinkX: 1 / float64(size.X), ShrinkY: 1 / float64(size.Y),
		}, tw, th)
		require.Equal(t, op.Resample{
			Width: 20, Height: 10, Keep: u.rect(keep, size.X, size.Y), Window: op.Window{Left: 1, Top: 0, Width: 2, Height: 2},
			ShrinkX: 1. / 20, ShrinkY: 1. / 10,
		}, s)
	}
}
