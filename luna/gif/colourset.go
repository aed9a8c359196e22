package gif

const (
	setBits    = 10
	maxColours = 256
)

// A colourSet holds up to 256 colours, and gives each a number, in the order
// in which they came.
type colourSet struct {
	colours []uint32
	keys    [1 << setBits]uint32
	numbers [1 << setBits]uint8
}

func (s *colourSet) reset() {
	s.colours = s.colours[:0]
	clear(s.keys[:])
}

// place reports where c is in the table, or would be.
func (s *colourSet) place(c uint32) uint32 {
	h := c * 0x9e3779b1 >> (32 - setBits)
	for s.keys[h] != c && s.keys[h] != 0 {
		h = (h + 1) & (1<<setBits - 1)
	}
	return h
}

// add adds an opaque colour, and reports false where there is no room.
func (s *colourSet) add(c uint32) bool {
	h := s.place(c)
	if s.keys[h] == c {
		return true
	}
	if len(s.colours) == maxColours {
		return false
	}
	s.keys[h], s.numbers[h] = c, uint8(len(s.colours))
	s.colours = append(s.colours, c)
	return true
}

// number returns that of an opaque colour, and whether it is in the set.
func (s *colourSet) number(c uint32) (uint8, bool) {
	h := s.place(c)
	return s.numbers[h], s.keys[h] == c
}

// has reports whether all colours of t are in s.
func (s *colourSet) has(t *colourSet) bool {
	for _, c := range t.colours {
		if _, ok := s.number(c); !ok {
			return false
		}
	}
	return true
}

// row writes the numbers of colours, all of which are in the set, and
// transparent for pixels that are 0.
func (s *colourSet) row(dst []uint8, colours []uint32, transparent uint8) {
	last, number := uint32(0), transparent
	for x, c := range colours {
		if c != last {
			if last, number = c, transparent; c != 0 {
				number, _ = s.number(c)
			}
		}
		dst[x] = number
	}
}
