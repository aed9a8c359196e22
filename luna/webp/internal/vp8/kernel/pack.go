package kernel

import "encoding/binary"

// PackPlane does as Pack for a square of blocks of one plane.
func PackPlane(dst, src []uint8, stride, blocks int) {
	for r := range 4 * blocks {
		from, to := src[r*stride:][:4*blocks], dst[16*blocks*(r/4)+4*(r%4):]
		for c := range blocks {
			binary.LittleEndian.PutUint32(to[16*c:], binary.LittleEndian.Uint32(from[4*c:]))
		}
	}
}

func packGeneric(y *[256]uint8, c *[128]uint8, py, pcb, pcr []uint8, yStride, cStride int) {
	PackPlane(y[:], py, yStride, 4)
	PackPlane(c[:64], pcb, cStride, 2)
	PackPlane(c[64:], pcr, cStride, 2)
}
