//go:build arm64 && !noasm && gc

package vp8

// normalNEON is filterNormalGeneric, and checks no bounds.
//
//go:noescape
func normalNEON(a *filterArguments)

func filterNormal(p *Place, s Strength, edges Edges) {
	a := p.arguments(s, edges)
	normalNEON(&a)
}

// The simple filter is rare, and changes little.
func filterSimple(p *Place, s Strength, edges Edges) { filterSimpleGeneric(p, s, edges) }
