package smartcrop

import "math"

const ln2 = math.Ln2

// ln returns the natural logarithm of a positive number, to about the last
// bit. [math.Log] is assembly on some machines and fused on others.
func ln(v float64) float64 {
	fraction, exponent := math.Frexp(v)
	if fraction < math.Sqrt2/2 {
		fraction *= 2
		exponent--
	}
	// The series of the inverse hyperbolic tangent; s is at most 0.172.
	s := (fraction - 1) / (fraction + 1)
	z := float64(s * s)
	sum := 0.
	for i := 23; i >= 1; i -= 2 {
		sum = float64(sum*z) + 1/float64(i)
	}
	return float64(float64(exponent)*ln2) + float64(2*s*sum)
}

// exp returns e to the power of -v, for v of 0 to 3.
func exp(v float64) float64 {
	sum := 1.
	for i := 40; i >= 1; i-- {
		sum = 1 + float64(sum*v)/float64(i)
	}
	return 1 / sum
}

// root returns the nth root of v, which is 0 to 1, for small n, to about the
// last bit.
func root(v float64, n int) float64 {
	if v <= 0 {
		return 0
	}
	// Newton's method comes from above, and ends when it no longer falls.
	x := 1.
	for {
		power := 1.
		for range n - 1 {
			power = float64(power * x)
		}
		next := x - (x-v/power)/float64(n)
		if next >= x {
			return x
		}
		x = next
	}
}
