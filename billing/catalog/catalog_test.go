package catalog_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/catalog"
)

// at is when most figures are fresh.
var at = time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)

func find(t *testing.T, c catalog.Catalogue, provider, product, plan string) billing.Offer {
	t.Helper()
	for _, o := range c.Offers {
		if o.Provider == provider && o.Product == product && o.Plan == plan {
			return o
		}
	}
	require.Failf(t, "no offer", "%s %s %s", provider, product, plan)
	return billing.Offer{}
}

// of leaves the offers of one provider.
func of(c catalog.Catalogue, provider string) []billing.Offer {
	var out []billing.Offer
	for _, o := range c.Offers {
		if o.Provider == provider {
			out = append(out, o)
		}
	}
	return out
}

func TestOffersHaveSources(t *testing.T) {
	for _, c := range []catalog.Catalogue{catalog.Published(), catalog.Recomputed()} {
		require.NotEmpty(t, c.Name)
		type key struct{ provider, product, plan string }
		seen := map[key]bool{}
		var youngest time.Time
		for _, o := range c.Offers {
			require.NoError(t, o.Validate())
			require.NotEmpty(t, o.Notes, o.Provider)
			k := key{o.Provider, o.Product, o.Plan}
			require.False(t, seen[k], "%v is there twice", k)
			seen[k] = true
			if o.Retrieved.After(youngest) {
				youngest = o.Retrieved
			}
		}
		require.Equal(t, youngest, c.AsOf, c.Name)
	}
	require.NoError(t, catalog.Immagin().Validate())
	require.NoError(t, catalog.ImmaginFree().Validate())
}

func TestPublishedRow(t *testing.T) {
	const custom = "custom"
	for _, row := range []struct {
		provider string
		low      [3]string
		high     [3]string
	}{
		{"Immagin", [3]string{"15.00", "57.00", "92.00"}, [3]string{"15.00", "57.00", "92.00"}},
		{"Cloudinary", [3]string{"89.00", "224.00", custom}, [3]string{"89.00", "224.00", custom}},
		{"Uploadcare", [3]string{"79.00", "79.00", "199.00"}, [3]string{"79.00", "199.00", "199.00"}},
		{"ImageKit", [3]string{"0.00", "89.00", "100.00"}, [3]string{"0.00", "89.00", "100.00"}},
		{"Cloudflare", [3]string{"3.00", "28.00", "58.00"}, [3]string{"49.00", "253.00", "508.00"}},
	} {
		for i, n := range []int64{100_000, 500_000, 1_000_000} {
			quotes, err := billing.Compare(billing.Scenario{Transforms: n}, of(catalog.Published(), row.provider), at)
			require.NoError(t, err)
			require.Len(t, quotes, 1)
			q := quotes[0]
			require.Equal(t, row.low[i] == custom, q.Custom, "%s at %d", row.provider, n)
			require.NotEmpty(t, q.Warning, "the row is of February")
			if !q.Custom {
				require.Equal(t, row.low[i], q.Low.String(), "%s at %d", row.provider, n)
				require.Equal(t, row.high[i], q.High.String(), "%s at %d", row.provider, n)
			}
		}
	}
	quotes, err := billing.Compare(billing.Scenario{Transforms: 300_000}, catalog.Published().Offers, at)
	require.NoError(t, err)
	for _, q := range quotes {
		require.True(t, q.Custom, "nothing is printed for 300,000")
	}
}

