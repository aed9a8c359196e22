//go:build amd64 && !noasm && gc

package kernel

import (
	"golang.org/x/sys/cpu"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2 && cpu.X86.HasBMI2 && cpu.X86.HasLZCNT

// starts are added to the rows of levels' costs, by the first level's place and the
// context.
var starts = [2][3][16]uint16{
	{{RowStart}, {RowOne}, {RowMore}},
	{{0, RowStart}, {0, RowOne}, {0, RowMore}},
}

//go:noescape
func encodeCandidatesAVX2(out *Candidate, preds *Block, list *uint8, n int, src *Block, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16)

//go:noescape
func encodeBest4x4AVX2(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16) int

func encodeBest4x4(c *Candidate, edge *[16]uint8, src *Block, headers *[10]uint16, lambda int, m *Matrix, costs *Costs, context int) int {
	if !accelerated {
		return encodeBest4x4Generic(c, edge, src, headers, lambda, m, costs, context)
	}
	return encodeBest4x4AVX2(c, edge, src, headers, lambda, m, &costs.Table[0][0][0], &starts[0][context], &vp8.FixedLevelCosts[0])
}

//go:noescape
func pickAMD64(cs *Candidate, list *uint8, n int, headers *[10]uint16, texture uint32, w *Weights) int

func pick4x4(cs *[10]Candidate, preds *[10]Block, list *[16]uint8, n int, src *Block, m *Matrix, costs *Costs, context int, headers *[10]uint16, texture uint32, w *Weights) int {
	if !accelerated {
		return pick4x4Generic(cs, preds, list, n, src, m, costs, context, headers, texture, w)
	}
	_ = cs[n-1]
	encodeCandidatesAVX2(&cs[0], &preds[0], &list[0], n, src, m, &costs.Table[0][0][0], &starts[0][context], &vp8.FixedLevelCosts[0])
	return pickAMD64(&cs[0], &list[0], n, headers, texture, w)
}

//go:noescape
func shortlist4x4AVX2(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int)

func shortlist4x4(list *[16]uint8, preds *[10]Block, src *Block, headers *[10]uint16, lambda int) {
	if !accelerated {
		shortlist4x4Generic(list, preds, src, headers, lambda)
		return
	}
	shortlist4x4AVX2(list, preds, src, headers, lambda)
}

//go:noescape
func residualCostsAVX2(levels *Coefficients, blocks, first int, contexts *uint8, costs *uint32, starts *[3][16]uint16, fixed *uint16) int

func residualCosts(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	if !accelerated || len(levels) == 0 {
		return residualCostsGeneric(levels, first, contexts, c)
	}
	_ = contexts[len(levels)-1]
	return residualCostsAVX2(&levels[0], len(levels), first, &contexts[0], &c.Table[0][0][0], &starts[first], &vp8.FixedLevelCosts[0])
}

func residualCost(levels *Coefficients, first, context int, c *Costs) int {
	if !accelerated {
		return residualCostGeneric(levels, first, context, c)
	}
	of := uint8(context)
	return residualCostsAVX2(levels, 1, first, &of, &c.Table[0][0][0], &starts[first], &vp8.FixedLevelCosts[0])
}

//go:noescape
func encode16x16AVX2(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) uint32

func encode16x16(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) uint32 {
	if !accelerated {
		return encode16x16Generic(dst, levels, dc, src, pred, y1, y2)
	}
	return encode16x16AVX2(dst, levels, dc, src, pred, y1, y2)
}

//go:noescape
func forwardsAVX2(out *Coefficients, src, pred *uint8, blocks int)

func forwards(out []Coefficients, src, pred []uint8) {
	if !accelerated || len(out) == 0 {
		forwardsGeneric(out, src, pred)
		return
	}
	_, _ = src[16*len(out)-1], pred[16*len(out)-1]
	forwardsAVX2(&out[0], &src[0], &pred[0], len(out))
}

//go:noescape
func inversesAVX2(dst, pred *uint8, in *Coefficients, blocks int)

func inverses(dst, pred []uint8, in []Coefficients) {
	if !accelerated || len(in) == 0 {
		inversesGeneric(dst, pred, in)
		return
	}
	_, _ = dst[16*len(in)-1], pred[16*len(in)-1]
	inversesAVX2(&dst[0], &pred[0], &in[0], len(in))
}

//go:noescape
func quantizeAVX2(levels, coefficients *Coefficients, m *Matrix) uint32

func quantize(levels, coefficients *Coefficients, m *Matrix) uint32 {
	if !accelerated {
		return quantizeGeneric(levels, coefficients, m)
	}
	return quantizeAVX2(levels, coefficients, m)
}

//go:noescape
func quantizesAVX2(levels, coefficients *Coefficients, blocks int, m *Matrix) uint32

func quantizeBlocks(levels, coefficients []Coefficients, m *Matrix) uint32 {
	if !accelerated || len(coefficients) == 0 {
		return quantizeBlocksGeneric(levels, coefficients, m)
	}
	_ = levels[len(coefficients)-1]
	return quantizesAVX2(&levels[0], &coefficients[0], len(coefficients), m)
}

//go:noescape
func predict4x4AVX2(preds *[10]Block, edge *[16]uint8)

func predict4x4(preds *[10]Block, edge *[16]uint8) {
	if !accelerated {
		predict4x4Generic(preds, edge)
		return
	}
	predict4x4AVX2(preds, edge)
}

//go:noescape
func sumSquaresAVX2(a, b *uint8, blocks int) int

func sumSquares(a, b []uint8) int {
	if !accelerated || len(a) < 16 {
		return sumSquaresGeneric(a, b)
	}
	_ = b[len(a)-1]
	return sumSquaresAVX2(&a[0], &b[0], len(a)/16)
}

//go:noescape
func satdsAVX2(a, b *uint8, blocks int) int

func satds(a, b []uint8) int {
	if !accelerated || len(a) < 16 {
		return satdsGeneric(a, b)
	}
	_ = b[len(a)-1]
	return satdsAVX2(&a[0], &b[0], len(a)/16)
}

//go:noescape
func texturesAVX2(out *uint32, samples *uint8, blocks int)

func textures(out []uint32, samples []uint8) {
	if !accelerated || len(out) == 0 {
		texturesGeneric(out, samples)
		return
	}
	_ = samples[16*len(out)-1]
	texturesAVX2(&out[0], &samples[0], len(out))
}

func forwardWHT(dc *Coefficients, in *[16]Coefficients)  { forwardWHTGeneric(dc, in) }
func inverseWHT(out *[16]Coefficients, dc *Coefficients) { inverseWHTGeneric(out, dc) }

// These two are parts of encodeBest4x4Generic, where there is no AVX2.

func score4x4(scores *[10]uint16, preds *[10]Block, src *Block) { score4x4Generic(scores, preds, src) }
func encodeCandidates(out []Candidate, preds []Block, src *Block, m *Matrix, costs *Costs, context int) {
	encodeCandidatesGeneric(out, preds, src, m, costs, context)
}

//go:noescape
func predictWholeAVX2(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool)

func predictWhole(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool) {
	if !accelerated {
		predictWholeGeneric(preds, top, left, corner, hasLeft, hasTop)
		return
	}
	predictWholeAVX2(preds, top, left, corner, hasLeft, hasTop)
}

//go:noescape
func predictChromaAVX2(preds *[4][128]uint8, top, left *[16]uint8, cornerCb, cornerCr uint8, hasLeft, hasTop bool)

func predictChroma(preds *[4][128]uint8, top, left *[16]uint8, corners [2]uint8, hasLeft, hasTop bool) {
	if !accelerated {
		predictChromaGeneric(preds, top, left, corners, hasLeft, hasTop)
		return
	}
	predictChromaAVX2(preds, top, left, corners[0], corners[1], hasLeft, hasTop)
}

//go:noescape
func tokensAMD64(dst *uint16, levels *int16, blocks *uint8, whole bool, p *TokenProbabilities) int

func writeTokens(dst []uint16, levels []int16, blocks *[25]uint8, whole bool, p *TokenProbabilities) (tokens, used int) {
	_ = dst[MaxTokens-1]
	if !accelerated || len(levels) == 0 {
		return tokensGeneric(dst, levels, blocks, whole, p)
	}
	// What the blocks say must be there.
	need := 0
	for i, b := range blocks {
		last := int(b & 31)
		if i > 0 && i < 17 && whole && last > 0 {
			last--
		}
		if i > 0 || whole {
			need += last
		}
	}
	if need > len(levels) {
		panic("kernel: levels missing")
	}
	return int(tokensAMD64(&dst[0], &levels[0], &blocks[0], whole, p)), need
}

//go:noescape
func codeAMD64(s *Coder, dst *uint8, tokens *uint16, n int) int

func code(s *Coder, dst []uint8, at int, tokens []uint16) int {
	if !accelerated || len(tokens) == 0 {
		return codeGeneric(s, dst, at, tokens)
	}
	_ = dst[at+len(tokens)+7]
	return at + codeAMD64(s, &dst[at], &tokens[0], len(tokens))
}

//go:noescape
func spreadAVX2(src, pred *uint8, blocks int) (peak, last int)

func spread(src, pred []uint8) (peak, last int) {
	if !accelerated || len(src) < 16 {
		return spreadGeneric(src, pred)
	}
	_ = pred[len(src)-1]
	return spreadAVX2(&src[0], &pred[0], min(len(src)/16, 16))
}

//go:noescape
func packAVX2(y *[256]uint8, c *[128]uint8, py, pcb, pcr *uint8, yStride, cStride int)

func pack(y *[256]uint8, c *[128]uint8, py, pcb, pcr []uint8, yStride, cStride int) {
	if !accelerated {
		packGeneric(y, c, py, pcb, pcr, yStride, cStride)
		return
	}
	_, _, _ = py[15*yStride+15], pcb[7*cStride+7], pcr[7*cStride+7]
	packAVX2(y, c, &py[0], &pcb[0], &pcr[0], yStride, cStride)
}

//go:noescape
func trellisAVX2(levels, in *Coefficients, first int, m *Matrix, costs, start *uint32, lambda int64) uint32

func trellis(levels, in *Coefficients, first, context int, m *Matrix, costs *Costs, lambda int64) uint32 {
	if accelerated {
		start := &costs.Table[first][startRow[context]][0]
		if n := trellisAVX2(levels, in, first, m, &costs.Table[0][0][0], start, lambda); n != 1<<32-1 {
			return n
		}
	}
	return trellisGeneric(levels, in, first, context, m, costs, lambda)
}

//go:noescape
func code2AMD64(a, b *Coder, dstA, dstB *uint8, tokensA, tokensB *uint16, n int) (writtenA, writtenB int)

func code2(a, b *Coder, dstA, dstB []uint8, atA, atB int, tokensA, tokensB []uint16) (endA, endB int) {
	n := len(tokensA)
	if !accelerated || n == 0 {
		return codeGeneric(a, dstA, atA, tokensA), codeGeneric(b, dstB, atB, tokensB)
	}
	_, _, _ = dstA[atA+n+7], dstB[atB+n+7], tokensB[n-1]
	writtenA, writtenB := code2AMD64(a, b, &dstA[atA], &dstB[atB], &tokensA[0], &tokensB[0], n)
	return atA + writtenA, atB + writtenB
}

//go:noescape
func countAMD64(counts *Counts, levels *Coefficients, first, last, context int)

func count(counts *Counts, levels *Coefficients, first, last, context int) {
	_ = levels[:last]
	countAMD64(counts, levels, first&1, last, context&3)
}
