package alpha

// PremultiplyDeep is [Premultiply] for samples of 16 bits.
func PremultiplyDeep(row, alpha []uint16) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 65535:
		case 0:
			row[i] = 0
		default:
			row[i] = uint16(float32(float32(row[i]) * (float32(a) / 65535)))
		}
	}
}

// UnpremultiplyDeep is [Unpremultiply] for samples of 16 bits.
func UnpremultiplyDeep(row, alpha []uint16) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 65535:
		case 0:
			row[i] = 0
		default:
			row[i] = uint16(min(float32((65535/float32(a))*float32(row[i])), 65535))
		}
	}
}

// FlattenDeep is [Flatten] for samples of 16 bits.
func FlattenDeep(row, alpha []uint16, background uint16) {
	alpha = alpha[:len(row)]
	for i, a := range alpha {
		switch a {
		case 65535:
		case 0:
			row[i] = background
		default:
			row[i] = uint16(float32(float32(row[i])*(float32(a)/65535)) + float32(float32(background)*(float32(65535-a)/65535)))
		}
	}
}
