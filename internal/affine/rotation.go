// Package affine turns planes of 8-bit samples by any angle, in the arithmetic
// of libvips (resample/affine.c, transform.c, interpolate.c: bilinear), so that
// results agree with it.
//
// Every product of fractions is rounded by an explicit conversion, and sine and
// cosine are computed with big numbers, so that every machine makes the same
// bits.
package affine

import "math"

// A Rotation says what becomes of an image of InWidth x InHeight pixels that is
// turned clockwise.
type Rotation struct {
	InWidth, InHeight int
	// Width and Height are those of the box around the turned image, at
	// least 1.
	Width, Height int

	left, top      float64 // of the box; the image's own corner is at 0, 0
	ia, ib, ic, id float64 // the way back
}

// Rotate returns the rotation by that many degrees, a finite number, of an
// image of that size.
func Rotate(width, height int, degrees float64) Rotation {
	sin, cos := sincos(math.Mod(degrees, 360))
	a, b, c, d := cos, -sin, sin, cos
	r := Rotation{InWidth: width, InHeight: height}

	w, h := float64(width), float64(height)
	xs := [...]float64{0, float64(a * w), float64(b * h), float64(a*w) + float64(b*h)}
	ys := [...]float64{0, float64(c * w), float64(d * h), float64(c*w) + float64(d*h)}
	var minX, minY, maxX, maxY float64
	for i := range xs {
		minX, maxX = min(minX, xs[i]), max(maxX, xs[i])
		minY, maxY = min(minY, ys[i]), max(maxY, ys[i])
	}
	r.left, r.top = round(minX), round(minY)
	r.Width, r.Height = max(1, int(round(maxX-minX))), max(1, int(round(maxY-minY)))

	scale := 1 / (float64(a*d) - float64(b*c))
	r.ia, r.ib = float64(scale*d), float64(-scale*b)
	r.ic, r.id = float64(-scale*c), float64(scale*a)
	return r
}

// round rounds halves away from zero, and, as libvips does, what a sum takes for
// a half: 0.49999999999999994, the sine of 30 degrees, becomes 1.
func round(v float64) float64 { return math.Trunc(v + math.Copysign(.5, v)) }

// tile is how far libvips adds up positions before it computes one anew.
const tile = 128

// walk calls pixel for every x of row y whose place lies in the image or less
// than a pixel outside of it: left and above by floor(px), floor(py) from 0.
// The places are those in an image with a border of one pixel.
func (r *Rotation) walk(y int, pixel func(x int, px, py float64)) (first, last int) {
	first, last = r.Width, 0
	oy := float64(y) + r.top
	var px, py float64
	right, bottom := float64(r.InWidth+1), float64(r.InHeight+1)
	for x := range r.Width {
		if x%tile == 0 {
			ox := float64(x) + r.left
			px = float64(r.ia*ox) + float64(r.ib*oy) + 1
			py = float64(r.ic*ox) + float64(r.id*oy) + 1
		}
		if px >= 0 && py >= 0 && px < right && py < bottom {
			first, last = min(first, x), x+1
			pixel(x, px, py)
		}
		px += r.ia
		py += r.ic
	}
	return min(first, last), last
}
