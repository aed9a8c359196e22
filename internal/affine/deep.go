package affine

// A DeepPlane is a [Plane] of 16-bit samples.
type DeepPlane struct {
	Pix    []uint16
	Stride int
}

// OpaqueDeep is [Rotation.Opaque] for samples of 16 bits.
func (r *Rotation) OpaqueDeep(y int, dst [][]uint16, planes []DeepPlane) (first, last int) {
	stride := planes[0].Stride
	return r.walk(y, func(x int, px, py float64) {
		ix, iy := int(px), int(py)
		fx := int32(float64((px - float64(ix)) * weightOne))
		fy := int32(float64((py - float64(iy)) * weightOne))
		c4 := fy * fx >> weightBits
		c2 := (weightOne - fy) * fx >> weightBits
		c3 := fy - c4
		c1 := weightOne - fy - c2
		at := iy*stride + ix
		for p := range planes {
			up := planes[p].Pix[at : at+2 : at+2]
			down := planes[p].Pix[at+stride : at+stride+2 : at+stride+2]
			sum := c1*int32(up[0]) + c2*int32(up[1]) + c3*int32(down[0]) + c4*int32(down[1])
			dst[p][x] = uint16((sum + weightOne/2) >> weightBits)
		}
	})
}

// AlphaDeep is [Rotation.Alpha] for samples of 16 bits.
func (r *Rotation) AlphaDeep(y int, dst [][]uint16, planes []DeepPlane) (first, last int) {
	stride := planes[0].Stride
	n := len(planes) - 1
	return r.walk(y, func(x int, px, py float64) {
		ix, iy := int(px), int(py)
		fx, fy := px-float64(ix), py-float64(iy)
		c4 := float64(fy * fx)
		c2 := float64((1 - fy) * fx)
		c3 := fy - c4
		c1 := 1 - fy - c2
		at := iy*stride + ix
		up := planes[n].Pix[at : at+2 : at+2]
		down := planes[n].Pix[at+stride : at+stride+2 : at+stride+2]
		a1, a2, a3, a4 := float32(up[0]), float32(up[1]), float32(down[0]), float32(down[1])
		mix := func(v1, v2, v3, v4 float32) float32 {
			return float32(float64(c1*float64(v1)) + float64(c2*float64(v2)) + float64(c3*float64(v3)) + float64(c4*float64(v4)))
		}
		alpha := mix(a1, a2, a3, a4)
		factor := float32(0)
		if alpha >= .01 {
			factor = 65535 / alpha
		}
		s1, s2, s3, s4 := a1/65535, a2/65535, a3/65535, a4/65535
		for p := range n {
			up := planes[p].Pix[at : at+2 : at+2]
			down := planes[p].Pix[at+stride : at+stride+2 : at+stride+2]
			v := mix(float32(float32(up[0])*s1), float32(float32(up[1])*s2), float32(float32(down[0])*s3), float32(float32(down[1])*s4))
			dst[p][x] = uint16(min(max(float32(factor*v), 0), 65535))
		}
		dst[n][x] = uint16(min(max(alpha, 0), 65535))
	})
}
