//go:build arm64 && !noasm && gc

package decoder

// The kernels know the stride of an area.

// addPairNEON adds two blocks that are beside each other.
//
//go:noescape
func addPairNEON(dst *uint8, c *[16]int16)

//go:noescape
func addBlockNEON(dst *uint8, c *[16]int16)

// motionNEON predicts rows of 8 samples by what is above them, and by the column
// of edge and the corner above that.
//
//go:noescape
func motionNEON(dst, edge *uint8, rows int)

func (a *area) addLuma(c *coefficients, extents uint32) {
	for i := 0; extents != 0; i, extents = i+2, extents<<4 {
		if extents>>28 != 0 {
			addPairNEON(&a[blockAt[i&15]], &c[i&15])
		}
	}
}

func (a *area) addChroma(c *coefficients, extents uint32) {
	if extents == 0 {
		return
	}
	addPairNEON(&a[cbAt], &c[16])
	addPairNEON(&a[cbAt+4*stride], &c[18])
	addPairNEON(&a[crAt], &c[20])
	addPairNEON(&a[crAt+4*stride], &c[22])
}

func (a *area) trueMotionLuma() {
	motionNEON(&a[lumaAt], &a[lumaAt-1], 16)
	motionNEON(&a[lumaAt+8], &a[lumaAt-1], 16)
}

func (a *area) trueMotionChroma() {
	motionNEON(&a[cbAt], &a[cbAt-1], 8)
	motionNEON(&a[crAt], &a[crAt-1], 8)
}

// addInverse adds the inverse transform of c to the 4x4 samples at dst.
func addInverse(dst *[3*stride + 4]uint8, c *[16]int16) { addBlockNEON(&dst[0], c) }
