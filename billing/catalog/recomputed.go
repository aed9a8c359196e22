package catalog

import (
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Recomputed returns "recomputed-2026-11": the providers' offers from their
// own models and the prices that could be found, Immagin's among them. Live
// price tables of 2026 were not to be had for all, so several prices are
// [billing.Secondary].
//
// Cloudflare stands there twice, because an image is either remote, and pays
// for its transforms, or stored, and pays for storage and delivery.
func Recomputed() Catalogue {
	return Catalogue{Name: "recomputed-2026-11", AsOf: date(2026, time.November, 22), Offers: slices.Concat(
		immagin(), cloudinary(), uploadcare(), imagekit(), cloudflare(), imgix(), vercel(), bunny(),
	)}
}

func immagin() []billing.Offer {
	return []billing.Offer{{
		Provider: "Immagin", Plan: "pay as you go", Base: dollars("0"),
		Components: []billing.OfferComponent{metered(billing.TransformsUnique, 0, tiers())},
		Source:     page, Retrieved: published, Confidence: billing.FirstParty,
		Notes: "Bandwidth and storage are not charged.",
	}}
}

// cloudinary: the credits are first-party (frequently asked questions, 6
// November 2024, and cloudinary.com/documentation/billing_and_plans), the
// prices are from a list that was generated.
func cloudinary() []billing.Offer {
	const (
		list = "https://github.com/api-evangelist/cloudinary/blob/main/plans/cloudinary-plans-pricing.yml"
		old  = "https://github.com/scout-ch/thilo/issues/10"
	)
	listed := date(2026, time.May, 4)
	pool := []billing.PoolRate{
		{Metric: billing.TransformsUnique, Credits: 1, Per: 1_000},
		{Metric: billing.BandwidthBytes, Credits: 1, Per: gigabyte},
		{Metric: billing.StorageByteMonths, Credits: 1, Per: gigabyte},
	}
	plan := func(name, base string, credits int64, yearly bool) billing.Offer {
		return billing.Offer{
			Provider: "Cloudinary", Plan: name, Base: dollars(base), BilledYearly: yearly, Pool: pool,
			Components: []billing.OfferComponent{metered(billing.PlanCredits, credits, nil)},
			Source:     list, Retrieved: listed, Confidence: billing.Secondary,
			Notes: "1 credit is 1,000 transforms, 1 GB of storage or 1 GB of bandwidth, as the provider's own pages say.",
		}
	}
	extra := plan("Advanced Extra", "549", 1_350, false)
	extra.Source, extra.Retrieved = old, date(2022, time.October, 8)
	extra.Notes += " The provider's documentation still names this plan; its price was seen in 2022 only."
	enterprise := plan("Enterprise", "0", 0, false)
	enterprise.Components, enterprise.Pool, enterprise.Custom = nil, nil, true
	return []billing.Offer{
		plan("Free", "0", 25, false),
		plan("Plus", "99", 225, false), plan("Plus, yearly", "89", 225, true),
		plan("Advanced", "249", 600, false), plan("Advanced, yearly", "224", 600, true),
		extra, enterprise,
	}
}

// uploadcare: the operations are first-party (uploadcare.com/docs/billing),
// quotas and prices of more are from a list. That list labels 66 and 166 as
// monthly, which are 10/12 of 79 and 199, the bases that the published
// comparison has: so they are those of a year.
func uploadcare() []billing.Offer {
	plan := func(name, base string, operations int64, overage billing.Price, gigabytes int64, storage billing.Price) billing.Offer {
		return billing.Offer{
			Provider: "Uploadcare", Plan: name, Base: dollars(base),
			Components: []billing.OfferComponent{
				metered(billing.TransformsUnique, operations, overage),
				metered(billing.StorageByteMonths, gigabytes*gigabyte, storage),
			},
			Source:    "https://github.com/api-evangelist/uploadcare/blob/main/plans/uploadcare-plans-pricing.yml",
			Retrieved: date(2026, time.August, 22), Confidence: billing.Secondary,
			Notes: "One operation for each transform that is not cached; AVIF takes one more and an upload of 20 MB three. The base is that billed by the month, as Immagin's comparison has it, where the source lists 10/12 of it, rounded. Traffic beyond the plan is not priced here.",
		}
	}
	return []billing.Offer{
		plan("Free", "0", 1_000, nil, 1, nil),
		plan("Pro", "79", 100_000, per(1_000, "0.50"), 10, per(gigabyte, "0.10")),
		plan("Business", "199", 250_000, per(1_000, "0.45"), 100, per(gigabyte, "0.08")),
	}
}

// imagekit: the model is first-party (imagekit.io/docs/how-pricing-works), the
// prices are from a list; the free plan also theimagecdn.com, 26 August 2025.
func imagekit() []billing.Offer {
	plan := func(name, base string, bandwidth int64, overage billing.Price, stored int64, storage billing.Price) billing.Offer {
		return billing.Offer{
			Provider: "ImageKit", Plan: name, Base: dollars(base),
			Components: []billing.OfferComponent{
				metered(billing.BandwidthBytes, bandwidth*gigabyte, overage),
				metered(billing.StorageByteMonths, stored*gigabyte, storage),
			},
			Source:    "https://github.com/api-evangelist/imagekit/blob/main/plans/imagekit-plans-pricing.yml",
			Retrieved: date(2026, time.August, 22), Confidence: billing.Secondary,
			Notes: "Priced on bandwidth and storage; transforms are unlimited.",
		}
	}
	return []billing.Offer{
		plan("Free", "0", 20, nil, 3, nil),
		plan("Lite", "9", 40, per(gigabyte, "0.50"), 10, per(gigabyte, "0.10")),
		plan("Pro", "89", 225, per(gigabyte, "0.45"), 225, per(gigabyte, "0.09")),
	}
}

// cloudflare's prices are in the source of its documentation, which has a
// worked example of 5,000 transforms for $2.50, though 5,000 are included: they
// are $0. The files are undated; the date is that of the change (pull request
// 17067) that is known to have had these prices.
func cloudflare() []billing.Offer {
	const source = "https://github.com/cloudflare/cloudflare-docs/blob/a7f17ac1/src/content/docs/images/pricing.mdx"
	docs := date(2024, time.September, 26)
	plan := func(product, name, notes string, components ...billing.OfferComponent) billing.Offer {
		return billing.Offer{
			Provider: "Cloudflare", Product: product, Plan: name, Base: dollars("0"), Components: components,
			Source: source, Retrieved: docs, Confidence: billing.FirstParty, Notes: notes,
		}
	}
	return []billing.Offer{
		plan("remote images", "Free", "Beyond the limit cached renditions are served and new ones refused.",
			metered(billing.TransformsUnique, 5_000, nil)),
		plan("remote images", "Paid", "A transform counts once in 30 days, whatever its format.",
			metered(billing.TransformsUnique, 5_000, per(1_000, "0.50"))),
		plan("stored images", "Paid", "Transforms of stored images cost nothing.",
			metered(billing.StoredImages, 0, per(100_000, "5.00")),
			metered(billing.Requests, 0, per(100_000, "1.00"))),
	}
}

// imgix: the credits are first-party (imgix.com/faq-categories/credit-usage-value
// and docs.imgix.com), the prices are from a list.
func imgix() []billing.Offer {
	pool := []billing.PoolRate{
		{Metric: billing.TransformsUnique, Credits: 1, Per: 500},
		{Metric: billing.BandwidthBytes, Credits: 1, Per: gigabyte},
		{Metric: billing.StorageByteMonths, Credits: 2, Per: gigabyte},
	}
	plan := func(name, base string, credits int64, overage string) billing.Offer {
		return billing.Offer{
			Provider: "imgix", Plan: name, Base: dollars(base), Pool: pool,
			Components: []billing.OfferComponent{metered(billing.PlanCredits, credits, per(1, overage))},
			Source:     "https://github.com/api-evangelist/imgix/blob/main/plans/imgix-plans-pricing.yml",
			Retrieved:  date(2026, time.May, 4), Confidence: billing.Secondary,
			Notes: "1 credit is 500 standard renders or 1 GB delivered, 2 are 1 GB of cache. More credits are sold up to a limit that is not published, then renders are blocked.",
		}
	}
	return []billing.Offer{
		plan("Starter", "25", 100, "0.25"),
		plan("Basic", "75", 375, "0.20"),
		plan("Midrange", "150", 830, "0.18"),
		plan("Growth", "300", 1_875, "0.16"),
		plan("Growth Plus", "500", 3_570, "0.12"),
	}
}

func vercel() []billing.Offer {
	transforms := metered(billing.TransformsUnique, 10_000, per(1_000, "0.05"))
	transforms.High = per(1_000, "0.0812")
	return []billing.Offer{{
		Provider: "Vercel", Plan: "Pro", Base: dollars("0"), Components: []billing.OfferComponent{transforms},
		Source: "https://vercel.com/docs/pricing/image-optimization", Retrieved: date(2026, time.November, 22), Confidence: billing.FirstParty,
		Notes: "The price depends on the region. The page is undated: the date is when it was read. The seat, cache reads and cache writes are not priced here.",
	}}
}

// bunny: the fee is also first-party (docs.bunny.net/optimizer/pricing,
// undated); the traffic prices are from a list of 20 September 2026, lowest in
// Europe and North America, highest in the Middle East and Africa.
func bunny() []billing.Offer {
	traffic := metered(billing.BandwidthBytes, 0, per(gigabyte, "0.01"))
	traffic.High = per(gigabyte, "0.06")
	return []billing.Offer{{
		Provider: "Bunny", Plan: "Optimizer", Base: dollars("9.50"), Components: []billing.OfferComponent{traffic},
		Source: "https://docs.bunny.net/optimizer/pricing", Retrieved: date(2026, time.June, 22), Confidence: billing.Secondary,
		Notes: "A flat fee for each website, transforms unlimited. Traffic depends on the region.",
	}}
}
