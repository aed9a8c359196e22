package kernel

// forwardGeneric is the DCT of src-pred, as libwebp's FTransform.
func forwardGeneric(out *Coefficients, src, pred *Block) {
	var t [16]int
	for i := 0; i < 16; i += 4 {
		d0 := int(src[i]) - int(pred[i])
		d1 := int(src[i+1]) - int(pred[i+1])
		d2 := int(src[i+2]) - int(pred[i+2])
		d3 := int(src[i+3]) - int(pred[i+3])
		a0, a1, a2, a3 := d0+d3, d1+d2, d1-d2, d0-d3
		t[i] = (a0 + a1) * 8
		t[i+1] = (a2*2217 + a3*5352 + 1812) >> 9
		t[i+2] = (a0 - a1) * 8
		t[i+3] = (a3*2217 - a2*5352 + 937) >> 9
	}
	for i := range 4 {
		a0, a1, a2, a3 := t[i]+t[12+i], t[4+i]+t[8+i], t[4+i]-t[8+i], t[i]-t[12+i]
		out[i] = int16((a0 + a1 + 7) >> 4)
		b := (a2*2217 + a3*5352 + 12000) >> 16
		if a3 != 0 {
			b++
		}
		out[4+i] = int16(b)
		out[8+i] = int16((a0 - a1 + 7) >> 4)
		out[12+i] = int16((a3*2217 - a2*5352 + 51000) >> 16)
	}
}

func forwardsGeneric(out []Coefficients, src, pred []uint8) {
	for i := range out {
		forwardGeneric(&out[i], (*Block)(src[16*i:]), (*Block)(pred[16*i:]))
	}
}

// The factors of the inverse DCT: sqrt(2)*cos(pi/8) and sqrt(2)*sin(pi/8) in
// 1/65536, less one of what does not fit.
func mul1(v int16) int16 { return int16(int32(v)*20091>>16) + v }
func mul2(v int16) int16 { return int16(int32(v) * 35468 >> 16) }

// inverseGeneric adds the inverse DCT to a prediction. Sums wrap at 16 bits, which
// no coefficients of real samples reach.
func inverseGeneric(dst, pred *Block, in *Coefficients) {
	var t [16]int16
	for i := range 4 {
		a, b := in[i]+in[8+i], in[i]-in[8+i]
		c := mul2(in[4+i]) - mul1(in[12+i])
		d := mul1(in[4+i]) + mul2(in[12+i])
		t[4*i], t[4*i+1], t[4*i+2], t[4*i+3] = a+d, b+c, b-c, a-d
	}
	for i := range 4 {
		dc := t[i] + 4
		a, b := dc+t[8+i], dc-t[8+i]
		c := mul2(t[4+i]) - mul1(t[12+i])
		d := mul1(t[4+i]) + mul2(t[12+i])
		p, q := pred[4*i:4*i+4:4*i+4], dst[4*i:4*i+4:4*i+4]
		q[0] = clip(int(p[0]) + int((a+d)>>3))
		q[1] = clip(int(p[1]) + int((b+c)>>3))
		q[2] = clip(int(p[2]) + int((b-c)>>3))
		q[3] = clip(int(p[3]) + int((a-d)>>3))
	}
}

func inversesGeneric(dst, pred []uint8, in []Coefficients) {
	for i := range in {
		inverseGeneric((*Block)(dst[16*i:]), (*Block)(pred[16*i:]), &in[i])
	}
}

// forwardWHTGeneric is libwebp's FTransformWHT of 16 blocks' first coefficients.
func forwardWHTGeneric(dc *Coefficients, in *[16]Coefficients) {
	var t [16]int
	for i := 0; i < 16; i += 4 {
		x0, x1, x2, x3 := int(in[i][0]), int(in[i+1][0]), int(in[i+2][0]), int(in[i+3][0])
		a0, a1, a2, a3 := x0+x2, x1+x3, x1-x3, x0-x2
		t[i], t[i+1], t[i+2], t[i+3] = a0+a1, a3+a2, a3-a2, a0-a1
	}
	for i := range 4 {
		a0, a1, a2, a3 := t[i]+t[8+i], t[4+i]+t[12+i], t[4+i]-t[12+i], t[i]-t[8+i]
		dc[i] = int16((a0 + a1) >> 1)
		dc[4+i] = int16((a3 + a2) >> 1)
		dc[8+i] = int16((a3 - a2) >> 1)
		dc[12+i] = int16((a0 - a1) >> 1)
	}
}

// inverseWHTGeneric is libwebp's TransformWHT (dsp/dec.c, RFC 6386, 14.3). Sums wrap
// at 16 bits, which no coefficients of real samples reach.
func inverseWHTGeneric(out *[16]Coefficients, dc *Coefficients) {
	var t [16]int16
	for i := range 4 {
		x0, x1, x2, x3 := dc[i], dc[4+i], dc[8+i], dc[12+i]
		a0, a1, a2, a3 := x0+x3, x1+x2, x1-x2, x0-x3
		t[i], t[4+i], t[8+i], t[12+i] = a0+a1, a3+a2, a0-a1, a3-a2
	}
	for i := 0; i < 16; i += 4 {
		x0 := t[i] + 3
		a0, a1, a2, a3 := x0+t[i+3], t[i+1]+t[i+2], t[i+1]-t[i+2], x0-t[i+3]
		out[i][0] = (a0 + a1) >> 3
		out[i+1][0] = (a3 + a2) >> 3
		out[i+2][0] = (a0 - a1) >> 3
		out[i+3][0] = (a3 - a2) >> 3
	}
}
