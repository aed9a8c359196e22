package encoder

import "github.com/immagin/immagin-go/luna/webp/internal/vp8"

// A matrix is how coefficients of one kind are quantised, by rows, as libwebp's
// VP8Matrix (quant_enc.c).
type matrix struct {
	Q       [16]uint16 // steps
	IQ      [16]uint16 // their reciprocals, in 1<<17
	Bias    [16]uint32 // added before rounding down, in 1<<17
	ZThresh [16]uint32 // what is at most this becomes zero
	Sharpen [16]uint16 // added to the magnitude of high frequencies
}

// textureWeights are libwebp's weights of Hadamard coefficients (kWeightY).
var textureWeights = [16]uint16{38, 32, 20, 9, 32, 28, 17, 7, 20, 17, 10, 4, 9, 7, 4, 2}

func clip8(v int32) uint8 {
	if uint32(v) <= 255 {
		return uint8(v)
	}
	if v < 0 {
		return 0
	}
	return 255
}

// forwardTransform is libwebp's FTransform (dsp/enc.c): the DCT of src minus pred.
func forwardTransform(out *[16]int16, src, pred *[16]uint8) {
	var tmp [16]int32
	for i := 0; i < 16; i += 4 {
		d0 := int32(src[i]) - int32(pred[i])
		d1 := int32(src[i+1]) - int32(pred[i+1])
		d2 := int32(src[i+2]) - int32(pred[i+2])
		d3 := int32(src[i+3]) - int32(pred[i+3])
		a0, a1, a2, a3 := d0+d3, d1+d2, d1-d2, d0-d3
		tmp[i] = (a0 + a1) * 8
		tmp[i+1] = (a2*2217 + a3*5352 + 1812) >> 9
		tmp[i+2] = (a0 - a1) * 8
		tmp[i+3] = (a3*2217 - a2*5352 + 937) >> 9
	}
	for i := range 4 {
		a0, a1, a2, a3 := tmp[i]+tmp[12+i], tmp[4+i]+tmp[8+i], tmp[4+i]-tmp[8+i], tmp[i]-tmp[12+i]
		out[i] = int16((a0 + a1 + 7) >> 4)
		v := (a2*2217 + a3*5352 + 12000) >> 16
		if a3 != 0 {
			v++
		}
		out[4+i] = int16(v)
		out[8+i] = int16((a0 - a1 + 7) >> 4)
		out[12+i] = int16((a3*2217 - a2*5352 + 51000) >> 16)
	}
}

func mul1(a int32) int32 { return (a*20091)>>16 + a }
func mul2(a int32) int32 { return (a * 35468) >> 16 }

// inverseTransform adds the inverse DCT of in to pred (RFC 6386, 14.3).
func inverseTransform(dst, pred *[16]uint8, in *[16]int16) {
	var tmp [16]int32
	for i := range 4 {
		a := int32(in[i]) + int32(in[8+i])
		b := int32(in[i]) - int32(in[8+i])
		c := mul2(int32(in[4+i])) - mul1(int32(in[12+i]))
		d := mul1(int32(in[4+i])) + mul2(int32(in[12+i]))
		tmp[4*i] = a + d
		tmp[4*i+1] = b + c
		tmp[4*i+2] = b - c
		tmp[4*i+3] = a - d
	}
	for i := range 4 {
		dc := tmp[i] + 4
		a, b := dc+tmp[8+i], dc-tmp[8+i]
		c := mul2(tmp[4+i]) - mul1(tmp[12+i])
		d := mul1(tmp[4+i]) + mul2(tmp[12+i])
		dst[4*i] = clip8(int32(pred[4*i]) + (a+d)>>3)
		dst[4*i+1] = clip8(int32(pred[4*i+1]) + (b+c)>>3)
		dst[4*i+2] = clip8(int32(pred[4*i+2]) + (b-c)>>3)
		dst[4*i+3] = clip8(int32(pred[4*i+3]) + (a-d)>>3)
	}
}

