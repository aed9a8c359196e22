package luna

import (
	"image"

	"github.com/immagin/immagin-go/luna/op"
)

// A turn is one of the eight ways to lay a rectangle on itself: transposed or
// not, and then mirrored along x, along y, or both. The zero turn changes
// nothing.
type turn struct{ transpose, flop, flip bool }

// turns are EXIF's orientations: turns[o] makes an image stored with
// orientation o upright.
var turns = [...]turn{
	op.Upright:    {},
	op.Flopped:    {flop: true},
	op.HalfTurn:   {flop: true, flip: true},
	op.Flipped:    {flip: true},
	op.Transposed: {transpose: true},
	op.TurnRight:  {transpose: true, flop: true},
	op.Transverse: {transpose: true, flop: true, flip: true},
	op.TurnLeft:   {transpose: true, flip: true},
}

// turning reports what o does if that is a turn.
func turning(o op.Op) (turn, bool) {
	switch o := o.(type) {
	case op.Orient:
		return turns[o.Orientation], true
	case op.Turn:
		return turns[o.Orientation()], true
	case op.Flip:
		return turns[op.Flipped], true
	case op.Flop:
		return turns[op.Flopped], true
	}
	return turn{}, false
}

// op is the inverse of turning; nothing where t changes nothing.
func (t turn) ops() []op.Op {
	for o, u := range turns {
		if u != t {
			continue
		}
		switch o := op.Orientation(o); o {
		case 0, op.Upright:
			return nil
		case op.Flopped:
			return []op.Op{op.Flop{}}
		case op.Flipped:
			return []op.Op{op.Flip{}}
		default:
			return []op.Op{op.Orient{Orientation: o}}
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

// rect returns the rectangle that t moves onto r, for an image that is w by h
// after t.
func (t turn) rect(r image.Rectangle, w, h int) image.Rectangle {
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

// resample returns the resize that comes to the same before t as r does after
// it, but for rounding. The image is w by h after t.
func (t turn) resample(r op.Resample, w, h int) op.Resample {
	if win := &r.Window; *win != (op.Window{}) {
		if t.flop {
			win.Left = float64(w) - win.Left - win.Width
		}
		if t.flip {
			win.Top = float64(h) - win.Top - win.Height
		}
	}
	if !r.Keep.Empty() {
		r.Keep = t.rect(r.Keep, r.Width, r.Height)
	}
	if t.transpose {
		r.Width, r.Height = r.Height, r.Width
		r.ShrinkX, r.ShrinkY = r.ShrinkY, r.ShrinkX
		r.Window = op.Window{Left: r.Window.Top, Top: r.Window.Left, Width: r.Window.Height, Height: r.Window.Width}
	}
	return r
}
