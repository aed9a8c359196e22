package kernel

import (
	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// Rows of Costs: what came before a level.
const (
	RowZero  = iota // a zero, after which a block cannot end
	RowOne          // a one, or the start of a block in context 1
	RowMore         // a larger level, or the start in context 2
	RowStart        // the start of a block in context 0
	costRows
)

// Columns of Costs: levels up to ColumnLarge-1, with sign and extra bits; larger
// levels, without them (add vp8.FixedLevelCosts); the end of the block. A row's
// last column is not used.
const (
	ColumnLarge = 67
	ColumnEnd   = 68
	costColumns = 70
)

// Costs are those of levels of one type of block, in 1/256 bit, by band, row and
// column. A block's cost is the sum of its levels' and of its end's.
type Costs struct {
	// In band 0 row 0 is not used, for a block starts there. It is zero.
	Table [vp8.Bands][costRows][costColumns]uint32
}

// Set works costs out from the probabilities of a type of block.
func (c *Costs) Set(p *[vp8.Bands][vp8.Contexts][vp8.Nodes]uint8) {
	for band := range c.Table {
		for row := range c.Table[band] {
			if band == 0 && row == RowZero {
				continue
			}
			context := row
			if row == RowStart {
				context = 0
			}
			setRow(&c.Table[band][row], &p[band][context], row != RowZero)
		}
	}
}

// setRow walks the token tree once (libwebp's VP8CalculateLevelCosts, with the
// fixed costs added).
func setRow(row *[costColumns]uint32, p *[vp8.Nodes]uint8, mayEnd bool) {
	more := 0
	if mayEnd {
		more = vp8.BitCost(1, p[0])
	}
	row[ColumnEnd] = uint32(vp8.BitCost(0, p[0]))
	row[0] = uint32(vp8.BitCost(0, p[1]) + more)
	base := vp8.BitCost(1, p[1]) + more
	one := base + vp8.BitCost(0, p[2])
	large := base + vp8.BitCost(1, p[2])
	low := large + vp8.BitCost(0, p[3])
	middle := large + vp8.BitCost(1, p[3])
	high := middle + vp8.BitCost(1, p[6])
	middle += vp8.BitCost(0, p[6])
	fixed := (*[ColumnLarge + 1]uint16)(vp8.FixedLevelCosts[:])
	row[1] = uint32(one) + uint32(fixed[1])
	row[2] = uint32(low+vp8.BitCost(0, p[4])) + uint32(fixed[2])
	low += vp8.BitCost(1, p[4])
	row[3] = uint32(low+vp8.BitCost(0, p[5])) + uint32(fixed[3])
	row[4] = uint32(low+vp8.BitCost(1, p[5])) + uint32(fixed[4])
	five, seven := uint32(middle+vp8.BitCost(0, p[7])), uint32(middle+vp8.BitCost(1, p[7]))
	for v := 5; v <= 6; v++ {
		row[v] = five + uint32(fixed[v])
	}
	for v := 7; v <= 10; v++ {
		row[v] = seven + uint32(fixed[v])
	}
	low, high = high+vp8.BitCost(0, p[8]), high+vp8.BitCost(1, p[8])
	c := [4]uint32{
		uint32(low + vp8.BitCost(0, p[9])), uint32(low + vp8.BitCost(1, p[9])),
		uint32(high + vp8.BitCost(0, p[10])), uint32(high + vp8.BitCost(1, p[10])),
	}
	for v := 11; v <= 18; v++ {
		row[v] = c[0] + uint32(fixed[v])
	}
	for v := 19; v <= 34; v++ {
		row[v] = c[1] + uint32(fixed[v])
	}
	for v := 35; v <= 66; v++ {
		row[v] = c[2] + uint32(fixed[v])
	}
	row[ColumnLarge] = c[3]
}

// startRow is the row of a block's first level, by context.
var startRow = [3]uint8{RowStart, RowOne, RowMore}

// residualCostGeneric is the cost of a block's levels, as libwebp's
// GetResidualCost.
func residualCostGeneric(levels *Coefficients, first, context int, c *Costs) int {
	last := 15
	for last >= first && levels[last] == 0 {
		last--
	}
	row := startRow[context]
	cost := 0
	for n := first; n <= last; n++ {
		v := abs(int(levels[n]))
		t := &c.Table[vp8.BandOf[n]][row]
		if v >= ColumnLarge {
			cost += int(t[ColumnLarge]) + int(vp8.FixedLevelCosts[min(v, vp8.MaxLevel)])
		} else {
			cost += int(t[v])
		}
		row = uint8(min(v, RowMore))
	}
	if last < 15 {
		cost += int(c.Table[vp8.BandOf[last+1]][row][ColumnEnd])
	}
	return cost
}

func residualCostsGeneric(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	cost := 0
	for i := range levels {
		cost += residualCostGeneric(&levels[i], first, int(contexts[i]), c)
	}
	return cost
}

// LumaContexts are the contexts of 16 luma blocks by rows: how many of the blocks
// above and to the left have levels. Bit n of nonzero tells it of block n; bits 0
// to 3 of top and left of those beside the macroblock.
func LumaContexts(contexts *[16]uint8, nonzero, top, left uint32) {
	// above and before have in bit n what is above and to the left of block n.
	above := nonzero<<4&0xfff0 | top&15
	before := nonzero<<1&0xeeee | left&1 | left&2<<3 | left&4<<6 | left&8<<9
	for n := range contexts {
		contexts[n] = uint8(above>>n&1 + before>>n&1)
	}
}

// ChromaContexts are those of the 4 blocks of Cb and the 4 of Cr: bits 0 and 1 of
// top and left are Cb's, 2 and 3 Cr's.
func ChromaContexts(contexts *[8]uint8, nonzero, top, left uint32) {
	above := nonzero<<2&0xcc | top&3 | top&12<<2
	before := nonzero<<1&0xaa | left&1 | left&2<<1 | left&4<<2 | left&8<<3
	for n := range contexts {
		contexts[n] = uint8(above>>n&1 + before>>n&1)
	}
}
