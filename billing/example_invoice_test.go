package billing_test

import (
	"context"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

func dollars(amount string) billing.Money { return must(billing.ParseMoney(amount, "USD")) }

// bandwidth has 225 GB for $89 a month, in arrears, and $0.45 for each GB more.
func bandwidth() billing.Plan {
	return billing.Plan{
		ID: "pro", Version: 1, Base: dollars("89"), Arrears: true,
		Components: []billing.Component{{
			Metric: billing.BandwidthBytes, Included: 225 * gigabyte,
			Overage: billing.Unit(must(billing.Per(gigabyte, "0.45", "USD")), billing.Linear),
		}},
	}
}

var november = billing.Month(time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC))

func ExampleMonth() {
	p := billing.Month(time.Date(2026, time.November, 14, 9, 0, 0, 0, time.UTC))
	fmt.Println(p)
	fmt.Println(p.Days(), "days, then", p.Next(nil))
	fmt.Println(p.Contains(p.Start), p.Contains(p.End))
	// Output:
	// 2026-11-01T00:00:00Z/2026-12-01T00:00:00Z
	// 30 days, then 2026-12-01T00:00:00Z/2027-01-01T00:00:00Z
	// true false
}

func ExampleAnniversary() {
	anchor := time.Date(2026, time.January, 31, 0, 0, 0, 0, time.UTC)
	cycle := billing.AnniversaryCycle(anchor)
	p := billing.Anniversary(anchor, anchor)
	for range 3 {
		fmt.Println(p)
		p = p.Next(cycle)
	}
	// Output:
	// 2026-01-31T00:00:00Z/2026-02-28T00:00:00Z
	// 2026-02-28T00:00:00Z/2026-03-31T00:00:00Z
	// 2026-03-31T00:00:00Z/2026-04-30T00:00:00Z
}

// A customer who came on the 15th is billed from the 15th.
func ExampleAnniversaryCycle() {
	cycle := billing.AnniversaryCycle(time.Date(2026, time.March, 15, 9, 30, 0, 0, time.UTC))
	p := cycle(time.Date(2026, time.November, 3, 0, 0, 0, 0, time.UTC))
	fmt.Println(p)
	fmt.Println(p.Next(cycle))
	// Output:
	// 2026-10-15T00:00:00Z/2026-11-15T00:00:00Z
	// 2026-11-15T00:00:00Z/2026-12-15T00:00:00Z
}

func ExampleClose() {
	usage := billing.Usage{billing.BandwidthBytes: 300 * gigabyte}
	credit := billing.Credit{ID: "sla-2026-10", Reason: "uptime of October", Amount: dollars("12.28")}

	draft, left, err := billing.Close(bandwidth(), usage, november, &billing.CloseOptions{
		Account: "acme",
		Credits: []billing.Credit{credit},
		Tax:     billing.FlatTax("VAT 20 %", 2_000),
	})
	if err != nil {
		panic(err)
	}
	for _, l := range draft.Lines {
		fmt.Println(l.Description, l.Amount)
	}
	fmt.Println("subtotal", draft.Subtotal)
	fmt.Println("credits", draft.CreditsApplied)
	fmt.Println("tax", draft.Tax)
	fmt.Println("total", draft.Total)
	fmt.Println(len(left), "credits left")
	// Output:
	// plan pro 89.00
	// 225,000,000,000 included 0.00
	// 0.45 USD per 1,000,000,000 33.75
	// subtotal 122.75
	// credits 12.28
	// tax 22.09
	// total 132.56
	// 0 credits left
}

// Progressive billing makes several invoices of one period. Together they are
// the one that would have been made otherwise, to the cent.
func ExampleClose_progressive() {
	var billed []billing.Invoice
	for _, gigabytes := range []int64{260, 300} {
		i, _, err := billing.Close(bandwidth(), billing.Usage{billing.BandwidthBytes: gigabytes * gigabyte}, november,
			&billing.CloseOptions{Account: "acme", Partial: gigabytes < 300, Billed: billed})
		if err != nil {
			panic(err)
		}
		fmt.Println(i.ID, i.Total)
		billed = append(billed, i)
	}
	// Output:
	// acme/2026-11-01 104.75
	// acme/2026-11-01/2 18.00
}

