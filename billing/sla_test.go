package billing_test

import (
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// outage is an incident of so long from the 10th of a month at 10:00.
func outage(month billing.Period, down time.Duration) billing.Incident {
	start := month.Start.AddDate(0, 0, 9).Add(10 * time.Hour)
	return billing.Incident{Period: billing.Period{Start: start, End: start.Add(down)}}
}

func TestSLADecidesExactly(t *testing.T) {
	for _, c := range []struct {
		month   string
		seconds int64
		most    time.Duration // without a credit
	}{
		{"2026-02-01", 2_419_200, 2_419_200 * time.Millisecond},
		{"2028-02-01", 2_505_600, 2_505_600 * time.Millisecond},
		{"2026-11-01", 2_592_000, 43*time.Minute + 12*time.Second},
		{"2026-12-01", 2_678_400, 2_678_400 * time.Millisecond},
	} {
		month := billing.Month(utc(c.month))
		got, err := billing.SLA{}.Credit(month, []billing.Incident{outage(month, c.most)}, usd(t, "122.75"), false)
		require.NoError(t, err)
		require.Equal(t, time.Duration(c.seconds)*time.Second, got.Total)
		require.Equal(t, int64(999_000), got.UptimePPM)
		require.True(t, got.Credit.IsZero(), "99.9 %% exactly is no credit")
		require.Equal(t, billing.Currency("USD"), got.Credit.Currency())

		got, err = billing.SLA{}.Credit(month, []billing.Incident{outage(month, c.most+1)}, usd(t, "122.75"), false)
		require.NoError(t, err)
		require.Equal(t, "12.28", got.Credit.String(), "a nanosecond more is one")
		require.Equal(t, int64(998_999), got.UptimePPM)
	}
}

func TestSLACredit(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	span := func(from, to string) billing.Period {
		return period("2026-11-10T"+from+":00Z", "2026-11-10T"+to+":00Z")
	}
	incident := func(from, to string) billing.Incident { return billing.Incident{Period: span(from, to)} }
	maintenance := func(notice time.Duration) billing.Incident {
		in := billing.Incident{Period: span("10:00", "11:00"), Cause: billing.Maintenance}
		in.Notified = in.Start.Add(-notice)
		return in
	}
	excluded := func(from, to string, cause billing.Cause) billing.Incident {
		return billing.Incident{Period: span(from, to), Cause: cause}
	}
	at := func(component string, in billing.Incident) billing.Incident {
		in.Component = component
		return in
	}
	all := billing.SLA{AllComponents: true, Components: []string{"api", "delivery"}}
	steps := billing.SLA{Steps: []billing.SLAStep{{999_000, 1_000}, {990_000, 2_500}, {950_000, 5_000}, {900_000, 10_000}}}

	for _, c := range []struct {
		name      string
		sla       billing.SLA
		incidents []billing.Incident
		bill      string
		trial     bool
		down      time.Duration
		credit    string
	}{
		{"nothing happened", billing.SLA{}, nil, "122.75", false, 0, "0.00"},
		{"2,592 s are 99.9 % exactly", billing.SLA{}, []billing.Incident{outage(november, 2592*time.Second)}, "122.75", false, 2592 * time.Second, "0.00"},
		{"2,593 s", billing.SLA{}, []billing.Incident{outage(november, 2593*time.Second)}, "122.75", false, 2593 * time.Second, "12.28"},
		{"2,593 s of 57.00", billing.SLA{}, []billing.Incident{outage(november, 2593*time.Second)}, "57.00", false, 2593 * time.Second, "5.70"},
		{"2,593 s of nothing", billing.SLA{}, []billing.Incident{outage(november, 2593*time.Second)}, "0.00", false, 2593 * time.Second, "0.00"},
		{"overlapping", billing.SLA{}, []billing.Incident{incident("10:00", "10:30"), incident("10:20", "10:50")}, "122.75", false, 3000 * time.Second, "12.28"},
		{"a trial", billing.SLA{}, []billing.Incident{incident("10:00", "20:00")}, "122.75", true, 10 * time.Hour, "0.00"},
		{"maintenance, 80 h notice", billing.SLA{}, []billing.Incident{maintenance(80 * time.Hour)}, "122.75", false, 0, "0.00"},
		{"maintenance, 72:00:00", billing.SLA{}, []billing.Incident{maintenance(72 * time.Hour)}, "122.75", false, 0, "0.00"},
		{"maintenance, 71:59:59", billing.SLA{}, []billing.Incident{maintenance(72*time.Hour - time.Second)}, "122.75", false, time.Hour, "12.28"},
		{"maintenance, 71 h 59 m", billing.SLA{}, []billing.Incident{maintenance(71*time.Hour + 59*time.Minute)}, "122.75", false, time.Hour, "12.28"},
		{"maintenance without notice", billing.SLA{}, []billing.Incident{excluded("10:00", "11:00", billing.Maintenance)}, "122.75", false, time.Hour, "12.28"},
		{"force majeure", billing.SLA{}, []billing.Incident{excluded("10:00", "20:00", billing.ForceMajeure)}, "122.75", false, 0, "0.00"},
		{"misuse", billing.SLA{}, []billing.Incident{excluded("10:00", "20:00", billing.CustomerFault)}, "122.75", false, 0, "0.00"},
		{"suspension", billing.SLA{}, []billing.Incident{excluded("10:00", "20:00", billing.AccountSuspended)}, "122.75", false, 0, "0.00"},
		{"an outage partly excluded", billing.SLA{}, []billing.Incident{incident("10:00", "11:00"), excluded("10:10", "10:27", billing.ForceMajeure)}, "122.75", false, 43 * time.Minute, "0.00"},
		{"an exclusion longer than the outage", billing.SLA{}, []billing.Incident{incident("10:00", "11:00"), excluded("09:00", "12:00", billing.ForceMajeure)}, "122.75", false, 0, "0.00"},
		{"out of the month", billing.SLA{}, []billing.Incident{{Period: period("2026-10-31T20:00:00Z", "2026-11-01T00:30:00Z")}, {Period: period("2026-11-30T23:30:00Z", "2026-12-02")}}, "122.75", false, time.Hour, "12.28"},
		{"any of two surfaces", billing.SLA{}, []billing.Incident{at("api", incident("10:00", "10:30")), at("delivery", incident("10:20", "10:50"))}, "122.75", false, 50 * time.Minute, "12.28"},
		{"all of two surfaces", all, []billing.Incident{at("api", incident("10:00", "10:30")), at("delivery", incident("10:20", "10:50"))}, "122.75", false, 10 * time.Minute, "0.00"},
		{"all of two, down as a whole", all, []billing.Incident{at("api", incident("10:00", "10:30")), incident("10:20", "11:20")}, "122.75", false, time.Hour, "12.28"},
		{"excluded for the other surface", billing.SLA{}, []billing.Incident{at("api", incident("10:00", "11:00")), at("delivery", excluded("10:00", "11:00", billing.ForceMajeure))}, "122.75", false, time.Hour, "12.28"},
		{"steps: 25 %", steps, []billing.Incident{outage(november, 8*time.Hour)}, "100.00", false, 8 * time.Hour, "25.00"},
		{"steps: 50 %", steps, []billing.Incident{outage(november, 48*time.Hour)}, "100.00", false, 48 * time.Hour, "50.00"},
		{"steps: 100 %", steps, []billing.Incident{outage(november, 73*time.Hour)}, "100.00", false, 73 * time.Hour, "100.00"},
		{"steps: 90 % exactly", steps, []billing.Incident{outage(november, 72*time.Hour)}, "100.00", false, 72 * time.Hour, "50.00"},
	} {
		got, err := c.sla.Credit(november, c.incidents, usd(t, c.bill), c.trial)
		require.NoError(t, err, c.name)
		require.Equal(t, c.down, got.Down, c.name)
		require.Equal(t, c.credit, got.Credit.String(), c.name)
		require.NotEmpty(t, got.Reason, c.name)
	}
	got, err := billing.SLA{}.Credit(november, []billing.Incident{maintenance(71*time.Hour + 59*time.Minute)}, usd(t, "1"), false)
	require.NoError(t, err)
	require.Equal(t, int64(998_611), got.UptimePPM, "99.861 %%")
	require.Equal(t, "1h0m0s down of 720h0m0s is below 99.9 %: 10 % of the bill", got.Reason)
}

func TestSLARefuses(t *testing.T) {
	november := billing.Month(utc("2026-11-01"))
	bill := usd(t, "1")
	backwards := billing.Incident{Period: period("2026-11-02", "2026-11-01")}
	named := outage(november, time.Hour)
	named.Component = "dashboard"
	unknown := outage(november, time.Hour)
	unknown.Cause = 99
	for name, c := range map[string]struct {
		sla      billing.SLA
		month    billing.Period
		incident billing.Incident
		bill     billing.Money
		want     error
	}{
		"no month":           {billing.SLA{}, billing.Period{}, outage(november, 1), bill, billing.ErrPeriod},
		"incident backwards": {billing.SLA{}, november, backwards, bill, billing.ErrPeriod},
		"negative bill":      {billing.SLA{}, november, outage(november, 1), bill.Neg(), billing.ErrSLA},
		"all of none":        {billing.SLA{AllComponents: true}, november, outage(november, 1), bill, billing.ErrSLA},
		"unnamed component":  {billing.SLA{Components: []string{"api"}}, november, named, bill, billing.ErrSLA},
		"unknown cause":      {billing.SLA{}, november, unknown, bill, billing.ErrSLA},
		"share above all":    {billing.SLA{Steps: []billing.SLAStep{{999_000, 10_001}}}, november, outage(november, 1), bill, billing.ErrSLA},
		"uptime above all":   {billing.SLA{Steps: []billing.SLAStep{{1_000_001, 1}}}, november, outage(november, 1), bill, billing.ErrSLA},
	} {
		_, err := c.sla.Credit(c.month, []billing.Incident{c.incident}, c.bill, false)
		require.ErrorIs(t, err, c.want, name)
	}
}

// TestSLAProperties is invariant 16.
func TestSLAProperties(t *testing.T) {
	month := billing.Month(utc("2026-11-01"))
	length := int64(month.Duration())
	sla := billing.SLA{Steps: []billing.SLAStep{{999_000, 1_000}, {990_000, 2_500}, {950_000, 5_000}, {900_000, 10_000}}}
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.Custom(func(t *rapid.T) billing.Period {
			start := rapid.Int64Range(-length/10, length).Draw(t, "start")
			of := rapid.SampledFrom([]int64{1000, 100, 10, 1}).Draw(t, "scale")
			size := rapid.Int64Range(1, length/of).Draw(t, "length")
			return billing.Period{Start: month.Start.Add(time.Duration(start)), End: month.Start.Add(time.Duration(start + size))}
		})
		incident := rapid.Custom(func(t *rapid.T) billing.Incident {
			in := billing.Incident{
				Period:    span.Draw(t, "span"),
				Component: rapid.SampledFrom([]string{"", "api", "delivery"}).Draw(t, "component"),
				Cause:     rapid.SampledFrom([]billing.Cause{billing.ProviderFault, billing.ProviderFault, billing.Maintenance, billing.ForceMajeure}).Draw(t, "cause"),
			}
			in.Notified = in.Start.Add(-time.Duration(rapid.IntRange(70, 74).Draw(t, "notice")) * time.Hour)
			return in
		})
		s := sla
		if rapid.Bool().Draw(t, "all components") {
			s.AllComponents, s.Components = true, []string{"api", "delivery"}
		}
		incidents := rapid.SliceOfN(incident, 0, 8).Draw(t, "incidents")
		bill, err := billing.Minor(rapid.Int64Range(0, 1_000_000).Draw(t, "cents"), "USD")
		require.NoError(t, err)
		got, err := s.Credit(month, incidents, bill, false)
		require.NoError(t, err)

		require.GreaterOrEqual(t, got.Credit.Sign(), 0)
		order, err := got.Credit.Cmp(bill)
		require.NoError(t, err)
		require.LessOrEqual(t, order, 0, "never more than the bill")

		// Neither the order of the reports nor how they are cut matters.
		cut := make([]billing.Incident, 0, 2*len(incidents))
		for _, in := range incidents {
			half := in
			middle := in.Start.Add(time.Duration(rapid.Int64Range(1, int64(in.Duration())).Draw(t, "cut")))
			if middle.Before(in.End) && in.Cause != billing.Maintenance { // a notice is of the whole
				half.End, in.Start = middle, middle
				cut = append(cut, half)
			}
			cut = append(cut, in)
		}
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))).Shuffle(len(cut), func(i, j int) { cut[i], cut[j] = cut[j], cut[i] })
		same, err := s.Credit(month, cut, bill, false)
		require.NoError(t, err)
		require.Equal(t, got, same)

		// More downtime is never a smaller credit, and an exclusion never a
		// larger one.
		more := billing.Incident{Period: span.Draw(t, "more"), Component: rapid.SampledFrom([]string{"", "api"}).Draw(t, "of")}
		worse, err := s.Credit(month, append(cut[:len(cut):len(cut)], more), bill, false)
		require.NoError(t, err)
		require.GreaterOrEqual(t, worse.Down, got.Down)
		order, err = worse.Credit.Cmp(got.Credit)
		require.NoError(t, err)
		require.GreaterOrEqual(t, order, 0)
		more.Cause = billing.ForceMajeure
		better, err := s.Credit(month, append(cut[:len(cut):len(cut)], more), bill, false)
		require.NoError(t, err)
		require.LessOrEqual(t, better.Down, got.Down)
	})
}
