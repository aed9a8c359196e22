package main

import (
	"bytes"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/examples/metering/database"
)

var november = billing.Month(time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC))

// A stripe answers as Stripe's documentation says, and as Stripe does not
// document: with 400 for an identifier that it knows.
type stripe struct {
	t     *testing.T
	known map[string]bool
	forms []url.Values
	fail  int // status of all answers
}

func (s *stripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	require.Equal(s.t, "POST /v1/billing/meter_events", r.Method+" "+r.URL.String())
	require.Equal(s.t, "Bearer sk_test_1", r.Header.Get("Authorization"))
	require.Equal(s.t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
	require.NotEmpty(s.t, r.Header.Get("Stripe-Version"))
	require.NoError(s.t, r.ParseForm())
	if s.fail != 0 {
		w.WriteHeader(s.fail)
		fmt.Fprint(w, `{"error":{"type":"api_error","message":"We are sorry."}}`)
		return
	}
	id := r.PostForm.Get("identifier")
	if s.known[id] {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"type":"invalid_request_error","message":"An event already exists with identifier %s."}}`, id)
		return
	}
	s.known[id] = true
	s.forms = append(s.forms, r.PostForm)
	fmt.Fprint(w, `{"object":"billing.meter_event"}`)
}

// count has a meter count transforms of projects, in a file.
func count(t *testing.T, file string, at time.Time, projects map[string]int) {
	store, err := database.Open(t.Context(), file)
	require.NoError(t, err)
	defer store.Close()
	m, err := meter.New(store, &meter.Options{Now: func() time.Time { return at }})
	require.NoError(t, err)
	for project, n := range projects {
		for i := range n {
			_, err := m.Record(t.Context(), meter.Event{Project: project, Image: "a.jpg", Rendition: strconv.Itoa(i), At: at})
			require.NoError(t, err)
		}
	}
}

func TestExport(t *testing.T) {
	folder := t.TempDir()
	file, customers := filepath.Join(folder, "usage.db"), filepath.Join(folder, "customers.json")
	require.NoError(t, os.WriteFile(customers, []byte(`{"shop":"cus_1","blog":"cus_1","acme":"cus_2","idle":"cus_3"}`), 0o600))
	s := &stripe{t: t, known: map[string]bool{}}
	server := httptest.NewServer(s)
	defer server.Close()
	at := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	run := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"-usage", file, "-customers", customers}, args...),
			client{base: server.URL, key: "sk_test_1", http: server.Client()}, func() time.Time { return at }, &out)
		return out.String(), err
	}
	count(t, file, at, map[string]int{"shop": 3, "blog": 4, "acme": 5})

	printed, err := run()
	require.NoError(t, err)
	require.Contains(t, printed, "payload%5Bvalue%5D=7")
	require.Empty(t, s.forms, "nothing is sent unless told to")

	sent, err := run("-send")
	require.NoError(t, err)
	require.Equal(t, "cus_1 7\ncus_2 5\ncus_3 0\n", sent)
	require.Len(t, s.forms, 3)
	first := s.forms[0]
	require.Regexp(t, `^[0-9a-f]{32}$`, first.Get("identifier"))
	first.Del("identifier")
	require.Equal(t, url.Values{
		"event_name":                  {"immagin_transforms"},
		"payload[stripe_customer_id]": {"cus_1"},
		"payload[value]":              {"7"},
		"timestamp":                   {strconv.FormatInt(at.Unix(), 10)},
	}, first)

	at = at.Add(time.Hour)
	_, err = run("-send")
	require.NoError(t, err, "what Stripe has already is as good as sent")
	require.Len(t, s.forms, 3)

	count(t, file, at, map[string]int{"acme": 6}) // five of which are known
	_, err = run("-send")
	require.NoError(t, err)
	require.Len(t, s.forms, 4, "only what has changed")
	require.Equal(t, "6", s.forms[3].Get("payload[value]"), "the total of the month")

	s.fail = http.StatusTooManyRequests
	_, err = run("-send")
	require.ErrorContains(t, err, "429")
	require.ErrorContains(t, err, "We are sorry.")
	s.fail = 0

	count(t, file, at, map[string]int{"stray": 1})
	_, err = run("-send")
	require.ErrorContains(t, err, `"stray"`)

	_, err = run("-send", "-sealed")
	require.ErrorIs(t, err, billing.ErrPeriod, "the month is not over")
	at = november.End.Add(80 * time.Hour)
	require.NoError(t, os.WriteFile(customers, []byte(`{"shop":"cus_1","blog":"cus_1","acme":"cus_2","stray":"cus_2"}`), 0o600))
	_, err = run("-send", "-sealed", "-month", "2026-11")
	require.NoError(t, err)
	last := s.forms[len(s.forms)-1]
	require.Equal(t, "7", last.Get("payload[value]"))
	require.Equal(t, strconv.FormatInt(november.End.Unix()-1, 10), last.Get("timestamp"), "still in the month, after all others")

	at = november.End.Add(oldest + time.Second)
	_, err = run("-send", "-month", "2026-11")
	require.ErrorIs(t, err, errTooLate)
}

func TestRefused(t *testing.T) {
	customers := filepath.Join(t.TempDir(), "customers.json")
	require.NoError(t, os.WriteFile(customers, []byte("{}"), 0o600))
	for want, args := range map[string][]string{
		"must be given":            nil,
		`"send" is no flag`:        {"-usage", "mem://", "-customers", "x", "send"},
		"STRIPE_SECRET_KEY":        {"-usage", "mem://", "-customers", "x", "-send"},
		"must be like 2026-11":     {"-usage", "mem://", "-customers", "x", "-month", "November"},
		"-customers: open":         {"-usage", "mem://", "-customers", filepath.Join(t.TempDir(), "none")},
		"-usage: must be the name": {"-usage", "mysql://x", "-customers", customers},
	} {
		require.ErrorContains(t, run(t.Context(), args, client{}, time.Now, new(bytes.Buffer)), want)
	}
}

func TestPrice(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-price"}, client{}, time.Now, &out))
	require.JSONEq(t, `{
		"currency": "usd", "product": "prod_…", "billing_scheme": "tiered", "tiers_mode": "graduated",
		"recurring": {"interval": "month", "usage_type": "metered", "meter": "mtr_…"},
		"tiers": [
			{"up_to": 25000, "unit_amount_decimal": "0"},
			{"up_to": 100000, "unit_amount_decimal": "0.02"},
			{"up_to": 200000, "unit_amount_decimal": "0.015"},
			{"up_to": 500000, "unit_amount_decimal": "0.009"},
			{"up_to": "inf", "unit_amount_decimal": "0.007"}
		]}`, out.String())
}

// The price that Stripe is told is the price that we rate by.
func TestPriceIsTheCatalogues(t *testing.T) {
	p, err := graduated("prod", "mtr", tiers())
	require.NoError(t, err)
	for _, n := range []int64{0, 25_000, 25_001, 100_000, 160_000, 200_001, 300_000, 500_000, 1_000_000, 10_000_000} {
		cents, low := new(big.Rat), int64(0)
		for _, tier := range p.Tiers {
			high, ok := tier.UpTo.(int64)
			if !ok || n < high {
				high = n
			}
			amount, ok := new(big.Rat).SetString(tier.UnitAmountDecimal)
			require.True(t, ok)
			cents.Add(cents, amount.Mul(amount, new(big.Rat).SetInt64(max(0, high-low))))
			low = max(low, high)
		}
		charge, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: n})
		require.NoError(t, err)
		ours := big.NewRat(charge.Exact.NanoUnits(), 10_000_000)
		require.Zero(t, cents.Cmp(ours), "%d: %v and %v cents", n, cents, ours)
	}
}

func TestUnitAmount(t *testing.T) {
	for _, test := range []struct {
		units           int64
		price, currency string
		want            string
	}{
		{1000, "0.20", "USD", "0.02"},
		{1, "0.45", "USD", "45"},
		{1, "120", "JPY", "120"},
		{1_000_000, "0.00000001", "USD", "0.000000000001"},
		{3, "0.01", "USD", ""},
	} {
		rate, err := billing.Per(test.units, test.price, billing.Currency(test.currency))
		require.NoError(t, err)
		got, err := unitAmount(rate)
		require.Equal(t, test.want == "", err != nil, "%v: %v", rate, err)
		require.Equal(t, test.want, got)
	}
	fee, err := billing.ParseMoney("5", "USD")
	require.NoError(t, err)
	_, err = graduated("prod", "mtr", []billing.Tier{{UpTo: billing.Inf, Flat: fee}})
	require.ErrorContains(t, err, "fee")
}
