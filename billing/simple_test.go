package billing_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// ImageKit's own worked example of an older plan: $49 with 40 GB, then $9
// for every started 20 GB.
func TestPackageImageKit(t *testing.T) {
	beyond, err := billing.Package(20, usd(t, "9"), 0)
	require.NoError(t, err)
	plan := billing.Plan{
		ID: "imagekit", Version: 1, Base: usd(t, "49"),
		Components: []billing.Component{{Metric: "bandwidth.gb", Included: 40, Overage: beyond}},
	}
	after40, err := billing.Package(20, usd(t, "9"), 40)
	require.NoError(t, err)
	for gb, want := range map[int64]string{
		0: "49.00", 20: "49.00", 40: "49.00", 41: "58.00", 60: "58.00", 61: "67.00", 65: "67.00", 80: "67.00", 81: "76.00",
	} {
		charge, err := plan.Estimate(billing.Usage{"bandwidth.gb": gb})
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), "%d GB", gb)

		amount, err := after40.Amount(gb)
		require.NoError(t, err)
		amount, err = amount.Add(usd(t, "49"))
		require.NoError(t, err)
		require.Equal(t, want, amount.String(), "%d GB", gb)
	}
}

// Lago divides floats to count packages, and a float has 53 bits: one unit
// beyond a whole number of packages is lost above 2^53. Ours are integers.
func TestPackageAbove53Bits(t *testing.T) {
	price, err := billing.Package(2, usd(t, "0.000000001"), 0)
	require.NoError(t, err)
	for qty, packages := range map[int64]int64{
		1 << 53:       1 << 52,
		1<<53 + 1:     1<<52 + 1, // a float says 1<<52
		1<<60 + 1:     1<<59 + 1,
		math.MaxInt64: 1 << 62,
	} {
		amount, err := price.Amount(qty)
		require.NoError(t, err)
		require.Equal(t, packages, amount.NanoUnits(), "%d", qty)
	}
	size := int64(1 << 40)
	price, err = billing.Package(size, usd(t, "1"), 1)
	require.NoError(t, err)
	for qty, want := range map[int64]string{
		1<<60 + 1: "1048576.00", 1<<60 + 2: "1048577.00",
	} {
		amount, err := price.Amount(qty)
		require.NoError(t, err)
		require.Equal(t, want, amount.String(), "%d", qty)
	}
}

func TestPackageRefused(t *testing.T) {
	for _, c := range []struct {
		size  int64
		price string
		free  int64
	}{{0, "1", 0}, {-1, "1", 0}, {1, "-1", 0}, {1, "1", -1}} {
		_, err := billing.Package(c.size, usd(t, c.price), c.free)
		require.ErrorIs(t, err, billing.ErrPrice)
	}
	_, err := billing.Package(1, billing.Money{}, 0)
	require.ErrorIs(t, err, billing.ErrCurrency)
}

func TestPackageLines(t *testing.T) {
	price, err := billing.Package(20, usd(t, "9"), 40)
	require.NoError(t, err)
	charge, err := price.Charge(65)
	require.NoError(t, err)
	require.Equal(t, []billing.Line{{
		Key: "package", Description: "9.00 USD per started 20 after 40", To: 65, Quantity: 65,
		Rate: rate(t, "9/20"), Exact: usd(t, "18"), Amount: usd(t, "18"),
	}}, charge.Lines)
	started, err := price.Between(45, 60)
	require.NoError(t, err)
	require.Equal(t, usd(t, "0"), started.Total, "the package was paid for by its first unit")
}

func TestFlat(t *testing.T) {
	price := billing.Flat(usd(t, "15"))
	for _, n := range []int64{0, 1, math.MaxInt64} {
		charge, err := price.Charge(n)
		require.NoError(t, err)
		require.Equal(t, usd(t, "15"), charge.Total)
		amount, err := price.Amount(n)
		require.NoError(t, err)
		require.Equal(t, usd(t, "15"), amount)
	}
	for slice, want := range map[[2]int64]string{{0, 0}: "0.00", {0, 1}: "15.00", {1, 9}: "0.00"} {
		charge, err := price.Between(slice[0], slice[1])
		require.NoError(t, err)
		require.Equal(t, usd(t, want), charge.Total, "%v", slice)
	}
	bad := billing.Flat(usd(t, "-1"))
	require.ErrorIs(t, bad.Validate(), billing.ErrPrice)
	_, err := bad.Charge(1)
	require.ErrorIs(t, err, billing.ErrPrice)
	_, err = bad.Amount(1)
	require.ErrorIs(t, err, billing.ErrPrice)
	_, err = bad.Between(0, 1)
	require.ErrorIs(t, err, billing.ErrPrice)
}

