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
	// Origin is where; it is negative where the image, not allowed to shrink,
	// is larger than the target: sharp aligns it to the target all the same.
	Canvas, Origin image.Point
}

// Resize computes what t makes of an image of the given size, both at least
// 1: sharp's ResolveShrink (src/common.cc), and the rounding of its crops and
// canvases.
func (t Target) Resize(width, height int) Geometry {
	x, y := t.shrink(float64(width), float64(height))
	var g Geometry
	g.Width, g.ShrinkX = side(width, x)
	g.Height, g.ShrinkY = side(height, y)
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
		g.Origin = image.Pt(offset(w-g.Width, sideX, 0), offset(h-g.Height, sideY, 0))
	}
	return g
}

// Resample returns the op that makes the part of the resampled image that
// stays.
func (g Geometry) Resample() Resample {
	return Resample{
		Width: g.Width, Height: g.Height, Keep: g.Crop,
		ShrinkX: g.ShrinkX, ShrinkY: g.ShrinkY, origin: g.Origin,
	}
}

// Embed returns the op that puts it on its canvas. Where there is none, it
// changes nothing.
func (g Geometry) Embed(background [4]uint8) Embed {
	return Embed{g.Origin.X, g.Origin.Y, g.Canvas.X, g.Canvas.Y, background}
}

// side returns what a side becomes. The shrink factor takes the way it takes
// from sharp to libvips, which is told a scale and inverts it: its rounding
// decides where a side lies between two whole numbers.
func side(n int, shrink float64) (int, float64) {
	scale := 1 / shrink
	if shrink < 1 {
		return int(math.Floor(float64(float64(n)*scale) + .5)), shrink
	}
	shrink = 1 / scale
	return int(math.Floor(float64(n)/shrink + .5)), shrink
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
