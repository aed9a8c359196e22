//go:build arm64 && !noasm && gc

package kernel

// accelerated tells whether there is NEON, which every arm64 has.
const accelerated = true

//go:noescape
func forwardsNEON(out *Coefficients, src, pred *uint8, blocks int)

func forwards(out []Coefficients, src, pred []uint8) {
	if len(out) == 0 {
		return
	}
	_, _ = src[16*len(out)-1], pred[16*len(out)-1]
	forwardsNEON(&out[0], &src[0], &pred[0], len(out))
}

//go:noescape
func inversesNEON(dst, pred *uint8, in *Coefficients, blocks int)

func inverses(dst, pred []uint8, in []Coefficients) {
	if len(in) == 0 {
		return
	}
	_, _ = dst[16*len(in)-1], pred[16*len(in)-1]
	inversesNEON(&dst[0], &pred[0], &in[0], len(in))
}

//go:noescape
func quantizesNEON(levels, coefficients *Coefficients, blocks int, m *Matrix) uint32

func quantizeBlocks(levels, coefficients []Coefficients, m *Matrix) uint32 {
	if len(coefficients) == 0 {
		return 0
	}
	_ = levels[len(coefficients)-1]
	return quantizesNEON(&levels[0], &coefficients[0], len(coefficients), m)
}

func quantize(levels, coefficients *Coefficients, m *Matrix) uint32 {
	return quantizeGeneric(levels, coefficients, m)
}

//go:noescape
func encodeNEON(c *Candidate, pred, src *Block, m *Matrix)

func encodeCandidates(out []Candidate, preds []Block, src *Block, m *Matrix, costs *Costs, context int) {
	for i := range out {
		c := &out[i]
		encodeNEON(c, &preds[i], src, m)
		c.Rate = uint32(residualCostGeneric(&c.Levels, 0, context, costs))
	}
}

func pick4x4(cs *[10]Candidate, preds *[10]Block, list *[16]uint8, n int, src *Block, m *Matrix, costs *Costs, context int, headers *[10]uint16, texture uint32, w *Weights) int {
	for k, mode := range list[:n] {
		c := &cs[k]
		encodeNEON(c, &preds[mode], src, m)
		c.Rate = uint32(residualCostGeneric(&c.Levels, 0, context, costs))
	}
	return choose(cs, list, n, headers, texture, w)
}

func encode16x16(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) (nonzero uint32) {
	var f [16]Coefficients
	var second Coefficients
	forwards(f[:], src[:], pred[:])
	forwardWHTGeneric(&second, &f)
	if quantizeGeneric(dc, &second, y2) != 0 {
		nonzero = 1 << 24
	}
	for i := range f {
		f[i][0] = 0
	}
	nonzero |= quantizeBlocks(levels[:], f[:], y1)
	inverseWHTGeneric(&f, &second)
	inverses(dst[:], pred[:], f[:])
	return nonzero
}

//go:noescape
func scoresNEON(scores *uint16, preds, src *uint8, blocks int)

func score4x4(scores *[10]uint16, preds *[10]Block, src *Block) {
	scoresNEON(&scores[0], &preds[0][0], &src[0], len(preds))
}

func shortlist4x4(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int) {
	var scores [10]uint16
	score4x4(&scores, preds, src)
	order(list, &scores, headers, lambda)
}

//go:noescape
func sumSquaresNEON(a, b *uint8, blocks int) int

func sumSquares(a, b []uint8) int {
	if len(a) < 16 {
		return 0
	}
	_ = b[len(a)-1]
	return sumSquaresNEON(&a[0], &b[0], len(a)/16)
}

//go:noescape
func satdsNEON(a, b *uint8, blocks int) int

func satds(a, b []uint8) int {
	if len(a) < 16 {
		return 0
	}
	_ = b[len(a)-1]
	return satdsNEON(&a[0], &b[0], len(a)/16)
}

//go:noescape
func texturesNEON(out *uint32, samples *uint8, blocks int)

func textures(out []uint32, samples []uint8) {
	if len(out) == 0 {
		return
	}
	_ = samples[16*len(out)-1]
	texturesNEON(&out[0], &samples[0], len(out))
}

func spread(src, pred []uint8) (peak, last int) {
	var f [16]Coefficients
	n := min(len(src)/16, len(f))
	forwards(f[:n], src, pred)
	return fullest(f[:n])
}

func forwardWHT(dc *Coefficients, in *[16]Coefficients)  { forwardWHTGeneric(dc, in) }
func inverseWHT(out *[16]Coefficients, dc *Coefficients) { inverseWHTGeneric(out, dc) }
func predict4x4(preds *[10]Block, edge *[16]uint8)       { predict4x4Generic(preds, edge) }
func residualCost(levels *Coefficients, first, context int, c *Costs) int {
	return residualCostGeneric(levels, first, context, c)
}
func residualCosts(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	return residualCostsGeneric(levels, first, contexts, c)
}
func predictWhole(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool) {
	predictWholeGeneric(preds, top, left, corner, hasLeft, hasTop)
}
func predictChroma(preds *[4][128]uint8, top, left *[16]uint8, corners [2]uint8, hasLeft, hasTop bool) {
	predictChromaGeneric(preds, top, left, corners, hasLeft, hasTop)
}
func encodeBest4x4(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *Costs, context int) int {
	return encodeBest4x4Generic(c, edge, src, headers, lambda, m, costs, context)
}
func writeTokens(dst []uint16, levels []int16, blocks *[25]uint8, whole bool, p *TokenProbabilities) (tokens, used int) {
	return tokensGeneric(dst, levels, blocks, whole, p)
}
func code(s *Coder, dst []uint8, at int, tokens []uint16) int { return codeGeneric(s, dst, at, tokens) }
func pack(y *[256]uint8, c *[128]uint8, py, pcb, pcr []uint8, yStride, cStride int) {
	packGeneric(y, c, py, pcb, pcr, yStride, cStride)
}
func trellis(levels, in *Coefficients, first, context int, m *Matrix, costs *Costs, lambda int64) uint32 {
	return trellisGeneric(levels, in, first, context, m, costs, lambda)
}
func code2(a, b *Coder, dstA, dstB []uint8, atA, atB int, tokensA, tokensB []uint16) (endA, endB int) {
	return codeGeneric(a, dstA, atA, tokensA), codeGeneric(b, dstB, atB, tokensB)
}
func count(counts *Counts, levels *Coefficients, first, last, context int) {
	countGeneric(counts, levels, first, last, context)
}
