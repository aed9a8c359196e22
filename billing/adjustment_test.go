package billing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestAdjust(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	plan := immaginPlan(t)
	lines, err := billing.Adjust(plan, november, billing.Usage{billing.TransformsUnique: 99_000}, billing.Usage{billing.TransformsUnique: 3_000})
	require.NoError(t, err)
	december, _, err := billing.Close(plan, billing.Usage{billing.TransformsUnique: 26_000}, november.Next(nil), &billing.CloseOptions{Adjustments: lines})
	require.NoError(t, err)
	require.NoError(t, december.Check())
	amounts := lineAmounts(december)
	require.Equal(t, "0.20", amounts["adjustment/2026-11-01/transforms.unique/tier/2/unit"])
	require.Equal(t, "0.30", amounts["adjustment/2026-11-01/transforms.unique/tier/3/unit"])
	require.Equal(t, "0.70", december.Total.String())
	require.Contains(t, lines[0].Description, "late in 2026-11")

	none, err := billing.Adjust(plan, november, billing.Usage{billing.TransformsUnique: 99_000}, nil)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = billing.Adjust(plan, november, nil, billing.Usage{billing.TransformsUnique: -1})
	require.ErrorIs(t, err, billing.ErrQuantity)
	plan.Components[0].Overage = volume(t, billing.Linear, publishedTiers(t)...)
	_, err = billing.Adjust(plan, november, billing.Usage{billing.TransformsUnique: 100_000}, billing.Usage{billing.TransformsUnique: 1})
	require.ErrorIs(t, err, billing.ErrInvoice, "past the cliff more is cheaper")
}
