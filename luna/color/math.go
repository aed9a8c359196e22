package color

import "math"

const ln2 = 0.693147180559945309417232121458176568

// power returns x to the power of y, for x >= 0; what is too large is the
// largest float. It is good to a few units in the last place, and the same on
// every machine, which math.Pow is not.
func power(x, y float64) float64 {
	switch {
	case x == 1 || y == 0:
		return 1
	case !(x > 0) || y != y:
		return 0
	}
	return exponential(float64(y * logarithm(x)))
}

// logarithm is natural, for x > 0.
func logarithm(x float64) float64 {
	m, e := math.Frexp(x) // exact
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	// The series in (m-1)/(m+1), which is at most 0.172.
	u := (m - 1) / (m + 1)
	u2 := float64(u * u)
	sum := 0.
	for k := 12; k >= 0; k-- {
		sum = float64(sum*u2) + 1/float64(2*k+1)
	}
	return float64(2*u*sum) + float64(float64(e)*ln2)
}

func exponential(x float64) float64 {
	if !(x < 700) {
		return math.MaxFloat64
	}
	if x < -700 {
		return 0
	}
	k := int(x/ln2 + math.Copysign(0.5, x))
	r := x - float64(float64(k)*ln2)
	sum := 1.
	for n := 16; n > 0; n-- {
		sum = 1 + float64(sum*r)/float64(n)
	}
	return math.Ldexp(sum, k) // exact
}

// clamp brings x into 0 to 1; what is no number is 0.
func clamp(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return min(x, 1)
}

// A matrix is of three rows.
type matrix [9]float64

func (m *matrix) apply(v [3]float64) [3]float64 {
	var w [3]float64
	for i := range w {
		w[i] = float64(m[3*i]*v[0]) + float64(m[3*i+1]*v[1]) + float64(m[3*i+2]*v[2])
	}
	return w
}

// times returns the matrix that does what n does and then what m does.
func (m *matrix) times(n *matrix) *matrix {
	p := new(matrix)
	for c := range 3 {
		column := m.apply([3]float64{n[c], n[3+c], n[6+c]})
		for r := range 3 {
			p[3*r+c] = column[r]
		}
	}
	return p
}

// inverse returns the inverse of m, which has one.
func (m *matrix) inverse() *matrix {
	minor := func(a, b, c, d int) float64 { return float64(m[a]*m[d]) - float64(m[b]*m[c]) }
	adjugate := matrix{
		minor(4, 5, 7, 8), -minor(1, 2, 7, 8), minor(1, 2, 4, 5),
		-minor(3, 5, 6, 8), minor(0, 2, 6, 8), -minor(0, 2, 3, 5),
		minor(3, 4, 6, 7), -minor(0, 1, 6, 7), minor(0, 1, 3, 4),
	}
	det := float64(m[0]*adjugate[0]) + float64(m[1]*adjugate[3]) + float64(m[2]*adjugate[6])
	for i := range adjugate {
		adjugate[i] /= det
	}
	return &adjugate
}
