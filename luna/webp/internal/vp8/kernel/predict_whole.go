package kernel

// predictPlane makes the four predictions of a square of blocks, in the order of
// modes: DC, TM, V, H (RFC 6386, 12.2 and 12.3).
func predictPlane(dc, motion, vertical, horizontal, top, left []uint8, corner uint8, hasLeft, hasTop bool) {
	across := len(top) / 4
	sum := func(s []uint8) (n int) {
		for _, v := range s {
			n += int(v)
		}
		return n
	}
	above, beside := sum(top), sum(left)
	if !hasLeft {
		beside = above
	}
	if !hasTop {
		above = beside
	}
	mean := uint8((above + beside + len(top)) / (2 * len(top)))
	if !hasTop && !hasLeft {
		mean = 128
	}
	for n := range across * across {
		t, l := top[n%across*4:][:4], left[n/across*4:][:4]
		for i := range 16 {
			x, y := t[i&3], l[i>>2]
			dc[16*n+i] = mean
			motion[16*n+i] = clip(int(x) + int(y) - int(corner))
			vertical[16*n+i] = x
			horizontal[16*n+i] = y
		}
	}
}

func predictWholeGeneric(preds *[4][256]uint8, top, left *[16]uint8, corner uint8, hasLeft, hasTop bool) {
	predictPlane(preds[0][:], preds[1][:], preds[2][:], preds[3][:], top[:], left[:], corner, hasLeft, hasTop)
}

func predictChromaGeneric(preds *[4][128]uint8, top, left *[16]uint8, corners [2]uint8, hasLeft, hasTop bool) {
	predictPlane(preds[0][:64], preds[1][:64], preds[2][:64], preds[3][:64], top[:8], left[:8], corners[0], hasLeft, hasTop)
	predictPlane(preds[0][64:], preds[1][64:], preds[2][64:], preds[3][64:], top[8:], left[8:], corners[1], hasLeft, hasTop)
}
