//go:build (amd64 || arm64) && !noasm && gc

package vp8

// filterArguments are those of the assembly, which knows their offsets.
type filterArguments struct {
	y, cb, cr                *uint8 // the macroblock
	yAbove, cbAbove, crAbove *uint8 // the row 4 above it
	yStride, cStride         int
	edges                    uint64
	between, within          uint8 // the limit at edges of macroblocks, and inside
	interior, variance       uint8
}

// arguments checks that all that is filtered is there.
func (p *Place) arguments(s Strength, edges Edges) filterArguments {
	last := p.CAt + 7*p.CStride + 7
	a := filterArguments{
		y: &p.Y[p.YAt], cb: &p.Cb[p.CAt], cr: &p.Cr[p.CAt],
		yStride: p.YStride, cStride: p.CStride, edges: uint64(edges),
		between: s.Limit + 4, within: s.Limit, interior: s.Interior, variance: s.Variance,
	}
	_, _, _ = p.Y[p.YAt+15*p.YStride+15], p.Cb[last], p.Cr[last]
	if edges&LeftEdge != 0 {
		_, _, _ = p.Y[p.YAt-4], p.Cb[p.CAt-4], p.Cr[p.CAt-4]
	}
	if edges&TopEdge != 0 {
		a.yAbove, a.cbAbove, a.crAbove = &p.Y[p.YAbove], &p.Cb[p.CAbove], &p.Cr[p.CAbove]
		above := p.CAbove + 3*p.CStride + 7
		_, _, _ = p.Y[p.YAbove+3*p.YStride+15], p.Cb[above], p.Cr[above]
	}
	return a
}
