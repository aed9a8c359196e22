package gif

// A ditherer chooses the nearest colours of a palette, and hands half of the
// error on to the neighbours, as Floyd and Steinberg do with all of it (An
// Adaptive Algorithm for Spatial Greyscale, 1976).
type ditherer struct {
	cells  *candidates
	colour [maxColours][3]int32
	// here and below are the errors handed on to this row and the next one, in
	// 32nds, with a pixel more at both ends.
	here, below [][3]int32
	backward    bool
}

func ditherBytes(width int) int64 { return int64(width)*(2*3*4+4+1) + 1<<10 }

func newDitherer(q *quantizer, colours []uint32, width int) *ditherer {
	d := &ditherer{cells: &q.cells, here: make([][3]int32, width+2), below: make([][3]int32, width+2)}
	q.near.set(colours)
	q.cells.reset(&q.near)
	for i, c := range colours {
		d.colour[i] = [3]int32{int32(c & 255), int32(c >> 8 & 255), int32(c >> 16 & 255)}
	}
	return d
}

// row writes the numbers of colours, and transparent for pixels that are 0.
func (d *ditherer) row(dst []uint8, colours []uint32, transparent uint8) {
	x, end, step := 0, len(colours), 1
	if d.backward {
		x, end, step = len(colours)-1, -1, -1
	}
	var ahead [3]int32 // what the pixel before hands on
	for ; x != end; x += step {
		c := colours[x]
		if c == 0 {
			dst[x] = transparent
			ahead = [3]int32{}
			continue
		}
		e := &d.here[x+1]
		r := clamp(int32(c&255) + (e[0]+ahead[0]+16)>>5)
		g := clamp(int32(c>>8&255) + (e[1]+ahead[1]+16)>>5)
		b := clamp(int32(c>>16&255) + (e[2]+ahead[2]+16)>>5)
		n := d.cells.find(r, g, b)
		dst[x] = n
		p := &d.colour[n]
		behind, under, before := &d.below[x+1-step], &d.below[x+1], &d.below[x+1+step]
		for i, v := range [3]int32{r - p[0], g - p[1], b - p[2]} {
			ahead[i] = 7 * v
			behind[i] += 3 * v
			under[i] += 5 * v
			before[i] += v
		}
	}
	d.here, d.below = d.below, d.here
	clear(d.below)
	d.backward = !d.backward
}

func clamp(v int32) int32 { return min(max(v, 0), 255) }
