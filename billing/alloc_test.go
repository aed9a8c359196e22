package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// Rating without lines allocates nothing, whatever the price.
func TestAmountDoesNotAllocate(t *testing.T) {
	pack, err := billing.Package(1000, usd(t, "0.20"), 25_000)
	require.NoError(t, err)
	tiers := publishedTiers(t)
	for name, price := range map[string]billing.Price{
		"graduated": graduated(t, billing.Linear, tiers...),
		"blocks":    graduated(t, billing.BlockUp, tiers...),
		"volume":    volume(t, billing.Linear, tiers...),
		"flat":      billing.Flat(usd(t, "15")),
		"unit":      billing.Unit(rate(t, "0.20/1000"), billing.Linear),
		"package":   pack,
		"capped":    billing.Capped(graduated(t, billing.Linear, tiers...), usd(t, "10"), usd(t, "50")),
	} {
		allocations := testing.AllocsPerRun(100, func() {
			amount, err := price.Amount(1_000_000)
			if err != nil {
				t.Error(err)
			}
			if amount, err = amount.Round(billing.HalfUp); err != nil || amount.IsZero() {
				t.Error(amount, err)
			}
		})
		require.Zero(t, allocations, name)
	}
}

// Decisions are made for every request.
func TestDecisionsDoNotAllocate(t *testing.T) {
	plan := immaginPlan(t)
	account := billing.Account{Used: billing.Usage{billing.TransformsUnique: 300_000}}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if decision, err := plan.Decide(account, billing.Render); err != nil || decision != billing.AllowOverage {
			t.Error(decision, err)
		}
	}))
}

// BenchmarkAmount rates a bill that reaches all five tiers.
func BenchmarkAmount(b *testing.B) {
	price := graduated(b, billing.Linear, publishedTiers(b)...)
	b.ReportAllocs()
	for b.Loop() {
		amount, err := price.Amount(1_000_000)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = amount.Round(billing.HalfUp); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCharge does so with its lines.
func BenchmarkCharge(b *testing.B) {
	price := graduated(b, billing.Linear, publishedTiers(b)...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := price.Charge(1_000_000); err != nil {
			b.Fatal(err)
		}
	}
}
