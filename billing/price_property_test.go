package billing_test

import (
	"math/big"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// step is a tier in plain numbers, for the oracle.
type step struct {
	upTo  int64 // or Inf
	nanos int64 // for one unit
	per   int64 // units of a block
	fee   int64 // in nano-units
}

// steps draws tiers whose prices are whole nano-units for a unit, so that
// nothing is rounded before the lines are.
func steps(fees bool) *rapid.Generator[[]step] {
	return rapid.Custom(func(t *rapid.T) []step {
		n := rapid.IntRange(1, 6).Draw(t, "tiers")
		list := make([]step, n)
		upTo := int64(0)
		for i := range list {
			upTo += rapid.OneOf(rapid.Int64Range(1, 20), rapid.Int64Range(1, 300_000)).Draw(t, "width")
			list[i] = step{
				upTo:  upTo,
				nanos: rapid.OneOf(rapid.Int64Range(0, 500_000), rapid.Just(int64(0))).Draw(t, "nanos"),
				per:   rapid.SampledFrom([]int64{1, 7, 20, 1000}).Draw(t, "per"),
			}
			if fees {
				list[i].fee = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 5_000_000_000)).Draw(t, "fee")
			}
		}
		list[n-1].upTo = billing.Inf
		return list
	})
}

func tiersOf(t require.TestingT, list []step) []billing.Tier {
	tiers := make([]billing.Tier, len(list))
	for i, s := range list {
		price, err := billing.Nano(s.nanos*s.per, "USD")
		require.NoError(t, err)
		fee, err := billing.Nano(s.fee, "USD")
		require.NoError(t, err)
		tiers[i] = billing.Tier{UpTo: s.upTo, Unit: rate(t, price.String()+"/"+strconv.FormatInt(s.per, 10)), Flat: fee}
	}
	return tiers
}

// oracle is Σ (min(n, up_i) − up_(i−1))⁺ · p_i and the fees of tiers entered,
// in fractions of a dollar; with blocks, each tier's part in whole ones.
func oracle(list []step, n int64, blocks bool) *big.Rat {
	sum, low := new(big.Rat), int64(0)
	for i, s := range list {
		high := n
		if s.upTo != billing.Inf && s.upTo < n {
			high = s.upTo
		}
		units := new(big.Rat).SetInt64(max(0, high-low))
		if blocks {
			started := roundRat(new(big.Rat).Quo(units, big.NewRat(s.per, 1)), billing.Up)
			units.SetInt(started.Mul(started, big.NewInt(s.per)))
		}
		sum.Add(sum, units.Mul(units, big.NewRat(s.nanos, 1)))
		if i == 0 || n > low {
			sum.Add(sum, big.NewRat(s.fee, 1))
		}
		if s.upTo == billing.Inf || n <= s.upTo {
			break
		}
		low = s.upTo
	}
	return sum
}

func quantities() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(0, 100), rapid.Int64Range(0, 2_000_000))
}

func exactly(t require.TestingT, p billing.Price, n int64) *big.Rat {
	amount, err := p.Amount(n)
	require.NoError(t, err)
	return nanoRat(amount)
}

// I13: graduated is its formula; it never falls; without fees a unit adds no
// more than the dearest rate; with falling rates each unit adds no more than
// the one before.
func TestGraduatedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fees := rapid.Bool().Draw(t, "fees")
		list := steps(fees).Draw(t, "tiers")
		n := quantities().Draw(t, "n")
		linear := graduated(t, billing.Linear, tiersOf(t, list)...)
		blocks := graduated(t, billing.BlockUp, tiersOf(t, list)...)
		require.Zero(t, oracle(list, n, false).Cmp(exactly(t, linear, n)))
		require.Zero(t, oracle(list, n, true).Cmp(exactly(t, blocks, n)))

		dearest, falling := int64(0), true
		for i, s := range list {
			dearest = max(dearest, s.nanos)
			falling = falling && (i == 0 || s.nanos <= list[i-1].nanos)
		}
		at, next, after := exactly(t, linear, n), exactly(t, linear, n+1), exactly(t, linear, n+2)
		first := new(big.Rat).Sub(next, at)
		second := new(big.Rat).Sub(after, next)
		require.GreaterOrEqual(t, first.Sign(), 0, "monotone")
		if !fees {
			require.LessOrEqual(t, first.Cmp(big.NewRat(dearest, 1)), 0, "continuous")
			if falling {
				require.LessOrEqual(t, second.Cmp(first), 0, "concave")
			}
		}
	})
}

// sliceable draws any price that Between works for.
func sliceable() *rapid.Generator[billing.Price] {
	return rapid.Custom(func(t *rapid.T) billing.Price {
		proration := rapid.SampledFrom([]billing.Proration{billing.Linear, billing.BlockUp}).Draw(t, "proration")
		// With a third of a nano-unit and the like in it.
		finer := rate(t, rapid.SampledFrom([]string{"0.00000000000007", "1/3", "0.01/7", "0.0000000005", "0.20/1000"}).Draw(t, "rate"))
		money := func(name string) billing.Money {
			m, err := billing.Nano(rapid.Int64Range(0, 50_000_000_000).Draw(t, name), "USD")
			require.NoError(t, err)
			return m
		}
		var price billing.Price
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			tiers := tiersOf(t, steps(true).Draw(t, "tiers"))
			tiers[0].Unit = finer
			price = graduated(t, proration, tiers...)
		case 1:
			price = billing.Unit(finer, proration)
		case 2:
			price = billing.Flat(money("fee"))
		case 3:
			var err error
			price, err = billing.Package(rapid.Int64Range(1, 5000).Draw(t, "size"), money("price"), rapid.Int64Range(0, 5000).Draw(t, "free"))
			require.NoError(t, err)
		}
		if rapid.Bool().Draw(t, "capped") {
			least := money("least")
			most, err := least.Add(money("most"))
			require.NoError(t, err)
			if most.IsZero() {
				most = billing.Money{}
			}
			price = billing.Capped(price, least, most)
		}
		return price
	})
}