func ExamplePrepay() {
	plan := bandwidth()
	plan.Arrears = false
	first, _, err := billing.Prepay(plan, november, &billing.CloseOptions{Account: "acme"})
	if err != nil {
		panic(err)
	}
	fmt.Println(first.Lines[0].Description, first.Total)
	// Output: plan pro, prepaid 89.00
}

// A business in another country of the European Union owes the tax itself,
// and its invoice has to say so.
func ExampleTaxFunc() {
	vatID := map[string]string{"acme": "DE123456789"}
	tax := func(r billing.TaxRequest) ([]billing.TaxLine, error) {
		if id, business := vatID[r.Account]; business {
			none, err := r.Net.Sub(r.Net)
			return []billing.TaxLine{{Name: "VAT", Base: r.Net, Amount: none, Note: "reverse charge, " + id}}, err
		}
		return billing.FlatTax("VAT 20 %", 2_000)(r)
	}
	for _, account := range []string{"acme", "somebody"} {
		i, _, err := billing.Close(bandwidth(), nil, november, &billing.CloseOptions{Account: account, Tax: tax})
		if err != nil {
			panic(err)
		}
		fmt.Println(i.Taxes[0].Name, i.Tax, i.Total, i.Taxes[0].Note)
	}
	// Output:
	// VAT 0.00 89.00 reverse charge, DE123456789
	// VAT 20 % 17.80 106.80
}

func ExampleFlatTax() {
	lines, err := billing.FlatTax("VAT 19 %", 1_900)(billing.TaxRequest{Net: dollars("122.75")})
	if err != nil {
		panic(err)
	}
	fmt.Println(lines[0].Name, lines[0].Amount)
	// Output: VAT 19 % 23.32
}

func ExampleInvoice_Finalize() {
	numbers := billing.NewMemoryNumberer("2026-", 1)
	draft, _, err := billing.Close(bandwidth(), nil, november, &billing.CloseOptions{Account: "acme"})
	if err != nil {
		panic(err)
	}
	_, err = draft.Finalize(context.Background(), numbers, billing.Terms{}, november.End)
	fmt.Println(err)
	final, err := draft.Finalize(context.Background(), numbers, billing.Terms{}, draft.SealAt)
	if err != nil {
		panic(err)
	}
	fmt.Println(final.Number, final.State, "due", final.Due.Format(time.DateOnly))
	late := must(final.MarkPastDue(final.Due))
	paid := must(late.Pay(final.Due.Add(time.Hour)))
	fmt.Println(late.State, paid.State)
	_, err = paid.Void(paid.Settled, "")
	fmt.Println(err)
	// Output:
	// billing: not possible in this state: invoice acme/2026-11-01 takes late events until 2026-12-04 00:00:00 +0000 UTC
	// 2026-000001 final due 2027-01-03
	// past due paid
	// billing: not possible in this state: invoice acme/2026-11-01 is paid, so it cannot be voided
}

func ExampleAdjust() {
	billed := billing.Usage{billing.BandwidthBytes: 300 * gigabyte}
	late := billing.Usage{billing.BandwidthBytes: 2 * gigabyte}
	lines, err := billing.Adjust(bandwidth(), november, billed, late)
	if err != nil {
		panic(err)
	}
	next, _, err := billing.Close(bandwidth(), nil, november.Next(nil), &billing.CloseOptions{Adjustments: lines})
	if err != nil {
		panic(err)
	}
	for _, l := range next.Lines {
		fmt.Println(l.Key, l.Amount)
	}
	// Output:
	// base 89.00
	// bandwidth.bytes/included 0.00
	// adjustment/2026-11-01/bandwidth.bytes/unit 0.90
}

