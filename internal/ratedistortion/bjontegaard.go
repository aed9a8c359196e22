package ratedistortion

import (
	"errors"
	"math"
	"slices"
)

// A Point is one file of a curve: what it takes, and how good it is by some
// measure of which more is better, such as dB.
type Point struct {
	Bytes   int
	Quality float64
}

// BDRate reports by how many per cent the files of test are larger than those
// of reference at equal quality, on average over the qualities that both
// reach: the metric of Bjontegaard (VCEG-M33), with the logarithm of the bytes
// as a piecewise cubic function of quality that is monotone where the points
// are (VCEG-AI11; Fritsch and Carlson). A curve has at least two points, and
// each that takes more bytes is better.
func BDRate(reference, test []Point) (float64, error) {
	a, err := newCurve(reference)
	if err != nil {
		return 0, err
	}
	b, err := newCurve(test)
	if err != nil {
		return 0, err
	}
	low, high := max(a.x[0], b.x[0]), min(a.x[len(a.x)-1], b.x[len(b.x)-1])
	if low >= high {
		return 0, errors.New("the curves have no quality in common")
	}
	mean := (b.integral(low, high) - a.integral(low, high)) / (high - low)
	return 100 * (math.Exp(mean) - 1), nil
}

// A curve is a piecewise cubic function by its values and slopes at knots.
type curve struct{ x, y, slope []float64 }

func newCurve(points []Point) (curve, error) {
	points = slices.SortedFunc(slices.Values(points), func(a, b Point) int { return a.Bytes - b.Bytes })
	if len(points) < 2 {
		return curve{}, errors.New("a curve takes two points or more")
	}
	var c curve
	for i, p := range points {
		if p.Bytes < 1 || math.IsInf(p.Quality, 0) || math.IsNaN(p.Quality) {
			return curve{}, errors.New("a point of the curve is not finite")
		}
		if i > 0 && p.Quality <= points[i-1].Quality {
			return curve{}, errors.New("a larger file of the curve is not better")
		}
		c.x, c.y = append(c.x, p.Quality), append(c.y, math.Log(float64(p.Bytes)))
	}
	c.slope = slopes(c.x, c.y)
	return c, nil
}

// slopes are those of Fritsch and Carlson's interpolation: harmonic means
// between knots, and a parabola's at the ends.
func slopes(x, y []float64) []float64 {
	n := len(x) - 1
	h, d := make([]float64, n), make([]float64, n)
	for i := range n {
		h[i] = x[i+1] - x[i]
		d[i] = (y[i+1] - y[i]) / h[i]
	}
	if n == 1 {
		return []float64{d[0], d[0]}
	}
	s := make([]float64, n+1)
	for i := 1; i < n; i++ {
		if d[i-1]*d[i] <= 0 {
			continue
		}
		v, w := 2*h[i]+h[i-1], h[i]+2*h[i-1]
		s[i] = (v + w) / (v/d[i-1] + w/d[i])
	}
	s[0], s[n] = endSlope(h[0], h[1], d[0], d[1]), endSlope(h[n-1], h[n-2], d[n-1], d[n-2])
	return s
}

func endSlope(h0, h1, d0, d1 float64) float64 {
	s := ((2*h0+h1)*d0 - h0*d1) / (h0 + h1)
	switch {
	case s*d0 <= 0:
		return 0
	case d0*d1 <= 0 && math.Abs(s) > 3*math.Abs(d0):
		return 3 * d0
	}
	return s
}

func (c curve) at(x float64) float64 {
	i := 0
	for i < len(c.x)-2 && x >= c.x[i+1] {
		i++
	}
	h := c.x[i+1] - c.x[i]
	t := (x - c.x[i]) / h
	u := 1 - t
	return u*u*(1+2*t)*c.y[i] + t*t*(1+2*u)*c.y[i+1] + h*t*u*(u*c.slope[i]-t*c.slope[i+1])
}

// integral is exact: Simpson's rule is, for cubics.
func (c curve) integral(low, high float64) float64 {
	sum := 0.0
	for i := range len(c.x) - 1 {
		a, b := max(low, c.x[i]), min(high, c.x[i+1])
		if a < b {
			sum += (b - a) / 6 * (c.at(a) + 4*c.at((a+b)/2) + c.at(b))
		}
	}
	return sum
}
