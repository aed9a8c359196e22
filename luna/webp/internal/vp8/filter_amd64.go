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
	a := p.arguments(s, edges)
	simpleAVX2(&a)
}
