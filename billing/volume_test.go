package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestVolumeCannotBeSliced(t *testing.T) {
	price := volume(t, billing.Linear, publishedTiers(t)...)
	for _, slice := range [][2]int64{{0, 0}, {0, 10}, {10, 20}} {
		_, err := price.Between(slice[0], slice[1])
		require.ErrorIs(t, err, billing.ErrSplit)
		_, err = billing.Capped(price, usd(t, "1"), usd(t, "50")).Between(slice[0], slice[1])
		require.ErrorIs(t, err, billing.ErrSplit)
	}
}

func TestVolumeFees(t *testing.T) {
	price := volume(t, billing.Linear,
		billing.Tier{UpTo: 10, Unit: rate(t, "1"), Flat: usd(t, "5")},
		billing.Tier{UpTo: billing.Inf, Unit: rate(t, "0.50"), Flat: usd(t, "2")},
	)
	for n, want := range map[int64]string{0: "5.00", 1: "6.00", 10: "15.00", 11: "7.50", 100: "52.00"} {
		charge, err := price.Charge(n)
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), "%d", n)
		amount, err := price.Amount(n)
		require.NoError(t, err)
		require.Equal(t, want, amount.String(), "%d", n)
	}
}

// TestVolumeCliffs has the dead zones of the published rates, were they a
// volume price: 100,001 units cost 15.00015, less than 100,000 at 20.00, and
// not before 133,334 is the bill as high again.
func TestVolumeCliffs(t *testing.T) {
	price := volume(t, billing.Linear, publishedTiers(t)...)
	want := []billing.Cliff{
		{At: 100_000, Before: usd(t, "20"), After: usd(t, "15.00015"), Recovers: 133_334},
		{At: 200_000, Before: usd(t, "30"), After: usd(t, "18.00009"), Recovers: 333_334},
		{At: 500_000, Before: usd(t, "45"), After: usd(t, "35.00007"), Recovers: 642_858},
	}
	cliffs, err := billing.Cliffs(price)
	require.NoError(t, err)
	require.Equal(t, want, cliffs)
	for _, c := range cliffs {
		for n, below := range map[int64]bool{c.At + 1: true, c.Recovers - 1: true, c.Recovers: false} {
			amount, err := price.Amount(n)
			require.NoError(t, err)
			order, err := amount.Cmp(c.Before)
			require.NoError(t, err)
			require.Equal(t, below, order < 0, "%d", n)
		}
	}

	cliffs, err = billing.Cliffs(billing.Capped(price, billing.Money{}, usd(t, "44")))
	require.NoError(t, err)
	require.Equal(t, usd(t, "44"), cliffs[2].Before)
	require.Equal(t, int64(628_572), cliffs[2].Recovers, "44 / 0.07 per 1,000")

	for name, p := range map[string]billing.Price{
		"graduated": graduated(t, billing.Linear, publishedTiers(t)...),
		"unit":      billing.Unit(rate(t, "1"), billing.Linear),
	} {
		cliffs, err := billing.Cliffs(p)
		require.NoError(t, err)
		require.Empty(t, cliffs, name)
	}
}

func TestCliffWithoutRecovery(t *testing.T) {
	price := volume(t, billing.Linear,
		billing.Tier{UpTo: 10, Unit: rate(t, "1")},
		billing.Tier{UpTo: 20, Unit: rate(t, "0.10")},
		billing.Tier{UpTo: billing.Inf, Flat: usd(t, "3")},
	)
	cliffs, err := billing.Cliffs(price)
	require.NoError(t, err)
	require.Equal(t, []billing.Cliff{{At: 10, Before: usd(t, "10"), After: usd(t, "1.10"), Recovers: billing.Inf}}, cliffs)

	price = volume(t, billing.Linear,
		billing.Tier{UpTo: 10, Unit: rate(t, "1")},
		billing.Tier{UpTo: 20, Unit: rate(t, "0.10")},
		billing.Tier{UpTo: billing.Inf, Flat: usd(t, "30")},
	)
	cliffs, err = billing.Cliffs(price)
	require.NoError(t, err)
	require.Len(t, cliffs, 1)
	require.Equal(t, int64(21), cliffs[0].Recovers, "not in the next tier but the one after")
}

func TestCurve(t *testing.T) {
	price := volume(t, billing.Linear, publishedTiers(t)...)
	curve, err := billing.Curve(price, 0, 250_000, 6)
	require.NoError(t, err)
	type row struct {
		n      int64
		amount string
	}
	var got []row
	for _, p := range curve {
		got = append(got, row{p.Quantity, p.Amount.String()})
	}
	require.Equal(t, []row{
		{0, "0.00"}, {25_000, "0.00"}, {25_001, "5.0002"}, {50_000, "10.00"},
		{100_000, "20.00"}, {100_001, "15.00015"}, {150_000, "22.50"},
		{200_000, "30.00"}, {200_001, "18.00009"}, {250_000, "22.50"},
	}, got)

	curve, err = billing.Curve(billing.Flat(usd(t, "3")), 5, 9, 3)
	require.NoError(t, err)
	require.Len(t, curve, 3)
	require.Equal(t, int64(7), curve[1].Quantity)

	curve, err = billing.Curve(billing.Flat(usd(t, "3")), 5, 7, 50)
	require.NoError(t, err)
	require.Len(t, curve, 3, "no quantity twice")

	for _, bad := range []struct {
		from, to int64
		points   int
	}{{0, 10, 1}, {0, 10, 0}, {0, 10, -1}, {0, 10, 1 << 30}, {10, 10, 5}, {10, 5, 5}, {-1, 5, 5}} {
		_, err := billing.Curve(price, bad.from, bad.to, bad.points)
		require.ErrorIs(t, err, billing.ErrQuantity, "%v", bad)
	}
	_, err = billing.Curve(billing.Unit(rate(t, "1"), billing.Linear), 0, 1<<62, 5)
	require.ErrorIs(t, err, billing.ErrOverflow)
}
