package kernel

// packPlaneGeneric gathers the blocks of a plane.
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

func packGeneric(y *[256]uint8, c *[128]uint8, py, pcb, pcr []uint8, yStride, cStride int) {
	packPlaneGeneric(y[:], py, yStride, 4, 4)
	packPlaneGeneric(c[:64], pcb, cStride, 2, 2)
	packPlaneGeneric(c[64:], pcr, cStride, 2, 2)
}
