package luna

import "image"

// A turn is one of the eight ways to lay a rectangle on itself: transposed or
// not, and then mirrored along x, along y, or both. The zero turn changes
// nothing.
type turn struct{ transpose, flop, flip bool }

// turns are EXIF's orientations: turns[o] makes an image stored with
// orientation o upright.
var turns = [9]turn{
	1: {},
	2: {flop: true},
	3: {flop: true, flip: true},
	4: {flip: true},
	5: {transpose: true},
	6: {transpose: true, flop: true},
	7: {transpose: true, flop: true, flip: true},
	8: {transpose: true, flip: true},
}

// orientation is the inverse of turns.
func (t turn) orientation() int {
	for o := 1; o < len(turns); o++ {
		if turns[o] == t {
			return o
		}
	}
	panic("unreachable")
}

// then returns the turn that does t and then u.
func (t turn) then(u turn) turn {
	if u.transpose {
		t.flop, t.flip = t.flip, t.flop
	}
	return turn{t.transpose != u.transpose, t.flop != u.flop, t.flip != u.flip}
}

// size reports the size of an image of w by h after t.
func (t turn) size(w, h int) (int, int) {
	if t.transpose {
		return h, w
	}
	return w, h
}

// before returns the rectangle that t moves onto r, for an image that is w by
// h after t.
func (t turn) before(r image.Rectangle, w, h int) image.Rectangle {
	if t.flop {
		r.Min.X, r.Max.X = w-r.Max.X, w-r.Min.X
	}
	if t.flip {
		r.Min.Y, r.Max.Y = h-r.Max.Y, h-r.Min.Y
	}
	if t.transpose {
		r.Min.X, r.Min.Y = r.Min.Y, r.Min.X
		r.Max.X, r.Max.Y = r.Max.Y, r.Max.X
	}
	return r
}
