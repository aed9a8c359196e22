//go:build amd64 && !noasm && gc

package vp8

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

// filterArguments are those of the assembly, which knows their offsets.
type filterArguments struct {
	y, cb, cr                *uint8 // the macroblock
	yAbove, cbAbove, crAbove *uint8 // the row 4 above it
	yStride, cStride         int
	edges                    uint64
	between, within          uint8 // the limit at edges of macroblocks, and inside
	interior, variance       uint8
}

// normalAVX2 is filterNormalGeneric, and checks no bounds.
//
//go:noescape
func normalAVX2(a *filterArguments)

// simpleAVX2 is filterSimpleGeneric, and checks no bounds.
//
//go:noescape
func simpleAVX2(a *filterArguments)

func filterNormal(p *Place, s Strength, edges Edges) {
	if !accelerated {
		filterNormalGeneric(p, s, edges)
		return
	}
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
	normalAVX2(&a)
}

func filterSimple(p *Place, s Strength, edges Edges) {
	if !accelerated {
		filterSimpleGeneric(p, s, edges)
		return
	}
	a := filterArguments{y: &p.Y[p.YAt], yStride: p.YStride, edges: uint64(edges), between: s.Limit + 4, within: s.Limit}
	_ = p.Y[p.YAt+15*p.YStride+15]
	if edges&LeftEdge != 0 {
		_ = p.Y[p.YAt-4]
	}
	if edges&TopEdge != 0 {
		a.yAbove = &p.Y[p.YAbove]
		_ = p.Y[p.YAbove+3*p.YStride+15]
	}
	simpleAVX2(&a)
}