func ExampleSLA_Credit() {
	outage := billing.Incident{Period: billing.Period{
		Start: time.Date(2026, time.November, 10, 10, 0, 0, 0, time.UTC),
		End:   time.Date(2026, time.November, 10, 10, 43, 13, 0, time.UTC),
	}}
	found, err := billing.SLA{}.Credit(november, []billing.Incident{outage}, dollars("122.75"), false)
	if err != nil {
		panic(err)
	}
	fmt.Println(found.Credit)
	fmt.Println(found.Reason)
	fmt.Println("from", found.AccountCredit("sla-2026-11", "acme").AppliesFrom.Format(time.DateOnly))
	// Output:
	// 12.28
	// 43m13s down of 720h0m0s is below 99.9 %: 10 % of the bill
	// from 2026-12-01
}

func ExampleCredit() {
	credit := billing.Credit{ID: "sla-2026-11", Amount: dollars("12.28"), AppliesFrom: november.End}
	small := billing.Plan{ID: "small", Version: 1, Base: dollars("8"), Arrears: true}
	invoice, left, err := billing.Close(small, nil, november.Next(nil), &billing.CloseOptions{Credits: []billing.Credit{credit}})
	if err != nil {
		panic(err)
	}
	fmt.Println(invoice.Total, must(left[0].Left()))
	// Output: 0.00 4.28
}

func ExampleRefundPolicy_Refund() {
	draft, _, err := billing.Close(bandwidth(), nil, november, nil)
	if err != nil {
		panic(err)
	}
	issued := time.Date(2026, time.December, 4, 12, 0, 0, 0, time.UTC)
	invoice := must(draft.Finalize(context.Background(), billing.NewMemoryNumberer("", 1), billing.Terms{}, issued))

	policy := billing.RefundPolicy{}
	request := billing.RefundRequest{Invoice: invoice, Line: 0, Reason: billing.DuplicateCharge, Requested: issued.AddDate(0, 0, 30)}
	refund := policy.Approve(must(policy.Refund(request)), request.Requested)
	fmt.Println(refund.Correction.Amount, "by", refund.PayBy.Format(time.DateOnly))
	request.Requested = issued.AddDate(0, 0, 31)
	_, err = policy.Refund(request)
	fmt.Println(err)
	// Output:
	// 89.00 by 2027-01-16
	// billing: refund window closed: the last day was 2027-01-03
}

