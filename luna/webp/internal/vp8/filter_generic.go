//go:build (!amd64 && !arm64) || noasm || !gc

package vp8

func filterNormal(p *Place, s Strength, edges Edges) { filterNormalGeneric(p, s, edges) }
func filterSimple(p *Place, s Strength, edges Edges) { filterSimpleGeneric(p, s, edges) }
