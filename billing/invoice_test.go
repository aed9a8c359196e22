package billing_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

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

func TestInvoiceTax(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	usage := billing.Usage{billing.BandwidthBytes: 300 * gigabyte}
	bill := func(tax billing.TaxFunc) (billing.Invoice, error) {
		i, _, err := billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Tax: tax})
		return i, err
	}
	vat, err := bill(billing.FlatTax("VAT 19 %", 1_900))
	require.NoError(t, err)
	require.Equal(t, "23.32", vat.Tax.String(), "23.3225")
	require.Equal(t, "146.07", vat.Total.String())
	require.Equal(t, "122.75", vat.Taxes[0].Base.String())
	require.NoError(t, vat.Check())

	// Two progressive invoices have the tax of one: 104.75 and 122.75 by 19 % are
	// 19.9025 and 23.3225. The hook's own slice stays as it was.
	kept := []billing.TaxLine{{Name: "VAT"}}
	hook := func(r billing.TaxRequest) ([]billing.TaxLine, error) {
		lines, err := billing.FlatTax("VAT", 1_900)(r)
		kept[0].Base, kept[0].Amount = r.Net, lines[0].Amount
		return kept, err
	}
	half, _, err := billing.Close(proPlan(t), billing.Usage{billing.BandwidthBytes: 260 * gigabyte}, november, &billing.CloseOptions{Tax: hook, Partial: true})
	require.NoError(t, err)
	rest, _, err := billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Tax: hook, Billed: []billing.Invoice{half}})
	require.NoError(t, err)
	require.Equal(t, "104.75", half.Taxes[0].Base.String())
	require.Equal(t, "19.90", half.Tax.String(), "19.9025")
	require.Equal(t, "18.00", rest.Taxes[0].Base.String())
	require.Equal(t, "3.42", rest.Tax.String())
	require.Equal(t, "23.32", kept[0].Amount.String())
	_, _, err = billing.Close(proPlan(t), usage, november, &billing.CloseOptions{Billed: []billing.Invoice{half}})
	require.ErrorIs(t, err, billing.ErrTax, "the tax of the first is gone")

	boom := errors.New("tax service away")
	for name, c := range map[string]struct {
		lines []billing.TaxLine
		err   error
		want  error
	}{
		"negative":    {[]billing.TaxLine{{Name: "a", Amount: usd(t, "-1")}}, nil, billing.ErrTax},
		"half a cent": {[]billing.TaxLine{{Name: "a", Amount: usd(t, "0.005")}}, nil, billing.ErrTax},
		"twice":       {[]billing.TaxLine{{Name: "a"}, {Name: "a"}}, nil, billing.ErrTax},
		"in euros":    {[]billing.TaxLine{{Name: "a", Amount: euros(t, "1")}}, nil, billing.ErrCurrency},
		"failing":     {nil, boom, boom},
	} {
		_, err := bill(func(billing.TaxRequest) ([]billing.TaxLine, error) { return c.lines, c.err })
		require.ErrorIs(t, err, c.want, name)
	}
	_, err = bill(billing.FlatTax("VAT", -1))
	require.ErrorIs(t, err, billing.ErrTax)
}

