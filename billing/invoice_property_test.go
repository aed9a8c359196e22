package billing_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// progressivePlans draws plans that can be billed in slices.
func progressivePlans() *rapid.Generator[billing.Plan] {
	return rapid.Custom(func(t *rapid.T) billing.Plan {
		cents := func(name string, most int64) billing.Money {
			m, err := billing.Minor(rapid.Int64Range(0, most).Draw(t, name), "USD")
			require.NoError(t, err)
			return m
		}
		plan := billing.Plan{ID: "drawn", Version: 1, Base: cents("base", 10_000), Arrears: rapid.Bool().Draw(t, "arrears")}
		for i, metric := range []billing.Metric{billing.TransformsUnique, billing.BandwidthBytes, "other"} {
			if i > 0 && rapid.Bool().Draw(t, "without") {
				continue
			}
			proration := rapid.SampledFrom([]billing.Proration{billing.Linear, billing.BlockUp}).Draw(t, "proration")
			var price billing.Price
			var err error
			switch rapid.IntRange(0, 2).Draw(t, "price") {
			case 0:
				price, err = billing.Graduated(proration, tiersOf(t, steps(true).Draw(t, "tiers"))...)
			case 1:
				price, err = billing.Package(rapid.Int64Range(1, 5_000).Draw(t, "size"), cents("package", 1_000), rapid.Int64Range(0, 5_000).Draw(t, "free"))
			default:
				price = billing.Unit(rate(t, "0.00049/7"), proration)
			}
			require.NoError(t, err)
			if rapid.Bool().Draw(t, "capped") {
				least := cents("least", 2_000)
				most, err := least.Add(cents("more", 100_000))
				require.NoError(t, err)
				if most.IsZero() {
					most = billing.Money{}
				}
				price = billing.Capped(price, least, most)
			}
			plan.Components = append(plan.Components, billing.Component{
				Metric: metric, Included: rapid.SampledFrom([]int64{0, 0, 25_000}).Draw(t, "included"), Overage: price,
			})
		}
		return plan
	})
}

// TestInvoiceProperties is invariant 15: a total is its lines less credits
// plus tax, and progressive invoices add up to the one that would have been.
func TestInvoiceProperties(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	rapid.Check(t, func(t *rapid.T) {
		plan := progressivePlans().Draw(t, "plan")
		var credits []billing.Credit
		for i := range rapid.IntRange(0, 4).Draw(t, "credits") {
			amount, err := billing.Minor(rapid.Int64Range(0, 20_000).Draw(t, "credit"), "USD")
			require.NoError(t, err)
			credits = append(credits, billing.Credit{ID: fmt.Sprint(i), Amount: amount})
		}
		var tax billing.TaxFunc
		if rapid.Bool().Draw(t, "taxed") {
			tax = billing.FlatTax("VAT", rapid.Int64Range(0, 3_000).Draw(t, "rate"))
		}
		cuts := rapid.SliceOfN(rapid.Int64Range(0, 600_000), 1, 5).Draw(t, "cuts")
		slices.Sort(cuts)
		usage := func(n int64) billing.Usage {
			return billing.Usage{billing.TransformsUnique: n, billing.BandwidthBytes: n / 2, "other": n / 7}
		}
		last := len(cuts) - 1
		one, left, err := billing.Close(plan, usage(cuts[last]), november, &billing.CloseOptions{Credits: credits, Tax: tax})
		require.NoError(t, err)
		require.NoError(t, one.Check())

		numbers := billing.NewMemoryNumberer("", 1)
		var slice []billing.Invoice
		var subtotal, applied, taxes, total billing.Money
		sum := map[string]billing.Money{}
		carried := credits
		for i, n := range cuts {
			var draft billing.Invoice
			draft, carried, err = billing.Close(plan, usage(n), november, &billing.CloseOptions{Credits: carried, Tax: tax, Billed: slice, Partial: i < last})
			require.NoError(t, err)
			final, err := draft.Finalize(context.Background(), numbers, billing.Terms{}, utc("2026-12-04"))
			require.NoError(t, err)
			slice = append(slice, final)
			for _, add := range []struct {
				to   *billing.Money
				more billing.Money
			}{{&subtotal, final.Subtotal}, {&applied, final.CreditsApplied}, {&taxes, final.Tax}, {&total, final.Total}} {
				*add.to, err = add.to.Add(add.more)
				require.NoError(t, err)
			}
			for _, l := range final.Lines {
				sum[l.Key], err = sum[l.Key].Add(l.Amount)
				require.NoError(t, err)
			}
		}
		for name, pair := range map[string][2]billing.Money{
			"subtotal": {one.Subtotal, subtotal}, "credits": {one.CreditsApplied, applied}, "tax": {one.Tax, taxes}, "total": {one.Total, total},
		} {
			require.True(t, pair[0].Equal(pair[1]), "%s: one invoice has %v, %d together %v", name, pair[0], len(cuts), pair[1])
		}
		for _, l := range one.Lines {
			require.True(t, l.Amount.Equal(sum[l.Key]), "%s is %v, together %v", l.Key, l.Amount, sum[l.Key])
			delete(sum, l.Key)
		}
		for key, rest := range sum {
			require.True(t, rest.IsZero(), "%s is not on the one invoice, but %v together", key, rest)
		}
		require.Equal(t, lefts(t, left), lefts(t, carried))

		// What the credits lost is what the invoice used.
		before, after := lefts(t, credits), lefts(t, left)
		used, err := before.Sub(after)
		require.NoError(t, err)
		require.True(t, used.Equal(one.CreditsApplied))
	})
}

func lefts(t require.TestingT, credits []billing.Credit) (sum billing.Money) {
	sum = usd(t, "0")
	for _, c := range credits {
		rest, err := c.Left()
		require.NoError(t, err)
		sum, err = sum.Add(rest)
		require.NoError(t, err)
	}
	return sum
}

// TestAdjustProperties: a sealed period and its adjustment cost what the
// period would have.
func TestAdjustProperties(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	rapid.Check(t, func(t *rapid.T) {
		plan := progressivePlans().Draw(t, "plan")
		n := rapid.Int64Range(0, 300_000)
		billed, late := n.Draw(t, "billed"), n.Draw(t, "late")
		of := func(n int64) billing.Usage { return billing.Usage{billing.TransformsUnique: n} }
		before, err := plan.Estimate(of(billed))
		require.NoError(t, err)
		lines, err := billing.Adjust(plan, november, of(billed), of(late))
		require.NoError(t, err)
		sum := before.Total
		for _, l := range lines {
			sum, err = sum.Add(l.Amount)
			require.NoError(t, err)
		}
		whole, err := plan.Estimate(of(billed + late))
		require.NoError(t, err)
		require.True(t, whole.Total.Equal(sum), "%v and late lines are %v, not %v", before.Total, sum, whole.Total)
	})
}
