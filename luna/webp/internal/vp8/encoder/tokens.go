package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// Coefficients are counted by class: what token stands for them. From these
// counts follow those of all branches of the token tree.
const (
	classEnd = iota // no more coefficients
	classZero
	classOne
	classTwo
	classThree
	classFour
	classFive  // 5, 6
	classSeven // 7..10
	class11    // 11..18
	class19    // 19..34
	class35    // 35..66
	class67    // 67..
	classes
	classStride = 16
)

// classOf is the class of a level, up to 67.
var classOf = func() (of [128]uint8) {
	for v := range of {
		switch {
		case v <= 4:
			of[v] = uint8(classZero + v)
		case v <= 6:
			of[v] = classFive
		case v <= 10:
			of[v] = classSeven
		case v <= 18:
			of[v] = class11
		case v <= 34:
			of[v] = class19
		case v <= 66:
			of[v] = class35
		default:
			of[v] = class67
		}
	}
	return of
}()

// counts are how often each class came, by type, band and context.
type counts [vp8.Types][vp8.Bands * 4 * classStride]uint32

func (c *counts) add(o *counts) {
	for t := range c {
		for i, v := range o[t] {
			c[t][i] += v
		}
	}
}

// branches are how often each node of the token tree was passed, and how often
// with a 0.
type branches struct {
	zeros, total [vp8.Nodes]uint32
}

// of sums up a context's classes. Open says that an end was possible: not right
// after a zero.
func (b *branches) of(c []uint32, open bool) {
	_ = c[classes-1]
	one := c[classOne]
	low := c[classTwo] + c[classThree] + c[classFour]
	middle := c[classFive] + c[classSeven]
	high := c[class11] + c[class19] + c[class35] + c[class67]
	large := low + middle + high
	levels := one + large
	all := levels + c[classZero]
	set := func(node int, zeros, ones uint32) {
		b.zeros[node], b.total[node] = zeros, zeros+ones
	}
	if open {
		set(0, c[classEnd], all)
	} else {
		set(0, 0, 0)
	}
	set(1, c[classZero], levels)
	set(2, one, large)
	set(3, low, middle+high)
	set(4, c[classTwo], c[classThree]+c[classFour])
	set(5, c[classThree], c[classFour])
	set(6, middle, high)
	set(7, c[classFive], c[classSeven])
	set(8, c[class11]+c[class19], c[class35]+c[class67])
	set(9, c[class11], c[class19])
	set(10, c[class35], c[class67])
}

// open reports whether blocks may end in this state.
func open(kind, band, context int) bool {
	first := 0
	if kind == vp8.LumaAfterDC {
		first = 1
	}
	return context > 0 || band == first
}

// fit gives the probabilities that code c in the fewest bits, their own cost
// counted (as libwebp's FinalizeTokenProbas).
func (c *counts) fit(p *vp8.Probabilities) {
	var b branches
	for t := range p {
		for band := range p[t] {
			for ctx := range p[t][band] {
				b.of(c[t][(4*band+ctx)*classStride:], open(t, band, ctx))
				for n := range p[t][band][ctx] {
					p[t][band][ctx][n] = choose(b.zeros[n], b.total[n],
						vp8.DefaultProbabilities[t][band][ctx][n], vp8.UpdateProbabilities[t][band][ctx][n])
				}
			}
		}
	}
}

// choose returns the best probability for a branch: a new one, or the old one where
// sending the new one costs more than it saves.
func choose(zeros, total uint32, old, update uint8) uint8 {
	if total == 0 {
		return old
	}
	best := uint8(min(max((uint64(zeros)*256+uint64(total)/2)/uint64(total), 1), 255))
	if best == old {
		return old
	}
	cost := func(p uint8) uint64 {
		return uint64(zeros)*uint64(vp8.BitCost(0, p)) + uint64(total-zeros)*uint64(vp8.BitCost(1, p))
	}
	if cost(old)+uint64(vp8.BitCost(0, update)) > cost(best)+uint64(vp8.BitCost(1, update))+8*256 {
		return best
	}
	return old
}

