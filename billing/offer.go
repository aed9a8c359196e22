package billing

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"time"
)

// ErrOffer is returned for an offer or a scenario that cannot be compared.
var ErrOffer = errors.New("billing: offer not usable")

// Metrics of offers that are not Immagin's.
const (
	Requests     Metric = "requests"      // renditions delivered, cached or not
	StoredImages Metric = "images.stored" // originals kept at the provider
	PlanCredits  Metric = "credits"       // what an [Offer.Pool] makes of the others
)

// Confidence says how much a figure is worth.
type Confidence string

const (
	FirstParty Confidence = "first-party" // on the provider's own page
	Secondary  Confidence = "secondary"   // in somebody else's list
	Seed       Confidence = "seed"        // on a competitor's comparison page
)

// Offer is one plan of one provider, as somebody published it once.
type Offer struct {
	Provider string // such as "Cloudflare"
	Product  string // set apart what does not replace each other: "remote images", "stored images"; often empty
	Plan     string // the plan's name as it is sold

	Base         Money            // a month's, also where a year is billed at once
	BilledYearly bool             // Base is paid for a year at once
	Components   []OfferComponent // what is included and what more costs, by metric

	// Pool turns usage into credits, which the component of [PlanCredits]
	// then prices. A started credit counts whole.
	Pool []PoolRate

	// Printed are figures of a page that gives no prices. An offer that has
	// them is quoted for these volumes only.
	Printed []PrintedFigure

	Custom bool // the price is made by sales

	Source     string     // URL
	Retrieved  time.Time  // when the figures were there; shown with each of them
	Confidence Confidence // how much the source is worth
	Notes      string     // what the figures rest on, for people
}

// OfferComponent is the price of one metric of an offer, with the dearest
// price beside it where there is a range, as of regions.
type OfferComponent struct {
	Component
	High Price // of what is used beyond Included; nil is the same as Overage
}

// PoolRate says that every Per of a metric take Credits.
type PoolRate struct {
	Metric  Metric // what takes credits
	Credits int64  // that it takes
	Per     int64  // so many of the metric
}

// PrintedFigure is a figure for one volume. Low and High are equal where it is
// one.
type PrintedFigure struct {
	Transforms int64 // the volume of the column, a month
	Low, High  Money
	Custom     bool   // the page says to ask
	Text       string // as it is printed: "79–199", "199+", "~100"
}

// Validate says which field makes an offer unusable: one must have a provider,
// a plan, a source with its date and confidence, and prices that are.
func (o Offer) Validate() error {
	link, err := url.Parse(o.Source)
	switch {
	case o.Provider == "" || o.Plan == "":
		return fmt.Errorf("%w: the provider or plan of %q %q is empty", ErrOffer, o.Provider, o.Plan)
	case err != nil || link.Scheme != "https" || link.Host == "":
		return o.unusable("Source is %q, must be an https URL", o.Source)
	case o.Retrieved.IsZero():
		return o.unusable("Retrieved is not set")
	case o.Confidence != FirstParty && o.Confidence != Secondary && o.Confidence != Seed:
		return o.unusable("Confidence is %q", o.Confidence)
	case len(o.Printed) > 0 && len(o.Components) > 0:
		return o.unusable("has both printed figures and prices")
	}
	for _, r := range o.Pool {
		if r.Metric == "" || r.Credits < 1 || r.Per < 1 {
			return o.unusable("%d credits for each %d of %q", r.Credits, r.Per, r.Metric)
		}
	}
	for _, f := range o.Printed {
		if order, err := f.Low.Cmp(f.High); err != nil || order > 0 || f.Low.Sign() < 0 || f.Transforms < 0 {
			return o.unusable("from %v to %v for %d transforms", f.Low, f.High, f.Transforms)
		}
	}
	for _, high := range []bool{false, true} {
		if err := o.plan(high).Validate(); err != nil {
			return fmt.Errorf("%w: %s %s: %w", ErrOffer, o.Provider, o.Plan, err)
		}
	}
	return nil
}

func (o Offer) unusable(format string, args ...any) error {
	return fmt.Errorf("%w: %s %s: %s", ErrOffer, o.Provider, o.Plan, fmt.Sprintf(format, args...))
}

// plan is the offer at its lowest or highest prices.
func (o Offer) plan(high bool) Plan {
	p := Plan{ID: o.Provider + " " + o.Plan, Version: 1, Base: o.Base, Arrears: true}
	for _, c := range o.Components {
		if high && c.High != nil {
			c.Overage = c.High
		}
		p.Components = append(p.Components, c.Component)
	}
	return p
}

// pooled is the usage with the credits it takes, rounded up once.
func (o Offer) pooled(u Usage) (Usage, error) {
	if len(o.Pool) == 0 {
		return u, nil
	}
	sum := new(big.Rat)
	for _, r := range o.Pool {
		used := new(big.Int).Mul(big.NewInt(u[r.Metric]), big.NewInt(r.Credits))
		sum.Add(sum, new(big.Rat).SetFrac(used, big.NewInt(r.Per)))
	}
	up := new(big.Int).Add(sum.Num(), new(big.Int).Sub(sum.Denom(), big.NewInt(1)))
	credits := up.Quo(up, sum.Denom())
	if !credits.IsInt64() {
		return nil, fmt.Errorf("%w: %s credits", ErrQuantity, credits)
	}
	u[PlanCredits] = credits.Int64()
	return u, nil
}

// covers reports whether an offer gives a metric a price, or says that it is
// free.
func (o Offer) covers(m Metric) bool {
	return slices.ContainsFunc(o.Components, func(c OfferComponent) bool { return c.Metric == m }) ||
		slices.ContainsFunc(o.Pool, func(r PoolRate) bool { return r.Metric == m })
}

func (o Offer) compare(p Offer) int {
	return cmp.Or(cmp.Compare(o.Provider, p.Provider), cmp.Compare(o.Product, p.Product), cmp.Compare(o.Plan, p.Plan))
}
