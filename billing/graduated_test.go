package billing_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// publishedTiers are Immagin's, as its page has them.
func publishedTiers(t require.TestingT) []billing.Tier {
	return []billing.Tier{
		{UpTo: 25_000, Unit: rate(t, "0/1000")},
		{UpTo: 100_000, Unit: rate(t, "0.20/1000")},
		{UpTo: 200_000, Unit: rate(t, "0.15/1000")},
		{UpTo: 500_000, Unit: rate(t, "0.09/1000")},
		{UpTo: billing.Inf, Unit: rate(t, "0.07/1000")},
	}
}

func graduated(t require.TestingT, p billing.Proration, tiers ...billing.Tier) billing.Price {
	price, err := billing.Graduated(p, tiers...)
	require.NoError(t, err)
	return price
}

func volume(t require.TestingT, p billing.Proration, tiers ...billing.Tier) billing.Price {
	price, err := billing.Volume(p, tiers...)
	require.NoError(t, err)
	return price
}

// TestPublishedTiers has every quantity of the tables, by all three readings
// of "price per 1,000". Graduated and linear is the one billed.
func TestPublishedTiers(t *testing.T) {
	tiers := publishedTiers(t)
	linear := graduated(t, billing.Linear, tiers...)
	blocks := graduated(t, billing.BlockUp, tiers...)
	whole := volume(t, billing.Linear, tiers...)
	for _, c := range []struct {
		n                         int64
		graduated, volume, blocks string
		invoiced                  string
	}{
		{0, "0.00", "0.00", "0.00", "0.00"},
		{1, "0.00", "0.00", "0.00", "0.00"},
		{25_000, "0.00", "0.00", "0.00", "0.00"},
		{25_001, "0.0002", "5.0002", "0.20", "0.00"},
		{25_024, "0.0048", "5.0048", "0.20", "0.00"},
		{25_025, "0.005", "5.005", "0.20", "0.01"}, // the first cent, half-up
		{26_000, "0.20", "5.20", "0.20", "0.20"},
		{100_000, "15.00", "20.00", "15.00", "15.00"},
		{100_001, "15.00015", "15.00015", "15.15", "15.00"},
		{160_000, "24.00", "24.00", "24.00", "24.00"},
		{200_000, "30.00", "30.00", "30.00", "30.00"},
		{200_001, "30.00009", "18.00009", "30.09", "30.00"},
		{300_000, "39.00", "27.00", "39.00", "39.00"},
		{500_000, "57.00", "45.00", "57.00", "57.00"},
		{500_001, "57.00007", "35.00007", "57.07", "57.00"},
		{1_000_000, "92.00", "70.00", "92.00", "92.00"},
		{10_000_000, "722.00", "700.00", "722.00", "722.00"},
	} {
		for _, reading := range []struct {
			price billing.Price
			want  string
		}{{linear, c.graduated}, {whole, c.volume}, {blocks, c.blocks}} {
			charge, err := reading.price.Charge(c.n)
			require.NoError(t, err)
			require.Equal(t, reading.want, charge.Exact.String(), "%d", c.n)
			amount, err := reading.price.Amount(c.n)
			require.NoError(t, err)
			require.Equal(t, charge.Exact, amount, "%d", c.n)
		}
		charge, err := linear.Charge(c.n)
		require.NoError(t, err)
		require.Equal(t, c.invoiced, charge.Total.String(), "%d", c.n)
	}
}

// The provider's page prints $24.00 beside a slider at 300,000. The tiers on
// the same page say $39.00: 25,000 are free, 75,000 at $0.20, 100,000 at
// $0.15 and 100,000 at $0.09 are 15.00 + 15.00 + 9.00. And 39.00 − 15.00 is
// 24.00: the page has forgotten one of the two tiers that cost $15.00 (or its
// slider stood at 160,000, which do cost $24.00). It is no other reading of
// the price either: by volume it would be $27.00, or $24.75 without the free
// ones.
func Test300000Are39DollarsAndNot24(t *testing.T) {
	tiers := publishedTiers(t)
	price := graduated(t, billing.Linear, tiers...)
	charge, err := price.Charge(300_000)
	require.NoError(t, err)
	require.Equal(t, usd(t, "39.00"), charge.Total)
	require.NotEqual(t, usd(t, "24.00"), charge.Total)

	// The two ways to the wrong figure.
	for _, dropped := range []int{1, 2} {
		without := append([]billing.Tier(nil), tiers...)
		without[dropped].Unit = rate(t, "0/1000")
		amount, err := graduated(t, billing.Linear, without...).Amount(300_000)
		require.NoError(t, err)
		require.Equal(t, "24.00", amount.String(), "without tier %d", dropped+1)
	}
	amount, err := price.Amount(160_000)
	require.NoError(t, err)
	require.Equal(t, "24.00", amount.String())

	// And the ways that do not lead there.
	byVolume := volume(t, billing.Linear, tiers...)
	amount, err = byVolume.Amount(300_000)
	require.NoError(t, err)
	require.Equal(t, "27.00", amount.String())
	lessFree, err := rate(t, "0.09/1000").Amount(300_000-25_000, billing.HalfUp)
	require.NoError(t, err)
	require.Equal(t, "24.75", lessFree.String())
}

