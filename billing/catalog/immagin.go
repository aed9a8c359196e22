package catalog

import (
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Immagin returns the tiers on unique transforms that Immagin published, in
// arrears: 25,000 in a month are free, and of what follows each thousand costs
// $0.20 up to 100,000, $0.15 up to 200,000, $0.09 up to 500,000 and $0.07
// beyond. A part of a thousand costs its part. The free tier is the account's,
// not each project's; set PerProject for the other reading.
//
// 300,000 transforms are $39.00. The estimator on the page says about $24.00,
// which is $15.00 short: it drops one of the two tiers that come to so much.
func Immagin() billing.Plan {
	return billing.Plan{
		ID: "immagin", Version: 1, Effective: published, Arrears: true, Base: dollars("0"),
		Components: []billing.Component{{Metric: billing.TransformsUnique, Overage: tiers()}},
	}
}

// ImmaginFree returns the free plan: one project and 25,000 unique transforms
// a month. The 25,001st is not made, what is cached is served on.
func ImmaginFree() billing.Plan {
	return billing.Plan{
		ID: "immagin-free", Version: 1, Effective: published, Arrears: true, Base: dollars("0"),
		Components: []billing.Component{{Metric: billing.TransformsUnique, Included: 25_000}},
		Limits:     billing.Limits{Projects: 1},
	}
}

// published is when the page with Immagin's prices and its comparison was
// dated: "as of February 2026".
var published = time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)

func tiers() billing.Price {
	free := must(billing.Per(1_000, "0", usd))
	rate := func(price string) billing.Rate { return must(billing.Per(1_000, price, usd)) }
	return must(billing.Graduated(billing.Linear,
		billing.Tier{UpTo: 25_000, Unit: free},
		billing.Tier{UpTo: 100_000, Unit: rate("0.20")},
		billing.Tier{UpTo: 200_000, Unit: rate("0.15")},
		billing.Tier{UpTo: 500_000, Unit: rate("0.09")},
		billing.Tier{UpTo: billing.Inf, Unit: rate("0.07")},
	))
}