// levelCosts are what levels cost in 1/256 bit, by type, band and context, up to
// MaxVariableLevel, with sign and extra bits. Where a block may end, that it does
// not is counted in, except before the first coefficient.
type levelCosts struct {
	level [vp8.Types][vp8.Bands * 4][68]uint16
	end   [vp8.Types][vp8.Bands * 4]uint16 // that the block ends
	more  [vp8.Types][4]uint16             // that it does not, before the first and in context 0
}

func (c *levelCosts) compute(p *vp8.Probabilities) {
	for t := range p {
		for band := range p[t] {
			for ctx := range p[t][band] {
				q := &p[t][band][ctx]
				i := 4*band + ctx
				table := &c.level[t][i]
				more := 0
				if ctx > 0 {
					more = vp8.BitCost(1, q[0])
				}
				c.end[t][i] = uint16(vp8.BitCost(0, q[0]))
				table[0] = uint16(vp8.BitCost(0, q[1]) + more)
				base := vp8.BitCost(1, q[1]) + more

				// The costs of the tree's branches, from the root on.
				one := base + vp8.BitCost(0, q[2])
				large := base + vp8.BitCost(1, q[2])
				low := large + vp8.BitCost(0, q[3])
				middle := large + vp8.BitCost(1, q[3])
				high := middle + vp8.BitCost(1, q[6])
				middle += vp8.BitCost(0, q[6])
				ends := [...]struct{ last, cost int }{
					{1, one},
					{2, low + vp8.BitCost(0, q[4])},
					{3, low + vp8.BitCost(1, q[4]) + vp8.BitCost(0, q[5])},
					{4, low + vp8.BitCost(1, q[4]) + vp8.BitCost(1, q[5])},
					{6, middle + vp8.BitCost(0, q[7])},
					{10, middle + vp8.BitCost(1, q[7])},
					{18, high + vp8.BitCost(0, q[8]) + vp8.BitCost(0, q[9])},
					{34, high + vp8.BitCost(0, q[8]) + vp8.BitCost(1, q[9])},
					{66, high + vp8.BitCost(1, q[8]) + vp8.BitCost(0, q[10])},
					{67, high + vp8.BitCost(1, q[8]) + vp8.BitCost(1, q[10])},
				}
				v := 1
				for _, e := range ends {
					for ; v <= e.last; v++ {
						table[v] = uint16(e.cost + int(vp8.FixedLevelCosts[v]))
					}
				}
			}
		}
		first := 0
		if t == vp8.LumaAfterDC {
			first = 1
		}
		c.more[t][0] = uint16(vp8.BitCost(1, p[t][first][0][0]))
	}
}

// of is the cost of a block's levels up to last, one after the last that is not 0.
func (c *levelCosts) of(levels *[16]int16, kind, context, last int) int {
	first := 0
	if kind == vp8.LumaAfterDC {
		first = 1
	}
	if last <= first {
		return int(c.end[kind][4*first+context])
	}
	cost := int(c.more[kind][context])
	tables := &c.level[kind]
	at := 4*first + context
	for n := first; n < last; n++ {
		v := int(levels[n&15])
		v = max(v, -v)
		if v < 68 {
			cost += int(tables[at&31][v])
		} else {
			cost += int(tables[at&31][67]) + int(vp8.FixedLevelCosts[v]) - int(vp8.FixedLevelCosts[67])
		}
		at = int(nextAt[n&15]) + min(v, 2)
	}
	if last < 16 {
		cost += int(c.end[kind][at&31])
	}
	return cost
}

// nextAt is the place of the tables for the coefficient after that at n.
var nextAt = func() (at [16]uint8) {
	for n := range at {
		at[n] = 4 * vp8.BandOf[n+1]
	}
	return at
}()