// I13: slices add up to the whole, exactly and to the cent, and so do the
// amounts under each key. From 0 the whole is the charge.
func TestSlicesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := sliceable().Draw(t, "price")
		a := quantities().Draw(t, "a")
		b := a + quantities().Draw(t, "more")
		c := b + quantities().Draw(t, "and more")
		if rapid.Bool().Draw(t, "from the start") {
			a = 0
		}
		between := func(from, to int64) billing.Charge {
			charge, err := price.Between(from, to)
			require.NoError(t, err)
			return charge
		}
		whole, first, second := between(a, c), between(a, b), between(b, c)
		sum, err := first.Exact.Add(second.Exact)
		require.NoError(t, err)
		require.True(t, whole.Exact.Equal(sum), "%s ≠ %s", whole.Exact, sum)
		sum, err = first.Total.Add(second.Total)
		require.NoError(t, err)
		require.True(t, whole.Total.Equal(sum), "%s ≠ %s", whole.Total, sum)
		require.Equal(t, byKey(t, whole), byKey(t, first, second))
		require.GreaterOrEqual(t, whole.Exact.Sign(), 0)

		amount, err := price.Amount(c)
		require.NoError(t, err)
		charge, err := price.Charge(c)
		require.NoError(t, err)
		require.True(t, amount.Equal(charge.Exact), "Amount is Charge's Exact: %s, %s", amount, charge.Exact)
		if a == 0 && c > 0 {
			require.Equal(t, charge, whole)
		}
		consistent(t, charge)
		consistent(t, second)
	})
}

// byKey sums the amounts of lines, leaving out those of nothing.
func byKey(t require.TestingT, charges ...billing.Charge) map[string]int64 {
	sums := map[string]int64{}
	for _, charge := range charges {
		for _, l := range charge.Lines {
			sums[l.Key] += l.Amount.NanoUnits()
		}
	}
	for key, sum := range sums {
		if sum == 0 {
			delete(sums, key)
		}
	}
	return sums
}

// consistent says that a charge is the sum of its lines, in whole cents.
func consistent(t require.TestingT, c billing.Charge) {
	var exact, total billing.Money
	var err error
	for _, l := range c.Lines {
		exact, err = exact.Add(l.Exact)
		require.NoError(t, err)
		total, err = total.Add(l.Amount)
		require.NoError(t, err)
		rounded, err := l.Amount.Round(billing.HalfUp)
		require.NoError(t, err)
		require.Equal(t, rounded, l.Amount)
	}
	require.True(t, c.Exact.Equal(exact))
	require.True(t, c.Total.Equal(total))
}

// I14: whole blocks cost at least what their units do, and less than a block
// more for every tier that is reached. A package is the same with one tier.
func TestBlocksCostLittleMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := steps(false).Draw(t, "tiers")
		n := quantities().Draw(t, "n")
		linear := exactly(t, graduated(t, billing.Linear, tiersOf(t, list)...), n)
		blocks := exactly(t, graduated(t, billing.BlockUp, tiersOf(t, list)...), n)
		between(t, linear, blocks, list)

		one := list[:1]
		price, err := billing.Nano(one[0].nanos*one[0].per, "USD")
		require.NoError(t, err)
		free := quantities().Draw(t, "free")
		pack, err := billing.Package(one[0].per, price, free)
		require.NoError(t, err)
		units := new(big.Rat).SetInt64(max(0, n-free) * one[0].nanos)
		between(t, units, exactly(t, pack, n), one)
	})
}

func between(t require.TestingT, linear, blocks *big.Rat, reached []step) {
	require.GreaterOrEqual(t, blocks.Cmp(linear), 0)
	more := new(big.Rat)
	for _, s := range reached {
		more.Add(more, new(big.Rat).SetInt64(s.nanos*s.per))
	}
	if over := new(big.Rat).Sub(blocks, linear); over.Sign() > 0 {
		require.Negative(t, over.Cmp(more))
	}
}

// A volume price is quantity by the rate reached; where it falls Cliffs says
// so, and where it is as high again.
func TestVolumeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := steps(true).Draw(t, "tiers")
		price := volume(t, billing.Linear, tiersOf(t, list)...)
		n := quantities().Draw(t, "n")
		reached := list[0]
		for _, s := range list[1:] {
			if reached.upTo != billing.Inf && n > reached.upTo {
				reached = s
			}
		}
		require.Zero(t, exactly(t, price, n).Cmp(big.NewRat(n*reached.nanos+reached.fee, 1)))

		cliffs, err := billing.Cliffs(price)
		require.NoError(t, err)
		for _, c := range cliffs {
			before := exactly(t, price, c.At)
			require.Equal(t, 1, before.Cmp(exactly(t, price, c.At+1)))
			last := c.At + 2_000_000
			if c.Recovers != billing.Inf {
				require.LessOrEqual(t, before.Cmp(exactly(t, price, c.Recovers)), 0)
				last = c.Recovers - 1
			}
			within := rapid.Int64Range(c.At+1, last).Draw(t, "in the dead zone")
			require.Equal(t, 1, before.Cmp(exactly(t, price, within)), "%d costs less than %d", within, c.At)
		}
		falls := 0
		for _, s := range list[:len(list)-1] {
			if exactly(t, price, s.upTo).Cmp(exactly(t, price, s.upTo+1)) > 0 {
				falls++
			}
		}
		require.Len(t, cliffs, falls)
	})
}
