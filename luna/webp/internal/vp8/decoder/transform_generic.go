//go:build (!amd64 && !arm64) || noasm || !gc

package decoder

func (a *area) addLuma(c *coefficients, extents uint32)   { a.addLumaGeneric(c, extents) }
func (a *area) addChroma(c *coefficients, extents uint32) { a.addChromaGeneric(c, extents) }
func (a *area) trueMotionLuma()                           { a.trueMotion(lumaAt, 16) }

func (a *area) trueMotionChroma() {
	a.trueMotion(cbAt, 8)
	a.trueMotion(crAt, 8)
}

// addInverse adds the inverse transform of c to the 4x4 samples at dst.
func addInverse(dst *[3*stride + 4]uint8, c *[16]int16) { addInverseGeneric(dst, c) }
