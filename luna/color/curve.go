package color

import (
	"encoding/binary"
	"fmt"
)

// A curve is a function of 0 to 1, by a table or by a formula. The zero curve
// is y = x.
type curve struct {
	table []uint16 // equally far apart, interpolated
	// formula is the type of a parametric curve (ICC.1:2022, table 68) plus 1.
	formula int
	p       [7]float64 // g a b c d e f
}

// maxCurve bounds the table of a curve; those of scanners have 4096 entries.
const maxCurve = 1 << 16

// parameters is how many each type of parametric curve has.
var parameters = [...]int{1, 3, 4, 5, 7}

// parseCurve reads a curveType or a parametricCurveType, and reports how many
// bytes it takes.
func parseCurve(b []byte) (curve, int, error) {
	if len(b) < 12 {
		return curve{}, 0, malformed("a curve of %d bytes", len(b))
	}
	switch kind := string(b[:4]); kind {
	case "curv":
		n := int64(binary.BigEndian.Uint32(b[8:]))
		if n > maxCurve || 12+2*n > int64(len(b)) {
			return curve{}, 0, malformed("a curve of %d entries in %d bytes", n, len(b))
		}
		switch n {
		case 0:
			return curve{}, 12, nil
		case 1:
			return curve{formula: 1, p: [7]float64{float64(binary.BigEndian.Uint16(b[12:])) / 256}}, 14, nil
		}
		return curve{table: words(b[12:], int(n))}, 12 + 2*int(n), nil
	case "para":
		kind := int(binary.BigEndian.Uint16(b[8:]))
		if kind >= len(parameters) {
			return curve{}, 0, malformed("a parametric curve of type %d", kind)
		}
		n := parameters[kind]
		if len(b) < 12+4*n {
			return curve{}, 0, malformed("a parametric curve of %d bytes", len(b))
		}
		c := curve{formula: kind + 1}
		for i := range n {
			c.p[i] = fixed(b[12+4*i:])
		}
		return c, 12 + 4*n, nil
	default:
		return curve{}, 0, malformed("a curve of type %q", kind)
	}
}

// at returns the curve's value, 0 to 1, at x, which is clamped.
func (c *curve) at(x float64) float64 {
	x = clamp(x)
	switch {
	case c.table != nil:
		return c.interpolate(x)
	case c.formula != 0:
		return clamp(c.evaluate(x))
	}
	return x
}

func (c *curve) interpolate(x float64) float64 {
	last := len(c.table) - 1
	at := float64(x * float64(last))
	i := min(int(at), last-1)
	low, high := float64(c.table[i]), float64(c.table[i+1])
	return (low + float64((high-low)*(at-float64(i)))) / 65535
}

func (c *curve) evaluate(x float64) float64 {
	g, a, b, d := c.p[0], c.p[1], c.p[2], c.p[4]
	switch c.formula {
	case 1:
		return power(x, g)
	case 2, 3: // above -b/a
		y := c.p[3]
		if base := float64(a*x) + b; base > 0 {
			y += power(base, g)
		}
		return y
	}
	if x < d {
		return float64(c.p[3]*x) + c.p[6]
	}
	return power(float64(a*x)+b, g) + c.p[5]
}

// words reads n numbers of 16 bits; b has them.
func words(b []byte, n int) []uint16 {
	w := make([]uint16, n)
	for i := range w {
		w[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return w
}

// widened reads n numbers of 8 bits as if they had 16.
func widened(b []byte, n int) []uint16 {
	w := make([]uint16, n)
	for i := range w {
		w[i] = uint16(b[i]) * 257
	}
	return w
}

// fixed reads an s15Fixed16Number.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrProfile, fmt.Sprintf(format, args...))
}
