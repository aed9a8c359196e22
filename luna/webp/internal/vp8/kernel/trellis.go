package kernel

import (
	"math"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// trellisWeights are libwebp's weights of errors by frequency (kWeightTrellis).
var trellisWeights = [16]int64{30, 27, 19, 11, 27, 24, 17, 10, 19, 17, 12, 8, 11, 10, 8, 6}

// trellisGeneric quantises coefficients to the levels of least cost, distortion and rate
// together: of each, the nearest level and the next lower one are tried
// (libwebp's TrellisQuantizeBlock, which tries that rounded down and the next). See
// Trellis.
func trellisGeneric(levels, in *Coefficients, first, context int, m *Matrix, costs *Costs, lambda int64) (nonzero uint32) {
	// What comes after the last coefficient that is worth half a step needs no look.
	last := first - 1
	limit := int32(m.Q[1]) * int32(m.Q[1]) / 4
	for n := 15; n >= first; n-- {
		if v := int32(in[zigzag[n]&15]); v*v > limit {
			last = n
			break
		}
	}
	last = min(last+1, 15)

	type node struct {
		level int16
		prev  int8
	}
	const dead = math.MaxInt64 / 4
	var nodes [16][2]node
	start := [3]int{RowStart, RowOne, RowMore}[context]
	table := &costs.Table[vp8.BandOf[first]]
	bestScore := int64(table[start][ColumnEnd]) * lambda
	bestAt, bestNode := -1, 0
	var bestPrev int8

	scores := [2]int64{0, dead}
	rows := [2]int{start, start}
	for n := first; n <= last; n++ {
		j := zigzag[n] & 15
		c := int64(in[j])
		c = max(c, -c) + int64(m.Sharpen[j])
		q, iq := int64(m.Q[j]), uint64(m.IQ[j])
		most := min(int64((uint64(c)*iq+0x80<<9)>>17), vp8.MaxLevel)
		down := max(most-1, 0)
		table := &costs.Table[vp8.BandOf[n]]
		after := &costs.Table[vp8.BandOf[n+1]]
		var next [2]int64
		var nextRows [2]int
		for k := range 2 {
			level := down + int64(k)
			if level > most {
				next[k] = dead
				continue
			}
			e := c - level*q
			base := trellisWeights[j] * (e*e - c*c) * 256
			column, fixed := level, int64(0)
			if level >= ColumnLarge {
				column, fixed = ColumnLarge, int64(vp8.FixedLevelCosts[level&2047])
			}
			best, prev := scores[0]+(int64(table[rows[0]][column])+fixed)*lambda, int8(0)
			if scores[1] < dead {
				if s := scores[1] + (int64(table[rows[1]][column])+fixed)*lambda; s < best {
					best, prev = s, 1
				}
			}
			best += base
			row := int(min(level, RowMore))
			nodes[n][k] = node{int16(level), prev}
			next[k], nextRows[k] = best, row
			if level != 0 && best < bestScore {
				s := best
				if n < 15 {
					s += int64(after[row][ColumnEnd]) * lambda
				}
				if s < bestScore {
					bestScore, bestAt, bestNode, bestPrev = s, n, k, prev
				}
			}
		}
		scores, rows = next, nextRows
	}

	coefficients := *in
	*in, *levels = Coefficients{}, Coefficients{}
	if first > 0 {
		in[0] = coefficients[0]
	}
	if bestAt < 0 {
		return 0
	}
	nodes[bestAt][bestNode].prev = bestPrev
	for n, k := bestAt, bestNode; n >= first; n-- {
		j := zigzag[n] & 15
		level := nodes[n][k&1].level
		if level != 0 {
			nonzero |= 1 << n
		}
		if coefficients[j] < 0 {
			level = -level
		}
		levels[n] = level
		in[j] = int16(int32(level) * int32(m.Q[j]))
		k = int(nodes[n][k&1].prev)
	}
	return nonzero
}