// quantize turns coefficients into levels in coded order, and into what a decoder
// makes of these. It returns one more than the place of the last level, or 0.
func quantize(levels, in *[16]int16, m *matrix) int {
	last := 0
	for n, j := range vp8.Zigzag {
		j &= 15
		v := int32(in[j])
		sign := v >> 31
		c := uint32((v^sign)-sign) + uint32(m.Sharpen[j])
		if c <= m.ZThresh[j] {
			levels[n], in[j] = 0, 0
			continue
		}
		level := int32(min((c*uint32(m.IQ[j])+m.Bias[j])>>17, vp8.MaxLevel))
		if level != 0 {
			last = n + 1
		}
		level = (level ^ sign) - sign
		levels[n] = int16(level)
		in[j] = int16(level * int32(m.Q[j]))
	}
	return last
}

// hadamard calls libwebp's TTransform: the weighted sum of the magnitudes of the
// Hadamard coefficients of v.
func hadamard(v *[16]int32, weights *[16]uint16) int {
	var tmp [16]int32
	for i := 0; i < 16; i += 4 {
		a0, a1, a2, a3 := v[i]+v[i+2], v[i+1]+v[i+3], v[i+1]-v[i+3], v[i]-v[i+2]
		tmp[i], tmp[i+1], tmp[i+2], tmp[i+3] = a0+a1, a3+a2, a3-a2, a0-a1
	}
	sum := int32(0)
	for i := range 4 {
		a0, a1, a2, a3 := tmp[i]+tmp[8+i], tmp[4+i]+tmp[12+i], tmp[4+i]-tmp[12+i], tmp[i]-tmp[8+i]
		sum += int32(weights[i])*abs32(a0+a1) + int32(weights[4+i])*abs32(a3+a2) +
			int32(weights[8+i])*abs32(a3-a2) + int32(weights[12+i])*abs32(a0-a1)
	}
	return int(sum)
}

func abs32(v int32) int32 { return max(v, -v) }

// texture is the weighted Hadamard sum of a block's samples.
func texture(a *[16]uint8) int {
	var v [16]int32
	for i, s := range a {
		v[i] = int32(s)
	}
	return hadamard(&v, &textureWeights)
}

var flatWeights = [16]uint16{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}

// satd is the sum of the magnitudes of the Hadamard coefficients of a-b.
func satd(a, b *[16]uint8) int {
	var v [16]int32
	for i := range v {
		v[i] = int32(a[i]) - int32(b[i])
	}
	return hadamard(&v, &flatWeights)
}

func sumSquares(a, b []uint8) int {
	sum := 0
	b = b[:len(a)]
	for i, v := range a {
		d := int(v) - int(b[i])
		sum += d * d
	}
	return sum
}

// encode4x4 predicts, transforms, quantises and reconstructs one block. It returns
// one more than the place of the last level, the squared error and the texture of
// what was made.
func encode4x4(dst *[16]uint8, levels *[16]int16, src, pred *[16]uint8, m *matrix) (last, sse, tex int) {
	var c [16]int16
	forwardTransform(&c, src, pred)
	last = quantize(levels, &c, m)
	inverseTransform(dst, pred, &c)
	return last, sumSquares(src[:], dst[:]), texture(dst)
}

// forwardWHT transforms the DCs of 16 blocks (libwebp's FTransformWHT).
func forwardWHT(out *[16]int16, in *[16][16]int16) {
	var tmp [16]int32
	for i := 0; i < 16; i += 4 {
		v0, v1, v2, v3 := int32(in[i][0]), int32(in[i+1][0]), int32(in[i+2][0]), int32(in[i+3][0])
		a0, a1, a2, a3 := v0+v2, v1+v3, v1-v3, v0-v2
		tmp[i], tmp[i+1], tmp[i+2], tmp[i+3] = a0+a1, a3+a2, a3-a2, a0-a1
	}
	for i := range 4 {
		a0, a1, a2, a3 := tmp[i]+tmp[8+i], tmp[4+i]+tmp[12+i], tmp[4+i]-tmp[12+i], tmp[i]-tmp[8+i]
		out[i] = int16((a0 + a1) >> 1)
		out[4+i] = int16((a3 + a2) >> 1)
		out[8+i] = int16((a3 - a2) >> 1)
		out[12+i] = int16((a0 - a1) >> 1)
	}
}

