package affine

import "math/big"

// sincos returns the sine and cosine of an angle in degrees, -360 to 360, as a
// C library computes them of its closest number of radians: rounded to the
// nearest, from more digits. [math.Sincos] may differ in the last bit between
// machines.
func sincos(degrees float64) (sin, cos float64) {
	const pi = 3.14159265358979323846
	radians := float64(float64(degrees/360*2) * pi)
	if radians == 0 {
		return 0, 1
	}
	const bits, terms = 200, 60
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(v) }
	x := number(radians)
	term, s, c := number(1), number(0), number(0)
	for n := range terms { // the Taylor series; 6.3^60/60! is below 1e-33
		switch n & 3 {
		case 0:
			c.Add(c, term)
		case 1:
			s.Add(s, term)
		case 2:
			c.Sub(c, term)
		case 3:
			s.Sub(s, term)
		}
		term.Mul(term, x)
		term.Quo(term, number(float64(n+1)))
	}
	sin, _ = s.Float64()
	cos, _ = c.Float64()
	return sin, cos
}
