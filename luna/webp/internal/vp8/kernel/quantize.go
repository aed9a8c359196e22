package kernel

// A Matrix is a quantiser: libwebp's VP8Matrix. It must be made by Set.
type Matrix struct {
	// What the assembly reads: in its order of coefficients, which swaps the rows
	// in the middle.
	q, iq, sharpen, bias [16]uint16

	// By rows, for who quantises one at a time.
	Q       [16]uint16 // steps
	IQ      [16]uint16 // 131072 / step
	Sharpen [16]uint16 // is added to magnitudes
	Bias    [16]uint32 // of rounding, in 1/131072
	ZThresh [16]uint32 // magnitudes up to it, sharpened, come to zero

	// The same for two blocks at a time: steps, reciprocals, sharpening and biases,
	// each of rows 0 and 1 twice, then of 2 and 3 twice.
	pairs [4][2][2][8]uint16
}

const (
	maxLevel      = 2047
	quantizerBits = 17
)

// sharpening raises high frequencies slightly, in 1/2048 of the step.
var sharpening = [16]uint16{0, 30, 60, 90, 30, 60, 90, 90, 60, 90, 90, 90, 90, 90, 90, 90}

// The rounding biases that libwebp has (quant_enc.c), in 1/256 of a step.
const (
	BiasLumaDC, BiasLumaAC     = 96, 110
	BiasSecondDC, BiasSecondAC = 96, 108
	BiasChromaDC, BiasChromaAC = 110, 115
)

// Set makes a quantiser of steps from 3 to 4096 and of rounding biases in 1/256 of
// a step, from 1 to 127. Luma's is sharpened.
func (m *Matrix) Set(dcStep, acStep, dcBias, acBias int, sharpen bool) {
	for i := range 16 {
		q, bias := acStep, acBias
		if i == 0 {
			q, bias = dcStep, dcBias
		}
		if q < 3 || q > 4096 || bias < 1 || bias > 127 {
			panic("kernel: a step or bias out of range")
		}
		m.Q[i] = uint16(q)
		m.IQ[i] = uint16(1 << quantizerBits / q)
		m.Bias[i] = uint32(bias) << (quantizerBits - 8)
		m.ZThresh[i] = (1<<quantizerBits - 1 - m.Bias[i]) / uint32(m.IQ[i])
		m.Sharpen[i] = 0
		if sharpen {
			m.Sharpen[i] = uint16(uint32(sharpening[i]) * uint32(q) >> 11)
		}
	}
	for i := range 16 {
		// Rows 0, 2, 1, 3.
		j := i&3 | i>>1&4 | i<<1&8
		m.q[i], m.iq[i], m.sharpen[i] = m.Q[j], m.IQ[j], m.Sharpen[j]
		m.bias[i] = uint16(m.Bias[j] - 1)
	}
	for i := range 16 {
		for half := range 2 {
			m.pairs[0][i/8][half][i%8] = m.Q[i]
			m.pairs[1][i/8][half][i%8] = m.IQ[i]
			m.pairs[2][i/8][half][i%8] = m.Sharpen[i]
			m.pairs[3][i/8][half][i%8] = uint16(m.Bias[i] - 1)
		}
	}
}

// quantizeGeneric writes the levels of coefficients in zigzag order and what they
// stand for in place. Bit n of the result tells that level n is not zero. It is
// libwebp's QuantizeBlock.
func quantizeGeneric(levels, coefficients *Coefficients, m *Matrix) (nonzero uint32) {
	for n, j := range zigzag {
		c := coefficients[j]
		v := uint32(uint16(c))
		if c < 0 {
			v = uint32(-int32(c))
		}
		v = uint32(uint16(v) + m.Sharpen[j])
		v = min((v*uint32(m.IQ[j])+m.Bias[j])>>quantizerBits, maxLevel)
		level := int16(v)
		switch {
		case c < 0:
			level = -level
		case c == 0:
			level = 0
		}
		levels[n] = level
		coefficients[j] = int16(int32(level) * int32(m.Q[j]))
		if level != 0 {
			nonzero |= 1 << n
		}
	}
	return nonzero
}

func quantizeBlocksGeneric(levels, coefficients []Coefficients, m *Matrix) (nonzero uint32) {
	for i := range coefficients {
		if quantizeGeneric(&levels[i], &coefficients[i], m) != 0 {
			nonzero |= 1 << i
		}
	}
	return nonzero
}
