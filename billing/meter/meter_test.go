package meter_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

var (
	november = billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	december = billing.Month(november.End)
	january  = billing.Month(december.End)
)

func day(month billing.Period, n int) time.Time { return month.Start.AddDate(0, 0, n-1) }

// clock is a meter's, which tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.t = t }

func newMeter(t *testing.T, p meter.Policy, now time.Time) (*meter.Meter, *memory.Meter, *clock) {
	t.Helper()
	store, c := memory.NewMeter(), &clock{t: now}
	m, err := meter.New(store, &meter.Options{Policy: p, Now: c.now})
	require.NoError(t, err)
	return m, store, c
}

const unique = billing.TransformsUnique

// TestPolicies is the table of the four readings of "unique".
func TestPolicies(t *testing.T) {
	const w800 = `{"edits":[{"resize":{"width":800}}],"output":{"format":"webp"}}`
	rows := []struct {
		name    string
		at      time.Time
		project string
		version string
		miss    bool
		counts  [4]int // per period, every miss, rolling 30 days, forever
	}{
		{"hero w=800 miss", day(november, 3), "a", "1", true, [4]int{1, 1, 1, 1}},
		{"hit", day(november, 9), "a", "1", false, [4]int{}},
		{"miss after eviction", day(november, 20), "a", "1", true, [4]int{0, 1, 0, 0}},
		{"hit again", day(december, 2), "a", "1", false, [4]int{}},
		{"miss in the next month", day(december, 5), "a", "1", true, [4]int{1, 1, 0, 0}},
		{"replaced under the same key, miss", day(december, 6), "a", "2", true, [4]int{1, 1, 1, 1}},
		{"the same in project B, miss", day(december, 7), "b", "1", true, [4]int{1, 1, 1, 1}},
	}
	for i, u := range []meter.Uniqueness{meter.PerPeriod, meter.EveryMiss, meter.Rolling, meter.Forever} {
		t.Run(u.String(), func(t *testing.T) {
			m, _, c := newMeter(t, meter.Policy{Unique: u}, time.Time{})
			total := 0
			for n, row := range rows {
				if row.miss {
					// Whatever is delivered is delivered twice.
					e := meter.Event{Project: row.project, Image: meter.Image("hero.jpg", row.version), Rendition: w800, At: row.at, ID: fmt.Sprint(n)}
					c.set(row.at.Add(time.Minute))
					fresh, err := m.Record(t.Context(), e, e)
					require.NoError(t, err)
					require.Equal(t, row.counts[i], fresh, row.name)
					fresh, err = m.Record(t.Context(), e)
					require.NoError(t, err)
					require.Zero(t, fresh, row.name)
				}
				total += row.counts[i]
			}
			sum := int64(0)
			for _, p := range []billing.Period{november, december} {
				projects, err := m.Projects(t.Context(), p)
				require.NoError(t, err)
				for project, usage := range projects {
					one, err := m.Usage(t.Context(), project, p)
					require.NoError(t, err)
					require.Equal(t, usage, one)
					sum += usage[unique]
				}
			}
			require.Equal(t, int64(total), sum)
		})
	}
	// Each total as it stands in the table: of November and December, in A and B.
	for i, want := range [4]int{4, 5, 3, 3} {
		sum := 0
		for _, row := range rows {
			sum += row.counts[i]
		}
		require.Equal(t, want, sum)
	}
}

func TestRollingOverTheMonthsEdge(t *testing.T) {
	// Cloudflare: 30 June and 1 July are one.
	june, july := time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for u, want := range map[meter.Uniqueness]int{meter.Rolling: 1, meter.PerPeriod: 2} {
		m, _, _ := newMeter(t, meter.Policy{Unique: u}, july)
		fresh, err := m.Record(t.Context(), event(1, july), event(1, june))
		require.NoError(t, err)
		require.Equal(t, want, fresh)
	}
}

func event(image int, at time.Time) meter.Event {
	return meter.Event{Project: "p", Image: fmt.Sprint(image), Rendition: "{}", At: at}
}

