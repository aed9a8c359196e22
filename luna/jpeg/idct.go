package jpeg

// Inverse transforms. The full one is the accurate integer method of the
// Independent JPEG Group's library ("islow": C. Loeffler, A. Ligtenberg and
// G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications",
// ICASSP 1989), bit for bit. The smaller ones transform the lowest 4x4, 2x2
// or 1 frequencies of a block, which gives the picture at 4/8, 2/8 or 1/8 of
// its size, band-limited as the ideal filter would.

const (
	constBits = 13
	pass1Bits = 2

	fix0_298631336 = 2446
	fix0_390180644 = 3196
	fix0_541196100 = 4433
	fix0_765366865 = 6270
	fix0_899976223 = 7373
	fix1_175875602 = 9633
	fix1_501321110 = 12299
	fix1_847759065 = 15137
	fix1_961570560 = 16069
	fix2_053119869 = 16819
	fix2_562915447 = 20995
	fix3_072711026 = 25172
	fix1_306562965 = 10703
)

func clip(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^v >> 31)
	}
	return uint8(v)
}

// idct8Generic transforms the coefficients c, in natural order, and writes 8
// rows of 8 samples to dst.
func idct8Generic(dst []uint8, stride int, c *[64]int16, q *[64]int32) {
	var work [64]int32
	for x := range 8 {
		if c[x+8]|c[x+16]|c[x+24]|c[x+32]|c[x+40]|c[x+48]|c[x+56] == 0 {
			dc := int32(c[x]) * q[x] << pass1Bits
			for y := 0; y < 64; y += 8 {
				work[x+y] = dc
			}
			continue
		}
		z2, z3 := int32(c[x+16])*q[x+16], int32(c[x+48])*q[x+48]
		z1 := (z2 + z3) * fix0_541196100
		t2, t3 := z1-z3*fix1_847759065, z1+z2*fix0_765366865
		z2, z3 = int32(c[x])*q[x], int32(c[x+32])*q[x+32]
		t0, t1 := (z2+z3)<<constBits, (z2-z3)<<constBits
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2

		t0, t1, t2, t3 = odd(int32(c[x+56])*q[x+56], int32(c[x+40])*q[x+40], int32(c[x+24])*q[x+24], int32(c[x+8])*q[x+8])
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		work[x] = (t10 + t3 + half) >> shift
		work[x+56] = (t10 - t3 + half) >> shift
		work[x+8] = (t11 + t2 + half) >> shift
		work[x+48] = (t11 - t2 + half) >> shift
		work[x+16] = (t12 + t1 + half) >> shift
		work[x+40] = (t12 - t1 + half) >> shift
		work[x+24] = (t13 + t0 + half) >> shift
		work[x+32] = (t13 - t0 + half) >> shift
	}
	for y := range 8 {
		w := (*[8]int32)(work[8*y:])
		z1 := (w[2] + w[6]) * fix0_541196100
		t2, t3 := z1-w[6]*fix1_847759065, z1+w[2]*fix0_765366865
		t0, t1 := (w[0]+w[4])<<constBits, (w[0]-w[4])<<constBits
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2

		t0, t1, t2, t3 = odd(w[7], w[5], w[3], w[1])
		const shift = constBits + pass1Bits + 3
		const half = 1<<(shift-1) + 128<<shift
		d := (*[8]uint8)(dst[y*stride:])
		d[0] = clip((t10 + t3 + half) >> shift)
		d[7] = clip((t10 - t3 + half) >> shift)
		d[1] = clip((t11 + t2 + half) >> shift)
		d[6] = clip((t11 - t2 + half) >> shift)
		d[2] = clip((t12 + t1 + half) >> shift)
		d[5] = clip((t12 - t1 + half) >> shift)
		d[3] = clip((t13 + t0 + half) >> shift)
		d[4] = clip((t13 - t0 + half) >> shift)
	}
}

func odd(t0, t1, t2, t3 int32) (o0, o1, o2, o3 int32) {
	z1, z2, z3, z4 := t0+t3, t1+t2, t0+t2, t1+t3
	z5 := (z3 + z4) * fix1_175875602
	z1 *= -fix0_899976223
	z2 *= -fix2_562915447
	z3 = z5 - z3*fix1_961570560
	z4 = z5 - z4*fix0_390180644
	return t0*fix0_298631336 + z1 + z3, t1*fix2_053119869 + z2 + z4, t2*fix3_072711026 + z2 + z3, t3*fix1_501321110 + z1 + z4
}

// idct4Generic transforms the lowest 4x4 coefficients, c in rows of 4.
func idct4Generic(dst []uint8, stride int, c []int16, q *[64]int32) {
	var work [16]int32
	c = c[:16]
	for x := range 4 {
		s0, s1, s2, s3 := int32(c[x])*q[x], int32(c[x+4])*q[x+8], int32(c[x+8])*q[x+16], int32(c[x+12])*q[x+24]
		e0, e1 := (s0+s2)<<constBits, (s0-s2)<<constBits
		o0, o1 := s1*fix1_306562965+s3*fix0_541196100, s1*fix0_541196100-s3*fix1_306562965
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		work[x] = (e0 + o0 + half) >> shift
		work[x+4] = (e1 + o1 + half) >> shift
		work[x+8] = (e1 - o1 + half) >> shift
		work[x+12] = (e0 - o0 + half) >> shift
	}
	for y := range 4 {
		w := (*[4]int32)(work[4*y:])
		e0, e1 := (w[0]+w[2])<<constBits, (w[0]-w[2])<<constBits
		o0, o1 := w[1]*fix1_306562965+w[3]*fix0_541196100, w[1]*fix0_541196100-w[3]*fix1_306562965
		const shift = constBits + pass1Bits + 3
		const half = 1<<(shift-1) + 128<<shift
		d := (*[4]uint8)(dst[y*stride:])
		d[0] = clip((e0 + o0 + half) >> shift)
		d[1] = clip((e1 + o1 + half) >> shift)
		d[2] = clip((e1 - o1 + half) >> shift)
		d[3] = clip((e0 - o0 + half) >> shift)
	}
}

// idct2RowGeneric transforms the lowest 2x2 coefficients of the blocks in c,
// which stand one beside the other.
func idct2RowGeneric(dst []uint8, stride int, c []int16, q *[64]int32) {
	for x := 0; x < len(c)/4; x++ {
		idct2(dst[2*x:], stride, c[4*x:], q)
	}
}

// idct2 transforms the lowest 2x2 coefficients.
func idct2(dst []uint8, stride int, c []int16, q *[64]int32) {
	c = c[:4]
	s00, s01 := int32(c[0])*q[0]+4+128<<3, int32(c[1])*q[1]
	s10, s11 := int32(c[2])*q[8], int32(c[3])*q[9]
	d := dst[:2]
	d[0], d[1] = clip((s00+s01+s10+s11)>>3), clip((s00-s01+s10-s11)>>3)
	d = dst[stride:][:2]
	d[0], d[1] = clip((s00+s01-s10-s11)>>3), clip((s00-s01-s10+s11)>>3)
}

// idct1 gives the mean of a block.
func idct1(dc int16, q *[64]int32) uint8 { return clip((int32(dc)*q[0] + 4 + 128<<3) >> 3) }
