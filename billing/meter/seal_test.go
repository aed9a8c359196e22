package meter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func TestSealAndAdjustments(t *testing.T) {
	m, _, c := newMeter(t, meter.Policy{}, day(november, 30))
	ctx := t.Context()
	_, err := m.Record(ctx, event(1, day(november, 29)), event(2, day(november, 30)))
	require.NoError(t, err)
	_, err = m.Seal(ctx, "p", november)
	require.ErrorIs(t, err, billing.ErrPeriod, "not over")
	c.set(december.Start)
	for _, p := range []billing.Period{{Start: november.Start, End: december.End}, {Start: november.Start, End: day(november, 2)}, {Start: november.Start.Add(1), End: november.End}, {}} {
		_, err = m.Seal(ctx, "p", p)
		require.ErrorIs(t, err, billing.ErrPeriod)
	}
	for range 2 {
		usage, err := m.Seal(ctx, "p", november)
		require.NoError(t, err)
		require.Equal(t, billing.Usage{unique: 2}, usage)
	}
	// Late, a repetition, and one in time.
	for i := range 2 {
		fresh, err := m.Record(ctx, event(3, day(november, 30)), event(1, day(november, 30)), event(1, december.Start))
		require.NoError(t, err)
		require.Equal(t, []int{2, 0}[i], fresh)
	}
	usage, err := m.Usage(ctx, "p", november)
	require.NoError(t, err)
	require.Equal(t, billing.Usage{unique: 2}, usage)
	usage, err = m.Usage(ctx, "p", december)
	require.NoError(t, err)
	require.Equal(t, billing.Usage{unique: 1}, usage)
	adjustments, err := m.Adjustments(ctx, "p", december)
	require.NoError(t, err)
	require.Equal(t, []meter.Count{{Project: "p", Metric: unique, Period: november.Start, Billed: december.Start, N: 1}}, adjustments)
	adjustments, err = m.Adjustments(ctx, "p", november)
	require.NoError(t, err)
	require.Empty(t, adjustments)

	c.set(january.Start)
	all, err := m.SealAll(ctx, december)
	require.NoError(t, err)
	require.Equal(t, map[string]billing.Usage{"p": {unique: 1}}, all)
	e := event(9, december.Start.AddDate(0, 0, 30))
	e.Project = "never heard of"
	_, err = m.Record(ctx, e)
	require.NoError(t, err)
	adjustments, err = m.Adjustments(ctx, e.Project, january)
	require.NoError(t, err)
	require.Len(t, adjustments, 1)
}

// TestAnniversary counts in periods that begin on a project's own day.
func TestAnniversary(t *testing.T) {
	anchors := map[string]time.Time{"p": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), "q": time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)}
	c := &clock{t: day(december, 2)}
	m, err := meter.New(memory.NewMeter(), &meter.Options{Now: c.now, Cycle: func(project string) billing.Cycle {
		if anchor, ok := anchors[project]; ok {
			return billing.AnniversaryCycle(anchor)
		}
		return nil
	}})
	require.NoError(t, err)
	ctx := t.Context()
	edge := day(november, 30) // 31 clamped
	q := event(1, edge)
	q.Project = "q"
	other := q
	other.Project = "other"
	fresh, err := m.Record(ctx, event(1, edge.Add(-1)), event(1, edge), q, other)
	require.NoError(t, err)
	require.Equal(t, 4, fresh)
	for project, starts := range map[string][]time.Time{"p": {day(november, 1).AddDate(0, 0, -1), edge}, "q": {day(november, 15)}, "other": {november.Start}} {
		for _, start := range starts {
			p := billing.Month(start)
			if anchor, ok := anchors[project]; ok {
				p = billing.Anniversary(anchor, start)
			}
			require.Equal(t, start, p.Start)
			usage, err := m.Usage(ctx, project, p)
			require.NoError(t, err)
			require.Equal(t, billing.Usage{unique: 1}, usage, "%s %v", project, p)
		}
	}
	_, err = m.SealAll(ctx, november)
	require.Error(t, err)
	_, err = m.Seal(ctx, "p", november)
	require.ErrorIs(t, err, billing.ErrPeriod)
	usage, err := m.Seal(ctx, "p", billing.Anniversary(anchors["p"], edge.Add(-1)))
	require.NoError(t, err)
	require.Equal(t, billing.Usage{unique: 1}, usage)
	_, err = m.Record(ctx, event(7, edge.Add(-1)))
	require.NoError(t, err)
	adjustments, err := m.Adjustments(ctx, "p", billing.Anniversary(anchors["p"], edge))
	require.NoError(t, err)
	require.Len(t, adjustments, 1)
}
