package billing_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

const gigabyte = 1_000_000_000

// proPlan has 225 GB for $89 and $0.45 for each GB more.
func proPlan(t require.TestingT) billing.Plan {
	return billing.Plan{
		ID: "pro", Version: 1, Base: usd(t, "89"), Arrears: true,
		Components: []billing.Component{{
			Metric: billing.BandwidthBytes, Included: 225 * gigabyte,
			Overage: billing.Unit(rate(t, "0.45/1000000000"), billing.Linear),
		}},
	}
}

// immaginPlan is the graduated price of unique transforms.
func immaginPlan(t require.TestingT) billing.Plan {
	return billing.Plan{
		ID: "immagin", Version: 1, Arrears: true,
		Components: []billing.Component{{
			Metric: billing.TransformsUnique, Overage: graduated(t, billing.Linear, publishedTiers(t)...),
		}},
	}
}

// freePlan has one project and 25,000 unique transforms, and no price for more.
func freePlan() billing.Plan {
	return billing.Plan{
		ID: "free", Version: 1,
		Components: []billing.Component{{Metric: billing.TransformsUnique, Included: 25_000}},
		Limits:     billing.Limits{Projects: 1},
	}
}

func TestPlanQuotaAndOverage(t *testing.T) {
	plan := proPlan(t)
	for gb, want := range map[int64]string{
		0: "89.00", 224: "89.00", 225: "89.00", 226: "89.45", 250: "100.25", 300: "122.75", 1000: "437.75",
	} {
		charge, err := plan.Estimate(billing.Usage{billing.BandwidthBytes: gb * gigabyte})
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), "%d GB", gb)
	}
	byteMore, err := plan.Estimate(billing.Usage{billing.BandwidthBytes: 225*gigabyte + 1})
	require.NoError(t, err)
	require.Equal(t, "89.00", byteMore.Total.String())
	require.Len(t, byteMore.Lines, 3, "a byte over is a line, of no cents")

	charge, err := plan.Estimate(billing.Usage{billing.BandwidthBytes: 300 * gigabyte})
	require.NoError(t, err)
	require.Equal(t, []string{"base", "bandwidth.bytes/included", "bandwidth.bytes/unit"}, keys(charge))
	overage := charge.Lines[2]
	require.Equal(t, billing.BandwidthBytes, overage.Metric)
	require.Equal(t, int64(225*gigabyte), overage.From)
	require.Equal(t, int64(300*gigabyte), overage.To)
	require.Equal(t, int64(75*gigabyte), overage.Quantity)
	require.Equal(t, "33.75", overage.Amount.String())
	require.Equal(t, int64(225*gigabyte), charge.Lines[1].Quantity)
}

func TestPlanWithoutBaseHasItsZeroLine(t *testing.T) {
	charge, err := immaginPlan(t).Estimate(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"transforms.unique/tier/1/unit"}, keys(charge))
	require.Equal(t, usd(t, "0"), charge.Total)
}

func TestPlanIncludedDelaysFees(t *testing.T) {
	plan := proPlan(t)
	plan.Components[0].Included = 10
	plan.Components[0].Overage = billing.Flat(usd(t, "5"))
	for used, want := range map[int64]string{0: "89.00", 10: "89.00", 11: "94.00"} {
		charge, err := plan.Estimate(billing.Usage{billing.BandwidthBytes: used})
		require.NoError(t, err)
		require.Equal(t, want, charge.Total.String(), "%d", used)
	}
	plan.Components[0].Included = 0
	charge, err := plan.Estimate(nil)
	require.NoError(t, err)
	require.Equal(t, "94.00", charge.Total.String(), "with nothing included the fee is for no usage too")
}

// The tiers do not say whether 25,000 are free for an account or for each
// of its projects: usage is rated once for the account, unless told else.
func TestPlanProjects(t *testing.T) {
	plan := immaginPlan(t)
	plan.Base = usd(t, "5")
	projects := map[string]billing.Usage{
		"b": {billing.TransformsUnique: 60_000},
		"a": {billing.TransformsUnique: 40_000},
	}
	charge, err := plan.EstimateProjects(projects)
	require.NoError(t, err)
	require.Equal(t, "20.00", charge.Total.String(), "100,000 once")

	plan.PerProject = true
	charge, err = plan.EstimateProjects(projects)
	require.NoError(t, err)
	require.Equal(t, "15.00", charge.Total.String(), "15,000 and 35,000 beyond what is free")
	require.Equal(t, []string{
		"base",
		"project/a/transforms.unique/tier/1/unit", "project/a/transforms.unique/tier/2/unit",
		"project/b/transforms.unique/tier/1/unit", "project/b/transforms.unique/tier/2/unit",
	}, keys(charge))

	for _, perProject := range []bool{false, true} {
		plan.PerProject = perProject
		_, err = plan.EstimateProjects(map[string]billing.Usage{"a": {billing.TransformsUnique: -1}})
		require.ErrorIs(t, err, billing.ErrQuantity)
	}
	_, err = billing.SumUsage(slices.Values([]billing.Usage{{"x": math.MaxInt64}, {"x": 1}}))
	require.ErrorIs(t, err, billing.ErrQuantity)
}

