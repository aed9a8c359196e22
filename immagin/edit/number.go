package edit

import (
	"math"
	"strconv"
)

// appendNumber writes a finite number as ECMAScript's Number::toString does:
// the shortest digits that read back as the same double, plain from 1e-6 to
// below 1e21, and -0 as 0.
func appendNumber(b []byte, v float64) []byte {
	if v == 0 {
		return append(b, '0')
	}
	if a := math.Abs(v); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, v, 'e', -1, 64)
	// Go writes at least two digits of exponent, ECMAScript as many as needed.
	if n := len(b); b[n-2] == '0' && (b[n-3] == '-' || b[n-3] == '+') {
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}

func number(v float64) string { return string(appendNumber(nil, v)) }

// A span is a range of numbers, both ends included.
type span struct {
	low, high float64
	above     bool // low itself is excluded
}

var (
	anyNumber = span{low: math.Inf(-1), high: math.Inf(1)}
	fromZero  = span{low: 0, high: math.Inf(1)}
	unit      = span{low: 0, high: 1}
)

// holds is false for NaN and the infinities, whatever the span.
func (s span) holds(v float64) bool {
	return !math.IsInf(v, 0) && v >= s.low && v <= s.high && (!s.above || v > s.low)
}

func (s span) String() string {
	switch {
	case math.IsInf(s.low, 0):
		return "a finite number"
	case s.above:
		return "a number above " + number(s.low)
	case math.IsInf(s.high, 0):
		return "a number of " + number(s.low) + " or more"
	}
	return "a number from " + number(s.low) + " to " + number(s.high)
}

// A wholeSpan is a range of whole numbers, both ends included.
type wholeSpan struct{ low, high int64 }

func (s wholeSpan) String() string {
	return "a whole number from " + strconv.FormatInt(s.low, 10) + " to " + strconv.FormatInt(s.high, 10)
}
