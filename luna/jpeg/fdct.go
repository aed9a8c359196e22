package jpeg

// fdct transforms the 8x8 samples at src, stride apart, to coefficients in
// natural order, 8 times their size. It is the accurate integer method of the
// Independent JPEG Group's library ("islow", see idct8), bit for bit.
func fdct(c *[64]int32, src []uint8, stride int) {
	for y := range 8 {
		s := (*[8]uint8)(src[y*stride:])
		d := (*[8]int32)(c[8*y:])
		t0, t7 := int32(s[0])+int32(s[7]), int32(s[0])-int32(s[7])
		t1, t6 := int32(s[1])+int32(s[6]), int32(s[1])-int32(s[6])
		t2, t5 := int32(s[2])+int32(s[5]), int32(s[2])-int32(s[5])
		t3, t4 := int32(s[3])+int32(s[4]), int32(s[3])-int32(s[4])
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2
		// The level shift by 128 cancels out everywhere else.
		d[0] = (t10 + t11 - 8*128) << pass1Bits
		d[4] = (t10 - t11) << pass1Bits
		const shift, half = constBits - pass1Bits, 1 << (constBits - pass1Bits - 1)
		z := (t12+t13)*fix0_541196100 + half
		d[2] = (z + t13*fix0_765366865) >> shift
		d[6] = (z - t12*fix1_847759065) >> shift
		t4, t5, t6, t7 = odd(t4, t5, t6, t7)
		d[7] = (t4 + half) >> shift
		d[5] = (t5 + half) >> shift
		d[3] = (t6 + half) >> shift
		d[1] = (t7 + half) >> shift
	}
	for x := range 8 {
		d := (*[57]int32)(c[x:])
		t0, t7 := d[0]+d[56], d[0]-d[56]
		t1, t6 := d[8]+d[48], d[8]-d[48]
		t2, t5 := d[16]+d[40], d[16]-d[40]
		t3, t4 := d[24]+d[32], d[24]-d[32]
		t10, t13, t11, t12 := t0+t3, t0-t3, t1+t2, t1-t2
		d[0] = (t10 + t11 + 1<<(pass1Bits-1)) >> pass1Bits
		d[32] = (t10 - t11 + 1<<(pass1Bits-1)) >> pass1Bits
		const shift, half = constBits + pass1Bits, 1 << (constBits + pass1Bits - 1)
		z := (t12+t13)*fix0_541196100 + half
		d[16] = (z + t13*fix0_765366865) >> shift
		d[48] = (z - t12*fix1_847759065) >> shift
		t4, t5, t6, t7 = odd(t4, t5, t6, t7)
		d[56] = (t4 + half) >> shift
		d[40] = (t5 + half) >> shift
		d[24] = (t6 + half) >> shift
		d[8] = (t7 + half) >> shift
	}
}
