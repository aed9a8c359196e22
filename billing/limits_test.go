package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
)

// The 25,000th new transform of the free plan is made, the 25,001st is not:
// cached renditions are served until the month is over.
func TestFreePlanTransforms(t *testing.T) {
	november := billing.Month(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	reset := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	byLimit := billing.Plan{ID: "free", Version: 1, Limits: billing.Limits{Hard: map[billing.Metric]int64{billing.TransformsUnique: 25_000}}}
	for name, plan := range map[string]billing.Plan{"a component without a price": freePlan(), "a hard limit": byLimit} {
		t.Run(name, func(t *testing.T) {
			for used, want := range map[int64]billing.Decision{
				0: billing.Allow, 24_998: billing.Allow, 24_999: billing.Allow,
				25_000: billing.ServeCachedOnly, 25_001: billing.ServeCachedOnly,
			} {
				a := billing.Account{Used: billing.Usage{billing.TransformsUnique: used}, Period: november}
				got, err := plan.Decide(a, billing.Render)
				require.Equal(t, want, got, "transform %d", used+1)
				if want == billing.Allow {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, billing.ErrQuota)
					var quota *billing.QuotaError
					require.ErrorAs(t, err, &quota)
					require.Equal(t, billing.QuotaError{Metric: billing.TransformsUnique, Limit: 25_000, Resets: reset}, *quota)
					require.EqualError(t, err, "billing: plan limit reached: transforms.unique, at most 25,000 until 2026-12-01T00:00:00Z")
				}
				got, err = plan.Decide(a, billing.Serve)
				require.NoError(t, err, "what is cached is served")
				require.Equal(t, billing.Allow, got)
				got, err = plan.Decide(a, billing.Upload)
				require.NoError(t, err)
				require.Equal(t, billing.Allow, got)
			}
		})
	}
}

func TestSecondProjectOfTheFreePlan(t *testing.T) {
	for projects, want := range map[int64]billing.Decision{0: billing.Allow, 1: billing.DenyProject, 2: billing.DenyProject} {
		got, err := freePlan().Decide(billing.Account{Used: billing.Usage{billing.Projects: projects}}, billing.CreateProject)
		require.Equal(t, want, got)
		if want == billing.Allow {
			require.NoError(t, err)
			continue
		}
		var quota *billing.QuotaError
		require.ErrorAs(t, err, &quota)
		require.Equal(t, billing.QuotaError{Metric: billing.Projects, Limit: 1}, *quota)
		require.ErrorIs(t, err, billing.ErrQuota)
		require.EqualError(t, err, "billing: plan limit reached: projects, at most 1")
	}
	got, err := immaginPlan(t).Decide(billing.Account{Used: billing.Usage{billing.Projects: 99}}, billing.CreateProject)
	require.NoError(t, err)
	require.Equal(t, billing.Allow, got, "no limit")
	got, err = freePlan().Decide(billing.Account{Unverified: true}, billing.CreateProject)
	require.ErrorIs(t, err, billing.ErrUnverified)
	require.Equal(t, billing.DenyProject, got)
}

// Upgraded in mid-month, what was used already is the free tier: the next
// one costs 0.0002.
func TestUpgradeInMidMonth(t *testing.T) {
	plan := immaginPlan(t)
	for used, want := range map[int64]billing.Decision{24_999: billing.Allow, 25_000: billing.AllowOverage, 300_000: billing.AllowOverage} {
		got, err := plan.Decide(billing.Account{Used: billing.Usage{billing.TransformsUnique: used}}, billing.Render)
		require.NoError(t, err)
		require.Equal(t, want, got, "transform %d", used+1)
		require.True(t, got.Allowed())
	}
	before, err := plan.Estimate(billing.Usage{billing.TransformsUnique: 25_000})
	require.NoError(t, err)
	after, err := plan.Estimate(billing.Usage{billing.TransformsUnique: 25_001})
	require.NoError(t, err)
	cost, err := after.Exact.Sub(before.Exact)
	require.NoError(t, err)
	require.Equal(t, "0.0002", cost.String())

	plan.Components[0].Included = 1000
	got, err := plan.Decide(billing.Account{Used: billing.Usage{billing.TransformsUnique: 25_999}}, billing.Render)
	require.NoError(t, err)
	require.Equal(t, billing.Allow, got)
	got, err = plan.Decide(billing.Account{Used: billing.Usage{billing.TransformsUnique: 26_000}}, billing.Render)
	require.NoError(t, err)
	require.Equal(t, billing.AllowOverage, got)
}

