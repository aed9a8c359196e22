package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestProgressiveRefuses(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	plan := immaginPlan(t)
	usage := func(n int64) billing.Usage { return billing.Usage{billing.TransformsUnique: n} }
	first, _, err := billing.Close(plan, usage(30_000), november, &billing.CloseOptions{Account: "acme", Partial: true})
	require.NoError(t, err)
	require.Zero(t, first.SealAt, "may be issued in the month")

	_, _, err = billing.Close(plan, usage(29_999), november, &billing.CloseOptions{Account: "acme", Billed: []billing.Invoice{first}})
	require.ErrorIs(t, err, billing.ErrInvoice, "usage never shrinks")
	_, _, err = billing.Close(plan, usage(40_000), november, &billing.CloseOptions{Account: "other", Billed: []billing.Invoice{first}})
	require.ErrorIs(t, err, billing.ErrInvoice)
	_, _, err = billing.Close(plan, usage(40_000), november.Next(nil), &billing.CloseOptions{Account: "acme", Billed: []billing.Invoice{first}})
	require.ErrorIs(t, err, billing.ErrInvoice)
	repriced := plan
	repriced.Version = 2
	_, _, err = billing.Close(repriced, usage(40_000), november, &billing.CloseOptions{Account: "acme", Billed: []billing.Invoice{first}})
	require.ErrorIs(t, err, billing.ErrInvoice, "a period has one price version")

	// Nor does that of one project, when another's grows by more.
	each := plan
	each.PerProject = true
	of := func(a, b int64) map[string]billing.Usage {
		return map[string]billing.Usage{"a": usage(a), "b": usage(b)}
	}
	mine, _, err := billing.Close(each, nil, november, &billing.CloseOptions{Projects: of(60_000, 10), Partial: true})
	require.NoError(t, err)
	for _, now := range []map[string]billing.Usage{of(59_999, 90_000), of(25_000, 90_000), {"b": usage(90_000)}} {
		_, _, err = billing.Close(each, nil, november, &billing.CloseOptions{Projects: now, Billed: []billing.Invoice{mine}})
		require.ErrorIs(t, err, billing.ErrInvoice, "%v", now)
	}
	_, _, err = billing.Close(each, nil, november, &billing.CloseOptions{Projects: of(60_000, 10), Billed: []billing.Invoice{mine}})
	require.NoError(t, err)

	withdrawn, err := first.Void(utc("2026-11-20"), "test")
	require.NoError(t, err)
	whole, _, err := billing.Close(plan, usage(40_000), november, &billing.CloseOptions{Account: "acme", Billed: []billing.Invoice{withdrawn}})
	require.NoError(t, err)
	require.Equal(t, "3.00", whole.Total.String(), "a void invoice billed nothing")

	cliffs := plan
	cliffs.Components = []billing.Component{{Metric: billing.TransformsUnique, Overage: volume(t, billing.Linear, publishedTiers(t)...)}}
	_, _, err = billing.Close(cliffs, usage(30_000), november, &billing.CloseOptions{Partial: true})
	require.ErrorIs(t, err, billing.ErrSplit)
	_, _, err = billing.Close(cliffs, usage(30_000), november, nil)
	require.NoError(t, err, "as a whole it can be billed")

	_, _, err = billing.Close(plan, nil, november, &billing.CloseOptions{Terms: billing.Terms{Grace: 8 * days}})
	require.ErrorIs(t, err, billing.ErrInvoice, "late events until after the invoice is to be issued")
	_, _, err = billing.Close(plan, nil, billing.Period{}, nil)
	require.ErrorIs(t, err, billing.ErrPeriod)
	_, _, err = billing.Close(billing.Plan{}, nil, november, nil)
	require.ErrorIs(t, err, billing.ErrPlan)
	_, _, err = billing.Close(plan, nil, november, &billing.CloseOptions{Adjustments: []billing.Line{{Amount: usd(t, "-1")}}})
	require.ErrorIs(t, err, billing.ErrInvoice)
}