func TestMonthEdge(t *testing.T) {
	m, _, c := newMeter(t, meter.Policy{}, december.Start)
	edge := november.End.Add(-1) // 23:59:59.999999999
	require.Equal(t, "2026-11-30T23:59:59.999999999Z", edge.Format(time.RFC3339Nano))
	// The arrival in December picks nothing, and a zone neither.
	fresh, err := m.Record(t.Context(), event(1, edge), event(1, november.End), event(1, november.End.In(time.FixedZone("x", -3600))))
	require.NoError(t, err)
	require.Equal(t, 2, fresh)
	c.set(december.Start.Add(-time.Second))
	fresh, err = m.Record(t.Context(), event(2, december.Start)) // a clock that is ahead
	require.NoError(t, err)
	require.Equal(t, 1, fresh)
	for p, want := range map[billing.Period]int64{november: 1, december: 2} {
		usage, err := m.Usage(t.Context(), "p", p)
		require.NoError(t, err)
		require.Equal(t, billing.Usage{unique: want}, usage)
	}
}

func TestEventTimes(t *testing.T) {
	now := day(november, 20)
	m, store, _ := newMeter(t, meter.Policy{}, now)
	for _, at := range []time.Time{now, now.Add(5 * time.Minute), now.Add(-72 * time.Hour)} {
		_, err := m.Record(t.Context(), event(1, at))
		require.NoError(t, err)
	}
	for _, at := range []time.Time{now.Add(5*time.Minute + 1), now.Add(-72*time.Hour - 1), {}} {
		fresh, err := m.Record(t.Context(), event(2, now), event(3, at))
		require.ErrorIs(t, err, meter.ErrEventTime)
		require.ErrorContains(t, err, "event 1:")
		require.Zero(t, fresh)
		var e *meter.EventTimeError
		require.ErrorAs(t, err, &e)
		require.True(t, e.At.Equal(at))
		require.Equal(t, now.Add(-72*time.Hour), e.Earliest)
		require.Equal(t, now.Add(5*time.Minute), e.Latest)
		_, err = m.Admit(t.Context(), event(3, at), billing.Limits{})
		if at.IsZero() {
			require.NoError(t, err) // now
		} else {
			require.ErrorIs(t, err, meter.ErrEventTime)
		}
	}
	counts, err := store.Counts(t.Context(), "p", november)
	require.NoError(t, err)
	require.Equal(t, int64(1), counts[0].N)

	m, _, _ = newMeter(t, meter.Policy{Late: time.Hour, Future: time.Second}, now)
	_, err = m.Record(t.Context(), event(1, now.Add(-2*time.Hour)))
	require.ErrorIs(t, err, meter.ErrEventTime)
	_, err = m.Record(t.Context(), event(1, now.Add(2*time.Second)))
	require.ErrorIs(t, err, meter.ErrEventTime)
}

func TestIgnoreFormat(t *testing.T) {
	now := day(november, 20)
	rendition := func(text string) meter.Event { e := event(1, now); e.Rendition = text; return e }
	all := []meter.Event{
		rendition(`{"key":"a","edits":[{"blur":1.5}],"output":{"format":"webp","quality":90}}`),
		rendition(`{"key":"a","edits":[{"blur":1.5}],"output":{"format":"avif","quality":90}}`),
		rendition(`{"key":"a","edits":[{"blur":1.5}],"output":{"format":"avif","quality":80}}`),
		rendition(`{"key":"a","edits":[{"blur":1.50}],"output":{"format":"avif","quality":80}}`), // not canonical, and not our business
		rendition(`{"key":"a","output":{"format":"avif"}}`),
		rendition(`{"key":"a","output":{"format":"png"}}`),
		rendition(`{"key":"a"}`),
	}
	for ignore, want := range map[bool]int{false: 7, true: 4} {
		m, _, _ := newMeter(t, meter.Policy{IgnoreFormat: ignore}, now)
		fresh, err := m.Record(t.Context(), all...)
		require.NoError(t, err)
		require.Equal(t, want, fresh)
	}
	m, _, _ := newMeter(t, meter.Policy{IgnoreFormat: true}, now)
	for _, text := range []string{"", "w=800", "null", "[]", `{"output":"webp"}`, `{"output":[]}`, `{"a":1} x`} {
		_, err := m.Record(t.Context(), rendition(text))
		require.ErrorIs(t, err, meter.ErrEvent, text)
	}
}

func TestEveryMissOfAnything(t *testing.T) {
	now := day(november, 20)
	m, _, _ := newMeter(t, meter.Policy{Unique: meter.EveryMiss}, now)
	fresh, err := m.Record(t.Context(),
		meter.Event{Project: "p", Image: "a", Rendition: "bc", ID: "1", At: now},
		meter.Event{Project: "p", Image: "ab", Rendition: "c", ID: "1", At: now},
		meter.Event{Project: "p", Image: "ab", Rendition: "c", ID: "1", At: now.Add(1)},
		meter.Event{Project: "p", Image: "ab", Rendition: "c", ID: "2", At: now},
	)
	require.NoError(t, err)
	require.Equal(t, 3, fresh)
}

