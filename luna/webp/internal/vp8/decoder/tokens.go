package decoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8"

// A tokenContext says of the blocks at an edge of a macroblock which have
// coefficients: 1 for those that do. There are 4 of luma, 2 of Cb, 2 of Cr, and
// the second-order one.
type tokenContext [9]uint8

// coefficients are those of a macroblock's 16 luma, 4 Cb and 4 Cr blocks, each by
// rows, times the quantiser's steps.
type coefficients [24][16]int16

// margin is more than the bytes that a macroblock takes at most: 384 coefficients,
// be there a second-order block or not, each of 18 booleans of 7 bits and a sign;
// and what is loaded ahead.
const margin = 384*(18*7+1)/8 + 16

// parseTokens reads the coefficients of some macroblocks of a row (RFC 6386, 13).
func (h *header) parseTokens(r *reader, above []tokenContext, left *tokenContext, row []macroblock, c []coefficients) {
	for x := range row {
		m := &row[x]
		if m.skip {
			m.luma, m.chroma, m.inner = 0, 0, m.blocks
			// A second-order block that is not there has no influence.
			second := [2]uint8{above[x][8], left[8]}
			above[x], *left = tokenContext{}, tokenContext{}
			if m.blocks {
				above[x][8], left[8] = second[0], second[1]
			}
			continue
		}
		if r.ahead(margin) {
			h.parseLast(r, m, &above[x], left, &c[x])
		} else {
			h.parseMacroblock(r, m, &above[x], left, &c[x])
		}
		m.inner = m.blocks || m.luma|m.chroma != 0
	}
}

// parseLast is parseMacroblock where the stream may end.
func (h *header) parseLast(r *reader, m *macroblock, above, left *tokenContext, c *coefficients) {
	before, a, l := *r, *above, *left
	h.parseMacroblock(r, m, above, left, c)
	if !r.over() {
		return
	}
	*r, *above, *left = before, a, l
	r.exact()
	h.parse(r, m, above, left, c, (*reader).block)
}

// A blockParser reads the coefficients of a block from place n on, and returns the
// place behind the last one, or n if there are none.
type blockParser func(r *reader, probabilities *placed, context uint8, n int, steps *[2]int16, c *[16]int16) int

// placed are the probabilities of a type of block.
type placed = [17][vp8.Contexts][vp8.Nodes]uint8

// parse reads the coefficients of a macroblock that has some.
func (h *header) parse(r *reader, m *macroblock, above, left *tokenContext, c *coefficients, block blockParser) {
	m.luma, m.chroma = 0, 0
	*c = coefficients{}
	s := &h.steps[m.segment]
	kind, first := vp8.Luma, 0
	if !m.blocks {
		kind, first = vp8.LumaAfterDC, 1
		var dc [16]int16
		n := block(r, &h.tokens[vp8.SecondOrder], above[8]+left[8], 0, &s.second, &dc)
		above[8] = 0
		if n > 0 {
			above[8] = 1
			inverseWHT(c, &dc)
		}
		left[8] = above[8]
	}
	for y := range 4 {
		l := left[y]
		for x := range 4 {
			k := &c[4*y+x]
			n := block(r, &h.tokens[kind], l+above[x], first, &s.luma, k)
			l = 0
			if n > first {
				l = 1
			}
			above[x] = l
			m.luma = m.luma<<2 | extent(n, k[0])
		}
		left[y] = l
	}
	for i := 16; i < 24; i += 4 {
		edge := 4 + (i-16)/2
		for y := range 2 {
			l := left[edge+y]
			for x := range 2 {
				k := &c[i+2*y+x]
				n := block(r, &h.tokens[vp8.Chroma], l+above[edge+x], 0, &s.chroma, k)
				l = 0
				if n > 0 {
					l = 1
				}
				above[edge+x] = l
				m.chroma |= extent(n, k[0]) << (2 * (i - 16 + 2*y + x))
			}
			left[edge+y] = l
		}
	}
}

// extent says which coefficients a block has, of which n were read.
func extent(n int, dc int16) uint32 {
	switch {
	case n > 3:
		return 3
	case n > 1:
		return 2
	case dc != 0:
		return 1
	}
	return 0
}

// block reads a block, and tells of the stream's end.
func (r *reader) block(probabilities *placed, context uint8, n int, steps *[2]int16, c *[16]int16) int {
	p := &probabilities[n][context]
	for n < 16 {
		if !r.bit(p[0]) {
			return n
		}
		for !r.bit(p[1]) {
			n++
			if n == 16 {
				return 16
			}
			p = &probabilities[n][0]
		}
		step := steps[1]
		if n == 0 {
			step = steps[0]
		}
		v := 1
		next := &probabilities[n+1]
		if !r.bit(p[2]) {
			p = &next[1]
		} else {
			v = r.large(p)
			p = &next[2]
		}
		if r.flag() {
			v = -v
		}
		c[vp8.Zigzag[n]] = int16(v) * step
		n++
	}
	return 16
}

// large reads a level above 1.
func (r *reader) large(p *[vp8.Nodes]uint8) int {
	if !r.bit(p[3]) {
		if !r.bit(p[4]) {
			return 2
		}
		return 3 + r.number(p[5])
	}
	category := 0
	if !r.bit(p[6]) {
		category = r.number(p[7])
	} else {
		category = 2 + 2*r.number(p[8])
		category += r.number(p[9+category/2-1])
	}
	v := 0
	for _, p := range vp8.Categories[category].Probabilities {
		v = v<<1 | r.number(p)
	}
	return vp8.Categories[category].Base + v
}
