// Package yuv makes the samples that VP8 stores, YCbCr 4:2:0 of BT.601 in
// limited range, of rows of RGB, as libwebp imports pictures
// (picture_csp_enc.c), bit for bit, and of JPEG's YCbCr in full range. The
// sharp conversion is libwebp's, too (sharpyuv.c).
//
// Algorithms and tables are libwebp's; its licence is in LICENSE.libwebp, a
// folder up. Rows of one call that stand for the same columns have the same
// length; chroma has half of it, rounded up.
package yuv

// The factors of libwebp's yuv.h, with 16 fractional bits. Those of chroma are
// for sums of four samples.
const (
	bits                   = 16
	redY, greenY, blueY    = 16839, 33059, 6420
	redCb, greenCb, blueCb = -9719, -19081, 28800
	redCr, greenCr, blueCr = 28800, -24116, -4684
	biasY                  = 16<<bits + 1<<(bits-1)
	biasC                  = 128<<(bits+2) + 1<<(bits+1)
)

// Luma stores the Y of a row of RGB.
func Luma(y, r, g, b []uint8) {
	n := len(y)
	r, g, b = r[:n], g[:n], b[:n]
	i := luma(y, r, g, b)
	lumaGeneric(y[i:], r[i:], g[i:], b[i:])
}

func lumaGeneric(y, r, g, b []uint8) {
	n := len(y)
	r, g, b = r[:n], g[:n], b[:n]
	for i := range y {
		y[i] = uint8((redY*uint32(r[i]) + greenY*uint32(g[i]) + blueY*uint32(b[i]) + biasY) >> bits)
	}
}

// Gray stores the Y that Luma makes of equal red, green and blue; chroma is 128
// then. It may overwrite its operand.
func Gray(y, gray []uint8) {
	gray = gray[:len(y)]
	for i, v := range gray {
		y[i] = uint8(((redY+greenY+blueY)*uint32(v) + biasY) >> bits)
	}
}

// Rows are two rows of pixels that share a row of chroma: red, green, blue and
// perhaps alpha. Where the last row stands alone, they are the same.
type Rows [2][4][]uint8

// Chroma stores the chroma of two rows: light is averaged over squares of four
// pixels, in something near to linear light.
func Chroma(cb, cr []uint8, rows *Rows) {
	i := chroma(cb, cr, rows)
	chromaGeneric(cb, cr, rows, i)
}

// chromaGeneric begins at sample i.
func chromaGeneric(cb, cr []uint8, rows *Rows, i int) {
	cr = cr[:len(cb)]
	width := len(rows[0][0])
	for ; i < len(cb); i++ {
		a, b := 2*i, min(2*i+1, width-1)
		var c [3]int32
		for p := range c {
			top, bottom := rows[0][p], rows[1][p]
			c[p] = toGamma(linear[top[a]] + linear[top[b]] + linear[bottom[a]] + linear[bottom[b]])
		}
		cb[i], cr[i] = chromaOf(c[0], c[1], c[2])
	}
}

// ChromaWeighted is Chroma of pixels with alpha: where that is not the same
// everywhere, what is seen more counts for more.
func ChromaWeighted(cb, cr []uint8, rows *Rows) {
	cr = cr[:len(cb)]
	width := len(rows[0][0])
	for i := range cb {
		a, b := 2*i, min(2*i+1, width-1)
		weights := [4]uint32{uint32(rows[0][3][a]), uint32(rows[0][3][b]), uint32(rows[1][3][a]), uint32(rows[1][3][b])}
		total := weights[0] + weights[1] + weights[2] + weights[3]
		var c [3]int32
		for p := range c {
			top, bottom := rows[0][p], rows[1][p]
			light := [4]uint32{linear[top[a]], linear[top[b]], linear[bottom[a]], linear[bottom[b]]}
			sum := light[0] + light[1] + light[2] + light[3]
			if total != 0 && total != 4*255 {
				const fix = 19 // the most with which the product fits 32 bits
				sum = (weights[0]*light[0] + weights[1]*light[1] + weights[2]*light[2] + weights[3]*light[3]) * (1 << fix / total) >> (fix - 2)
			}
			c[p] = toGamma(sum)
		}
		cb[i], cr[i] = chromaOf(c[0], c[1], c[2])
	}
}