func TestGraduatedLines(t *testing.T) {
	charge, err := graduated(t, billing.Linear, publishedTiers(t)...).Charge(300_000)
	require.NoError(t, err)
	type row struct {
		key, description  string
		from, to, qty     int64
		rate, exact, paid string
	}
	var got []row
	for _, l := range charge.Lines {
		got = append(got, row{l.Key, l.Description, l.From, l.To, l.Quantity, l.Rate.String(), l.Exact.String(), l.Amount.String()})
	}
	require.Equal(t, []row{
		{"tier/1/unit", "1 to 25,000 at 0.00 USD per 1,000", 0, 25_000, 25_000, "0.00/1000", "0.00", "0.00"},
		{"tier/2/unit", "25,001 to 100,000 at 0.20 USD per 1,000", 25_000, 100_000, 75_000, "0.20/1000", "15.00", "15.00"},
		{"tier/3/unit", "100,001 to 200,000 at 0.15 USD per 1,000", 100_000, 200_000, 100_000, "0.15/1000", "15.00", "15.00"},
		{"tier/4/unit", "200,001 to 500,000 at 0.09 USD per 1,000", 200_000, 300_000, 100_000, "0.09/1000", "9.00", "9.00"},
	}, got)
}

func TestGraduatedFees(t *testing.T) {
	price := graduated(t, billing.Linear,
		billing.Tier{UpTo: 10, Unit: rate(t, "1"), Flat: usd(t, "5")},
		billing.Tier{UpTo: 20, Flat: usd(t, "2.50")},
		billing.Tier{UpTo: billing.Inf, Unit: rate(t, "0.10")},
	)
	for n, want := range map[int64]string{
		0: "5.00", 1: "6.00", 10: "15.00", 11: "17.50", 20: "17.50", 21: "17.60", 31: "18.60",
	} {
		charge, err := price.Charge(n)
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), "%d", n)
		amount, err := price.Amount(n)
		require.NoError(t, err)
		require.Equal(t, want, amount.String(), "%d", n)
	}
	idle, err := price.Charge(0)
	require.NoError(t, err)
	require.Len(t, idle.Lines, 2)
	require.Equal(t, "tier/1/unit", idle.Lines[0].Key)
	require.Zero(t, idle.Lines[0].Quantity)
	require.Equal(t, "tier/1/flat", idle.Lines[1].Key)
	require.Equal(t, usd(t, "5"), idle.Lines[1].Amount)

	entered, err := price.Between(9, 11)
	require.NoError(t, err)
	require.Equal(t, "3.50", entered.Total.String(), "the tenth, and the second tier's fee")
	require.Equal(t, []string{"tier/1/unit", "tier/2/unit", "tier/2/flat"}, keys(entered))
}

func keys(c billing.Charge) (all []string) {
	for _, l := range c.Lines {
		all = append(all, l.Key)
	}
	return all
}

func TestNothingIsOneZeroLine(t *testing.T) {
	pack, err := billing.Package(20, usd(t, "9"), 40)
	require.NoError(t, err)
	for name, price := range map[string]billing.Price{
		"graduated": graduated(t, billing.Linear, publishedTiers(t)...),
		"blocks":    graduated(t, billing.BlockUp, publishedTiers(t)...),
		"volume":    volume(t, billing.Linear, publishedTiers(t)...),
		"unit":      billing.Unit(rate(t, "0.45"), billing.Linear),
		"package":   pack,
		"capped":    billing.Capped(pack, billing.Money{}, usd(t, "100")),
	} {
		charge, err := price.Charge(0)
		require.NoError(t, err, name)
		require.Len(t, charge.Lines, 1, name)
		require.Zero(t, charge.Lines[0].Quantity, name)
		require.Equal(t, usd(t, "0"), charge.Lines[0].Amount, name)
		require.Equal(t, usd(t, "0"), charge.Total, name)
	}
}

// An empty slice is a zero line of the tier it is in.
func TestEmptySlices(t *testing.T) {
	price := graduated(t, billing.Linear, publishedTiers(t)...)
	for at, key := range map[int64]string{
		0: "tier/1/unit", 25_000: "tier/1/unit", 25_001: "tier/2/unit", 500_000: "tier/4/unit", 500_001: "tier/5/unit",
	} {
		charge, err := price.Between(at, at)
		require.NoError(t, err)
		require.Equal(t, []string{key}, keys(charge), "%d", at)
		line := charge.Lines[0]
		require.Equal(t, []int64{at, at, 0}, []int64{line.From, line.To, line.Quantity})
		require.Equal(t, usd(t, "0"), line.Amount)
	}
}

