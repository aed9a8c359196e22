// Package catalog holds dated price lists: Immagin's own plans, and offers of
// other providers to compare them with. Every figure names its source, the day
// it was there, and how much the source is worth; prices change, so quotes
// from figures older than [billing.StaleAfter] say so.
//
//	bill, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: 300_000})
//	if err != nil {
//		return err
//	}
//	fmt.Println(bill.Total) // 39.00
//
// It is for estimates and comparisons: what a program charges its own customers is
// a billing.Plan of its own. Each call returns new values, which are the caller's.
//
// Two catalogues stand side by side. [Published] is the comparison row as
// Immagin's page printed it in February 2026. [Recomputed] is worked out from
// the providers' own models and prices, and differs from it: the row mixes two
// paths of Cloudflare that exclude each other, prices Uploadcare at its base
// fees only, and needs two different picture sizes for ImageKit.
package catalog

import (
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Catalogue is a dated list of offers.
type Catalogue struct {
	Name   string
	AsOf   time.Time // of the youngest figure
	Offers []billing.Offer
}

const usd billing.Currency = "USD"

const gigabyte = 1_000_000_000

// The data below is fixed, so what fails in it is a mistake in this package,
// which its tests would show.
func must[T any](v T, err error) T {
	if err != nil {
		panic("catalog: " + err.Error())
	}
	return v
}

func dollars(amount string) billing.Money { return must(billing.ParseMoney(amount, usd)) }

// per is a linear price for every n units.
func per(n int64, price string) billing.Price {
	return billing.Unit(must(billing.Per(n, price, usd)), billing.Linear)
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// metered is a component of an included quantity and a price for more.
func metered(m billing.Metric, included int64, overage billing.Price) billing.OfferComponent {
	return billing.OfferComponent{Component: billing.Component{Metric: m, Included: included, Overage: overage}}
}