func TestPlanProject(t *testing.T) {
	november := billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	tenth := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC) // ten of thirty days are over
	charge, err := immaginPlan(t).Project(billing.Usage{billing.TransformsUnique: 100_000}, november, tenth)
	require.NoError(t, err)
	require.Equal(t, "39.00", charge.Total.String(), "300,000 by the end")

	for asOf, want := range map[time.Time]int64{
		tenth:                                  300_000,
		november.End:                           100_000,
		november.End.AddDate(0, 1, 0):          100_000,
		november.Start.AddDate(0, 0, 20):       150_000,
		november.Start.Add(7 * 24 * time.Hour): 428_571, // ·30/7
	} {
		forecast, err := billing.Usage{billing.TransformsUnique: 100_000, billing.Projects: 3}.Forecast(november, asOf)
		require.NoError(t, err)
		require.Equal(t, billing.Usage{billing.TransformsUnique: want, billing.Projects: 3}, forecast, "%v", asOf)
	}
	_, err = billing.Usage{}.Forecast(november, november.Start)
	require.ErrorIs(t, err, billing.ErrPeriod)
	_, err = billing.Usage{}.Forecast(billing.Period{}, tenth)
	require.ErrorIs(t, err, billing.ErrPeriod)
	_, err = billing.Usage{"x": -1}.Forecast(november, tenth)
	require.ErrorIs(t, err, billing.ErrQuantity)
	_, err = billing.Usage{"x": math.MaxInt64}.Forecast(november, tenth)
	require.ErrorIs(t, err, billing.ErrQuantity)
	_, err = immaginPlan(t).Project(nil, november, november.Start)
	require.ErrorIs(t, err, billing.ErrPeriod)
}

func TestPlanRefused(t *testing.T) {
	euro, err := billing.PerUnit("1", "EUR")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*billing.Plan)
		err    error
	}{
		"no id":             {func(p *billing.Plan) { p.ID = "" }, billing.ErrPlan},
		"no version":        {func(p *billing.Plan) { p.Version = 0 }, billing.ErrPlan},
		"base below zero":   {func(p *billing.Plan) { p.Base = p.Base.Neg() }, billing.ErrPlan},
		"no metric":         {func(p *billing.Plan) { p.Components[0].Metric = "" }, billing.ErrPlan},
		"a metric twice":    {func(p *billing.Plan) { p.Components = append(p.Components, p.Components[0]) }, billing.ErrPlan},
		"included below":    {func(p *billing.Plan) { p.Components[0].Included = -1 }, billing.ErrPlan},
		"a bad price":       {func(p *billing.Plan) { p.Components[0].Overage = billing.Capped(nil, p.Base, p.Base) }, billing.ErrPrice},
		"another currency":  {func(p *billing.Plan) { p.Components[0].Overage = billing.Unit(euro, billing.Linear) }, billing.ErrCurrency},
		"projects below":    {func(p *billing.Plan) { p.Limits.Projects = -1 }, billing.ErrPlan},
		"a limit below":     {func(p *billing.Plan) { p.Limits.Hard = map[billing.Metric]int64{"x": -1} }, billing.ErrPlan},
		"projects as usage": {func(p *billing.Plan) { p.Limits.Hard = map[billing.Metric]int64{billing.Projects: 1} }, billing.ErrPlan},
		"no such rule":      {func(p *billing.Plan) { p.Limits.WhileOutstanding = 9 }, billing.ErrPlan},
	} {
		plan := proPlan(t)
		require.NoError(t, plan.Validate())
		c.change(&plan)
		require.ErrorIs(t, plan.Validate(), c.err, name)
		_, err := plan.Estimate(nil)
		require.ErrorIs(t, err, c.err, name)
	}
	_, err = proPlan(t).Estimate(billing.Usage{billing.BandwidthBytes: -1})
	require.ErrorIs(t, err, billing.ErrQuantity)
}
