package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/examples/metering"
)

// account is that of any tenant: this server is its operator's own, so that
// all are in good standing, and nothing is refused. Who sells what it serves
// puts other accounts here, with catalog.ImmaginFree for a plan with limits.
func account(_ context.Context, tenant string) (metering.Account, error) {
	return metering.Account{Plan: catalog.Immagin(), Projects: []string{tenant}}, nil
}

// A usagePage tells what a tenant has used this month, what that would cost on
// Immagin's tiers, and elsewhere.
type usagePage struct {
	meter   *meter.Meter
	tenants *tenants
	now     func() time.Time
}

// A usageReport is one tenant's month so far.
type usageReport struct {
	Tenant     string         `json:"tenant"`
	Period     billing.Period `json:"period"`
	Unique     int64          `json:"uniqueTransforms"`
	Cost       billing.Money  `json:"cost"`
	Projection struct {
		Unique int64         `json:"uniqueTransforms"`
		Cost   billing.Money `json:"cost"`
	} `json:"projection"`
	Included int64 `json:"included"` // free of charge in a month

	lines []billing.Line
	at    time.Time
}

func (u *usagePage) report(r *http.Request) (*usageReport, error) {
	tenant, _ := u.tenants.of(r) // never fails
	p := &usageReport{Tenant: tenant, at: u.now().UTC()}
	p.Period = billing.Month(p.at)
	used, err := u.meter.Usage(r.Context(), tenant, p.Period)
	if err != nil {
		return nil, err
	}
	plan := catalog.Immagin()
	charge, err := plan.Estimate(used)
	if err != nil {
		return nil, err
	}
	p.Unique, p.Cost, p.lines = used[billing.TransformsUnique], charge.Total, charge.Lines
	p.Included, _ = catalog.ImmaginFree().Limit(billing.TransformsUnique)
	if p.at.After(p.Period.Start) { // else there is nothing to go by
		if used, err = used.Forecast(p.Period, p.at); err != nil {
			return nil, err
		}
		if charge, err = plan.Estimate(used); err != nil {
			return nil, err
		}
	}
	p.Projection.Unique, p.Projection.Cost = used[billing.TransformsUnique], charge.Total
	return p, nil
}

// figures answers with the report as JSON.
func (u *usagePage) figures(w http.ResponseWriter, r *http.Request) {
	p, err := u.report(r)
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "usage_unavailable", errors.New("the usage could not be read"))
		return
	}
	answer(w, http.StatusOK, "application/json", p)
}

//go:embed usage.html
var usageHTML string

var usageTemplate = template.Must(template.New("usage").Funcs(template.FuncMap{
	"count": grouped,
	"cost":  priced,
	"day":   func(t time.Time) string { return t.Format("2 January 2006") },
	"iso":   func(t time.Time) string { return t.Format(time.DateOnly) },
	"sized": drawnAs,
	"minus": func(a, b int64) int64 { return max(0, a-b) },
}).Parse(usageHTML))

// drawnAs is what the template "chart" takes.
func drawnAs(c chart, class string) map[string]any { return map[string]any{"Chart": c, "Class": class} }

// priced writes an amount for people.
func priced(m billing.Money) string {
	if m.Currency() == "USD" {
		return "$" + m.String()
	}
	return m.String() + " " + string(m.Currency())
}

// span is a quote's amount, or its two.
func span(q billing.Quote) string {
	text := priced(q.Low)
	if order, err := q.Low.Cmp(q.High); err != nil || order != 0 {
		text += "–" + priced(q.High)
	}
	return text
}

// deliveries are how often an image may be thought to be delivered.
var deliveries = []int64{1, 10, 100}

// page answers with the report as HTML.
func (u *usagePage) page(w http.ResponseWriter, r *http.Request) {
	times := deliveries[0]
	for _, n := range deliveries {
		if r.URL.Query().Get("deliveries") == strconv.FormatInt(n, 10) {
			times = n
		}
	}
	p, err := u.report(r)
	var c *comparison
	if err == nil {
		c, err = compare(p, times)
	}
	if err != nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "The usage could not be read.", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	usageTemplate.Execute(w, map[string]any{ // the client may be gone
		"Report": p, "Lines": p.lines, "At": p.at, "Month": p.Period.Start.Format("January 2006"),
		"Resets": p.Period.End, "Comparison": c, "Deliveries": deliveries,
	})
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// whole writes an amount in dollars for an axis.
func whole(dollars int64) string { return "$" + grouped(dollars) }

// round125 is the least of 1, 2, 2.5 and 5 times a power of ten that is at
// least n.
func round125(n int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, step := range []int64{power, 2 * power, 5 * power / 2, 5 * power} {
			if step >= cmp.Or(n, 1) {
				return step
			}
		}
	}
}
