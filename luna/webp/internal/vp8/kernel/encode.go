package kernel

// A Candidate is a block coded from one prediction.
type Candidate struct {
	Levels  Coefficients // in zigzag order
	Samples Block        // what a decoder has
	Nonzero uint32       // bit n: level n is not zero
	SSE     uint32       // sum of the squared differences of Samples and the source
	Texture uint32       // weighted spectrum of Samples, as Textures has it
	Rate    uint32       // cost of the levels in 1/256 bit
}

func encodeGeneric(c *Candidate, pred, src *Block, m *Matrix) {
	var f Coefficients
	forwardGeneric(&f, src, pred)
	c.Nonzero = quantizeGeneric(&c.Levels, &f, m)
	inverseGeneric(&c.Samples, pred, &f)
	c.SSE = uint32(sumSquaresGeneric(c.Samples[:], src[:]))
	c.Texture = textureGeneric(&c.Samples)
}

func encodeCandidatesGeneric(out []Candidate, preds []Block, src *Block, m *Matrix, costs *Costs, context int) {
	for i := range out {
		encodeGeneric(&out[i], &preds[i], src, m)
		out[i].Rate = uint32(residualCostGeneric(&out[i].Levels, 0, context, costs))
	}
}

func encode16x16Generic(dst *[256]uint8, levels *[16]Coefficients, dc *Coefficients, src, pred *[256]uint8, y1, y2 *Matrix) (nonzero uint32) {
	var f [16]Coefficients
	var second Coefficients
	forwardsGeneric(f[:], src[:], pred[:])
	forwardWHTGeneric(&second, &f)
	if quantizeGeneric(dc, &second, y2) != 0 {
		nonzero |= 1 << 24
	}
	for i := range f {
		f[i][0] = 0
		if quantizeGeneric(&levels[i], &f[i], y1) != 0 {
			nonzero |= 1 << i
		}
	}
	inverseWHTGeneric(&f, &second)
	inversesGeneric(dst[:], pred[:], f[:])
	return nonzero
}
