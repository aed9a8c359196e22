package gif

// maxCandidates bounds what [candidates] remembers in all.
const maxCandidates = 1 << 20

// candidates finds the nearest colours for one pixel after the other. For each
// cell of 8 values a channel it remembers the colours that may be nearest to
// any point in it, of which there are a few.
type candidates struct {
	near  *nearest
	cells [1 << 15]struct {
		from uint32
		n    uint16 // 0 where the cell was not looked at
	}
	list []neighbour
}

func (c *candidates) reset(near *nearest) {
	c.near = near
	clear(c.cells[:])
	c.list = c.list[:0]
}

// find returns the number of the nearest colour.
func (c *candidates) find(r, g, b int32) uint8 {
	e := &c.cells[r>>3<<10|g>>3<<5|b>>3]
	if e.n == 0 {
		if len(c.list) > maxCandidates/neighbourBytes-maxColours {
			number, _ := c.near.find(r, g, b, 0)
			return number
		}
		e.from = uint32(len(c.list))
		c.list = c.near.around(c.list, r&^7, g&^7, b&^7)
		e.n = uint16(len(c.list) - int(e.from))
	}
	list := c.list[e.from : e.from+uint32(e.n)]
	number, least := list[0].number, list[0].distance(r, g, b)
	for i := 1; i < len(list); i++ {
		if d := list[i].distance(r, g, b); d < least {
			number, least = list[i].number, d
		}
	}
	return number
}

// around appends the colours that may be the nearest to a point of the cell
// that begins there: all that are nearer to their nearest corner than one of
// them is to its farthest (as libjpeg's jquant2.c looks for them).
func (s *nearest) around(list []neighbour, r, g, b int32) []neighbour {
	limit := int32(1 << 30)
	var least [maxColours]int32
	for i := range s.colours {
		n := &s.colours[i]
		nr, fr := span(n.r - r)
		ng, fg := span(n.g - g)
		nb, fb := span(n.b - b)
		least[i] = nr + ng + nb
		limit = min(limit, fr+fg+fb)
	}
	for i := range s.colours {
		if least[i] <= limit {
			list = append(list, s.colours[i])
		}
	}
	return list
}

// span returns the squares of the distances of v from the nearest and from the
// farthest of 0 to 7.
func span(v int32) (near, far int32) {
	d := max(-v, v-7, 0)
	f := max(v, 7-v)
	return d * d, f * f
}
