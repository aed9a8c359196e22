package vp8l

// The predictors of RFC 9649, section 4.1, from the pixels to the left, above,
// above left and above right.
const predictors = 14

const black = 0xff000000

// average is the mean of each sample, rounded down.
func average(a, b uint32) uint32 { return (a^b)&0xfefefefe>>1 + a&b }

// subtract subtracts each sample.
func subtract(a, b uint32) uint32 {
	return (0x00ff00ff+a&0xff00ff00-b&0xff00ff00)&0xff00ff00 | (0xff00ff00+a&0x00ff00ff-b&0x00ff00ff)&0x00ff00ff
}

func clamp(v int32) uint32 { return uint32(min(max(v, 0), 255)) }

// gradient returns a+b-c of each sample, clamped.
func gradient(a, b, c uint32) uint32 {
	var p uint32
	for s := 0; s < 32; s += 8 {
		p |= clamp(int32(a>>s&0xff)+int32(b>>s&0xff)-int32(c>>s&0xff)) << s
	}
	return p
}

// halfGradient returns the mean m of a and b, and half of m-c on top of it.
func halfGradient(a, b, c uint32) uint32 {
	m := average(a, b)
	var p uint32
	for s := 0; s < 32; s += 8 {
		v := int32(m >> s & 0xff)
		p |= clamp(v+(v-int32(c>>s&0xff))/2) << s
	}
	return p
}

// choose returns the one of left and above that is closer to the gradient.
func choose(left, above, corner uint32) uint32 {
	d := int32(0)
	for s := 0; s < 32; s += 8 {
		l, a, c := int32(left>>s&0xff), int32(above>>s&0xff), int32(corner>>s&0xff)
		d += max(l-c, c-l) - max(a-c, c-a)
	}
	if d <= 0 {
		return above
	}
	return left
}

func predict(mode int, left, above, corner, right uint32) uint32 {
	switch mode {
	case 1:
		return left
	case 2:
		return above
	case 3:
		return right
	case 4:
		return corner
	case 5:
		return average(average(left, right), above)
	case 6:
		return average(left, corner)
	case 7:
		return average(left, above)
	case 8:
		return average(corner, above)
	case 9:
		return average(above, right)
	case 10:
		return average(average(left, corner), average(above, right))
	case 11:
		return choose(left, above, corner)
	case 12:
		return gradient(left, above, corner)
	case 13:
		return halfGradient(left, above, corner)
	}
	return black
}

// residualsGeneric subtracts a prediction from n pixels from pixels[at] on.
func residualsGeneric(dst, pixels []uint32, at, stride, n, mode int) {
	row, above, dst := pixels[at-1:at+n], pixels[at-stride-1:at-stride+n+1], dst[:n]
	for i := range dst {
		dst[i] = subtract(row[i+1], predict(mode, row[i], above[i+1], above[i], above[i+2]))
	}
}

// sampleCosts are eighths of about the bits that a residual takes.
var sampleCosts = func() (costs [256]uint8) {
	low := [16]uint8{0, 8, 13, 16, 19, 21, 22, 24, 25, 27, 28, 29, 30, 30, 31, 32}
	high := [9]uint8{0, 37, 43, 47, 50, 52, 54, 56, 57}
	for i := range costs {
		if v := min(i, 256-i); v < 16 {
			costs[i] = low[v]
		} else {
			costs[i] = high[v>>4]
		}
	}
	return costs
}()

// scoreGeneric is score without assembly.
func scoreGeneric(scores *[16]uint32, pixels []uint32, at, stride, n, rows int) {
	for range rows {
		for i := 0; i < n; i += 8 {
			from := i
			if i+8 > n {
				from = max(n-8, 0)
			}
			for k := from; k < min(from+8, n); k++ {
				scorePixel(scores, pixels, at+k, stride)
			}
		}
		at += stride
	}
}

func scorePixel(scores *[16]uint32, pixels []uint32, at, stride int) {
	p, left := pixels[at], pixels[at-1]
	above, corner, right := pixels[at-stride], pixels[at-stride-1], pixels[at-stride+1]
	for mode := range predictors {
		r := subtract(p, predict(mode, left, above, corner, right))
		scores[mode] += uint32(sampleCosts[r>>24]) + uint32(sampleCosts[r>>16&0xff]) +
			uint32(sampleCosts[r>>8&0xff]) + uint32(sampleCosts[r&0xff])
	}
}