// inverseWHT spreads the DCs to 16 blocks (RFC 6386, 14.3).
func inverseWHT(out *[16][16]int16, in *[16]int16) {
	var tmp [16]int32
	for i := range 4 {
		a0, a1 := int32(in[i])+int32(in[12+i]), int32(in[4+i])+int32(in[8+i])
		a2, a3 := int32(in[4+i])-int32(in[8+i]), int32(in[i])-int32(in[12+i])
		tmp[i], tmp[8+i], tmp[4+i], tmp[12+i] = a0+a1, a0-a1, a3+a2, a3-a2
	}
	for i := 0; i < 16; i += 4 {
		dc := tmp[i] + 3
		a0, a1, a2, a3 := dc+tmp[i+3], tmp[i+1]+tmp[i+2], tmp[i+1]-tmp[i+2], dc-tmp[i+3]
		out[i][0] = int16((a0 + a1) >> 3)
		out[i+1][0] = int16((a3 + a2) >> 3)
		out[i+2][0] = int16((a0 - a1) >> 3)
		out[i+3][0] = int16((a3 - a2) >> 3)
	}
}

func block(a *[256]uint8, n int) *[16]uint8       { return (*[16]uint8)(a[16*n:]) }
func chromaBlock(a *[128]uint8, n int) *[16]uint8 { return (*[16]uint8)(a[16*n:]) }

// encode16x16 is encode4x4 for luma that is predicted as a whole. Bit n of what it
// returns says that block n has levels, bit 24 that the DCs have.
func encode16x16(dst *[256]uint8, levels *[16][16]int16, dc *[16]int16, src, pred *[256]uint8, y1, y2 *matrix) (nonzero uint32) {
	var c [16][16]int16
	var d [16]int16
	for n := range c {
		forwardTransform(&c[n], block(src, n), block(pred, n))
	}
	forwardWHT(&d, &c)
	if quantize(dc, &d, y2) > 0 {
		nonzero = 1 << 24
	}
	for n := range c {
		c[n][0] = 0
		if quantize(&levels[n], &c[n], y1) > 0 {
			nonzero |= 1 << n
		}
	}
	inverseWHT(&c, &d)
	for n := range c {
		inverseTransform(block(dst, n), block(pred, n), &c[n])
	}
	return nonzero
}

// intra4x4Scores predicts a block in all ten ways and gives each one's SATD. Edge
// has the samples around: left from the bottom to the top, the corner, eight above.
func intra4x4Scores(preds *[10][16]uint8, scores *[10]uint16, edge *[16]uint8, src *[16]uint8) {
	predict4x4(preds, edge)
	for i := range preds {
		scores[i] = uint16(satd(src, &preds[i]))
	}
}

