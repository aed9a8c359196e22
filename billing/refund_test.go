package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// issued is a final invoice of November for 300 GB: 89.00 and 33.75, with
// 20 % tax on 122.75.
func issued(t require.TestingT, at time.Time) billing.Invoice {
	draft, _, err := billing.Close(proPlan(t), billing.Usage{billing.BandwidthBytes: 300 * gigabyte}, billing.Month(utc("2026-10-01")),
		&billing.CloseOptions{Account: "acme", Terms: billing.Terms{Grace: -1}, Tax: billing.FlatTax("VAT 20 %", 2_000)})
	require.NoError(t, err)
	final, err := draft.Finalize(ctx, billing.NewMemoryNumberer("2026-", 1), billing.Terms{}, at)
	require.NoError(t, err)
	return final
}

func TestRefund(t *testing.T) {
	invoice := issued(t, utc("2026-11-03T17:00:00Z"))
	const overage = 2
	require.Equal(t, "33.75", invoice.Lines[overage].Amount.String())
	for _, c := range []struct {
		name      string
		requested string
		reason    billing.RefundReason
		correct   string
		want      string
		err       error
	}{
		{"duplicate", "2026-11-04", billing.DuplicateCharge, "0", "33.75", nil},
		{"error", "2026-11-04", billing.BillingError, "30.00", "3.75", nil},
		{"nothing was due", "2026-11-04", billing.BillingError, "0", "33.75", nil},
		{"the last day", "2026-12-03T23:59:59Z", billing.DuplicateCharge, "0", "33.75", nil},
		{"a day late", "2026-12-04", billing.DuplicateCharge, "0", "", billing.ErrRefundWindow},
		{"another reason", "2026-11-04", billing.OtherReason, "0", "", billing.ErrRefund},
		{"nothing too much", "2026-11-04", billing.BillingError, "33.75", "", billing.ErrRefund},
		{"too little was charged", "2026-11-04", billing.BillingError, "40.00", "", billing.ErrRefund},
		{"less than nothing was due", "2026-11-04", billing.BillingError, "-1.00", "", billing.ErrRefund},
	} {
		got, err := billing.RefundPolicy{}.Refund(billing.RefundRequest{
			Invoice: invoice, Line: overage, Reason: c.reason, Correct: usd(t, c.correct), Requested: utc(c.requested),
		})
		if c.err != nil {
			require.ErrorIs(t, err, c.err, c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, got.Correction.Amount.String(), c.name)
	}
	require.Equal(t, utc("2026-12-03"), billing.RefundPolicy{}.LastDay(invoice.Issued))
	require.Equal(t, utc("2026-11-10"), billing.RefundPolicy{Window: 7}.LastDay(invoice.Issued))

	_, err := billing.RefundPolicy{}.Refund(billing.RefundRequest{Invoice: invoice, Line: 3, Reason: billing.DuplicateCharge, Requested: invoice.Issued})
	require.ErrorIs(t, err, billing.ErrRefund, "no such line")
	_, err = billing.RefundPolicy{}.Refund(billing.RefundRequest{Line: 0, Reason: billing.DuplicateCharge})
	require.ErrorIs(t, err, billing.ErrRefund, "nothing was billed")
}

func TestRefundIsPaidInBusinessDays(t *testing.T) {
	friday := utc("2026-12-04T16:00:00Z")
	approved := billing.RefundPolicy{}.Approve(billing.Refund{}, friday)
	require.Equal(t, utc("2026-12-19"), approved.PayBy, "the end of Friday 18 December")
	require.Equal(t, utc("2026-12-18"), billing.AddBusinessDays(friday, 10, nil))

	holiday := func(day time.Time) bool { return day.Equal(utc("2026-12-08")) }
	require.Equal(t, utc("2026-12-21"), billing.AddBusinessDays(friday, 10, holiday), "the Monday after")
	require.Equal(t, utc("2026-12-22"), billing.RefundPolicy{Holiday: holiday}.Approve(billing.Refund{}, friday).PayBy)
	require.Equal(t, utc("2026-12-07"), billing.AddBusinessDays(utc("2026-12-05"), 1, nil), "from a Saturday")
	require.Equal(t, utc("2026-12-05"), billing.AddBusinessDays(utc("2026-12-05"), 0, nil))
}

func TestProRata(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	for at, want := range map[string]string{
		"2026-10-15":           "89.00",
		"2026-11-01":           "89.00",
		"2026-11-16":           "44.50",
		"2026-11-30T23:59:59Z": "0.00",
		"2026-12-01":           "0.00",
		"2027-01-01":           "0.00",
		"2026-11-21":           "29.66", // a third, rounded down
	} {
		got, err := billing.ProRata(usd(t, "89"), november, utc(at))
		require.NoError(t, err)
		require.Equal(t, want, got.String(), at)
	}
	_, err := billing.ProRata(usd(t, "89"), billing.Period{}, utc("2026-11-01"))
	require.ErrorIs(t, err, billing.ErrPeriod)
}

func TestCreditNote(t *testing.T) {
	invoice := issued(t, utc("2026-11-04"))
	require.Equal(t, "147.30", invoice.Total.String())
	correct := func(line int, amount string) []billing.Correction {
		return []billing.Correction{{Line: line, Amount: usd(t, amount)}}
	}
	first, err := invoice.CreditNote("CN-1", "billing error", correct(2, "3.33"), nil)
	require.NoError(t, err)
	require.Equal(t, "3.33", first.Subtotal.String())
	require.Equal(t, "0.67", first.Tax.String())
	require.Equal(t, "4.00", first.Total.String())
	second, err := invoice.CreditNote("CN-2", "billing error", correct(2, "30.42"), []billing.CreditNote{first})
	require.NoError(t, err)
	rest, err := invoice.CreditNote("CN-3", "billing error", correct(0, "89.00"), []billing.CreditNote{first, second})
	require.NoError(t, err)
	all := usd(t, "0")
	for _, note := range []billing.CreditNote{first, second, rest} {
		all, err = all.Add(note.Total)
		require.NoError(t, err)
	}
	require.Equal(t, invoice.Total.String(), all.String(), "all of the tax goes back with all of the rest")

	numbers := billing.NewMemoryNumberer("CN-", 1)
	final, err := first.Finalize(ctx, numbers, utc("2026-11-05"))
	require.NoError(t, err)
	require.Equal(t, "CN-000001", final.Number)
	_, err = final.Finalize(ctx, numbers, utc("2026-11-05"))
	require.ErrorIs(t, err, billing.ErrState)

	for name, c := range map[string]struct {
		corrections []billing.Correction
		earlier     []billing.CreditNote
		want        error
	}{
		"more than charged":        {correct(2, "33.76"), nil, billing.ErrInvoice},
		"more than is left":        {correct(2, "30.43"), []billing.CreditNote{first}, billing.ErrInvoice},
		"nothing":                  {correct(2, "0"), nil, billing.ErrInvoice},
		"less than nothing":        {correct(2, "-1"), nil, billing.ErrInvoice},
		"no corrections":           {nil, nil, billing.ErrInvoice},
		"no such line":             {correct(7, "1"), nil, billing.ErrInvoice},
		"of another invoice":       {correct(2, "1"), []billing.CreditNote{{InvoiceID: "other"}}, billing.ErrInvoice},
		"the same line twice":      {append(correct(2, "30"), correct(2, "4")...), nil, billing.ErrInvoice},
		"in a currency of its own": {[]billing.Correction{{Line: 2, Amount: euros(t, "1")}}, nil, billing.ErrCurrency},
	} {
		_, err := invoice.CreditNote("CN", "", c.corrections, c.earlier)
		require.ErrorIs(t, err, c.want, name)
	}
	draft := invoice
	draft.State = billing.Draft
	_, err = draft.CreditNote("CN", "", correct(2, "1"), nil)
	require.ErrorIs(t, err, billing.ErrState)
}

func euros(t require.TestingT, amount string) billing.Money {
	m, err := billing.ParseMoney(amount, "EUR")
	require.NoError(t, err)
	return m
}