func TestUnit(t *testing.T) {
	charge, err := billing.Unit(rate(t, "0.20/1000"), billing.Linear).Charge(1_500)
	require.NoError(t, err)
	require.Equal(t, "0.30", charge.Total.String())
	require.Equal(t, "0.20 USD per 1,000", charge.Lines[0].Description)
	charge, err = billing.Unit(rate(t, "0.20/1000"), billing.BlockUp).Charge(1_500)
	require.NoError(t, err)
	require.Equal(t, "0.40", charge.Total.String())
	require.Equal(t, "0.20 USD per started 1,000", charge.Lines[0].Description)
	charge, err = billing.Unit(rate(t, "0.45"), billing.Linear).Charge(3)
	require.NoError(t, err)
	require.Equal(t, "0.45 USD each", charge.Lines[0].Description)
}

func TestCapped(t *testing.T) {
	price := billing.Capped(billing.Unit(rate(t, "1"), billing.Linear), usd(t, "10"), usd(t, "100"))
	for n, want := range map[int64]string{0: "10.00", 9: "10.00", 10: "10.00", 11: "11.00", 99: "99.00", 100: "100.00", 101: "100.00", 100_000: "100.00"} {
		charge, err := price.Charge(n)
		require.NoError(t, err)
		require.Equal(t, usd(t, want), charge.Total, "%d", n)
		require.Equal(t, usd(t, want), charge.Exact, "%d", n)
		amount, err := price.Amount(n)
		require.NoError(t, err)
		require.Equal(t, usd(t, want), amount, "%d", n)
	}
	charge, err := price.Charge(4)
	require.NoError(t, err)
	require.Equal(t, []string{"unit", "minimum"}, keys(charge))
	require.Equal(t, usd(t, "6"), charge.Lines[1].Amount)
	charge, err = price.Charge(130)
	require.NoError(t, err)
	require.Equal(t, []string{"unit", "maximum"}, keys(charge))
	require.Equal(t, usd(t, "-30"), charge.Lines[1].Amount)

	for slice, want := range map[[2]int64]string{
		{0, 0}: "0.00", {0, 4}: "10.00", {4, 8}: "0.00", {8, 12}: "2.00", {4, 200}: "90.00", {150, 200}: "0.00",
	} {
		charge, err := price.Between(slice[0], slice[1])
		require.NoError(t, err)
		require.Equal(t, usd(t, want), charge.Total, "%v", slice)
		require.Equal(t, usd(t, want), charge.Exact, "%v", slice)
	}
}

// Bounds hold for what is paid, not only for what is exact: 1.005 rounds up
// beyond a maximum of 1.00 and the line takes the cent off again.
func TestCappedToTheCent(t *testing.T) {
	inner := graduated(t, billing.Linear,
		billing.Tier{UpTo: 1, Unit: rate(t, "0.495")}, billing.Tier{UpTo: billing.Inf, Unit: rate(t, "0.495")})
	charge, err := inner.Charge(2)
	require.NoError(t, err)
	require.Equal(t, "0.99", charge.Exact.String())
	require.Equal(t, "1.00", charge.Total.String(), "two lines, each rounded")
	charge, err = billing.Capped(inner, billing.Money{}, usd(t, "0.99")).Charge(2)
	require.NoError(t, err)
	require.Equal(t, "0.99", charge.Exact.String())
	require.Equal(t, "0.99", charge.Total.String())
}

func TestCappedRefused(t *testing.T) {
	inner := billing.Unit(rate(t, "1"), billing.Linear)
	euro, err := billing.ParseMoney("5", "EUR")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		price billing.Price
		err   error
	}{
		"nothing within":       {billing.Capped(nil, usd(t, "1"), usd(t, "2")), billing.ErrPrice},
		"minimum over maximum": {billing.Capped(inner, usd(t, "3"), usd(t, "2")), billing.ErrPrice},
		"minimum below zero":   {billing.Capped(inner, usd(t, "-3"), usd(t, "2")), billing.ErrPrice},
		"maximum of zero":      {billing.Capped(inner, billing.Money{}, usd(t, "0")), billing.ErrPrice},
		"bounds in two":        {billing.Capped(inner, usd(t, "1"), euro), billing.ErrCurrency},
		"something bad within": {billing.Capped(billing.Flat(usd(t, "-1")), usd(t, "1"), usd(t, "2")), billing.ErrPrice},
	} {
		require.ErrorIs(t, c.price.Validate(), c.err, name)
		_, err := c.price.Charge(1)
		require.ErrorIs(t, err, c.err, name)
		_, err = c.price.Amount(1)
		require.ErrorIs(t, err, c.err, name)
		_, err = c.price.Between(0, 1)
		require.ErrorIs(t, err, c.err, name)
	}
	_, err = billing.Capped(inner, euro, billing.Money{}).Charge(1)
	require.ErrorIs(t, err, billing.ErrCurrency)
}
