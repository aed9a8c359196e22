package meter_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func hard(n int64) billing.Limits {
	return billing.Limits{Hard: map[billing.Metric]int64{unique: n}}
}

// TestFreeTier is the free plan's edge: the 25,000th new transform passes, and
// the 25,001st does not, while what is counted is still made.
func TestFreeTier(t *testing.T) {
	const free = 25000
	m, _, c := newMeter(t, meter.Policy{}, day(november, 20))
	ctx := t.Context()
	var events []meter.Event
	for i := range free - 1 {
		events = append(events, event(i, c.now()))
	}
	_, err := m.Record(ctx, events...)
	require.NoError(t, err)

	a, err := m.Admit(ctx, event(free, c.now()), hard(free))
	require.NoError(t, err)
	require.Equal(t, billing.Allow, a.Decision())
	require.NoError(t, a.Done(ctx, true))

	refused, err := m.Admit(ctx, event(free+1, c.now()), hard(free))
	require.ErrorIs(t, err, billing.ErrQuota)
	require.Equal(t, billing.ServeCachedOnly, refused.Decision())
	var quota *billing.QuotaError
	require.ErrorAs(t, err, &quota)
	require.Equal(t, billing.QuotaError{Metric: unique, Limit: free, Resets: december.Start}, *quota)
	require.NoError(t, refused.Done(ctx, true), "nothing was taken")

	// Evicted, and made again.
	a, err = m.Admit(ctx, event(7, c.now()), hard(free))
	require.NoError(t, err)
	require.NoError(t, a.Done(ctx, true))
	usage, err := m.Usage(ctx, "p", november)
	require.NoError(t, err)
	require.Equal(t, int64(free), usage[unique])

	// The plan has no hard limit any more: nothing is refused.
	a, err = m.Admit(ctx, event(free+1, c.now()), billing.Limits{})
	require.NoError(t, err)
	require.NoError(t, a.Done(ctx, true))
	require.NoError(t, a.Done(ctx, true))
	usage, err = m.Usage(ctx, "p", november)
	require.NoError(t, err)
	require.Equal(t, int64(free+1), usage[unique])

	// A new month begins at nothing.
	c.set(december.Start)
	a, err = m.Admit(ctx, meter.Event{Project: "p", Image: "1"}, hard(1))
	require.NoError(t, err)
	require.NoError(t, a.Done(ctx, false))
	a, err = m.Admit(ctx, meter.Event{Project: "p", Image: "2"}, hard(1))
	require.NoError(t, err)
	require.NoError(t, a.Done(ctx, true))
}

// TestAdmitRaces has many more renders than the limit, some of which fail.
func TestAdmitRaces(t *testing.T) {
	const limit = 50
	m, _, c := newMeter(t, meter.Policy{}, day(november, 20))
	var rendered, refused atomic.Int64
	var wait sync.WaitGroup
	for g := range 16 {
		wait.Go(func() {
			for i := range 20 {
				a, err := m.Admit(context.Background(), event(g*20+i, c.now()), hard(limit))
				if errors.Is(err, billing.ErrQuota) {
					refused.Add(1)
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				works := i%4 > 0
				if err := a.Done(context.Background(), works); err != nil {
					t.Error(err)
				}
				if works {
					rendered.Add(1)
				}
			}
		})
	}
	wait.Wait()
	usage, err := m.Usage(t.Context(), "p", november)
	require.NoError(t, err)
	require.Equal(t, rendered.Load(), usage[unique])
	require.LessOrEqual(t, usage[unique], int64(limit))
	require.Positive(t, refused.Load())
}

// TestDone gives room back, or uses it, whatever has become of the request.
func TestDone(t *testing.T) {
	m, _, c := newMeter(t, meter.Policy{}, day(november, 20))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	ctx := t.Context()
	_, err := m.Admit(over, event(1, c.now()), hard(1))
	require.ErrorIs(t, err, context.Canceled)
	_, err = m.Admit(over, event(1, c.now()), billing.Limits{})
	require.ErrorIs(t, err, context.Canceled)

	failed, err := m.Admit(ctx, event(1, c.now()), hard(1))
	require.NoError(t, err)
	require.NoError(t, failed.Done(over, false))
	done, err := m.Admit(ctx, event(2, c.now()), hard(1))
	require.NoError(t, err)
	require.NoError(t, done.Done(over, true))
	require.NoError(t, done.Done(ctx, false), "as a deferred call would")
	require.NoError(t, done.Done(ctx, true))
	require.NoError(t, failed.Done(ctx, false))
	require.ErrorIs(t, failed.Done(ctx, true), billing.ErrQuota)
	usage, err := m.Usage(ctx, "p", november)
	require.NoError(t, err)
	require.Equal(t, billing.Usage{unique: 1}, usage)
	require.NoError(t, new(meter.Admission).Done(ctx, true))
}

// TestSlowRender finds its room given away.
func TestSlowRender(t *testing.T) {
	m, _, c := newMeter(t, meter.Policy{}, day(november, 20))
	ctx := t.Context()
	slow, err := m.Admit(ctx, event(1, c.now()), hard(1))
	require.NoError(t, err)
	c.set(c.now().Add(5*time.Minute - 1))
	_, err = m.Admit(ctx, event(2, c.now()), hard(1))
	require.ErrorIs(t, err, billing.ErrQuota)
	c.set(c.now().Add(1))
	other, err := m.Admit(ctx, event(2, c.now()), hard(1))
	require.NoError(t, err)
	require.ErrorIs(t, slow.Done(ctx, true), billing.ErrQuota)
	require.NoError(t, other.Done(ctx, false))
	require.NoError(t, slow.Done(ctx, true), "there is room again")
	usage, err := m.Usage(ctx, "p", november)
	require.NoError(t, err)
	require.Equal(t, billing.Usage{unique: 1}, usage)
}

// flaky fails while it is down.
type flaky struct {
	meter.Store
	down atomic.Bool
}

var errDown = errors.New("connection refused")

func (f *flaky) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	if f.down.Load() {
		return 0, errDown
	}
	return f.Store.Insert(ctx, batch)
}

func (f *flaky) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (int, error) {
	if f.down.Load() {
		return 0, errDown
	}
	return f.Store.Settle(ctx, s, now, rendered)
}

func (f *flaky) Take(ctx context.Context, s meter.Slot, now time.Time) error {
	if f.down.Load() {
		return errDown
	}
	return f.Store.Take(ctx, s, now)
}

func (f *flaky) Counts(ctx context.Context, project string, p billing.Period) ([]meter.Count, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.Counts(ctx, project, p)
}

// TestDoneAgain retries after the store has failed.
func TestDoneAgain(t *testing.T) {
	store := &flaky{Store: memory.NewMeter()}
	m, err := meter.New(store, nil)
	require.NoError(t, err)
	for _, limits := range []billing.Limits{hard(5), {}} {
		a, err := m.Admit(t.Context(), event(1, time.Now()), limits)
		require.NoError(t, err)
		store.down.Store(true)
		require.ErrorIs(t, a.Done(t.Context(), true), errDown)
		store.down.Store(false)
		require.NoError(t, a.Done(t.Context(), true))
	}
	store.down.Store(true)
	_, err = m.Admit(t.Context(), event(2, time.Now()), hard(5))
	require.ErrorIs(t, err, errDown)
	require.NotErrorIs(t, err, billing.ErrQuota)
	_, err = m.Usage(t.Context(), "p", november)
	require.ErrorIs(t, err, errDown)
}
