package kernel

// packPlaneGeneric turns 4-row stripes of blocks of a plane into block-major order.
func packPlaneGeneric(dst, src []uint8, stride, across, down int) {
	for y := range down {
		for x := range across {
			b := dst[16*(y*across+x):][:16]
			for i := range 4 {
				copy(b[4*i:4*i+4], src[(4*y+i)*stride+4*x:][:4])
			}
		}
	}
}

func packGeneric(dst *[384]uint8, y, cb, cr []uint8, yStride, cStride int) {
	packPlaneGeneric(dst[:256], y, yStride, 4, 4)
	packPlaneGeneric(dst[256:320], cb, cStride, 2, 2)
	packPlaneGeneric(dst[320:], cr, cStride, 2, 2)
}

func unpackPlaneGeneric(dst []uint8, stride int, src []uint8, across, down int) {
	for y := range down {
		for x := range across {
			b := src[16*(y*across+x):][:16]
			for i := range 4 {
				copy(dst[(4*y+i)*stride+4*x:][:4], b[4*i:4*i+4])
			}
		}
	}
}

func unpackGeneric(y, cb, cr []uint8, yStride, cStride int, src *[384]uint8) {
	unpackPlaneGeneric(y, yStride, src[:256], 4, 4)
	unpackPlaneGeneric(cb, cStride, src[256:320], 2, 2)
	unpackPlaneGeneric(cr, cStride, src[320:], 2, 2)
}
