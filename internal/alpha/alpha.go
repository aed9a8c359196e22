// Package alpha multiplies samples by their alpha and divides them again, and
// lays them on a background, in the arithmetic of libvips (premultiply.c,
// unpremultiply.c, flatten.c, and the truncation of cast.c): one float32
// product at a time, rounded by an explicit conversion, so that every machine
// makes the same bits.
package alpha

// scales[a] is a/255 as a float32.
var scales = func() (t [256]float32) {
	for a := range t {
		t[a] = float32(a) / 255
	}
	return t
}()

// inverses[a] is 255/a as a float32, and 0 for 0.
var inverses = func() (t [256]float32) {
	for a := 1; a < len(t); a++ {
		t[a] = 255 / float32(a)
	}
	return t
}()

// Premultiply replaces every c of row by c times alpha, truncated.
func Premultiply(row, alpha []uint8) {
	alpha = alpha[:len(row)]
	i := premultiply(row, alpha)
	premultiplyGeneric(row[i:], alpha[i:])
}

func premultiplyGeneric(row, alpha []uint8) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 255:
		case 0:
			row[i] = 0
		default:
			row[i] = uint8(float32(float32(row[i]) * scales[a]))
		}
	}
}

// Unpremultiply undoes Premultiply as far as its rounding allows; what exceeds
// 255 becomes 255. Samples whose alpha is 0 become 0.
func Unpremultiply(row, alpha []uint8) {
	alpha = alpha[:len(row)]
	i := unpremultiply(row, alpha)
	unpremultiplyGeneric(row[i:], alpha[i:])
}

func unpremultiplyGeneric(row, alpha []uint8) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 255:
		case 0:
			row[i] = 0
		default:
			row[i] = uint8(min(float32(inverses[a]*float32(row[i])), 255))
		}
	}
}

// Flatten lays row on a background of one value.
func Flatten(row, alpha []uint8, background uint8) {
	alpha = alpha[:len(row)]
	i := flatten(row, alpha, background)
	flattenGeneric(row[i:], alpha[i:], background)
}

func flattenGeneric(row, alpha []uint8, background uint8) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 255:
		case 0:
			row[i] = background
		default:
			row[i] = uint8(float32(float32(row[i])*scales[a]) + float32(float32(background)*scales[255-a]))
		}
	}
}
