package op

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

// Swaps reports whether width becomes height.
func (o Orientation) Swaps() bool { return o >= Transposed }
