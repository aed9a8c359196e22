package billing

import (
	"fmt"
	"math"
	"slices"
)

// nanoDigits is the number of decimals that Money holds.
const nanoDigits = 9

var pow10 = [...]int64{
	1, 10, 100,
	1_000, 10_000, 100_000,
	1_000_000, 10_000_000, 100_000_000,
	1_000_000_000, 10_000_000_000, 100_000_000_000,
	1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
}

// Money is an exact amount of one currency in nano-units, 1e-9 of its major
// unit, between ±9,223,372,036.854775807. The zero value is no money in no
// currency: it adds to and compares with any. Money is a value; methods
// never change it. Compare with Cmp or Equal rather than ==, which tells the
// zero value from zero dollars.
type Money struct {
	nano     int64 // never MinInt64, so that Neg cannot fail
	currency Currency
}

// Nano is n nano-units of c: Nano(15_000_000_000, "USD") is $15.00.
func Nano(n int64, c Currency) (Money, error) {
	if n == 0 && c == "" {
		return Money{}, nil
	}
	if err := c.Validate(); err != nil {
		return Money{}, err
	}
	if n == math.MinInt64 {
		return Money{}, fmt.Errorf("%w: %d nano-units", ErrOverflow, n)
	}
	return Money{n, c}, nil
}

// Minor is n minor units of c: Minor(1500, "USD") is $15.00, Minor(1500,
// "JPY") is ¥1500.
func Minor(n int64, c Currency) (Money, error) {
	if err := c.Validate(); err != nil {
		return Money{}, err
	}
	nano, ok := mulDiv(abs(n), uint64(c.minor()), 1, Down)
	return signed(nano, ok, n < 0, c)
}

// signed is the amount of a magnitude, if it fits.
func signed(nano uint64, ok, negative bool, c Currency) (Money, error) {
	if !ok || nano > math.MaxInt64 {
		return Money{}, fmt.Errorf("%w: beyond ±9,223,372,036.854775807 %s", ErrOverflow, c)
	}
	if negative {
		return Money{-int64(nano), c}, nil
	}
	return Money{int64(nano), c}, nil
}

// abs is the magnitude of n, MinInt64's too.
func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// NanoUnits is the amount in nano-units of the major unit.
func (m Money) NanoUnits() int64 { return m.nano }

// Currency is empty for the zero Money only.
func (m Money) Currency() Currency { return m.currency }

// IsZero says whether the amount is nothing, in any currency or none.
func (m Money) IsZero() bool { return m.nano == 0 }

// Sign is -1, 0 or 1.
func (m Money) Sign() int {
	switch {
	case m.nano < 0:
		return -1
	case m.nano > 0:
		return 1
	}
	return 0
}

// common is the currency of two amounts that meet.
func (m Money) common(o Money) (Currency, error) {
	switch {
	case m.currency == o.currency, o == (Money{}):
		return m.currency, nil
	case m == (Money{}):
		return o.currency, nil
	}
	return "", fmt.Errorf("%w: %s and %s", ErrCurrency, m.currency, o.currency)
}

// Add is m+o. Errors are [ErrCurrency] and [ErrOverflow].
func (m Money) Add(o Money) (Money, error) {
	c, err := m.common(o)
	if err != nil {
		return Money{}, err
	}
	sum := m.nano + o.nano
	if (sum > m.nano) != (o.nano > 0) && o.nano != 0 || sum == math.MinInt64 {
		return Money{}, fmt.Errorf("%w: %s + %s", ErrOverflow, m.text(), o.text())
	}
	return Money{sum, c}, nil
}

// Sub is m−o. Errors are [ErrCurrency] and [ErrOverflow].
func (m Money) Sub(o Money) (Money, error) { return m.Add(o.Neg()) }

// Neg is −m.
func (m Money) Neg() Money { return Money{-m.nano, m.currency} }

// Cmp is -1, 0 or 1 as m is less than, equal to or more than o. The error is
// [ErrCurrency].
func (m Money) Cmp(o Money) (int, error) {
	if _, err := m.common(o); err != nil {
		return 0, err
	}
	switch {
	case m.nano < o.nano:
		return -1, nil
	case m.nano > o.nano:
		return 1, nil
	}
	return 0, nil
}

// Equal says whether the amounts are the same money. Nothing is equal to
// zero of any currency.
func (m Money) Equal(o Money) bool {
	_, err := m.common(o)
	return err == nil && m.nano == o.nano
}

// MulRatio is m·num/den, rounded once, to the nano-unit. The product has 128
// bits, so that only a result out of range is [ErrOverflow]; den 0 is [ErrRatio].
func (m Money) MulRatio(num, den int64, r Rounding) (Money, error) {
	if den == 0 {
		return Money{}, fmt.Errorf("%w: %d/0", ErrRatio, num)
	}
	nano, ok := mulDiv(abs(m.nano), abs(num), abs(den), r)
	negative := (m.nano < 0) != (num < 0) != (den < 0)
	return signed(nano, ok, negative, m.currency)
}

// Round is m in whole minor units of its currency: 12.275 USD is 12.28 with
// HalfUp. [ErrOverflow] is possible only in the last minor unit of the range.
func (m Money) Round(r Rounding) (Money, error) {
	if m.nano == 0 {
		return m, nil
	}
	unit := m.currency.minor()
	if m.nano%unit == 0 {
		return m, nil
	}
	whole, _ := mulDiv(abs(m.nano), 1, uint64(unit), r)
	nano, ok := mulDiv(whole, uint64(unit), 1, Down)
	return signed(nano, ok, m.nano < 0, m.currency)
}

// Allocate shares m by weights, losing nothing: the shares' sum is m, by the
// method of largest remainders, ties to the earlier share. An amount of
// whole minor units is shared in minor units, any other in nano-units.
// Weights below zero, none at all, or none above zero are [ErrRatio], a sum of
// weights beyond int64 is [ErrOverflow].
func (m Money) Allocate(weights []int64) ([]Money, error) {
	var total int64
	for i, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("%w: weight %d is %d, below zero", ErrRatio, i, w)
		}
		if total += w; total < 0 {
			return nil, fmt.Errorf("%w: the sum of the weights", ErrOverflow)
		}
	}
	if total == 0 {
		return nil, fmt.Errorf("%w: no weight is above zero", ErrRatio)
	}
	unit := m.currency.minor()
	if m.nano%unit != 0 {
		unit = 1
	}
	all := abs(m.nano) / uint64(unit)
	left := all
	shares := make([]uint64, len(weights))
	rests := make([]remainder, len(weights))
	for i, w := range weights {
		shares[i], rests[i] = divide(all, uint64(w), uint64(total), i)
		left -= shares[i]
	}
	slices.SortFunc(rests, remainder.compare)
	for _, r := range rests[:left] {
		shares[r.index]++
	}
	out := make([]Money, len(weights))
	for i, share := range shares {
		out[i] = Money{int64(share) * unit, m.currency}
		if m.nano < 0 {
			out[i] = out[i].Neg()
		}
	}
	return out, nil
}
