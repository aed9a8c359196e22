package billing

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// StaleAfter is the age past which the figures of an offer carry a warning.
const StaleAfter = 180 * day

// Scenario is a month to price offers for. What is 0 is not used: with only
// Transforms set, only offers that charge for transforms have a figure, and
// the rest of what they charge for is left out.
type Scenario struct {
	Transforms       int64 // unique transforms
	Requests         int64 // renditions delivered, cached or not
	BytesPerDelivery int64 // on average; bandwidth is Requests times this
	Originals        int64 // images stored
	StoredBytes      int64 // that the originals take, on average over the month

	// Yearly lets offers in that are billed by the year.
	Yearly bool
}

// Usage returns the scenario by metric. The error is [ErrQuantity].
func (s Scenario) Usage() (Usage, error) {
	for _, n := range []int64{s.Transforms, s.Requests, s.BytesPerDelivery, s.Originals, s.StoredBytes} {
		if n < 0 {
			return nil, fmt.Errorf("%w: a scenario of %d", ErrQuantity, n)
		}
	}
	bytes := s.Requests * s.BytesPerDelivery
	if s.BytesPerDelivery > 0 && bytes/s.BytesPerDelivery != s.Requests || bytes < 0 {
		return nil, fmt.Errorf("%w: %d requests of %d bytes", ErrQuantity, s.Requests, s.BytesPerDelivery)
	}
	return Usage{
		TransformsUnique:  s.Transforms,
		Requests:          s.Requests,
		BandwidthBytes:    bytes,
		StoredImages:      s.Originals,
		StorageByteMonths: s.StoredBytes,
	}, nil
}

// Quote is what an offer comes to in a scenario.
type Quote struct {
	Offer     Offer
	Low, High Money    // of a month, net; equal when it is one figure
	Custom    bool     // no figure: it is made by sales, the offer ends before, or the scenario lacks what it is priced on
	Assumes   []string // what the figures rest on
	Warning   string   // not empty when they are older than [StaleAfter]
}

// Quote prices a scenario at an instant, which must be given, for the age of
// the figures.
func (o Offer) Quote(s Scenario, at time.Time) (Quote, error) {
	if at.IsZero() {
		return Quote{}, fmt.Errorf("%w: no date to compare at", ErrOffer)
	}
	if err := o.Validate(); err != nil {
		return Quote{}, err
	}
	u, err := s.Usage()
	if err != nil {
		return Quote{}, err
	}
	q := Quote{Offer: o, Custom: o.Custom}
	if age := at.Sub(o.Retrieved); age > StaleAfter {
		q.Warning = fmt.Sprintf("figures of %s, %d days old", o.Retrieved.Format(time.DateOnly), age/day)
	}
	if o.BilledYearly {
		q.Assumes = append(q.Assumes, "a year is billed at once")
	}
	switch {
	case o.Custom:
		q.Assumes = append(q.Assumes, "the price is made by sales")
	case len(o.Printed) > 0:
		q.printed(s)
	default:
		err = q.price(u)
	}
	if o.Notes != "" {
		q.Assumes = append(q.Assumes, o.Notes)
	}
	return q, err
}

// printed takes a figure from a page.
func (q *Quote) printed(s Scenario) {
	for _, f := range q.Offer.Printed {
		if f.Transforms == s.Transforms {
			q.Low, q.High, q.Custom = f.Low, f.High, f.Custom
			q.Assumes = append(q.Assumes, fmt.Sprintf("printed as %q for %s transforms", f.Text, group(f.Transforms)))
			return
		}
	}
	q.Custom = true
	q.Assumes = append(q.Assumes, fmt.Sprintf("nothing is printed for %s transforms", group(s.Transforms)))
}

// price works the figures out.
func (q *Quote) price(u Usage) error {
	u, err := q.Offer.pooled(u)
	if err != nil {
		return err
	}
	priced, used := len(q.Offer.Components) == 0, false
	for _, m := range slices.Sorted(maps.Keys(u)) {
		switch {
		case u[m] == 0:
			continue
		case q.Offer.covers(m):
			priced = true
			q.Assumes = append(q.Assumes, fmt.Sprintf("%s %s", group(u[m]), m))
		default:
			q.Assumes = append(q.Assumes, fmt.Sprintf("%s %s have no price in this offer", group(u[m]), m))
		}
		used = true
	}
	// An offer priced on bandwidth is not free for whoever states transforms
	// only: nothing is known of its price.
	if used && !priced {
		q.Custom = true
		q.Assumes = append(q.Assumes, "the scenario states nothing that this offer charges for")
	}
	for _, c := range q.Offer.Components {
		if c.Overage == nil && u[c.Metric] > c.Included {
			q.Custom = true
			q.Assumes = append(q.Assumes, fmt.Sprintf("the plan ends at %s %s", group(c.Included), c.Metric))
		}
	}
	if q.Custom {
		return nil
	}
	for high, to := range map[bool]*Money{false: &q.Low, true: &q.High} {
		charge, err := q.Offer.plan(high).Estimate(u)
		if err != nil {
			return fmt.Errorf("%s %s: %w", q.Offer.Provider, q.Offer.Plan, err)
		}
		*to = charge.Total
	}
	if order, err := q.Low.Cmp(q.High); err != nil || order > 0 {
		return q.Offer.unusable("its lowest price is %v, its highest %v", q.Low, q.High)
	}
	return nil
}

// compare puts the cheaper first, and what has no figure last.
func (q Quote) compare(o Quote) (int, error) {
	if q.Custom != o.Custom {
		if q.Custom {
			return 1, nil
		}
		return -1, nil
	}
	order, err := q.Low.Cmp(o.Low)
	if order == 0 && err == nil {
		order, err = q.High.Cmp(o.High)
	}
	return order, err
}

// Compare quotes the cheapest plan of each provider, or of each of its
// products, sorted by price; those without a figure come last. Offers billed
// by the year are left out unless the scenario lets them in. Where a scenario
// is beyond every plan of a provider, its quote is Custom. Errors are
// [ErrOffer], [ErrQuantity] and [ErrCurrency].
func Compare(s Scenario, offers []Offer, at time.Time) ([]Quote, error) {
	type product struct{ provider, product string }
	best := map[product]int{}
	var quotes []Quote
	for _, o := range offers {
		if o.BilledYearly && !s.Yearly {
			continue
		}
		q, err := o.Quote(s, at)
		if err != nil {
			return nil, err
		}
		key := product{o.Provider, o.Product}
		n, seen := best[key]
		if !seen {
			best[key] = len(quotes)
			quotes = append(quotes, q)
			continue
		}
		order, err := q.compare(quotes[n])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Provider, err)
		}
		// Of plans that are not enough the last, an enterprise one, stands
		// for the provider.
		if order < 0 || order == 0 && q.Custom {
			quotes[n] = q
		}
	}
	var failed error
	slices.SortStableFunc(quotes, func(a, b Quote) int {
		order, err := a.compare(b)
		if err != nil {
			failed = err
		}
		if order == 0 {
			order = a.Offer.compare(b.Offer)
		}
		return order
	})
	if failed != nil {
		return nil, failed
	}
	return quotes, nil
}
