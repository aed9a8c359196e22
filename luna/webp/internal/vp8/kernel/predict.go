package kernel

// The order of a 4x4 block's edge: four samples of the left from the bottom, the
// corner, eight from above.
const (
	edgeL = iota
	edgeK
	edgeJ
	edgeI
	edgeX
	edgeA
	edgeB
	edgeC
	edgeD
	edgeE
	edgeF
	edgeG
	edgeH
)

func predict4x4Generic(preds *[10]Block, e *[16]uint8) {
	avg2 := func(a, b int) uint8 { return uint8((int(e[a]) + int(e[b]) + 1) >> 1) }
	avg3 := func(a, b, c int) uint8 { return uint8((int(e[a]) + 2*int(e[b]) + int(e[c]) + 2) >> 2) }

	dc := 4
	for i := range 4 {
		dc += int(e[edgeL+i]) + int(e[edgeA+i])
	}
	for i := range preds[0] {
		preds[0][i] = uint8(dc >> 3)
	}
	for y := range 4 {
		for x := range 4 {
			preds[1][4*y+x] = clip(int(e[edgeI-y]) + int(e[edgeA+x]) - int(e[edgeX]))
			preds[2][4*y+x] = avg3(edgeX+x, edgeA+x, edgeB+x)
			preds[3][4*y+x] = avg3(edgeX-y, edgeI-y, max(edgeJ-y, edgeL))
			preds[4][4*y+x] = avg3(3-y+x, 4-y+x, 5-y+x)
			preds[6][4*y+x] = avg3(edgeA+x+y, edgeB+x+y, min(edgeC+x+y, edgeH))
		}
	}

	// Vertical right.
	p := &preds[5]
	p[0] = avg2(edgeX, edgeA)
	p[1] = avg2(edgeA, edgeB)
	p[2] = avg2(edgeB, edgeC)
	p[3] = avg2(edgeC, edgeD)
	p[4] = avg3(edgeI, edgeX, edgeA)
	p[5] = avg3(edgeX, edgeA, edgeB)
	p[6] = avg3(edgeA, edgeB, edgeC)
	p[7] = avg3(edgeB, edgeC, edgeD)
	p[8] = avg3(edgeJ, edgeI, edgeX)
	p[9], p[10], p[11] = p[0], p[1], p[2]
	p[12] = avg3(edgeK, edgeJ, edgeI)
	p[13], p[14], p[15] = p[4], p[5], p[6]

	// Vertical left.
	p = &preds[7]
	p[0] = avg2(edgeA, edgeB)
	p[1] = avg2(edgeB, edgeC)
	p[2] = avg2(edgeC, edgeD)
	p[3] = avg2(edgeD, edgeE)
	p[4] = avg3(edgeA, edgeB, edgeC)
	p[5] = avg3(edgeB, edgeC, edgeD)
	p[6] = avg3(edgeC, edgeD, edgeE)
	p[7] = avg3(edgeD, edgeE, edgeF)
	p[8], p[9], p[10] = p[1], p[2], p[3]
	p[11] = avg3(edgeE, edgeF, edgeG)
	p[12], p[13], p[14] = p[5], p[6], p[7]
	p[15] = avg3(edgeF, edgeG, edgeH)

	// Horizontal down.
	p = &preds[8]
	p[0] = avg2(edgeI, edgeX)
	p[1] = avg3(edgeI, edgeX, edgeA)
	p[2] = avg3(edgeX, edgeA, edgeB)
	p[3] = avg3(edgeA, edgeB, edgeC)
	p[4] = avg2(edgeJ, edgeI)
	p[5] = avg3(edgeJ, edgeI, edgeX)
	p[6], p[7] = p[0], p[1]
	p[8] = avg2(edgeK, edgeJ)
	p[9] = avg3(edgeK, edgeJ, edgeI)
	p[10], p[11] = p[4], p[5]
	p[12] = avg2(edgeL, edgeK)
	p[13] = avg3(edgeL, edgeK, edgeJ)
	p[14], p[15] = p[8], p[9]

	// Horizontal up.
	p = &preds[9]
	p[0] = avg2(edgeI, edgeJ)
	p[1] = avg3(edgeI, edgeJ, edgeK)
	p[2] = avg2(edgeJ, edgeK)
	p[3] = avg3(edgeJ, edgeK, edgeL)
	p[4], p[5] = p[2], p[3]
	p[6] = avg2(edgeK, edgeL)
	p[7] = avg3(edgeK, edgeL, edgeL)
	p[8], p[9] = p[6], p[7]
	l := e[edgeL]
	p[10], p[11], p[12], p[13], p[14], p[15] = l, l, l, l, l, l
}