func ExampleInvoice_CreditNote() {
	draft, _, err := billing.Close(bandwidth(), nil, november, &billing.CloseOptions{ID: "I-1", Tax: billing.FlatTax("VAT 20 %", 2_000)})
	if err != nil {
		panic(err)
	}
	invoice := must(draft.Finalize(context.Background(), billing.NewMemoryNumberer("", 1), billing.Terms{}, draft.SealAt))
	note, err := invoice.CreditNote("CN-1", "billed too much", []billing.Correction{{Line: 0, Amount: dollars("9")}}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(note.Subtotal, note.Tax, note.Total)
	// Output: 9.00 1.80 10.80
}

func ExampleAddBusinessDays() {
	friday := time.Date(2026, time.December, 4, 0, 0, 0, 0, time.UTC)
	fmt.Println(billing.AddBusinessDays(friday, 10, nil).Format("Mon 2 January"))
	// Output: Fri 18 December
}

func ExampleProRata() {
	fmt.Println(billing.ProRata(dollars("89"), november, november.Start.AddDate(0, 0, 15)))
	// Output: 44.50 <nil>
}

func ExampleTerms_Status() {
	history := billing.History{
		Notices:     []billing.Notice{{Sent: time.Date(2027, time.January, 3, 0, 0, 0, 0, time.UTC)}},
		Termination: billing.Termination{Requested: time.Date(2027, time.January, 14, 0, 0, 0, 0, time.UTC)},
	}
	for _, day := range []int{9, 10, 14, 32} {
		s, err := billing.Terms{}.Status(history, time.Date(2027, time.January, day, 0, 0, 0, 0, time.UTC))
		if err != nil {
			panic(err)
		}
		fmt.Println(s.Standing, s.SuspendAt.Format(time.DateOnly))
	}
	// Output:
	// good 2027-01-10
	// suspended 2027-01-10
	// suspended 2027-01-10
	// terminated 2027-01-10
}

func ExampleNewMemoryNumberer() {
	n := billing.NewMemoryNumberer("2026-", 1)
	for _, id := range []string{"acme/2026-11-01", "other/2026-11-01", "acme/2026-11-01"} {
		fmt.Println(n.Number(context.Background(), id))
	}
	// Output:
	// 2026-000001 <nil>
	// 2026-000002 <nil>
	// 2026-000001 <nil>
}

func ExampleCompare() {
	offers := []billing.Offer{{
		Provider: "Acme Images", Plan: "Pro", Base: dollars("10"),
		Components: []billing.OfferComponent{{Component: billing.Component{
			Metric: billing.TransformsUnique, Included: 5_000,
			Overage: billing.Unit(must(billing.Per(1_000, "0.50", "USD")), billing.Linear),
		}}},
		Source: "https://example.com/pricing", Confidence: billing.FirstParty,
		Retrieved: time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC),
	}}
	quotes, err := billing.Compare(billing.Scenario{Transforms: 100_000}, offers, time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	for _, q := range quotes {
		fmt.Println(q.Offer.Provider, q.Low, "assuming", q.Assumes)
		fmt.Println("warning:", q.Warning)
	}
	// Output:
	// Acme Images 57.50 assuming [100,000 transforms.unique]
	// warning: figures of 2026-03-01, 266 days old
}

func ExampleOffer_Quote() {
	offer := billing.Offer{
		Provider: "Acme Images", Plan: "Credits", Base: dollars("25"),
		Pool: []billing.PoolRate{{Metric: billing.TransformsUnique, Credits: 1, Per: 500}},
		Components: []billing.OfferComponent{{Component: billing.Component{
			Metric: billing.PlanCredits, Included: 100,
			Overage: billing.Unit(must(billing.PerUnit("0.25", "USD")), billing.Linear),
		}}},
		Source: "https://example.com/pricing", Confidence: billing.FirstParty,
		Retrieved: time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC),
	}
	q, err := offer.Quote(billing.Scenario{Transforms: 100_000}, time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	fmt.Println(q.Low, q.Warning == "")
	// Output: 50.00 true
}

func ExampleScenario_Usage() {
	u, err := billing.Scenario{Transforms: 100_000, Requests: 2_000_000, BytesPerDelivery: 40_000}.Usage()
	if err != nil {
		panic(err)
	}
	fmt.Println(u[billing.BandwidthBytes])
	// Output: 80000000000
}

func ExampleTerms_Effective() {
	asked := time.Date(2026, time.November, 14, 0, 0, 0, 0, time.UTC)
	fmt.Println(billing.Terms{}.Effective(billing.Termination{Requested: asked}))
	fmt.Println(billing.Terms{}.Effective(billing.Termination{Requested: asked, By: billing.Discontinued}))
	// Output:
	// 2026-12-01 00:00:00 +0000 UTC
	// 2026-12-14 00:00:00 +0000 UTC
}

func ExampleTerms_SealAt() {
	terms := billing.Terms{}
	fmt.Println("late events until", terms.SealAt(november).Format(time.DateOnly))
	fmt.Println("issued before", terms.IssueBy(november).Format(time.DateOnly))
	fmt.Println("due", terms.Due(terms.SealAt(november)).Format(time.DateOnly))
	// Output:
	// late events until 2026-12-04
	// issued before 2026-12-08
	// due 2027-01-03
}