func TestQuantitiesRefused(t *testing.T) {
	pack, err := billing.Package(20, usd(t, "9"), 40)
	require.NoError(t, err)
	for name, price := range map[string]billing.Price{
		"graduated": graduated(t, billing.Linear, publishedTiers(t)...),
		"volume":    volume(t, billing.Linear, publishedTiers(t)...),
		"flat":      billing.Flat(usd(t, "5")),
		"unit":      billing.Unit(rate(t, "0.45"), billing.Linear),
		"package":   pack,
		"capped":    billing.Capped(pack, usd(t, "1"), usd(t, "100")),
	} {
		_, err := price.Charge(-1)
		require.ErrorIs(t, err, billing.ErrQuantity, name)
		_, err = price.Amount(-1)
		require.ErrorIs(t, err, billing.ErrQuantity, name)
		_, err = price.Between(-1, 5)
		require.ErrorIs(t, err, billing.ErrQuantity, name)
		_, err = price.Between(5, 4)
		require.ErrorIs(t, err, billing.ErrQuantity, name)
	}
}

func TestTiersRefused(t *testing.T) {
	euro, err := billing.PerUnit("1", "EUR")
	require.NoError(t, err)
	one := rate(t, "1")
	for name, c := range map[string]struct {
		tiers []billing.Tier
		err   error
	}{
		"none":                {nil, billing.ErrTiers},
		"no open end":         {[]billing.Tier{{UpTo: 10, Unit: one}}, billing.ErrTiers},
		"an end in between":   {[]billing.Tier{{UpTo: billing.Inf, Unit: one}, {UpTo: billing.Inf, Unit: one}}, billing.ErrTiers},
		"equal bounds":        {[]billing.Tier{{UpTo: 10, Unit: one}, {UpTo: 10, Unit: one}, {UpTo: billing.Inf}}, billing.ErrTiers},
		"descending bounds":   {[]billing.Tier{{UpTo: 10, Unit: one}, {UpTo: 9, Unit: one}, {UpTo: billing.Inf}}, billing.ErrTiers},
		"an empty first tier": {[]billing.Tier{{UpTo: 0, Unit: one}, {UpTo: billing.Inf}}, billing.ErrTiers},
		"below zero":          {[]billing.Tier{{UpTo: -5, Unit: one}, {UpTo: billing.Inf}}, billing.ErrTiers},
		"two currencies":      {[]billing.Tier{{UpTo: 10, Unit: one}, {UpTo: billing.Inf, Unit: euro}}, billing.ErrCurrency},
		"a fee in another":    {[]billing.Tier{{UpTo: billing.Inf, Unit: euro, Flat: usd(t, "1")}}, billing.ErrCurrency},
		"a fee below zero":    {[]billing.Tier{{UpTo: billing.Inf, Unit: one, Flat: usd(t, "-1")}}, billing.ErrPrice},
	} {
		_, err := billing.Graduated(billing.Linear, c.tiers...)
		require.ErrorIs(t, err, c.err, name)
		_, err = billing.Volume(billing.Linear, c.tiers...)
		require.ErrorIs(t, err, c.err, name)
	}
	_, err = billing.Graduated(7, billing.Tier{UpTo: billing.Inf})
	require.ErrorIs(t, err, billing.ErrPrice)
	require.ErrorIs(t, billing.Unit(one, 7).Validate(), billing.ErrPrice)
	_, err = billing.Unit(one, 7).Charge(1)
	require.ErrorIs(t, err, billing.ErrPrice)
}

// A price keeps its tiers when the caller's slice changes.
func TestTiersAreCopied(t *testing.T) {
	tiers := publishedTiers(t)
	price := graduated(t, billing.Linear, tiers...)
	tiers[1].Unit = rate(t, "99")
	amount, err := price.Amount(100_000)
	require.NoError(t, err)
	require.Equal(t, "15.00", amount.String())
}

func TestAmountsOutOfRange(t *testing.T) {
	price := graduated(t, billing.Linear, billing.Tier{UpTo: math.MaxInt64, Unit: rate(t, "0")}, billing.Tier{UpTo: billing.Inf})
	amount, err := price.Amount(math.MaxInt64)
	require.NoError(t, err)
	require.True(t, amount.IsZero())

	price = graduated(t, billing.Linear, billing.Tier{UpTo: 10, Unit: rate(t, "9000000000/10")}, billing.Tier{UpTo: billing.Inf, Unit: rate(t, "1")})
	for _, n := range []int64{1_000_000_000, math.MaxInt64} {
		_, err = price.Amount(n)
		require.ErrorIs(t, err, billing.ErrOverflow)
		_, err = price.Charge(n)
		require.ErrorIs(t, err, billing.ErrOverflow)
	}
}
