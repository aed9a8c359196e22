package billing

import (
	"fmt"
	"math/bits"
)

// Rounding says what becomes of the part of an amount that is too small to
// write down. All of them treat a negative amount as the mirror of its
// positive: a credit rounds as the charge it takes back did.
type Rounding uint8

const (
	HalfUp   Rounding = iota // to the nearest, a tie away from zero: invoice lines (Stripe's 1.5¢ is 2¢)
	HalfEven                 // to the nearest, a tie to the even neighbour
	Up                       // away from zero: holds and estimates
	Down                     // toward zero: refunds of fractions
)

func (r Rounding) String() string {
	switch r {
	case HalfUp:
		return "half-up"
	case HalfEven:
		return "half-even"
	case Up:
		return "up"
	case Down:
		return "down"
	}
	return fmt.Sprintf("Rounding(%d)", uint8(r))
}

// mulDiv is a·b/den rounded, through a product of 128 bits. It is false when
// the quotient does not fit.
func mulDiv(a, b, den uint64, r Rounding) (uint64, bool) {
	hi, lo := bits.Mul64(a, b)
	if hi >= den { // also den == 0
		return 0, false
	}
	if hi == 0 && den == 1 {
		return lo, true
	}
	quo, rem := bits.Div64(hi, lo, den)
	if rem != 0 && r.increments(quo, rem, den) {
		quo++
		return quo, quo != 0
	}
	return quo, true
}

// increments says whether quo and a remainder of rem/den become quo+1.
func (r Rounding) increments(quo, rem, den uint64) bool {
	switch r {
	case Up:
		return true
	case Down:
		return false
	}
	rest := den - rem // not 2·rem, which may not fit
	return rem > rest || rem == rest && (r == HalfUp || quo&1 == 1)
}