// TestRecomputed has what each provider's cheapest offer comes to for 100,000,
// 500,000 and 1,000,000 transforms.
func TestRecomputed(t *testing.T) {
	const custom = "custom"
	transforms := func(n int64) billing.Scenario { return billing.Scenario{Transforms: n} }
	yearly := func(n int64) billing.Scenario { return billing.Scenario{Transforms: n, Yearly: true} }
	sized := func(bytes int64) func(int64) billing.Scenario {
		return func(n int64) billing.Scenario {
			return billing.Scenario{Transforms: n, Requests: n, BytesPerDelivery: bytes}
		}
	}
	without := func(offers []billing.Offer, plan string) []billing.Offer {
		var out []billing.Offer
		for _, o := range offers {
			if o.Plan != plan {
				out = append(out, o)
			}
		}
		return out
	}
	c := catalog.Recomputed()
	flat := find(t, c, "Bunny", "", "Optimizer")
	flat.Components = nil
	for _, row := range []struct {
		name     string
		offers   []billing.Offer
		scenario func(int64) billing.Scenario
		want     [3]string // low, or low–high
	}{
		{"Immagin", of(c, "Immagin"), transforms, [3]string{"15.00", "57.00", "92.00"}},
		// The published row, yearly and without the plan of 1,350 credits.
		{"Cloudinary as published", without(of(c, "Cloudinary"), "Advanced Extra"), yearly, [3]string{"89.00", "224.00", custom}},
		{"Cloudinary by the month", of(c, "Cloudinary"), transforms, [3]string{"99.00", "249.00", "549.00"}},
		// Overage counted, 500,000 are not 79 to 199 but 279.
		{"Uploadcare", of(c, "Uploadcare"), transforms, [3]string{"79.00", "279.00", "529.00"}},
		{"Uploadcare Business", []billing.Offer{find(t, c, "Uploadcare", "", "Business")}, transforms, [3]string{"199.00", "311.50", "536.50"}},
		// No one size of picture gives 0, 89 and 100.
		{"ImageKit at 250 kB", of(c, "ImageKit"), sized(250_000), [3]string{"9.00", "51.50", "100.25"}},
		{"ImageKit Pro at 250 kB", []billing.Offer{find(t, c, "ImageKit", "", "Pro")}, sized(250_000), [3]string{"89.00", "89.00", "100.25"}},
		{"ImageKit at 200 kB", of(c, "ImageKit"), sized(200_000), [3]string{"0.00", "39.00", "89.00"}},
		{"Cloudflare remote", []billing.Offer{find(t, c, "Cloudflare", "remote images", "Paid")}, transforms, [3]string{"47.50", "247.50", "497.50"}},
		{"Cloudflare remote, free", []billing.Offer{find(t, c, "Cloudflare", "remote images", "Free")}, transforms, [3]string{custom, custom, custom}},
		{"Cloudflare stored", []billing.Offer{find(t, c, "Cloudflare", "stored images", "Paid")}, sized(0), [3]string{"1.00", "5.00", "10.00"}},
		{"imgix", of(c, "imgix"), transforms, [3]string{"50.00", "180.60", "320.00"}},
		{"imgix Starter", []billing.Offer{find(t, c, "imgix", "", "Starter")}, transforms, [3]string{"50.00", "250.00", "500.00"}},
		{"Vercel", of(c, "Vercel"), transforms, [3]string{"4.50–7.31", "24.50–39.79", "49.50–80.39"}},
		// A flat fee and traffic: transforms alone say nothing of that.
		{"Bunny", of(c, "Bunny"), transforms, [3]string{custom, custom, custom}},
		{"Bunny without traffic", []billing.Offer{flat}, transforms, [3]string{"9.50", "9.50", "9.50"}},
		{"Bunny at 250 kB", of(c, "Bunny"), sized(250_000), [3]string{"9.75–11.00", "10.75–17.00", "12.00–24.50"}},
	} {
		for i, n := range []int64{100_000, 500_000, 1_000_000} {
			quotes, err := billing.Compare(row.scenario(n), row.offers, at)
			require.NoError(t, err, row.name)
			require.Len(t, quotes, 1, row.name)
			got := quotes[0].Low.String()
			if high := quotes[0].High.String(); high != got {
				got += "–" + high
			}
			if quotes[0].Custom {
				got = custom
			}
			require.Equal(t, row.want[i], got, "%s at %d", row.name, n)
		}
	}
	// A started credit counts whole, over all metrics together.
	for _, part := range []struct {
		plan     billing.Offer
		scenario billing.Scenario
		want     string
	}{
		{find(t, c, "Cloudinary", "", "Free"), transforms(25_000), "0.00"},
		{find(t, c, "Cloudinary", "", "Free"), transforms(25_001), custom},
		{find(t, c, "imgix", "", "Starter"), transforms(50_000), "25.00"},
		{find(t, c, "imgix", "", "Starter"), transforms(50_001), "25.25"},
		{find(t, c, "imgix", "", "Starter"), billing.Scenario{Transforms: 50_250, Requests: 1, BytesPerDelivery: 500_000_000}, "25.25"},
		{find(t, c, "imgix", "", "Starter"), billing.Scenario{Transforms: 50_251, Requests: 1, BytesPerDelivery: 500_000_000}, "25.50"},
	} {
		q, err := part.plan.Quote(part.scenario, at)
		require.NoError(t, err)
		require.Equal(t, part.want == custom, q.Custom)
		if !q.Custom {
			require.Equal(t, part.want, q.Low.String())
		}
	}
	// The free plan of Cloudflare ends at 5,000, and 5,000 on the paid one are
	// $0, not the $2.50 of the documentation's example.
	for _, plan := range []string{"Free", "Paid"} {
		q, err := find(t, c, "Cloudflare", "remote images", plan).Quote(billing.Scenario{Transforms: 5_000}, at)
		require.NoError(t, err)
		require.False(t, q.Custom)
		require.Equal(t, "0.00", q.Low.String())
	}
}

// TestCloudflareRow has how the printed 3–49, 28–253 and 58–508 came about:
// the prices of both paths added, which no image pays.
func TestCloudflareRow(t *testing.T) {
	c := catalog.Recomputed()
	remote, stored := find(t, c, "Cloudflare", "remote images", "Paid"), find(t, c, "Cloudflare", "stored images", "Paid")
	both := remote
	both.Components = append(both.Components[:1:1], stored.Components[1])
	for _, row := range []struct {
		n               int64
		high, whole     string
		low, wholeOfLow string
		printedLow      string
	}{
		{100_000, "48.50", "49.00", "3.50", "4.00", "3.00"}, // no rounding that gives the others gives 3
		{500_000, "252.50", "253.00", "27.50", "28.00", "28.00"},
		{1_000_000, "507.50", "508.00", "57.50", "58.00", "58.00"},
	} {
		high, err := both.Quote(billing.Scenario{Transforms: row.n, Requests: row.n}, at)
		require.NoError(t, err)
		require.Equal(t, row.high, high.Low.String())
		require.Equal(t, row.whole, whole(t, high.Low))
		low, err := both.Quote(billing.Scenario{Transforms: row.n / 10, Requests: row.n}, at)
		require.NoError(t, err)
		require.Equal(t, row.low, low.Low.String())
		require.Equal(t, row.wholeOfLow, whole(t, low.Low))
		printed, err := find(t, catalog.Published(), "Cloudflare", "", "as printed").Quote(billing.Scenario{Transforms: row.n}, at)
		require.NoError(t, err)
		require.Equal(t, row.printedLow, printed.Low.String())
		require.Equal(t, row.whole, printed.High.String())
	}
}