func predict4x4(p *[10][16]uint8, e *[16]uint8) {
	l, k, j, i, x := int32(e[0]), int32(e[1]), int32(e[2]), int32(e[3]), int32(e[4])
	a, b, c, d, ee, f, g, h := int32(e[5]), int32(e[6]), int32(e[7]), int32(e[8]), int32(e[9]), int32(e[10]), int32(e[11]), int32(e[12])
	avg2 := func(a, b int32) uint8 { return uint8((a + b + 1) >> 1) }
	avg3 := func(a, b, c int32) uint8 { return uint8((a + 2*b + c + 2) >> 2) }

	dc := uint8((a + b + c + d + i + j + k + l + 4) >> 3)
	left := [4]int32{i, j, k, l}
	above := [4]int32{a, b, c, d}
	ve := [4]uint8{avg3(x, a, b), avg3(a, b, c), avg3(b, c, d), avg3(c, d, ee)}
	he := [4]uint8{avg3(x, i, j), avg3(i, j, k), avg3(j, k, l), avg3(k, l, l)}
	for r := range 4 {
		for s := range 4 {
			p[vp8.BlockDC][4*r+s] = dc
			p[vp8.BlockTrueMotion][4*r+s] = clip8(left[r] + above[s] - x)
			p[vp8.BlockVertical][4*r+s] = ve[s]
			p[vp8.BlockHorizontal][4*r+s] = he[r]
		}
	}

	// Diagonals down to the right run over the edge as it stands.
	edge := [9]int32{l, k, j, i, x, a, b, c, d}
	for r := range 4 {
		for s := range 4 {
			n := 4 + s - r
			p[vp8.BlockDownRight][4*r+s] = avg3(edge[n-1], edge[n], edge[n+1])
		}
	}
	top := [9]int32{a, b, c, d, ee, f, g, h, h}
	for r := range 4 {
		for s := range 4 {
			n := r + s
			p[vp8.BlockDownLeft][4*r+s] = avg3(top[n], top[n+1], top[n+2])
		}
	}

	v := &p[vp8.BlockVerticalRight]
	v[0], v[9] = avg2(x, a), avg2(x, a)
	v[1], v[10] = avg2(a, b), avg2(a, b)
	v[2], v[11] = avg2(b, c), avg2(b, c)
	v[3] = avg2(c, d)
	v[12] = avg3(k, j, i)
	v[8] = avg3(j, i, x)
	v[4], v[13] = avg3(i, x, a), avg3(i, x, a)
	v[5], v[14] = avg3(x, a, b), avg3(x, a, b)
	v[6], v[15] = avg3(a, b, c), avg3(a, b, c)
	v[7] = avg3(b, c, d)

	v = &p[vp8.BlockVerticalLeft]
	v[0] = avg2(a, b)
	v[1], v[8] = avg2(b, c), avg2(b, c)
	v[2], v[9] = avg2(c, d), avg2(c, d)
	v[3], v[10] = avg2(d, ee), avg2(d, ee)
	v[4] = avg3(a, b, c)
	v[5], v[12] = avg3(b, c, d), avg3(b, c, d)
	v[6], v[13] = avg3(c, d, ee), avg3(c, d, ee)
	v[7], v[14] = avg3(d, ee, f), avg3(d, ee, f)
	v[11] = avg3(ee, f, g)
	v[15] = avg3(f, g, h)

	v = &p[vp8.BlockHorizontalUp]
	v[0] = avg2(i, j)
	v[2], v[4] = avg2(j, k), avg2(j, k)
	v[6], v[8] = avg2(k, l), avg2(k, l)
	v[1] = avg3(i, j, k)
	v[3], v[5] = avg3(j, k, l), avg3(j, k, l)
	v[7], v[9] = avg3(k, l, l), avg3(k, l, l)
	v[11], v[10], v[12], v[13], v[14], v[15] = uint8(l), uint8(l), uint8(l), uint8(l), uint8(l), uint8(l)

	v = &p[vp8.BlockHorizontalDown]
	v[0], v[6] = avg2(i, x), avg2(i, x)
	v[4], v[10] = avg2(j, i), avg2(j, i)
	v[8], v[14] = avg2(k, j), avg2(k, j)
	v[12] = avg2(l, k)
	v[3] = avg3(a, b, c)
	v[2] = avg3(x, a, b)
	v[1], v[7] = avg3(i, x, a), avg3(i, x, a)
	v[5], v[11] = avg3(j, i, x), avg3(j, i, x)
	v[9], v[15] = avg3(k, j, i), avg3(k, j, i)
	v[13] = avg3(l, k, j)
}

func satd16x16(a, b *[256]uint8) (sum int) {
	for n := range 16 {
		sum += satd(block(a, n), block(b, n))
	}
	return sum
}

func satdChroma(a, b *[128]uint8) (sum int) {
	for n := range 8 {
		sum += satd(chromaBlock(a, n), chromaBlock(b, n))
	}
	return sum
}

// textures are those of 16 blocks.
func textures(out *[16]uint32, a *[256]uint8) {
	for n := range out {
		out[n] = uint32(texture(block(a, n)))
	}
}

// transformChroma and reconstructChroma are the halves of encoding chroma, between
// which the DCs' errors are spread.
func transformChroma(out *[8][16]int16, src, pred *[128]uint8) {
	for n := range out {
		forwardTransform(&out[n], chromaBlock(src, n), chromaBlock(pred, n))
	}
}

func reconstructChroma(dst *[128]uint8, levels, in *[8][16]int16, pred *[128]uint8, m *matrix) (nonzero uint32) {
	for n := range in {
		if quantize(&levels[n], &in[n], m) > 0 {
			nonzero |= 1 << n
		}
		inverseTransform(chromaBlock(dst, n), chromaBlock(pred, n), &in[n])
	}
	return nonzero
}

// histogram counts the magnitudes of coefficients in steps of 8 (libwebp's
// CollectHistogram).
func histogram(h *[32]uint32, src, pred []uint8) {
	var c [16]int16
	for n := 0; n < len(src); n += 16 {
		forwardTransform(&c, (*[16]uint8)(src[n:]), (*[16]uint8)(pred[n:]))
		for _, v := range c {
			h[min(abs32(int32(v))>>3, 31)]++
		}
	}
}
