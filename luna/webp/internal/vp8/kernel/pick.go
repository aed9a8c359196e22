package kernel

import "math/bits"

// Weights say what a bit and what an error cost.
type Weights struct {
	Rate       int64 // of 1/256 bit
	Distortion int64 // of a squared difference
	Texture    int64 // of 1/32 of a difference of textures, in 1/256 of squared differences
}

// FlatPenalty is what a block that is too flat pays, in 1/256 bit, unless its mode
// is the first: a complex mode should not be chosen for blocks without detail
// (libwebp's FLATNESS_PENALTY).
const FlatPenalty = 140

// flatLevels are how many levels, DC apart, are too few (FLATNESS_LIMIT_I4).
const flatLevels = 3

// Cost is what a candidate costs that was coded by mode, which itself costs header,
// where texture is that of the source.
func (c *Candidate) Cost(mode int, header uint16, texture uint32, w *Weights) int64 {
	rate := int64(c.Rate) + int64(header)
	if mode > 0 && bits.OnesCount32(c.Nonzero&^1) <= flatLevels {
		rate += FlatPenalty
	}
	d := int64(c.SSE) + (int64(abs(int(c.Texture)-int(texture))>>5)*w.Texture+128)>>8
	return rate*w.Rate + d*w.Distortion
}

func pick4x4Generic(cs *[10]Candidate, preds *[10]Block, list *[16]uint8, n int, src *Block, m *Matrix, costs *Costs, context int, headers *[10]uint16, texture uint32, w *Weights) int {
	for k, mode := range list[:n] {
		c := &cs[k]
		encodeGeneric(c, &preds[mode], src, m)
		c.Rate = uint32(residualCostGeneric(&c.Levels, 0, context, costs))
	}
	return choose(cs, list, n, headers, texture, w)
}

// choose is the place of the candidate that costs least, the first of equals.
func choose(cs *[10]Candidate, list *[16]uint8, n int, headers *[10]uint16, texture uint32, w *Weights) int {
	at, least := 0, int64(1<<63-1)
	for k, mode := range list[:n] {
		if cost := cs[k].Cost(int(mode), headers[mode], texture, w); cost < least {
			at, least = k, cost
		}
	}
	return at
}

func shortlist4x4Generic(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int) {
	var scores [10]uint16
	score4x4Generic(&scores, preds, src)
	order(list, &scores, headers, lambda)
}

// order lists modes by score and header.
func order(list *[16]uint8, scores, headers *[10]uint16, lambda int) {
	var cost [10]int
	for i, v := range scores {
		cost[i] = min(int(v)+int(headers[i])*lambda>>8, 1<<15-1)
	}
	for i := range cost {
		rank := 0
		for j := range cost {
			if cost[j] < cost[i] || cost[j] == cost[i] && j < i {
				rank++
			}
		}
		list[rank] = uint8(i)
	}
}

func encodeBest4x4Generic(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *Costs, context int) int {
	var preds [10]Block
	var scores [10]uint16
	predict4x4(&preds, edge)
	score4x4(&scores, &preds, src)
	mode, least := 0, 1<<16
	for i, v := range scores {
		if cost := min(int(v)+int(headers[i])*lambda>>8, 1<<16-1); cost < least {
			mode, least = i, cost
		}
	}
	one := [1]Candidate{}
	encodeCandidates(one[:], preds[mode:mode+1], src, m, costs, context)
	*c = one[0]
	return mode
}
