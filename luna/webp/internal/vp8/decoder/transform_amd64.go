//go:build amd64 && !noasm && gc

package decoder

// The kernels know the layout of an area.

// addLumaAVX2 adds rows of four blocks of c, those whose bits of extents are set,
// highest first.
//
//go:noescape
func addLumaAVX2(dst *uint8, c *[16]int16, extents uint32)

// addChromaAVX2 adds four blocks of Cb at dst, and four of Cr 16 bytes behind.
//
//go:noescape
func addChromaAVX2(dst *uint8, c *[16]int16)

//go:noescape
func addBlockAVX2(dst *uint8, c *[16]int16)

//go:noescape
func trueMotionAVX2(dst *uint8)

//go:noescape
func trueMotionChromaAVX2(dst *uint8)

func (a *area) addLuma(c *coefficients, extents uint32) {
	if !accelerated {
		a.addLumaGeneric(c, extents)
		return
	}
	if extents != 0 {
		addLumaAVX2(&a[lumaAt], &c[0], extents)
	}
}

func (a *area) addChroma(c *coefficients, extents uint32) {
	if !accelerated {
		a.addChromaGeneric(c, extents)
		return
	}
	if extents != 0 {
		addChromaAVX2(&a[cbAt], &c[16])
	}
}

// addInverse adds the inverse transform of c to the 4x4 samples at dst.
func addInverse(dst *[3*stride + 4]uint8, c *[16]int16) {
	if !accelerated {
		addInverseGeneric(dst, c)
		return
	}
	addBlockAVX2(&dst[0], c)
}

func (a *area) trueMotionLuma() {
	if !accelerated {
		a.trueMotion(lumaAt, 16)
		return
	}
	trueMotionAVX2(&a[lumaAt])
}

func (a *area) trueMotionChroma() {
	if !accelerated {
		a.trueMotion(cbAt, 8)
		a.trueMotion(crAt, 8)
		return
	}
	trueMotionChromaAVX2(&a[cbAt])
}
