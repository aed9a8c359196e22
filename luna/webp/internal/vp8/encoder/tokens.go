package encoder

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
	"github.com/immagin/immagin-go/luna/webp/internal/vp8/kernel"
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

// levelCosts are what levels cost, by type.
type levelCosts [vp8.Types]kernel.Costs

func (c *levelCosts) set(p *vp8.Probabilities) {
	for t := range p {
		c[t].Set(&p[t])
	}
}
