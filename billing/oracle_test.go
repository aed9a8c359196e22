package billing_test

import (
	"math/big"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// nanoRat is an amount as a fraction of nano-units.
func nanoRat(m billing.Money) *big.Rat { return new(big.Rat).SetInt64(m.NanoUnits()) }

// roundRat is the integer a fraction rounds to, by the definition of each
// mode in words of whole part and rest.
func roundRat(x *big.Rat, r billing.Rounding) *big.Int {
	magnitude := new(big.Rat).Abs(x)
	whole, rest := new(big.Int).QuoRem(magnitude.Num(), magnitude.Denom(), new(big.Int))
	half := new(big.Rat).SetFrac(rest, magnitude.Denom()).Cmp(big.NewRat(1, 2))
	var up bool
	switch r {
	case billing.HalfUp:
		up = half >= 0
	case billing.HalfEven:
		up = half > 0 || half == 0 && whole.Bit(0) == 1
	case billing.Up:
		up = rest.Sign() != 0
	}
	if up {
		whole.Add(whole, big.NewInt(1))
	}
	if x.Sign() < 0 {
		whole.Neg(whole)
	}
	return whole
}

// inRange says whether Money holds so many nano-units.
func inRange(nano *big.Int) bool { return nano.IsInt64() && nano.Int64() != -1<<63 }

// agree compares an answer with the oracle's, an error with being out of range.
func agree(t *rapid.T, want *big.Int, got billing.Money, err error) {
	if !inRange(want) {
		require.ErrorIs(t, err, billing.ErrOverflow)
		return
	}
	require.NoError(t, err)
	require.Equal(t, want.Int64(), got.NanoUnits())
}

// int64s draws from the whole range, small numbers and edges often.
func int64s() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64(), rapid.Int64Range(-1000, 1000), rapid.SampledFrom([]int64{
		-1 << 63, -1<<63 + 1, 1<<63 - 1, -1 << 62, 1 << 62, 1_000_000_000, -1_000_000_000, 5_000_000, 15_000_000, -5_000_000, 1<<53 + 1,
	}))
}

func amounts(c billing.Currency) *rapid.Generator[billing.Money] {
	return rapid.Custom(func(t *rapid.T) billing.Money {
		n := int64s().Filter(func(n int64) bool { return n != -1<<63 }).Draw(t, "nano")
		m, err := billing.Nano(n, c)
		require.NoError(t, err)
		return m
	})
}

func currencies() *rapid.Generator[billing.Currency] {
	return rapid.SampledFrom([]billing.Currency{"USD", "EUR", "JPY", "KWD", "CLF"})
}

func roundings() *rapid.Generator[billing.Rounding] {
	return rapid.SampledFrom([]billing.Rounding{billing.HalfUp, billing.HalfEven, billing.Up, billing.Down})
}

// I17: the arithmetic is that of fractions, and says so when it cannot be.
func TestMoneyAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := currencies().Draw(t, "currency")
		a, b := amounts(c).Draw(t, "a"), amounts(c).Draw(t, "b")
		num, den := int64s().Draw(t, "num"), int64s().Draw(t, "den")
		r := roundings().Draw(t, "rounding")

		sum, err := a.Add(b)
		agree(t, new(big.Int).Add(big.NewInt(a.NanoUnits()), big.NewInt(b.NanoUnits())), sum, err)
		if err == nil {
			back, err := sum.Sub(b)
			require.NoError(t, err)
			require.Equal(t, a, back)
		}
		order, err := a.Cmp(b)
		require.NoError(t, err)
		require.Equal(t, nanoRat(a).Cmp(nanoRat(b)), order)

		product, err := a.MulRatio(num, den, r)
		if den == 0 {
			require.ErrorIs(t, err, billing.ErrRatio)
		} else {
			want := new(big.Rat).Mul(nanoRat(a), big.NewRat(num, den))
			agree(t, roundRat(want, r), product, err)
		}

		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(9-c.Digits())), nil)
		rounded, err := a.Round(r)
		minor := roundRat(new(big.Rat).Quo(nanoRat(a), new(big.Rat).SetInt(unit)), r)
		agree(t, minor.Mul(minor, unit), rounded, err)
	})
}

