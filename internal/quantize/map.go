package quantize

import (
	"cmp"
	"math"
	"slices"
)

// A search finds the nearest of some points. They are sorted along green, in
// which most colours differ, so that few have to be looked at.
type search struct {
	points []point
	index  []uint8
}

func newSearch(palette []Color) *search {
	s := &search{index: make([]uint8, len(palette)), points: make([]point, len(palette))}
	at := make([]point, len(palette))
	for i, c := range palette {
		s.index[i], at[i] = uint8(i), pointOf(c)
	}
	slices.SortStableFunc(s.index, func(a, b uint8) int { return cmp.Compare(at[a][1], at[b][1]) })
	for i, k := range s.index {
		s.points[i] = at[k]
	}
	return s
}

// nearest returns the index of the colour that is nearest to p.
func (s *search) nearest(p *point) uint8 {
	from, _ := slices.BinarySearchFunc(s.points, p[1], func(q point, v float64) int { return cmp.Compare(q[1], v) })
	best, least := 0, math.Inf(1)
	for up, down := from, from-1; up < len(s.points) || down >= 0; {
		if up < len(s.points) {
			q := &s.points[up]
			if d := q[1] - p[1]; float64(d*d) >= least {
				up = len(s.points)
			} else {
				if d := distance(p, q); d < least {
					best, least = up, d
				}
				up++
			}
		}
		if down >= 0 {
			q := &s.points[down]
			if d := q[1] - p[1]; float64(d*d) >= least {
				down = -1
			} else {
				if d := distance(p, q); d < least {
					best, least = down, d
				}
				down--
			}
		}
	}
	return s.index[best]
}

// A Mapper finds the nearest colours of a palette. It remembers what it has
// found, and is for one goroutine at a time.
type Mapper struct {
	palette []Color
	search  *search
	exact   map[Color]uint8
	opaque  []uint16 // by 5, 6 and 5 bits, 1 more than the index
	others  []uint16 // by 4 bits of each colour and alpha
}

// MapperBytes is the most memory that a Mapper takes, and DitherBytes what a
// Ditherer takes beside it, for each pixel of a row.
const (
	MapperBytes = 2<<16 + 2<<16 + 64<<10
	DitherBytes = 2 * 4 * 4
)

// NewMapper returns a mapper to palette, which has 1 to 256 colours.
func NewMapper(palette []Color) *Mapper {
	m := &Mapper{palette: palette, search: newSearch(palette), exact: map[Color]uint8{}, opaque: make([]uint16, 1<<16)}
	for i := len(palette) - 1; i >= 0; i-- {
		m.exact[palette[i]] = uint8(i)
	}
	return m
}

// Index returns the index of the colour that is about the nearest: of colours
// that agree in their first bits it looks at the middle one, and it finds
// those of the palette itself.
func (m *Mapper) Index(c Color) uint8 {
	if c[3] == 255 {
		cell := int(c[0]>>3)<<11 | int(c[1]>>2)<<5 | int(c[2]>>3)
		if i := m.opaque[cell]; i != 0 {
			return uint8(i - 1)
		}
		p := pointOf(Color{c[0]&^7 | 4, c[1]&^3 | 2, c[2]&^7 | 4, 255})
		i := m.search.nearest(&p)
		m.opaque[cell] = uint16(i) + 1
		return i
	}
	if c[3] == 0 {
		c = Color{}
	}
	if m.others == nil {
		m.others = make([]uint16, 1<<16)
	}
	cell := int(c[3]>>4)<<12 | int(c[0]>>4)<<8 | int(c[1]>>4)<<4 | int(c[2]>>4)
	if c[3] < 16 { // the cell of the transparent
		p := pointOf(c)
		return m.search.nearest(&p)
	}
	if i := m.others[cell]; i != 0 {
		return uint8(i - 1)
	}
	p := pointOf(Color{c[0]&^15 | 8, c[1]&^15 | 8, c[2]&^15 | 8, c[3]&^15 | 8})
	i := m.search.nearest(&p)
	m.others[cell] = uint16(i) + 1
	return i
}

// Exact returns the index of a colour of the palette, and whether it is one.
func (m *Mapper) Exact(c Color) (uint8, bool) {
	if c[3] == 0 {
		c = Color{}
	}
	i, ok := m.exact[c]
	return i, ok
}

// A Ditherer maps rows from top to bottom, and spreads what it must leave out
// over the pixels around (Floyd and Steinberg, "An Adaptive Algorithm for
// Spatial Greyscale", 1976), to and fro. It is for one goroutine at a time.
type Ditherer struct {
	m           *Mapper
	strength    int32 // of 256
	left        bool
	here, below [][4]int32 // 1/16 of a level; a pixel more on both sides
}

// NewDitherer returns a ditherer for rows of that width. Strength is 0, none,
// to 1, all of the error.
func NewDitherer(m *Mapper, width int, strength float64) *Ditherer {
	return &Ditherer{
		m: m, strength: int32(min(max(strength, 0), 1)*256 + 0.5),
		here: make([][4]int32, width+2), below: make([][4]int32, width+2),
	}
}

// Row sets dst to the indices of the next row of pixels. A nil alpha means
// opaque.
func (d *Ditherer) Row(dst, red, green, blue, alpha []uint8) {
	n := len(red)
	dst, green, blue = dst[:n], green[:n], blue[:n]
	step, x, end := 1, 0, n
	if d.left {
		step, x, end = -1, n-1, -1
	}
	d.left = !d.left
	clear(d.below)
	last, index := Color{}, -1
	for ; x != end; x += step {
		c := Color{red[x], green[x], blue[x], 255}
		if alpha != nil {
			c[3] = alpha[x]
		}
		owed := &d.here[x+1]
		if d.strength == 0 || *owed == [4]int32{} {
			// Flat areas in a colour of the palette are left alone.
			if c != last || index < 0 {
				last, index = c, -1
				if i, ok := d.m.Exact(c); ok {
					index = int(i)
				}
			}
			if index >= 0 {
				dst[x] = uint8(index)
				continue
			}
		}
		want := c
		if c[3] != 0 {
			for k := range want {
				if k == 3 && (alpha == nil || c[3] == 255) {
					break // opaque stays so
				}
				want[k] = uint8(min(max(int32(c[k])+(owed[k]+8)>>4, 0), 255))
			}
		}
		i := d.m.Index(want)
		dst[x] = i
		if d.strength == 0 || c[3] == 0 {
			continue
		}
		got := &d.m.palette[i]
		for k := range got {
			e := (int32(want[k]) - int32(got[k])) * d.strength
			d.here[x+1+step][k] += e * 7 >> 8
			d.below[x+1-step][k] += e * 3 >> 8
			d.below[x+1][k] += e * 5 >> 8
			d.below[x+1+step][k] += e >> 8
		}
	}
	d.here, d.below = d.below, d.here
}
