package billing_test

import (
	"errors"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// However large the prices and quantities: an amount is right, or it is
// ErrOverflow. It is never another amount, and never a panic.
func TestAmountsAreRightOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		huge := rapid.OneOf(rapid.Int64Range(0, 1<<63-1), rapid.Int64Range(1<<63-2000, 1<<63-1), rapid.Int64Range(0, 2000))
		nano := func(name string) billing.Money {
			m, err := billing.Nano(huge.Draw(t, name), "USD")
			require.NoError(t, err)
			return m
		}
		price, fee, next, n := nano("price"), nano("fee"), nano("next price"), huge.Draw(t, "n")
		edge := max(1, huge.Draw(t, "edge"))
		size := rapid.OneOf(rapid.Int64Range(1, 3), rapid.Int64Range(1, 1<<62)).Draw(t, "size")
		free := huge.Draw(t, "free")
		tiers := []billing.Tier{
			{UpTo: edge, Unit: rate(t, price.String()), Flat: fee},
			{UpTo: billing.Inf, Unit: rate(t, next.String())},
		}
		times := func(n int64, m billing.Money) *big.Int {
			return new(big.Int).Mul(big.NewInt(n), big.NewInt(m.NanoUnits()))
		}
		graduatedWant := new(big.Int).Add(times(min(n, edge), price), times(max(0, n-edge), next))
		graduatedWant.Add(graduatedWant, big.NewInt(fee.NanoUnits()))
		volumeWant := times(n, next)
		if n <= edge {
			volumeWant.Add(times(n, price), big.NewInt(fee.NanoUnits()))
		}
		packages := roundRat(big.NewRat(max(0, n-free), size), billing.Up)
		pack, err := billing.Package(size, price, free)
		if err != nil {
			require.ErrorIs(t, err, billing.ErrOverflow)
			pack = billing.Flat(fee)
			packages.SetInt64(0)
		}
		packageWant := packages.Mul(packages, big.NewInt(price.NanoUnits()))
		if err != nil {
			packageWant = big.NewInt(fee.NanoUnits())
		}
		for name, c := range map[string]struct {
			price billing.Price
			want  *big.Int
		}{
			"graduated": {graduated(t, billing.Linear, tiers...), graduatedWant},
			"volume":    {volume(t, billing.Linear, tiers...), volumeWant},
			"unit":      {billing.Unit(tiers[0].Unit, billing.Linear), times(n, price)},
			"package":   {pack, packageWant},
		} {
			amount, err := c.price.Amount(n)
			agree(t, c.want, amount, err)
			right(t, name, c.price.Charge, n, c.want)
			right(t, name+", capped", billing.Capped(c.price, fee, billing.Money{}).Charge, n, bigMax(c.want, fee))
			if name != "volume" && n > 0 {
				right(t, name+", sliced", func(n int64) (billing.Charge, error) { return c.price.Between(0, n) }, n, c.want)
			}
			plan := billing.Plan{ID: "huge", Version: 1, Base: fee, Components: []billing.Component{{Metric: "x", Overage: c.price}}}
			right(t, name+" and base", func(n int64) (billing.Charge, error) { return plan.Estimate(billing.Usage{"x": n}) },
				n, new(big.Int).Add(c.want, big.NewInt(fee.NanoUnits())))
		}
	})
}

func bigMax(a *big.Int, m billing.Money) *big.Int {
	if b := big.NewInt(m.NanoUnits()); a.Cmp(b) < 0 {
		return b
	}
	return a
}

// right says that a charge is what it should be or is refused, which it may
// also be for a last cent that does not fit.
func right(t *rapid.T, name string, charge func(int64) (billing.Charge, error), n int64, want *big.Int) {
	c, err := charge(n)
	if err != nil {
		require.ErrorIs(t, err, billing.ErrOverflow, name)
		nearly := new(big.Int).Sub(big.NewInt(1<<63-1), big.NewInt(50_000_000)) // five lines, a cent each
		require.Positive(t, want.Cmp(nearly), "%s: %v for %v", name, err, want)
		return
	}
	require.Zero(t, want.Cmp(big.NewInt(c.Exact.NanoUnits())), name)
	consistent(t, c)
}

// A price that a host wrote may fail; what is put around it says so.
type hostPrice struct{ at string }

var errHost = errors.New("no price today")

func (f hostPrice) Validate() error { return nil }

func (f hostPrice) Amount(int64) (billing.Money, error) {
	if f.at == "amount" {
		return billing.Money{}, errHost
	}
	return billing.Money{}, nil
}

func (f hostPrice) Charge(int64) (billing.Charge, error) {
	if f.at == "charge" {
		return billing.Charge{}, errHost
	}
	return billing.Charge{}, nil
}

func (f hostPrice) Between(int64, int64) (billing.Charge, error) {
	if f.at == "between" {
		return billing.Charge{}, errHost
	}
	return billing.Charge{}, nil
}

func TestErrorsOfAHostsPrice(t *testing.T) {
	around := func(at string) (billing.Price, billing.Plan) {
		return billing.Capped(hostPrice{at}, usd(t, "1"), usd(t, "2")), billing.Plan{
			ID: "host", Version: 1, Components: []billing.Component{{Metric: billing.TransformsUnique, Overage: hostPrice{at}}},
		}
	}
	price, plan := around("amount")
	_, err := price.Amount(1)
	require.ErrorIs(t, err, errHost)
	_, err = plan.Estimate(nil)
	require.ErrorIs(t, err, errHost)
	decision, err := plan.Decide(billing.Account{}, billing.Render)
	require.ErrorIs(t, err, errHost)
	require.Equal(t, billing.DenyAll, decision)
	_, err = billing.Curve(price, 0, 5, 2)
	require.ErrorIs(t, err, errHost)

	price, plan = around("charge")
	_, err = price.Charge(1)
	require.ErrorIs(t, err, errHost)
	for _, from := range []int64{0, 1} {
		_, err = price.Between(from, 5)
		require.ErrorIs(t, err, errHost)
	}
	_, err = plan.Estimate(billing.Usage{billing.TransformsUnique: 5})
	require.ErrorIs(t, err, errHost)
	plan.PerProject = true
	_, err = plan.EstimateProjects(map[string]billing.Usage{"p": {billing.TransformsUnique: 5}})
	require.ErrorIs(t, err, errHost)
	require.ErrorContains(t, err, `project "p"`)

	price, _ = around("between")
	_, err = price.Between(1, 5)
	require.ErrorIs(t, err, errHost)

	cliffs, err := billing.Cliffs(hostPrice{"amount"})
	require.NoError(t, err, "its tiers are not known")
	require.Empty(t, cliffs)
}

func TestNamesOfModes(t *testing.T) {
	for r, want := range map[billing.Rounding]string{
		billing.HalfUp: "half-up", billing.HalfEven: "half-even", billing.Up: "up", billing.Down: "down",
	} {
		require.Equal(t, want, r.String())
	}
	require.Equal(t, "linear", billing.Linear.String())
	require.Equal(t, "Proration(7)", billing.Proration(7).String())
}
