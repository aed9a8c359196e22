package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// An event is one of Stripe's meter events:
// https://docs.stripe.com/api/billing/meter-event/create
//
// Its value is the customer's usage of the month so far, for a meter at Stripe
// whose aggregation is "last", the last value in the period, as there is since
// version 2025-03-31.basil of the API:
// https://docs.stripe.com/changelog/basil/2025-03-31/meters-last-agg-formula
//
// So an export keeps no state, and repeating it is harmless for ever. With
// "sum" it would have to remember what it has sent: Stripe knows an identifier
// again for a day, and a crash may last longer.
type event struct {
	Name       string // of the meter at Stripe, at most 100 bytes
	Customer   string // cus_…
	Value      int64
	Identifier string // the same for the same usage, at most 100 bytes
	Timestamp  time.Time
}

// form is the body of POST /v1/billing/meter_events. The keys in the payload
// are those that a meter has by default.
func (e event) form() url.Values {
	return url.Values{
		"event_name":                  {e.Name},
		"payload[stripe_customer_id]": {e.Customer},
		"payload[value]":              {strconv.FormatInt(e.Value, 10)}, // whole numbers only
		"identifier":                  {e.Identifier},
		"timestamp":                   {strconv.FormatInt(e.Timestamp.Unix(), 10)},
	}
}

// Stripe takes events of the past 35 days, and of 5 minutes to come.
const oldest = 35 * 24 * time.Hour

var errTooLate = errors.New("the month ended more than 35 days ago, which is later than Stripe takes events")

// events are what a meter has counted in a month, for each customer the sum of
// its projects, in the order of the customers. Customers is by project;
// projects that are nobody's are returned, as they would go without a bill.
//
// The times of events are within the month, in an order that agrees with that
// of their values: now was read before the usage, which only grows. The last
// second but one of the month stands for all that follows it, and an export
// after the month is sealed has the last second.
func events(ctx context.Context, m *meter.Meter, name string, month billing.Period, customers map[string]string, sealed bool, now time.Time) (list []event, nobodys []string, err error) {
	if now.Sub(month.End) > oldest {
		return nil, nil, errTooLate
	}
	at := month.End.Add(-2 * time.Second)
	if sealed {
		at = month.End.Add(-time.Second)
	}
	if now.Before(at) {
		at = now
	}
	projects, err := m.Projects(ctx, month)
	if err != nil {
		return nil, nil, err
	}
	all := map[string][]billing.Usage{}
	for _, customer := range customers {
		all[customer] = nil // also who has used nothing
	}
	for _, project := range slices.Sorted(maps.Keys(projects)) {
		customer, ok := customers[project]
		if !ok {
			nobodys = append(nobodys, project)
			continue
		}
		all[customer] = append(all[customer], projects[project])
	}
	for _, customer := range slices.Sorted(maps.Keys(all)) {
		sum, err := billing.SumUsage(slices.Values(all[customer]))
		if err != nil {
			return nil, nil, fmt.Errorf("customer %s: %w", customer, err)
		}
		e := event{Name: name, Customer: customer, Value: sum[billing.TransformsUnique], Timestamp: at}
		e.Identifier = meter.NewID(name, customer, month.String(), strconv.FormatInt(e.Value, 10), strconv.FormatBool(sealed)).String()
		list = append(list, e)
	}
	return list, nobodys, nil
}

// A client sends to Stripe, one event at a time: it takes no more at once for
// one customer and meter, and 1,000 in a second for all.
type client struct {
	base string // https://api.stripe.com
	key  string
	http *http.Client
}

// version of Stripe's API that this was written for.
const version = "2025-04-30.basil"

// send posts an event. One that Stripe has already is as good as sent: it
// refuses those, rather than say so nicely. There is no Idempotency-Key, which
// would refuse a second attempt for its other timestamp.
func (c client) send(ctx context.Context, e event) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/billing/meter_events", strings.NewReader(e.form().Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Stripe-Version", version)
	answer, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if answer.StatusCode < 300 || err != nil {
		return err
	}
	var refusal struct {
		Error struct{ Type, Code, Message string }
	}
	json.Unmarshal(body, &refusal) // what is no JSON has no message
	if refusal.Error.Code == "duplicate_meter_event" || strings.Contains(refusal.Error.Message, "already exists with identifier") {
		return nil
	}
	return fmt.Errorf("customer %s: %s %s %s", e.Customer, answer.Status, refusal.Error.Code, refusal.Error.Message)
}
