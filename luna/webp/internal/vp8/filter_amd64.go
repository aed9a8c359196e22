//go:build amd64 && !noasm && gc

package vp8

import "golang.org/x/sys/cpu"

// accelerated tells whether there is AVX2. It is never written.
var accelerated = cpu.X86.HasAVX2

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
	a := p.arguments(s, edges)
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
