package billing_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// offer has transforms at so many dollars for each thousand.
func offer(t require.TestingT, provider, plan, base, perThousand string) billing.Offer {
	return billing.Offer{
		Provider: provider, Plan: plan, Base: usd(t, base),
		Components: []billing.OfferComponent{{Component: billing.Component{
			Metric: billing.TransformsUnique, Overage: billing.Unit(rate(t, perThousand+"/1000"), billing.Linear),
		}}},
		Source: "https://example.com/pricing", Retrieved: utc("2026-11-01"), Confidence: billing.FirstParty,
	}
}

func TestCompareSorts(t *testing.T) {
	at := utc("2026-11-22")
	dear, cheap := offer(t, "A", "small", "0", "2.00"), offer(t, "A", "large", "10", "1.00")
	yearly := cheap
	yearly.Plan, yearly.Base, yearly.BilledYearly = "large, yearly", usd(t, "5"), true
	sales := offer(t, "B", "enterprise", "0", "0")
	sales.Components, sales.Custom = nil, true
	limited := offer(t, "B", "free", "0", "0")
	limited.Components[0].Overage, limited.Components[0].Included = nil, 5_000
	other := offer(t, "C", "one", "0", "1.50")
	other.Components[0].High = billing.Unit(rate(t, "3.00/1000"), billing.Linear)
	offers := []billing.Offer{limited, sales, dear, cheap, yearly, other}

	type quote struct{ plan, low, high string }
	for _, c := range []struct {
		scenario billing.Scenario
		want     []quote
	}{
		{billing.Scenario{Transforms: 1_000}, []quote{{"free", "0.00", "0.00"}, {"one", "1.50", "3.00"}, {"small", "2.00", "2.00"}}},
		{billing.Scenario{Transforms: 5_000}, []quote{{"free", "0.00", "0.00"}, {"one", "7.50", "15.00"}, {"small", "10.00", "10.00"}}},
		{billing.Scenario{Transforms: 20_000}, []quote{{"large", "30.00", "30.00"}, {"one", "30.00", "60.00"}, {"enterprise", "", ""}}},
		{billing.Scenario{Transforms: 20_000, Yearly: true}, []quote{{"large, yearly", "25.00", "25.00"}, {"one", "30.00", "60.00"}, {"enterprise", "", ""}}},
	} {
		quotes, err := billing.Compare(c.scenario, offers, at)
		require.NoError(t, err)
		var got []quote
		for _, q := range quotes {
			require.Empty(t, q.Warning)
			if q.Custom {
				got = append(got, quote{plan: q.Offer.Plan})
				continue
			}
			got = append(got, quote{q.Offer.Plan, q.Low.String(), q.High.String()})
		}
		require.Equal(t, c.want, got)
	}

	q, err := cheap.Quote(billing.Scenario{Transforms: 20_000, Requests: 7}, at)
	require.NoError(t, err)
	require.Equal(t, []string{"7 requests have no price in this offer", "20,000 transforms.unique"}, q.Assumes)
	q, err = cheap.Quote(billing.Scenario{Requests: 7}, at)
	require.NoError(t, err)
	require.True(t, q.Custom, "nothing it charges for is known")
	q, err = cheap.Quote(billing.Scenario{}, at)
	require.NoError(t, err)
	require.Equal(t, "10.00", q.Low.String(), "an idle month")
	q, err = yearly.Quote(billing.Scenario{}, at)
	require.NoError(t, err)
	require.Contains(t, q.Assumes, "a year is billed at once")
}

func TestCompareRefuses(t *testing.T) {
	at := utc("2026-11-22")
	good := offer(t, "A", "small", "0", "2.00")
	for name, spoil := range map[string]func(*billing.Offer){
		"provider":       func(o *billing.Offer) { o.Provider = "" },
		"plan":           func(o *billing.Offer) { o.Plan = "" },
		"no source":      func(o *billing.Offer) { o.Source = "" },
		"unsafe source":  func(o *billing.Offer) { o.Source = "http://example.com" },
		"no date":        func(o *billing.Offer) { o.Retrieved = utc("0001-01-01") },
		"hearsay":        func(o *billing.Offer) { o.Confidence = "hearsay" },
		"negative base":  func(o *billing.Offer) { o.Base = usd(t, "-1") },
		"free pool":      func(o *billing.Offer) { o.Pool = []billing.PoolRate{{Metric: "m", Per: 1}} },
		"endless pool":   func(o *billing.Offer) { o.Pool = []billing.PoolRate{{Metric: "m", Credits: 1}} },
		"printed, too":   func(o *billing.Offer) { o.Printed = []billing.PrintedFigure{{}} },
		"printed range":  func(o *billing.Offer) { o.Components = nil; o.Printed = []billing.PrintedFigure{{Low: usd(t, "1")}} },
		"high below low": func(o *billing.Offer) { o.Components[0].High = billing.Unit(rate(t, "1/1000"), billing.Linear) },
	} {
		o := offer(t, "A", "small", "0", "2.00")
		spoil(&o)
		_, err := billing.Compare(billing.Scenario{Transforms: 1_000}, []billing.Offer{good, o}, at)
		require.ErrorIs(t, err, billing.ErrOffer, name)
	}
	for name, s := range map[string]billing.Scenario{
		"negative": {Transforms: -1},
		"overflow": {Requests: math.MaxInt64, BytesPerDelivery: 2},
		"wrapped":  {Requests: 1 << 32, BytesPerDelivery: 1 << 32},
	} {
		_, err := billing.Compare(s, []billing.Offer{good}, at)
		require.ErrorIs(t, err, billing.ErrQuantity, name)
	}
	foreign := good
	foreign.Provider, foreign.Base = "B", euros(t, "1")
	_, err := billing.Compare(billing.Scenario{}, []billing.Offer{good, foreign}, at)
	require.Error(t, err)
	foreign.Components = nil
	_, err = billing.Compare(billing.Scenario{}, []billing.Offer{good, foreign}, at)
	require.ErrorIs(t, err, billing.ErrCurrency)
	many := good
	many.Components, many.Pool = nil, []billing.PoolRate{{Metric: billing.TransformsUnique, Credits: math.MaxInt64, Per: 1}}
	_, err = many.Quote(billing.Scenario{Transforms: 2}, at)
	require.ErrorIs(t, err, billing.ErrQuantity)
}