// I17 again, from another hand: decimal text and rounding by apd.
func TestMoneyAgainstDecimals(t *testing.T) {
	modes := map[billing.Rounding]apd.Rounder{
		billing.HalfUp: apd.RoundHalfUp, billing.HalfEven: apd.RoundHalfEven, billing.Up: apd.RoundUp, billing.Down: apd.RoundDown,
	}
	rapid.Check(t, func(t *rapid.T) {
		c := currencies().Draw(t, "currency")
		m := amounts(c).Draw(t, "m")
		r := roundings().Draw(t, "rounding")

		decimal, _, err := apd.NewFromString(m.String())
		require.NoError(t, err)
		require.Zero(t, decimal.Cmp(apd.New(m.NanoUnits(), -9)), "%s", m)
		again, err := billing.ParseMoney(m.String(), c)
		require.NoError(t, err)
		require.Equal(t, m, again)

		// Quantize of apd v3.2.3 makes nothing of what is below a tenth of
		// the last place, whatever the rounding.
		if tenth := apd.New(1, int32(-c.Digits()-1)); r == billing.Up && new(apd.Decimal).Abs(decimal).Cmp(tenth) < 0 {
			return
		}
		context := apd.BaseContext.WithPrecision(30)
		context.Rounding = modes[r]
		var want apd.Decimal
		_, err = context.Quantize(&want, apd.New(m.NanoUnits(), -9), int32(-c.Digits()))
		require.NoError(t, err)
		got, err := m.Round(r)
		if err != nil {
			require.ErrorIs(t, err, billing.ErrOverflow)
			require.Positive(t, want.Abs(&want).Cmp(apd.New(1<<63-1, -9)))
			return
		}
		decimal, _, err = apd.NewFromString(got.String())
		require.NoError(t, err)
		require.Zero(t, decimal.Cmp(&want), "%s is %s, not %s", m, got, want.Text('f'))
	})
}

// I17: shares lose nothing, none is a unit from its exact part, and equal
// weights differ by one unit at most.
func TestAllocateSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := currencies().Draw(t, "currency")
		m := amounts(c).Draw(t, "m")
		weights := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 9), rapid.Int64Range(0, 1<<58)), 1, 12).Draw(t, "weights")
		total := new(big.Int)
		for _, w := range weights {
			total.Add(total, big.NewInt(w))
		}
		shares, err := m.Allocate(weights)
		if total.Sign() == 0 {
			require.ErrorIs(t, err, billing.ErrRatio)
			return
		}
		require.NoError(t, err)
		unit := int64(1)
		if minor, err := m.Round(billing.Down); err == nil && minor == m {
			for range 9 - c.Digits() {
				unit *= 10
			}
		}
		sum := billing.Money{}
		for i, share := range shares {
			sum, err = sum.Add(share)
			require.NoError(t, err)
			exact := new(big.Rat).Mul(nanoRat(m), new(big.Rat).SetFrac(big.NewInt(weights[i]), total))
			off := exact.Sub(exact, nanoRat(share))
			require.Negative(t, off.Abs(off).Cmp(big.NewRat(unit, 1)), "share %d", i)
			require.Zero(t, share.NanoUnits()%unit)
		}
		require.Equal(t, m, sum)
	})
}

// A rate is the fraction it says.
func TestRateAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		coef := rapid.OneOf(rapid.Int64Range(0, 1<<53), rapid.Int64Range(0, 2000)).Draw(t, "coef")
		scale := rapid.IntRange(0, 14).Draw(t, "scale")
		per := rapid.OneOf(rapid.SampledFrom([]int64{1, 3, 7, 20, 1000, 1_000_000_000}), rapid.Int64Range(1, 1_000_000)).Draw(t, "per")
		qty := rapid.OneOf(rapid.Int64Range(0, 1<<63-1), rapid.Int64Range(0, 2_000_000)).Draw(t, "qty")
		r := roundings().Draw(t, "rounding")

		price := apd.New(coef, int32(-scale)).Text('f')
		rate, err := billing.Per(per, price, "USD")
		exact := new(big.Rat).SetFrac(big.NewInt(coef), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		exact.Mul(exact, big.NewRat(1_000_000_000, per))
		if err != nil {
			require.ErrorIs(t, err, billing.ErrOverflow)
			require.True(t, !inRange(exact.Num()) || !inRange(exact.Denom()), "%s/%d: %v", price, per, err)
			return
		}
		again, err := billing.ParseRate(rate.String(), "USD")
		require.NoError(t, err)
		require.Equal(t, rate, again)

		linear, err := rate.Amount(qty, r)
		agree(t, roundRat(new(big.Rat).Mul(exact, new(big.Rat).SetInt64(qty)), r), linear, err)

		blocks := roundRat(big.NewRat(qty, per), billing.Up)
		units := new(big.Int).Mul(blocks, big.NewInt(per))
		whole, err := rate.Blocks(qty)
		agree(t, roundRat(new(big.Rat).Mul(exact, new(big.Rat).SetInt(units)), billing.HalfUp), whole, err)
	})
}
