//go:build amd64 && !noasm && gc

package kernel

import (
	"golang.org/x/sys/cpu"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2 && cpu.X86.HasLZCNT

// starts are added to the rows of levels' costs, by the first level's place and the
// context.
var starts = [2][3][16]uint16{
	{{RowStart}, {RowOne}, {RowMore}},
	{{0, RowStart}, {0, RowOne}, {0, RowMore}},
}

//go:noescape
func encodeCandidatesAVX2(out *Candidate, preds *Block, n int, src *Block, m *Matrix, costs *uint32, start *[16]uint16, fixed *uint16)

func encodeCandidates(out []Candidate, preds []Block, src *Block, m *Matrix, costs *Costs, context int) {
	if !accelerated {
		encodeCandidatesGeneric(out, preds, src, m, costs, context)
		return
	}
	if len(out) == 0 {
		return
	}
	_ = preds[len(out)-1]
	encodeCandidatesAVX2(&out[0], &preds[0], len(out), src, m, &costs.Table[0][0][0], &starts[0][context], &vp8.FixedLevelCosts[0])
}

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
func histogram(h *[32]uint32, src, pred []uint8)                { histogramGeneric(h, src, pred) }
func residualCost(levels *Coefficients, first, context int, c *Costs) int {
	return residualCostGeneric(levels, first, context, c)
}
func residualCosts(levels []Coefficients, first int, contexts []uint8, c *Costs) int {
	return residualCostsGeneric(levels, first, contexts, c)
}
func encode16x16(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) uint32 {
	return encode16x16Generic(dst, levels, dc, src, pred, y1, y2)
}
