package text

// full is the area of one pixel, in units of half a 256th by a 256th.
const full = 2 * subpixel * subpixel

// An accumulator sums the signed areas that edges leave to their right, pixel
// by pixel, over a few rows: the difference of a pixel's area from that of the
// pixel to its left. This is the exact area coverage of LibArt and FreeType's
// smooth rasteriser, in integers.
type accumulator struct {
	width, top, rows int // in pixels
	area             []int32
}

// reset prepares for rows of width pixels from row top on.
func (a *accumulator) reset(width, top, rows int) {
	a.width, a.top, a.rows = width, top, rows
	if n := (width + 1) * rows; n > cap(a.area) {
		a.area = make([]int32, n)
	} else {
		a.area = a.area[:n]
		clear(a.area)
	}
}

// add adds an edge, with dx added to its x and dy to its y. What depends on the
// rows are only the rows that are added: each is computed from the edge as a
// whole.
func (a *accumulator) add(e edge, dx, dy int64) {
	x0, y0, x1, y1 := int64(e.x0)+dx, int64(e.y0)+dy, int64(e.x1)+dx, int64(e.y1)+dy
	from := max(y0, int64(a.top)*subpixel)
	to := min(y1, int64(a.top+a.rows)*subpixel)
	at := func(y int64) int64 { return x0 + roundDiv((y-y0)*(x1-x0), y1-y0) }
	for y := from; y < to; {
		row := y / subpixel // from is not negative
		next := min((row+1)*subpixel, to)
		start := (row - int64(a.top)) * int64(a.width+1)
		a.span(a.area[start:start+int64(a.width)+1], at(y), at(next), next-y, int32(e.sign))
		y = next
	}
}

// span adds a piece of an edge within one row: from xa to xb while it descends
// by dy.
func (a *accumulator) span(row []int32, xa, xb, dy int64, sign int32) {
	if xa > xb {
		xa, xb = xb, xa // the area does not care
	}
	put := func(x, next, d int64) {
		cell := x / subpixel
		sides := x + next - 2*cell*subpixel
		row[cell] += sign * int32(d*(2*subpixel-sides))
		row[cell+1] += sign * int32(d*sides)
	}
	end := int64(a.width) * subpixel
	switch {
	case xb <= 0:
		row[0] += sign * int32(dy*2*subpixel)
		return
	case xa >= end:
		return
	case xa == xb:
		put(xa, xa, dy)
		return
	}
	// How far it has descended where it comes to x.
	down := func(x int64) int64 { return roundDiv((x-xa)*dy, xb-xa) }
	if xa < 0 {
		row[0] += sign * int32(down(0)*2*subpixel)
	}
	for x := max(xa, 0); x < min(xb, end); {
		next := min((x/subpixel+1)*subpixel, xb)
		put(x, next, down(next)-down(x))
		x = next
	}
}

// cover adds the coverage of a row, 0 to 255, to dst, which it saturates. Areas
// that are enclosed more than once count once.
func (a *accumulator) cover(dst []uint8, row int) {
	sum := int32(0)
	for i, v := range a.area[row*(a.width+1):][:a.width] {
		sum += v
		area := min(max(sum, -sum), full)
		if area == 0 {
			continue
		}
		dst[i] = uint8(min(int32(dst[i])+(area*255+full/2)/full, 255))
	}
}
