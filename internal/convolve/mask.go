// Package convolve blurs rows of samples by Gaussian masks of whole numbers, in
// the arithmetic of libvips (libvips/create/gaussmat.c, convolution/convsep.c
// and convi.c), so that results agree with it to the last bit.
//
// Such a mask has few levels, however wide it is: it is a stack of at most 20
// boxes. So the cost of a sample is bounded, and does not grow with the mask.
package convolve

import (
	"math"
	"math/bits"
)

// A Mask is a symmetric mask of odd width and how sums under it are scaled. It
// is read only.
type Mask struct {
	// Radius is how far it reaches from its centre; 0 is a mask of one sample.
	Radius int
	// weights of the centre and of what is 1 to Radius samples away.
	weights []int32
	// steps are the boxes of which the mask is the sum.
	steps []step
	// A sum becomes (sum+round)*factor>>shift, at most limit.
	round, factor uint64
	shift         uint
	limit         uint64
}

// deep reports whether the mask is for samples of all 16 bits, which is one
// more than the kernels of assembly know.
func (m *Mask) deep() bool { return m.limit == 65535 }

// A step is a box that reaches as far as reach from its centre.
type step struct {
	reach  int
	weight int32
}

// gaussian returns half a mask: weights are multiples of 1/20 of the centre's,
// and it ends where the Gaussian is below least.
func gaussian(sigma, least float64) []int32 {
	weights := []int32{20}
	for x := 1; x < int(8*sigma); x++ {
		v := exp(float64(x*x) / float64(2*float64(sigma*sigma)))
		if v < least {
			break
		}
		weights = append(weights, int32(math.RoundToEven(float64(20*v))))
	}
	return weights
}

// exp returns e to the power of -x for x >= 0, within 1e-15. It stands in for
// math.Exp, which is assembly on some machines and fused on others.
func exp(x float64) float64 {
	n := math.Floor(float64(x*math.Log2E) + 0.5)
	if n > 1000 {
		return 0
	}
	r := float64(n*math.Ln2) - x
	// The Taylor series: at ln(2)/2 the first term left out is 1e-18.
	sum := 1.
	for i := 14; i >= 1; i-- {
		sum = 1 + float64(r*sum)/float64(i)
	}
	return math.Ldexp(sum, -int(n))
}

// Blur returns the mask by which libvips' gaussblur convolves 8-bit samples,
// with weights of seven bits as in its vector code. Those do not sum up to
// one, and so the image grows a little darker or brighter. Where it would by
// more than 2 of 128, and for masks wider than 1024, weights are exact.
func Blur(sigma float64) *Mask {
	weights := gaussian(sigma, 0.2)
	sum := total(weights)
	if len(weights) > 512 {
		return exact(weights, 255)
	}
	shift := 1 // the least that 2 to the power of shift-1 is not below the centre's share
	for centre := 20 / float64(sum); math.Ldexp(1, shift-2) >= centre; {
		shift--
	}
	mantissas := make([]int32, len(weights))
	all, true128 := int32(0), 0.
	for i := range 2*len(weights) - 1 { // in the order of the mask, which rounding depends on
		k := i - len(weights) + 1
		share := float64(weights[max(k, -k)]) / float64(sum)
		m := int32(math.RoundToEven(math.Ldexp(float64(128*share), -shift)))
		mantissas[max(k, -k)] = m
		all += m
		true128 += float64(128 * share)
	}
	e := uint(7 - shift)
	got := min((128*all+1<<(e-1))>>e, 255)
	if off := int32(true128) - got; off > 2 || off < -2 {
		return exact(weights, 255)
	}
	m := newMask(mantissas)
	m.round, m.factor, m.shift, m.limit = 1<<(e-1), 1, e, 255
	return m
}

// BlurDeep is [Blur] for samples of 16 bits, for which libvips has no vector
// code: weights are exact.
func BlurDeep(sigma float64) *Mask { return exact(gaussian(sigma, 0.2), 65535) }

// Unsharp returns the mask by which libvips' sharpen blurs lightness, of 15
// bits.
func Unsharp(sigma float64) *Mask { return exact(gaussian(sigma, 0.1), 32767) }

// exact returns the mask that divides by the sum of its weights.
func exact(weights []int32, limit uint64) *Mask {
	m := newMask(weights)
	sum := uint64(total(weights))
	m.round, m.limit = sum/2, limit
	// With so many bits the multiplication is the division, for all that can
	// come, and both factors have 32 bits (Granlund and Montgomery, Division by
	// Invariant Integers using Multiplication, 1994).
	m.shift = uint(bits.Len64((limit*sum + m.round) * sum))
	m.factor = (1<<m.shift + sum - 1) / sum
	return m
}

func total(weights []int32) int32 {
	sum := weights[0]
	for _, w := range weights[1:] {
		sum += 2 * w
	}
	return sum
}

func newMask(weights []int32) *Mask {
	m := &Mask{Radius: len(weights) - 1, weights: weights}
	for i, w := range weights {
		next := int32(0)
		if i < m.Radius {
			next = weights[i+1]
		}
		if w != next {
			m.steps = append(m.steps, step{i, w - next})
		}
	}
	return m
}
