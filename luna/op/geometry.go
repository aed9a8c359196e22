package op

import (
	"image"
	"math"
)

// A Fit says how an image meets a target of other proportions.
type Fit uint8

// The fits. The zero Fit is Cover.
const (
	Cover   Fit = iota // fill the target, cropping what leaves it
	Contain            // fit into the target, on a canvas of its size
	Fill               // stretch to the target
	Inside             // as large as fits into the target
	Outside            // as small as covers the target
)

// An Anchor is the place in a larger box where a smaller one is put.
type Anchor uint8

// The nine anchors. The zero Anchor is Center.
const (
	Center Anchor = iota
	Top
	TopRight
	Right
	BottomRight
	Bottom
	BottomLeft
	Left
	TopLeft
)

// sides reports the side of each axis: -1 left or top, 0 centre, 1 right or
// bottom.
func (a Anchor) sides() (x, y int) {
	switch a {
	case TopRight, Right, BottomRight:
		x = 1
	case BottomLeft, Left, TopLeft:
		x = -1
	}
	switch a {
	case BottomRight, Bottom, BottomLeft:
		y = 1
	case Top, TopRight, TopLeft:
		y = -1
	}
	return x, y
}

// A Target is what a resize asks for, in sharp's terms.
type Target struct {
	// Width and Height in pixels; 0 follows the other by the proportions,
	// or, for Fill, keeps the side as it is.
	Width, Height int
	Fit           Fit
	// Anchor says what Cover keeps, and where Contain places the image.
	Anchor Anchor
	// Upscale allows the image to grow.
	Upscale bool
	// NoDownscale forbids it to shrink. Where it does, Upscale is implied.
	NoDownscale bool
}

// A Geometry is what becomes of an image: it is resampled to Width x Height
// with the given shrink factors, then Crop is cut out of that, then it is put
// on Canvas at Origin.
type Geometry struct {
	Width, Height    int
	ShrinkX, ShrinkY float64
	// Crop is the part of the resampled image that stays.
	Crop image.Rectangle
	// Canvas is the size of what Contain puts the image on, or that of Crop.
	Canvas, Origin image.Point
}

// Resize computes what t makes of an image of the given size, both at least
// 1: sharp's ResolveShrink (src/common.cc), and the rounding of its crops and
// canvases.
func (t Target) Resize(width, height int) Geometry {
	x, y := t.shrink(float64(width), float64(height))
	g := Geometry{
		Width:   int(math.Floor(float64(width)/x + .5)),
		Height:  int(math.Floor(float64(height)/y + .5)),
		ShrinkX: 1 / (1 / x), // as libvips gets to know it
		ShrinkY: 1 / (1 / y),
	}
	g.Crop = image.Rect(0, 0, g.Width, g.Height)
	g.Canvas = g.Crop.Max
	sideX, sideY := t.Anchor.sides()
	w, h := t.Width, t.Height
	if w == 0 {
		w = g.Width
	}
	if h == 0 {
		h = g.Height
	}
	switch t.Fit {
	case Cover:
		w, h = min(w, g.Width), min(h, g.Height)
		// The centre is rounded up here, and down below. So does sharp.
		left := offset(g.Width-w, sideX, 1)
		top := offset(g.Height-h, sideY, 1)
		g.Crop = image.Rect(left, top, left+w, top+h)
		g.Canvas = g.Crop.Size()
	case Contain:
		g.Canvas = image.Pt(max(w, g.Width), max(h, g.Height))
		g.Origin = image.Pt(offset(g.Canvas.X-g.Width, sideX, 0), offset(g.Canvas.Y-g.Height, sideY, 0))
	}
	return g
}

func offset(room, side, round int) int {
	switch side {
	case -1:
		return 0
	case 1:
		return room
	}
	return (room + round) / 2
}

// shrink reports the factors by which the sides become smaller.
func (t Target) shrink(width, height float64) (x, y float64) {
	x, y = 1, 1
	if t.Width > 0 {
		x = width / float64(t.Width)
	}
	if t.Height > 0 {
		y = height / float64(t.Height)
	}
	switch {
	case t.Fit == Fill:
	case t.Height == 0:
		y = x
	case t.Width == 0:
		x = y
	case t.Fit == Cover || t.Fit == Outside:
		x = min(x, y)
		y = x
	default:
		x = max(x, y)
		y = x
	}
	switch {
	case t.NoDownscale:
		x, y = min(x, 1), min(y, 1)
	case !t.Upscale:
		x, y = max(x, 1), max(y, 1)
	}
	return min(x, width), min(y, height)
}