func TestInvoiceStates(t *testing.T) {
	draft, _, err := billing.Close(proPlan(t), nil, billing.Month(utc("2026-11-01")), &billing.CloseOptions{Account: "acme"})
	require.NoError(t, err)
	numbers := billing.NewMemoryNumberer("2026-", 7)

	_, err = draft.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-03T23:59:59Z"))
	require.ErrorIs(t, err, billing.ErrState, "late events may come for 72 hours")
	wrong := draft
	wrong.Total = usd(t, "88.99")
	_, err = wrong.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, billing.ErrInvoice)
	dated := draft
	dated.Due = utc("2026-12-03")
	_, err = dated.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, billing.ErrInvoice)
	_, err = draft.Finalize(ctx, failing{}, billing.Terms{}, utc("2026-12-04"))
	require.ErrorIs(t, err, errFailing)

	final, err := draft.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.NoError(t, err)
	require.Equal(t, billing.Final, final.State)
	require.Equal(t, "2026-000007", final.Number, "the refusals took no number")
	require.Equal(t, billing.Draft, draft.State, "a transition returns a new value")
	stated := draft
	stated.Due = utc("2026-12-24")
	stated, err = stated.Finalize(ctx, numbers, billing.Terms{}, utc("2026-12-04"))
	require.NoError(t, err)
	require.Equal(t, utc("2026-12-24"), stated.Due)

	_, err = final.MarkPastDue(utc("2027-01-02T23:59:59Z"))
	require.ErrorIs(t, err, billing.ErrState)
	require.ErrorContains(t, err, "not due until 2027-01-03")
	late, err := final.MarkPastDue(utc("2027-01-03"))
	require.NoError(t, err)
	paid, err := late.Pay(utc("2027-01-04"))
	require.NoError(t, err)
	require.Equal(t, utc("2027-01-04"), paid.Settled)
	void, err := final.Void(utc("2026-12-05"), "wrong address")
	require.NoError(t, err)
	require.Equal(t, "2026-000007", void.Number, "kept, so there is no gap")

	at := utc("2027-02-01")
	do := map[string]func(billing.Invoice) (billing.Invoice, error){
		"finalize": func(i billing.Invoice) (billing.Invoice, error) { return i.Finalize(ctx, numbers, billing.Terms{}, at) },
		"pay":      func(i billing.Invoice) (billing.Invoice, error) { return i.Pay(at) },
		"past due": func(i billing.Invoice) (billing.Invoice, error) { return i.MarkPastDue(at) },
		"void":     func(i billing.Invoice) (billing.Invoice, error) { return i.Void(at, "") },
	}
	allowed := map[billing.InvoiceState]map[string]billing.InvoiceState{
		billing.Draft:   {"finalize": billing.Final, "void": billing.Void},
		billing.Final:   {"pay": billing.Paid, "past due": billing.PastDue, "void": billing.Void},
		billing.PastDue: {"pay": billing.Paid, "void": billing.Void},
		billing.Paid:    {},
		billing.Void:    {},
	}
	for from, want := range allowed {
		for name, transition := range do {
			i := final
			i.State = from
			if from == billing.Draft {
				i = draft
			}
			got, err := transition(i)
			to, ok := want[name]
			if !ok {
				require.ErrorIs(t, err, billing.ErrState, "%v, %s", from, name)
				require.Equal(t, from, got.State)
				continue
			}
			require.NoError(t, err, "%v, %s", from, name)
			require.Equal(t, to, got.State)
		}
	}
}

var errFailing = errors.New("store away")

type failing struct{}

func (failing) Number(context.Context, string) (string, error) { return "", errFailing }

func TestInvoiceJSON(t *testing.T) {
	want := issued(t, utc("2026-11-04"))
	data, err := json.Marshal(want)
	require.NoError(t, err)
	require.Contains(t, string(data), `"state":"final"`)
	require.Contains(t, string(data), `"total":{"amount":"147.30","currency":"USD"}`)
	var got billing.Invoice
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, want, got)
	require.NoError(t, got.Check())

	var s billing.InvoiceState
	require.ErrorIs(t, s.UnmarshalText([]byte("lost")), billing.ErrState)
	_, err = billing.InvoiceState(9).MarshalText()
	require.ErrorIs(t, err, billing.ErrState)
	require.Equal(t, "InvoiceState(9)", billing.InvoiceState(9).String())
}

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

func TestMemoryNumbererHasNoGaps(t *testing.T) {
	n := billing.NewMemoryNumberer("2026-", 1)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i := range 50 {
				_, err := n.Number(ctx, fmt.Sprint(i))
				require.NoError(t, err)
			}
		})
	}
	wait.Wait()
	numbers := map[string]bool{}
	for i := range 50 {
		number, err := n.Number(ctx, fmt.Sprint(i))
		require.NoError(t, err)
		numbers[number] = true
	}
	require.Len(t, numbers, 50)
	require.True(t, numbers["2026-000001"])
	require.True(t, numbers["2026-000050"])
	_, err := n.Number(ctx, "")
	require.ErrorIs(t, err, billing.ErrNumber)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = n.Number(cancelled, "new")
	require.ErrorIs(t, err, context.Canceled)
	last, err := n.Number(ctx, "new")
	require.NoError(t, err)
	require.Equal(t, "2026-000051", last)
}