// chromaOf converts a sum of four pixels.
func chromaOf(r, g, b int32) (cb, cr uint8) {
	return clip((redCb*r + greenCb*g + blueCb*b + biasC) >> (bits + 2)),
		clip((redCr*r + greenCr*g + blueCr*b + biasC) >> (bits + 2))
}

func clip(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// toGamma undoes linear for a sum of four, and returns four times a sample.
func toGamma(sum uint32) int32 {
	at, x := sum>>9, sum&511
	at &= 31 // it is no more
	return int32((gamma[at+1]*x + gamma[at]*(512-x) + 64) >> 7)
}

// linear is 4095 (v/255)^0.8, rounded.
var linear = [256]uint32{
	0, 49, 85, 117, 147, 176, 204, 231, 257, 282, 307, 331, 355, 379, 402, 425,
	447, 469, 491, 513, 534, 556, 577, 598, 618, 639, 659, 679, 699, 719, 739, 759,
	778, 798, 817, 836, 855, 874, 893, 912, 930, 949, 967, 986, 1004, 1022, 1040, 1059,
	1077, 1094, 1112, 1130, 1148, 1165, 1183, 1200, 1218, 1235, 1252, 1270, 1287, 1304, 1321, 1338,
	1355, 1372, 1389, 1406, 1422, 1439, 1456, 1472, 1489, 1505, 1522, 1538, 1555, 1571, 1587, 1604,
	1620, 1636, 1652, 1668, 1684, 1700, 1716, 1732, 1748, 1764, 1780, 1796, 1812, 1827, 1843, 1859,
	1874, 1890, 1905, 1921, 1937, 1952, 1967, 1983, 1998, 2014, 2029, 2044, 2059, 2075, 2090, 2105,
	2120, 2135, 2151, 2166, 2181, 2196, 2211, 2226, 2241, 2256, 2270, 2285, 2300, 2315, 2330, 2345,
	2359, 2374, 2389, 2403, 2418, 2433, 2447, 2462, 2477, 2491, 2506, 2520, 2535, 2549, 2564, 2578,
	2592, 2607, 2621, 2636, 2650, 2664, 2679, 2693, 2707, 2721, 2736, 2750, 2764, 2778, 2792, 2806,
	2820, 2835, 2849, 2863, 2877, 2891, 2905, 2919, 2933, 2947, 2961, 2975, 2988, 3002, 3016, 3030,
	3044, 3058, 3072, 3085, 3099, 3113, 3127, 3140, 3154, 3168, 3182, 3195, 3209, 3222, 3236, 3250,
	3263, 3277, 3291, 3304, 3318, 3331, 3345, 3358, 3372, 3385, 3399, 3412, 3426, 3439, 3452, 3466,
	3479, 3493, 3506, 3519, 3533, 3546, 3559, 3573, 3586, 3599, 3612, 3626, 3639, 3652, 3665, 3678,
	3692, 3705, 3718, 3731, 3744, 3757, 3771, 3784, 3797, 3810, 3823, 3836, 3849, 3862, 3875, 3888,
	3901, 3914, 3927, 3940, 3953, 3966, 3979, 3992, 4005, 4018, 4031, 4044, 4056, 4069, 4082, 4095,
}

// gamma is 255 (128 v/4095)^1.25, rounded.
var gamma = [33]uint32{
	0, 3, 8, 13, 19, 25, 31, 38, 45, 52, 60, 67, 75, 83, 91, 99, 107,
	116, 124, 133, 142, 151, 160, 169, 178, 187, 197, 206, 216, 226, 235, 245, 255,
}
