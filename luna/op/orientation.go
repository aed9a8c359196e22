package op

import "image"

// An Orientation is one of the eight ways to turn and mirror an image,
// numbered as EXIF does. The zero Orientation is that of an upright image as
// well.
type Orientation uint8

// The orientations, by what makes the image upright.
const (
	Upright    Orientation = iota + 1
	Flopped                // mirror left to right
	HalfTurn               // turn by 180 degrees
	Flipped                // mirror top to bottom
	Transposed             // mirror along the diagonal from the top left
	TurnRight              // turn clockwise by 90 degrees
	Transverse             // mirror along the other diagonal
	TurnLeft               // turn counterclockwise by 90 degrees
)

// Each orientation is: exchange x and y if so, then reverse x, then y.
func (o Orientation) parts() (swap, flop, flip bool) {
	switch o {
	case Flopped:
		return false, true, false
	case HalfTurn:
		return false, true, true
	case Flipped:
		return false, false, true
	case Transposed:
		return true, false, false
	case TurnRight:
		return true, true, false
	case Transverse:
		return true, true, true
	case TurnLeft:
		return true, false, true
	}
	return false, false, false
}

func orientation(swap, flop, flip bool) Orientation {
	for o := Upright; o <= TurnLeft; o++ {
		if s, x, y := o.parts(); s == swap && x == flop && y == flip {
			return o
		}
	}
	panic("unreachable")
}

// Then returns the orientation that does what o does and then what p does.
func (o Orientation) Then(p Orientation) Orientation {
	swap, flop, flip := o.parts()
	swap2, flop2, flip2 := p.parts()
	if swap2 {
		flop, flip = flip, flop
	}
	return orientation(swap != swap2, flop != flop2, flip != flip2)
}

// Inverse returns the orientation that undoes o.
func (o Orientation) Inverse() Orientation {
	switch o {
	case TurnLeft:
		return TurnRight
	case TurnRight:
		return TurnLeft
	}
	return max(o, Upright)
}

// Swaps reports whether width becomes height.
func (o Orientation) Swaps() bool { return o >= Transposed }

// Rect returns where r of an image of the given size goes when o is applied to
// it.
func (o Orientation) Rect(r image.Rectangle, width, height int) image.Rectangle {
	swap, flop, flip := o.parts()
	if swap {
		r.Min.X, r.Min.Y, r.Max.X, r.Max.Y = r.Min.Y, r.Min.X, r.Max.Y, r.Max.X
		width, height = height, width
	}
	if flop {
		r.Min.X, r.Max.X = width-r.Max.X, width-r.Min.X
	}
	if flip {
		r.Min.Y, r.Max.Y = height-r.Max.Y, height-r.Min.Y
	}
	return r
}