// The first unit beyond what is included costs, the last within does not.
func TestOverageBeginsAfterIncluded(t *testing.T) {
	plan := immaginPlan(t)
	plan.Components[0] = billing.Component{
		Metric: billing.TransformsUnique, Included: 10, Overage: billing.Unit(rate(t, "0.01"), billing.Linear),
	}
	for used, want := range map[int64]billing.Decision{9: billing.Allow, 10: billing.AllowOverage} {
		got, err := plan.Decide(billing.Account{Used: billing.Usage{billing.TransformsUnique: used}}, billing.Render)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestStandingDecides(t *testing.T) {
	plan := immaginPlan(t)
	cachedOnly := plan
	cachedOnly.Limits.WhileOutstanding = billing.CachedOnly
	for _, c := range []struct {
		plan     billing.Plan
		standing billing.Standing
		op       billing.Operation
		want     billing.Decision
		err      error
	}{
		{plan, billing.Good, billing.Upload, billing.Allow, nil},
		{plan, billing.Outstanding, billing.Upload, billing.DenyUpload, billing.ErrUploads},
		{plan, billing.Outstanding, billing.Serve, billing.Allow, nil},
		{plan, billing.Outstanding, billing.Render, billing.Allow, nil},
		{plan, billing.Outstanding, billing.CreateProject, billing.Allow, nil},
		{cachedOnly, billing.Outstanding, billing.Render, billing.ServeCachedOnly, billing.ErrAccess},
		{cachedOnly, billing.Outstanding, billing.Serve, billing.Allow, nil},
		{cachedOnly, billing.Good, billing.Render, billing.Allow, nil},
		{plan, billing.Suspended, billing.Serve, billing.DenyAll, billing.ErrAccess},
		{plan, billing.Suspended, billing.Upload, billing.DenyAll, billing.ErrAccess},
		{plan, billing.Terminated, billing.Serve, billing.DenyAll, billing.ErrAccess},
		{plan, billing.Terminated, billing.Render, billing.DenyAll, billing.ErrAccess},
		{plan, 99, billing.Serve, billing.DenyAll, billing.ErrAccess},
		{plan, billing.Good, 99, billing.DenyAll, billing.ErrAccess},
	} {
		got, err := c.plan.Decide(billing.Account{Standing: c.standing}, c.op)
		require.Equal(t, c.want, got, "%v %v", c.standing, c.op)
		require.ErrorIs(t, err, c.err, "%v %v", c.standing, c.op)
		require.Equal(t, c.err == nil, got.Allowed())
	}
}

func TestStorageLimitStopsUploads(t *testing.T) {
	limits := billing.Limits{Hard: map[billing.Metric]int64{billing.StorageByteMonths: 100}}
	full := billing.Account{Used: billing.Usage{billing.StorageByteMonths: 100}}
	got, err := limits.Decide(full, billing.Upload)
	require.ErrorIs(t, err, billing.ErrQuota)
	require.Equal(t, billing.DenyUpload, got)
	got, err = limits.Decide(full, billing.Render)
	require.NoError(t, err)
	require.Equal(t, billing.Allow, got)
}

// Of two limits reached the same one is named each time.
func TestQuotaNamesOneMetric(t *testing.T) {
	limits := billing.Limits{Hard: map[billing.Metric]int64{"z": 0, "a": 0, "m": 0}}
	for range 20 {
		_, err := limits.Decide(billing.Account{}, billing.Render)
		var quota *billing.QuotaError
		require.ErrorAs(t, err, &quota)
		require.Equal(t, billing.Metric("a"), quota.Metric)
	}
}

func TestPlanLimit(t *testing.T) {
	most, limited := freePlan().Limit(billing.TransformsUnique)
	require.True(t, limited)
	require.Equal(t, int64(25_000), most)
	_, limited = freePlan().Limit(billing.BandwidthBytes)
	require.False(t, limited)

	plan := freePlan()
	plan.Limits.Hard = map[billing.Metric]int64{billing.TransformsUnique: 10}
	most, _ = plan.Limit(billing.TransformsUnique)
	require.Equal(t, int64(10), most, "the lower of the two")
	decision, err := plan.Decide(billing.Account{Used: billing.Usage{billing.TransformsUnique: 10}}, billing.Render)
	require.ErrorIs(t, err, billing.ErrQuota)
	require.Equal(t, billing.ServeCachedOnly, decision)
	require.Len(t, plan.Limits.Hard, 1, "a decision changes no plan")
}

func TestNames(t *testing.T) {
	require.Equal(t, "serve cached only", billing.ServeCachedOnly.String())
	require.Equal(t, "Decision(99)", billing.Decision(99).String())
	require.Equal(t, "create project", billing.CreateProject.String())
	require.Equal(t, "Operation(99)", billing.Operation(99).String())
	require.Equal(t, "block-up", billing.BlockUp.String())
}
