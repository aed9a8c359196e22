package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

func TestInvoiceCredits(t *testing.T) {
	december := billing.Month(utc("2026-12-01"))
	plan := billing.Plan{ID: "small", Version: 1, Base: usd(t, "8"), Arrears: true}
	november := billing.Month(utc("2026-11-01"))
	found, err := billing.SLA{}.Credit(november, []billing.Incident{outage(november, time.Hour)}, usd(t, "122.75"), false)
	require.NoError(t, err)
	sla := found.AccountCredit("sla-2026-11", "acme")
	require.Equal(t, "12.28", sla.Amount.String())

	// A credit of November is not for November's own invoice.
	own, left, err := billing.Close(plan, nil, november, &billing.CloseOptions{Account: "acme", Credits: []billing.Credit{sla}})
	require.NoError(t, err)
	require.Equal(t, "8.00", own.Total.String())
	require.Equal(t, []billing.Credit{sla}, left)

	next, left, err := billing.Close(plan, nil, december, &billing.CloseOptions{Account: "acme", Credits: left, Tax: billing.FlatTax("VAT", 2_000)})
	require.NoError(t, err)
	require.Equal(t, "8.00", next.Subtotal.String())
	require.Equal(t, "8.00", next.CreditsApplied.String())
	require.Equal(t, "0.00", next.Tax.String(), "a credit is no supply")
	require.Equal(t, "0.00", next.Total.String())
	require.Len(t, left, 1)
	rest, err := left[0].Left()
	require.NoError(t, err)
	require.Equal(t, "4.28", rest.String(), "carried on")

	final, err := next.Finalize(ctx, billing.NewMemoryNumberer("", 1), billing.Terms{}, utc("2027-01-04"))
	require.NoError(t, err)
	require.Equal(t, billing.Paid, final.State, "nothing is owed")

	january, left, err := billing.Close(plan, nil, billing.Month(utc("2027-01-01")), &billing.CloseOptions{Account: "acme", Credits: left})
	require.NoError(t, err)
	require.Equal(t, "3.72", january.Total.String())
	require.Empty(t, left)

	exact, left, err := billing.Close(plan, nil, december, &billing.CloseOptions{Credits: []billing.Credit{{ID: "exact", Amount: usd(t, "8")}}})
	require.NoError(t, err)
	require.Equal(t, "0.00", exact.Total.String())
	require.Empty(t, left, "nothing of it is left")

	// The oldest first.
	both, left, err := billing.Close(plan, nil, december, &billing.CloseOptions{Credits: []billing.Credit{
		{ID: "b", Amount: usd(t, "5")}, {ID: "c", Amount: usd(t, "5"), AppliesFrom: november.Start}, {ID: "a", Amount: usd(t, "2")}, {ID: "spent", Amount: usd(t, "1"), Used: usd(t, "1")},
	}})
	require.NoError(t, err)
	require.Equal(t, []billing.AppliedCredit{{ID: "a", Amount: usd(t, "2")}, {ID: "b", Amount: usd(t, "5")}, {ID: "c", Amount: usd(t, "1")}}, both.Credits)
	require.Len(t, left, 1)

	for name, c := range map[string]struct {
		credit billing.Credit
		want   error
	}{
		"negative":        {billing.Credit{Amount: usd(t, "-1")}, billing.ErrCredit},
		"overused":        {billing.Credit{Amount: usd(t, "1"), Used: usd(t, "2")}, billing.ErrCredit},
		"unused":          {billing.Credit{Amount: usd(t, "1"), Used: usd(t, "-1")}, billing.ErrCredit},
		"half a cent":     {billing.Credit{Amount: usd(t, "0.005")}, billing.ErrCredit},
		"somebody else's": {billing.Credit{Account: "other", Amount: usd(t, "1")}, billing.ErrCredit},
		"in euros":        {billing.Credit{Amount: euros(t, "1")}, billing.ErrCurrency},
	} {
		_, _, err := billing.Close(plan, nil, december, &billing.CloseOptions{Account: "acme", Credits: []billing.Credit{c.credit}})
		require.ErrorIs(t, err, c.want, name)
	}
}
