//go:build (!amd64 && !arm64) || noasm || !gc

package kernel

func forwards(out []Coefficients, src, pred []uint8)     { forwardsGeneric(out, src, pred) }
func inverses(dst, pred []uint8, in []Coefficients)      { inversesGeneric(dst, pred, in) }
func forwardWHT(dc *Coefficients, in *[16]Coefficients)  { forwardWHTGeneric(dc, in) }
func inverseWHT(out *[16]Coefficients, dc *Coefficients) { inverseWHTGeneric(out, dc) }
func quantize(levels, coefficients *Coefficients, m *Matrix) uint32 {
	return quantizeGeneric(levels, coefficients, m)
}
func quantizeBlocks(levels, coefficients []Coefficients, m *Matrix) uint32 {
	return quantizeBlocksGeneric(levels, coefficients, m)
}
func predict4x4(preds *[10]Block, edge *[16]uint8)              { predict4x4Generic(preds, edge) }
func score4x4(scores *[10]uint16, preds *[10]Block, src *Block) { score4x4Generic(scores, preds, src) }
func sumSquares(a, b []uint8) int                               { return sumSquaresGeneric(a, b) }
func satds(a, b []uint8) int                                    { return satdsGeneric(a, b) }
func textures(out []uint32, samples []uint8)                    { texturesGeneric(out, samples) }
func residualCost(levels *Coefficients, first, context int, c *Costs) int {
	return residualCostGeneric(levels, first, context, c)
}
func residualCosts(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	return residualCostsGeneric(levels, first, contexts, c)
}
func encodeCandidates(out []Candidate, preds []Block, src *Block, m *Matrix, costs *Costs, context int) {
	encodeCandidatesGeneric(out, preds, src, m, costs, context)
}
func encode16x16(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) uint32 {
	return encode16x16Generic(dst, levels, dc, src, pred, y1, y2)
}
func predictWhole(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool) {
	predictWholeGeneric(preds, top, left, corner, hasLeft, hasTop)
}
func predictChroma(preds *[4][128]uint8, top, left *[16]uint8, corners [2]uint8, hasLeft, hasTop bool) {
	predictChromaGeneric(preds, top, left, corners, hasLeft, hasTop)
}
func pick4x4(cs *[10]Candidate, preds *[10]Block, list *[16]uint8, n int, src *Block, m *Matrix, costs *Costs, context int, headers *[10]uint16, texture uint32, w *Weights) int {
	return pick4x4Generic(cs, preds, list, n, src, m, costs, context, headers, texture, w)
}
func shortlist4x4(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int) {
	shortlist4x4Generic(list, preds, src, headers, lambda)
}
func encodeBest4x4(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *Costs, context int) int {
	return encodeBest4x4Generic(c, edge, src, headers, lambda, m, costs, context)
}
func writeTokens(dst []uint16, levels []int16, blocks *[25]uint8, whole bool, p *TokenProbabilities) (tokens, used int) {
	return tokensGeneric(dst, levels, blocks, whole, p)
}
func code(s *Coder, dst []uint8, at int, tokens []uint16) int { return codeGeneric(s, dst, at, tokens) }
func spread(src, pred []uint8) (peak, last int)               { return spreadGeneric(src, pred) }
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
