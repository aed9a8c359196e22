package billing_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

var ctx = context.Background()

func lineAmounts(i billing.Invoice) map[string]string {
	out := map[string]string{}
	for _, l := range i.Lines {
		out[l.Key] = l.Amount.String()
	}
	return out
}

func TestInvoiceInArrears(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	for gb, want := range map[int64]string{225: "89.00", 226: "89.45", 250: "100.25", 300: "122.75", 1000: "437.75"} {
		draft, left, err := billing.Close(proPlan(t), billing.Usage{billing.BandwidthBytes: gb * gigabyte}, november, &billing.CloseOptions{Account: "acme"})
		require.NoError(t, err)
		require.NoError(t, draft.Check())
		require.Empty(t, left)
		require.Equal(t, want, draft.Total.String(), "%d GB", gb)
		require.Equal(t, want, draft.Subtotal.String())
		require.Equal(t, "acme/2026-11-01", draft.ID)
		require.Equal(t, "pro", draft.PlanID)
		require.Equal(t, 1, draft.PlanVersion)
		require.Equal(t, utc("2026-12-08"), draft.IssueBy, "days 1 to 7 of December")

		final, err := draft.Finalize(ctx, billing.NewMemoryNumberer("2026-", 1), billing.Terms{}, utc("2026-12-04"))
		require.NoError(t, err)
		require.Equal(t, utc("2027-01-03"), final.Due, "30 days after it was issued")
	}
	graduated, _, err := billing.Close(immaginPlan(t), billing.Usage{billing.TransformsUnique: 300_000}, november, nil)
	require.NoError(t, err)
	require.Equal(t, "39.00", graduated.Total.String())
	require.NotEqual(t, "24.00", graduated.Total.String())
}

func TestInvoiceByProject(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	projects := map[string]billing.Usage{
		"a": {billing.TransformsUnique: 20_000},
		"b": {billing.TransformsUnique: 20_000},
	}
	plan := immaginPlan(t)
	sum, _, err := billing.Close(plan, nil, november, &billing.CloseOptions{Projects: projects})
	require.NoError(t, err)
	require.Equal(t, "3.00", sum.Total.String(), "25,000 are free for the account")
	require.Equal(t, billing.Usage{billing.TransformsUnique: 40_000}, sum.Usage)
	plan.PerProject = true
	each, _, err := billing.Close(plan, nil, november, &billing.CloseOptions{Projects: projects})
	require.NoError(t, err)
	require.Equal(t, "0.00", each.Total.String(), "25,000 are free for each project")
	_, _, err = billing.Close(plan, billing.Usage{billing.TransformsUnique: 1}, november, &billing.CloseOptions{Projects: projects})
	require.ErrorIs(t, err, billing.ErrInvoice)
}

// Customers name their projects: none of the names is taken for a line of
// another kind, which would be billed again.
func TestInvoiceByProjectOfAnyName(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	plan := immaginPlan(t)
	plan.PerProject = true
	for _, name := range []string{"adjustment", "adjustment/2026-10-01", "base", "base/next", "project", ""} {
		used := func(n int64) map[string]billing.Usage {
			return map[string]billing.Usage{name: {billing.TransformsUnique: n}}
		}
		first, _, err := billing.Close(plan, nil, november, &billing.CloseOptions{Projects: used(100_000), Partial: true})
		require.NoError(t, err, name)
		require.Equal(t, "15.00", first.Total.String(), name)
		rest, _, err := billing.Close(plan, nil, november, &billing.CloseOptions{Projects: used(200_000), Billed: []billing.Invoice{first}})
		require.NoError(t, err, name)
		require.Equal(t, "15.00", rest.Total.String(), name)
	}
}

func TestInvoicePrepaidBase(t *testing.T) {
	plan := proPlan(t)
	plan.Arrears = false
	november := billing.Month(utc("2026-11-01"))
	first, _, err := billing.Prepay(plan, november, &billing.CloseOptions{Account: "acme"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"base/next": "89.00"}, lineAmounts(first))
	require.Equal(t, "acme/2026-11-01/prepaid", first.ID)
	_, err = first.Finalize(ctx, billing.NewMemoryNumberer("", 1), billing.Terms{}, utc("2026-11-01"))
	require.NoError(t, err, "at once: there is nothing to wait for")

	usage := billing.Usage{billing.BandwidthBytes: 226 * gigabyte}
	closed, _, err := billing.Close(plan, usage, november, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"bandwidth.bytes/included": "0.00", "bandwidth.bytes/unit": "0.45", "base/next": "89.00"}, lineAmounts(closed))

	last, _, err := billing.Close(plan, usage, november, &billing.CloseOptions{Ends: true})
	require.NoError(t, err)
	require.Equal(t, "0.45", last.Total.String())

	dearer := plan
	dearer.Version, dearer.Base = 2, usd(t, "99")
	changed, _, err := billing.Close(plan, usage, november, &billing.CloseOptions{Next: &dearer})
	require.NoError(t, err)
	require.Equal(t, "99.45", changed.Total.String(), "November's overage and December's new base")
	require.Equal(t, 1, changed.PlanVersion)

	arrears := proPlan(t)
	changed, _, err = billing.Close(plan, usage, november, &billing.CloseOptions{Next: &arrears})
	require.NoError(t, err)
	require.Equal(t, "0.45", changed.Total.String(), "the next base is billed after its month")

	_, _, err = billing.Prepay(arrears, november, nil)
	require.ErrorIs(t, err, billing.ErrPlan)
	_, _, err = billing.Prepay(plan, november, &billing.CloseOptions{Ends: true})
	require.ErrorIs(t, err, billing.ErrInvoice)
}
