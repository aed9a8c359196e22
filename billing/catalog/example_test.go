package catalog_test

import (
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
)

func ExampleImmagin() {
	charge, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: 300_000})
	if err != nil {
		panic(err)
	}
	fmt.Println(charge.Total)
	// Output: 39.00
}

func ExampleImmaginFree() {
	account := billing.Account{
		Used:   billing.Usage{billing.TransformsUnique: 25_000},
		Period: billing.Month(time.Date(2026, time.November, 14, 0, 0, 0, 0, time.UTC)),
	}
	decision, err := catalog.ImmaginFree().Decide(account, billing.Render)
	fmt.Println(decision)
	fmt.Println(err)
	// Output:
	// serve cached only
	// billing: plan limit reached: transforms.unique, at most 25,000 until 2026-12-01T00:00:00Z
}

func ExamplePublished() {
	at := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	quotes, err := billing.Compare(billing.Scenario{Transforms: 500_000}, catalog.Published().Offers, at)
	if err != nil {
		panic(err)
	}
	for _, q := range quotes {
		fmt.Println(q.Offer.Provider, q.Low, q.High)
	}
	fmt.Println(quotes[0].Warning)
	// Output:
	// Cloudflare 28.00 253.00
	// Immagin 57.00 57.00
	// Uploadcare 79.00 199.00
	// ImageKit 89.00 89.00
	// Cloudinary 224.00 224.00
	// figures of 2026-02-01, 294 days old
}

func ExampleRecomputed() {
	at := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	month := billing.Scenario{Transforms: 500_000, Requests: 500_000, BytesPerDelivery: 250_000}
	quotes, err := billing.Compare(month, catalog.Recomputed().Offers, at)
	if err != nil {
		panic(err)
	}
	for _, q := range quotes {
		fmt.Println(q.Offer.Provider, q.Offer.Product, q.Offer.Plan, q.Low, q.High)
	}
	// Output:
	// Cloudflare stored images Paid 5.00 5.00
	// Bunny  Optimizer 10.75 17.00
	// Vercel  Pro 24.50 39.79
	// ImageKit  Lite 51.50 51.50
	// Immagin  pay as you go 57.00 57.00
	// imgix  Midrange 203.10 203.10
	// Cloudflare remote images Paid 247.50 247.50
	// Uploadcare  Pro 279.00 279.00
	// Cloudinary  Advanced Extra 549.00 549.00
}