// whole rounds to the dollar, half up.
func whole(t *testing.T, m billing.Money) string {
	t.Helper()
	units, err := m.MulRatio(1, 1_000_000_000, billing.HalfUp)
	require.NoError(t, err)
	rounded, err := units.MulRatio(1_000_000_000, 1, billing.HalfUp)
	require.NoError(t, err)
	return rounded.String()
}

func TestImmaginTiers(t *testing.T) {
	for n, want := range map[int64]string{0: "0.00", 25_000: "0.00", 100_000: "15.00", 200_000: "30.00", 300_000: "39.00", 500_000: "57.00", 1_000_000: "92.00"} {
		charge, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: n})
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), n)
	}
	charge, err := catalog.Immagin().Estimate(billing.Usage{billing.TransformsUnique: 300_000})
	require.NoError(t, err)
	require.NotEqual(t, "24.00", charge.Total.String(), "the page's estimator drops one of the two tiers of $15.00")

	free := catalog.ImmaginFree()
	account := billing.Account{Used: billing.Usage{billing.TransformsUnique: 24_999, billing.Projects: 1}, Period: billing.Month(at)}
	decision, err := free.Decide(account, billing.Render)
	require.NoError(t, err)
	require.Equal(t, billing.Allow, decision, "the 25,000th")
	account.Used[billing.TransformsUnique] = 25_000
	decision, err = free.Decide(account, billing.Render)
	require.ErrorIs(t, err, billing.ErrQuota)
	require.Equal(t, billing.ServeCachedOnly, decision, "the 25,001st")
	decision, err = free.Decide(account, billing.CreateProject)
	require.ErrorIs(t, err, billing.ErrQuota)
	require.Equal(t, billing.DenyProject, decision, "a second project")
}

func TestStaleFigures(t *testing.T) {
	o := find(t, catalog.Recomputed(), "imgix", "", "Starter")
	for days, stale := range map[int]bool{-1: false, 0: false, 180: false, 181: true} {
		q, err := o.Quote(billing.Scenario{Transforms: 1}, o.Retrieved.AddDate(0, 0, days))
		require.NoError(t, err)
		require.Equal(t, stale, q.Warning != "", "%d days", days)
	}
	_, err := o.Quote(billing.Scenario{}, time.Time{})
	require.ErrorIs(t, err, billing.ErrOffer)
}

// TestCompareNeverBeatsItsOffers is invariant 18: the quote of a provider is
// that of one of its plans and none is cheaper, on these offers.
func TestCompareNeverBeatsItsOffers(t *testing.T) {
	offers := catalog.Recomputed().Offers
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.Int64Range(0, 20_000_000)
		s := billing.Scenario{
			Transforms:       count.Draw(t, "transforms"),
			Requests:         count.Draw(t, "requests"),
			BytesPerDelivery: rapid.Int64Range(0, 5_000_000).Draw(t, "bytes"),
			Originals:        count.Draw(t, "originals"),
			StoredBytes:      rapid.Int64Range(0, 1_000_000_000_000_000).Draw(t, "stored"),
			Yearly:           rapid.Bool().Draw(t, "yearly"),
		}
		quotes, err := billing.Compare(s, offers, at)
		require.NoError(t, err)
		for i, q := range quotes {
			if i > 0 && !q.Custom {
				before := quotes[i-1]
				require.False(t, before.Custom, "what has no figure is last")
				order, err := before.Low.Cmp(q.Low)
				require.NoError(t, err)
				require.LessOrEqual(t, order, 0, "cheapest first")
			}
			for _, o := range offers {
				if o.Provider != q.Offer.Provider || o.Product != q.Offer.Product || o.BilledYearly && !s.Yearly {
					continue
				}
				plan, err := o.Quote(s, at)
				require.NoError(t, err)
				if plan.Custom {
					continue
				}
				require.False(t, q.Custom, "%s %s has a figure", o.Provider, o.Plan)
				order, err := q.Low.Cmp(plan.Low)
				require.NoError(t, err)
				require.LessOrEqual(t, order, 0, "%s %s is cheaper than %s", o.Provider, o.Plan, q.Offer.Plan)
				if o.Plan == q.Offer.Plan {
					require.Equal(t, plan.Low, q.Low)
					require.Equal(t, plan.High, q.High)
				}
			}
		}
	})
}
