package jpeg

// The inverse transforms to 4x4 and 2x2 samples of the Independent JPEG
// Group's library (jidctred.c's method), bit for bit: they average the full
// picture, where idct4 and idct2 cut off its higher frequencies.

const (
	fix0_211164243 = 1730
	fix0_509795579 = 4176
	fix0_601344887 = 4926
	fix0_720959822 = 5906
	fix0_850430095 = 6967
	fix1_061594337 = 8697
	fix1_272758580 = 10426
	fix1_451774981 = 11893
	fix2_172734803 = 17799
	fix3_624509785 = 29692
)

// idct4ReducedGeneric transforms the coefficients c, in natural order, to 4x4
// samples. Those of row and column 4 have no part in it.
func idct4ReducedGeneric(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	var work [4][8]int32
	for x := range 8 {
		if x == 4 {
			continue
		}
		in := func(y int) int32 { return int32(c[8*y+x]) * q[8*y+x] }
		a, b, d, e := reduce4(in(0), in(1), in(2), in(3), in(5), in(6), in(7))
		const shift = constBits - pass1Bits + 1
		work[0][x], work[1][x] = descale(a, shift), descale(b, shift)
		work[2][x], work[3][x] = descale(d, shift), descale(e, shift)
	}
	for y := range work {
		w := &work[y]
		a, b, d, e := reduce4(w[0], w[1], w[2], w[3], w[5], w[6], w[7])
		const shift = constBits + pass1Bits + 3 + 1
		row := (*[4]uint8)(dst[y*stride:])
		row[0], row[1] = clip(descale(a, shift)+128), clip(descale(b, shift)+128)
		row[2], row[3] = clip(descale(d, shift)+128), clip(descale(e, shift)+128)
	}
}

func reduce4(s0, s1, s2, s3, s5, s6, s7 int32) (a, b, c, d int32) {
	dc := s0 << (constBits + 1)
	even := s2*fix1_847759065 - s6*fix0_765366865
	outer, inner := dc+even, dc-even
	o0 := -s7*fix0_509795579 - s5*fix0_601344887 + s3*fix0_899976223 + s1*fix2_562915447
	o1 := -s7*fix0_211164243 + s5*fix1_451774981 - s3*fix2_172734803 + s1*fix1_061594337
	return outer + o0, inner + o1, inner - o1, outer - o0
}

// idct2ReducedGeneric transforms the coefficients c to 2x2 samples. Of rows and
// columns 2, 4 and 6 none has a part in it.
func idct2ReducedGeneric(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	var work [2][8]int32
	for _, x := range [...]int{0, 1, 3, 5, 7} {
		in := func(y int) int32 { return int32(c[8*y+x]) * q[8*y+x] }
		a, b := reduce2(in(0), in(1), in(3), in(5), in(7))
		const shift = constBits - pass1Bits + 2
		work[0][x], work[1][x] = descale(a, shift), descale(b, shift)
	}
	for y := range work {
		w := &work[y]
		a, b := reduce2(w[0], w[1], w[3], w[5], w[7])
		const shift = constBits + pass1Bits + 3 + 2
		row := (*[2]uint8)(dst[y*stride:])
		row[0], row[1] = clip(descale(a, shift)+128), clip(descale(b, shift)+128)
	}
}

func reduce2(s0, s1, s3, s5, s7 int32) (a, b int32) {
	dc := s0 << (constBits + 2)
	odd := -s7*fix0_720959822 + s5*fix0_850430095 - s3*fix1_272758580 + s1*fix3_624509785
	return dc + odd, dc - odd
}

func descale(v int32, shift uint) int32 { return (v + 1<<(shift-1)) >> shift }
