package kernel

import "slices"

// ForwardTransforms are the DCTs of src-pred of as many blocks as out has.
func ForwardTransforms(out []Coefficients, src, pred []uint8) { forwards(out, src, pred) }

// InverseTransforms add the inverse DCTs of coefficients to predictions. dst may be
// pred.
func InverseTransforms(dst, pred []uint8, in []Coefficients) { inverses(dst, pred, in) }

// ForwardWHT is the second-order transform of 16 blocks' first coefficients.
func ForwardWHT(dc *Coefficients, in *[16]Coefficients) { forwardWHT(dc, in) }

// InverseWHT puts the first coefficients of 16 blocks back.
func InverseWHT(out *[16]Coefficients, dc *Coefficients) { inverseWHT(out, dc) }

// Quantize writes the levels of coefficients, in zigzag order, and in place what
// they stand for. Bit n of the result tells that level n is not zero.
func Quantize(levels, coefficients *Coefficients, m *Matrix) (nonzero uint32) {
	return quantize(levels, coefficients, m)
}

// QuantizeBlocks does so for many blocks, up to 32. Bit n of the result tells that
// block n has a level that is not zero.
func QuantizeBlocks(levels, coefficients []Coefficients, m *Matrix) (nonzero uint32) {
	return quantizeBlocks(levels, coefficients, m)
}

// Predict4x4 makes all ten predictions of a block from its edge, in the order of
// modes: four samples of the left from the bottom, the corner, eight from above.
func Predict4x4(preds *[10]Block, edge *[16]uint8) { predict4x4(preds, edge) }

// PredictWhole makes the four predictions of a macroblock's luma, in the order of
// modes. Where there is nothing above or to the left, top must be 127s and left
// 129s, and corner what RFC 6386 has there; DC leaves them out.
func PredictWhole(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool) {
	predictWhole(preds, top, left, corner, hasLeft, hasTop)
}

// PredictChroma does so for Cb, which has the first eight samples of top and left,
// and Cr.
func PredictChroma(preds *[4][128]uint8, top, left *[16]uint8, corners [2]uint8, hasLeft, hasTop bool) {
	predictChroma(preds, top, left, corners, hasLeft, hasTop)
}

// SumSquares is the sum of squared differences of samples, whose number must be a
// multiple of 16.
func SumSquares(a, b []uint8) int { return sumSquares(a, b) }

// SATD is the sum of the SATDs of blocks' differences: of the magnitudes of their
// Hadamard transforms.
func SATD(a, b []uint8) int { return satds(a, b) }

// Textures are the weighted spectra of blocks: libwebp's TTransform with kWeightY.
// The difference of two, divided by 32 and rounded down, is its Disto4x4.
func Textures(out []uint32, samples []uint8) { textures(out, samples) }

// Spread counts the coefficients of src-pred, up to 16 blocks, by magnitude: 8 to a
// bin, and all from 248 up in the last of 32. It gives how many are in the fullest
// bin, and the last bin that has any.
func Spread(src, pred []uint8) (peak, last int) { return spread(src, pred) }

// ResidualCost is the cost of a block's levels in 1/256 bit. First is that of the
// first level: 1 of LumaAfterDC, else 0. Levels before it must be zero.
func ResidualCost(levels *Coefficients, first, context int, c *Costs) int {
	return residualCost(levels, first, context, c)
}

// ResidualCosts is the sum of many blocks' costs.
func ResidualCosts(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	return residualCosts(levels, first, contexts, c)
}

// Shortlist4x4 lists the modes of a block by the SATDs of their predictions and
// what the modes themselves cost, weighed by lambda, less than 256, in 1/256: the
// cheapest first, the lower of equals first.
func Shortlist4x4(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int) {
	shortlist4x4(list, preds, src, headers, lambda)
}

// Pick4x4 codes a block of type Luma from the predictions of the first n modes of
// list, at least one: the DCT, quantised, its cost, and what a decoder makes of it.
// It returns the place in the list of the one that costs least, the first of
// equals. Headers are what modes cost, texture is that of src.
func Pick4x4(cs *[10]Candidate, preds *[10]Block, list *[16]uint8, n int, src *Block, m *Matrix, costs *Costs, context int, headers *[10]uint16, texture uint32, w *Weights) int {
	return pick4x4(cs, preds, list, n, src, m, costs, context, headers, texture, w)
}

// EncodeBest4x4 codes a block from the prediction whose SATD and header, weighed by
// lambda, less than 256, in 1/256, are least, and returns its mode: the first of
// equals.
func EncodeBest4x4(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *Costs, context int) (mode int) {
	return encodeBest4x4(c, edge, src, headers, lambda, m, costs, context)
}

// Encode16x16 codes the luma of a macroblock that is predicted as a whole: dst is
// what a decoder has, levels are those of the 16 blocks but for their first, dc the
// levels of the second-order block. Bit n of the result tells that block n has a
// level that is not zero, bit 24 that dc has.
func Encode16x16(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) (nonzero uint32) {
	return encode16x16(dst, levels, dc, src, pred, y1, y2)
}

// Trellis quantises coefficients, of magnitudes up to 4095, to the levels that cost
// least, errors and rate times lambda taken together, as Quantize does otherwise.
// The first coefficient stays as it is, and its level is 0, where first is 1.
func Trellis(levels, in *Coefficients, first, context int, m *Matrix, costs *Costs, lambda int64) (nonzero uint32) {
	return trellis(levels, in, first, context, m, costs, lambda)
}

// Pack gathers a macroblock's samples from planes into block-major order: 16 rows of
// luma, and 8 of Cb and Cr.
func Pack(y *[256]uint8, c *[128]uint8, py, pcb, pcr []uint8, yStride, cStride int) {
	pack(y, c, py, pcb, pcr, yStride, cStride)
}

// Count counts the tokens of a block whose last level is before last.
func Count(counts *Counts, levels *Coefficients, first, last, context int) {
	count(counts, levels, first, last, context)
}

// Tokens writes the tokens of a macroblock that is not skipped to dst, which has
// room for MaxTokens, and returns how many they are, and how many of levels they
// took. A block's byte is one more than the place of its last level, or 0, and 32
// times its context: of the second-order block, which is only there where luma is
// coded as a whole, then 16 of luma, 4 of Cb, 4 of Cr. Levels are those of one block
// after the other, up to each one's last.
func Tokens(dst []uint16, levels []int16, blocks *[25]uint8, whole bool, p *TokenProbabilities) (tokens, used int) {
	return writeTokens(dst, levels, blocks, whole, p)
}

// Code appends what tokens come to.
func (c *Coder) Code(dst []uint8, tokens []uint16) []uint8 {
	dst = slices.Grow(dst, len(tokens)+8)
	n := code(c, dst[:len(dst)+len(tokens)+8], len(dst), tokens)
	return dst[:n]
}

// Code2 does so for two coders at a time, with as many tokens each.
func Code2(a, b *Coder, dstA, dstB []uint8, tokensA, tokensB []uint16) ([]uint8, []uint8) {
	n := len(tokensA) + 8
	dstA, dstB = slices.Grow(dstA, n), slices.Grow(dstB, n)
	endA, endB := code2(a, b, dstA[:len(dstA)+n], dstB[:len(dstB)+n], len(dstA), len(dstB), tokensA, tokensB[:len(tokensA)])
	return dstA[:endA], dstB[:endB]
}