func TestRefusedEvents(t *testing.T) {
	now := day(november, 20)
	m, _, _ := newMeter(t, meter.Policy{Unique: meter.EveryMiss}, now)
	for name, spoil := range map[string]func(*meter.Event){
		"image is empty":   func(e *meter.Event) { e.Image = "" },
		"project is empty": func(e *meter.Event) { e.Project = "" },
		"metric has a NUL": func(e *meter.Event) { e.Metric = "a\x00" },
		"ID is empty":      func(e *meter.Event) { e.ID = "" },
	} {
		e := event(1, now)
		e.ID = "1"
		spoil(&e)
		_, err := m.Record(t.Context(), e)
		require.ErrorIs(t, err, meter.ErrEvent)
		require.ErrorContains(t, err, name)
	}
	_, err := m.Usage(t.Context(), "", november)
	require.ErrorContains(t, err, "project is empty")
	_, err = m.Usage(t.Context(), "p", billing.Period{})
	require.ErrorIs(t, err, billing.ErrPeriod)
}

func TestOptions(t *testing.T) {
	for want, o := range map[string]*meter.Options{
		"is unknown":               {Policy: meter.Policy{Unique: 4}},
		"is for rolling":           {Policy: meter.Policy{Window: time.Hour}},
		"window is -1ns":           {Policy: meter.Policy{Unique: meter.Rolling, Window: -1}},
		"future is -1ns":           {Policy: meter.Policy{Future: -1}},
		"late is -1ns":             {Policy: meter.Policy{Late: -1}},
		"SlotTTL and Timeout must": {SlotTTL: -1},
	} {
		_, err := meter.New(memory.NewMeter(), o)
		require.ErrorContains(t, err, want)
	}
	_, err := meter.New(memory.NewMeter(), nil)
	require.NoError(t, err)
}

// TestAnyOrder has many goroutines record the same events in random orders.
func TestAnyOrder(t *testing.T) {
	now := day(november, 2)
	m, _, _ := newMeter(t, meter.Policy{}, now)
	var all []meter.Event
	for i := range 500 {
		all = append(all, event(i, november.Start.Add(time.Duration(i%2)*-time.Hour)))
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			mine := slices.Clone(all)
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			for batch := range slices.Chunk(mine, 1+rand.IntN(50)) {
				if _, err := m.Record(context.Background(), batch...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	usage, err := m.Usage(t.Context(), "p", november)
	require.NoError(t, err)
	require.Equal(t, int64(250), usage[unique])
}

func TestMerge(t *testing.T) {
	now := day(december, 2)
	m, store, _ := newMeter(t, meter.Policy{}, now)
	other, theirs, _ := newMeter(t, meter.Policy{}, now)
	ctx := t.Context()
	for i := range 5000 {
		_, err := other.Record(ctx, event(i, day(december, 1)), event(i, day(november, 30)))
		require.NoError(t, err)
	}
	_, err := m.Record(ctx, event(0, now), event(-1, now))
	require.NoError(t, err)
	for _, want := range []int{9999, 0} {
		fresh, err := m.Merge(ctx, meter.Export(theirs, billing.Period{}))
		require.NoError(t, err)
		require.Equal(t, want, fresh)
	}
	usage, err := m.Usage(ctx, "p", december)
	require.NoError(t, err)
	require.Equal(t, int64(5001), usage[unique])

	// What was dropped here cannot be told from what was not counted.
	_, err = m.SealAll(ctx, november)
	require.NoError(t, err)
	require.NoError(t, store.Drop(ctx, november.End))
	_, err = other.Record(ctx, event(-2, now), event(-3, now.Add(-72*time.Hour)))
	require.NoError(t, err)
	fresh, err := m.Merge(ctx, meter.Export(theirs, billing.Period{}))
	require.ErrorIs(t, err, meter.ErrDropped)
	require.Equal(t, 1, fresh)

	broken := errors.New("broken")
	fresh, err = m.Merge(ctx, source(func() ([]meter.Record, error) { return nil, broken }))
	require.ErrorIs(t, err, broken)
	require.Zero(t, fresh)
	fresh, err = m.Merge(ctx, source(func() ([]meter.Record, error) { return make([]meter.Record, 1), nil }))
	require.ErrorIs(t, err, meter.ErrRecord)
	require.Zero(t, fresh)
}

type source func() ([]meter.Record, error)

func (s source) Next(context.Context) ([]meter.Record, error) { return s() }
