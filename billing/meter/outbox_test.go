package meter_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func newOutbox(t *testing.T, queue meter.Queue, remote meter.Store, o *meter.OutboxOptions) *meter.Outbox {
	t.Helper()
	b, err := meter.NewOutbox(queue, remote, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func meterOn(t *testing.T, s meter.Store) *meter.Meter {
	t.Helper()
	m, err := meter.New(s, nil)
	require.NoError(t, err)
	return m
}

// used is the usage of the month that the clock says: in a bubble of synctest
// it begins in 2000.
func used(t *testing.T, m *meter.Meter) int64 {
	t.Helper()
	usage, err := m.Usage(context.Background(), "p", billing.Month(time.Now()))
	require.NoError(t, err)
	return usage[unique]
}

// TestOutage meters for an hour without the remote store.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote, queue := &flaky{Store: memory.NewMeter()}, memory.NewQueue()
		var mu sync.Mutex
		var failures []time.Time
		box := newOutbox(t, queue, remote, &meter.OutboxOptions{Batch: 7, Failed: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, time.Now())
			require.ErrorIs(t, err, errDown)
		}})
		m, there := meterOn(t, box), meterOn(t, remote.Store)
		ctx := t.Context()
		_, err := m.Record(ctx, event(0, time.Now()))
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, int64(1), used(t, there), "at once, where nothing is wrong")

		remote.down.Store(true)
		for i := range 3600 {
			fresh, err := m.Record(ctx, event(i%100, time.Now()))
			require.NoError(t, err)
			require.Equal(t, 1, fresh)
			time.Sleep(time.Second)
		}
		waiting, last, err := box.Pending(ctx)
		require.NoError(t, err)
		require.Equal(t, int64(3600), waiting)
		require.ErrorIs(t, last, errDown)
		_, err = m.Usage(ctx, "p", billing.Month(time.Now()))
		require.ErrorIs(t, err, errDown, "what is not known is not said")
		require.ErrorIs(t, box.Flush(ctx), errDown)
		_, err = m.Admit(ctx, event(1, time.Now()), hard(1000))
		require.ErrorIs(t, err, errDown, "no node keeps a hard limit on its own")

		mu.Lock()
		require.Greater(t, len(failures), 120, "it goes on trying")
		require.Less(t, len(failures), 300, "but not all the time")
		for i, at := range failures[1:] {
			require.LessOrEqual(t, at.Sub(failures[i]), 30*time.Second)
			require.GreaterOrEqual(t, at.Sub(failures[i]), 50*time.Millisecond)
		}
		mu.Unlock()

		remote.down.Store(false)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		require.Equal(t, int64(100), used(t, there), "nothing is lost, nothing counts twice")
		waiting, last, err = box.Pending(ctx)
		require.NoError(t, err)
		require.NoError(t, last)
		require.Zero(t, waiting)
		require.Equal(t, int64(100), used(t, m))
	})
}

// TestRestart ends an outbox during an outage, and opens another on its queue.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote, queue := &flaky{Store: memory.NewMeter()}, memory.NewQueue()
		remote.down.Store(true)
		box := newOutbox(t, queue, remote, nil)
		m := meterOn(t, box)
		for i := range 10 {
			_, err := m.Record(t.Context(), event(i, time.Now()))
			require.NoError(t, err)
		}
		require.NoError(t, box.Close())
		require.NoError(t, box.Close())
		_, err := m.Record(t.Context(), event(11, time.Now()))
		require.ErrorContains(t, err, "closed")
		require.Error(t, box.Flush(t.Context()))
		remote.down.Store(false)
		time.Sleep(time.Hour)
		there := meterOn(t, remote)
		require.Zero(t, used(t, there), "a closed one does nothing")

		newOutbox(t, queue, remote, nil)
		synctest.Wait()
		require.Equal(t, int64(10), used(t, there), "what an earlier one left is forwarded at once")
	})
}

// forgetful is a queue whose process dies after each batch was sent, before
// it is discarded.
type forgetful struct {
	meter.Queue
	times int
}

func (f *forgetful) Discard(ctx context.Context, position int64) error {
	if f.times--; f.times >= 0 {
		return errors.New("killed")
	}
	return f.Queue.Discard(ctx, position)
}

func TestSentTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote := memory.NewMeter()
		box := newOutbox(t, &forgetful{memory.NewQueue(), 5}, remote, nil)
		m := meterOn(t, box)
		for i := range 10 {
			_, err := m.Record(t.Context(), event(i, time.Now()))
			require.NoError(t, err)
		}
		time.Sleep(time.Minute)
		require.Equal(t, int64(10), used(t, meterOn(t, remote)))
	})
}

// TestSettledLater renders with a slot of a store that has gone since.
func TestSettledLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote, queue := &flaky{Store: memory.NewMeter()}, memory.NewQueue()
		m := meterOn(t, newOutbox(t, queue, remote, nil))
		there := meterOn(t, remote.Store)
		ctx := t.Context()
		rendered, err := m.Admit(ctx, event(1, time.Now()), hard(2))
		require.NoError(t, err)
		failed, err := m.Admit(ctx, event(2, time.Now()), hard(2))
		require.NoError(t, err)
		_, err = m.Admit(ctx, event(3, time.Now()), hard(2))
		require.ErrorIs(t, err, billing.ErrQuota)

		remote.down.Store(true)
		require.NoError(t, rendered.Done(ctx, true))
		require.ErrorIs(t, failed.Done(ctx, false), errDown)
		remote.down.Store(false)
		time.Sleep(10 * time.Minute) // the slot holds room until it expires
		require.Equal(t, int64(1), used(t, there))
		require.NoError(t, failed.Done(ctx, false))

		// A refusal is none of the store's failures.
		a, err := m.Admit(ctx, event(4, time.Now()), hard(2))
		require.NoError(t, err)
		time.Sleep(time.Hour)
		b, err := m.Admit(ctx, event(5, time.Now()), hard(2))
		require.NoError(t, err)
		require.ErrorIs(t, a.Done(ctx, true), billing.ErrQuota)
		require.NoError(t, b.Done(ctx, true))
		require.Equal(t, int64(2), used(t, there))
	})
}

// stuck inserts only when it is let, whatever becomes of the context, and
// never settles.
type stuck struct {
	meter.Store
	begun chan struct{}
	let   chan struct{}
}

func (s *stuck) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	s.begun <- struct{}{}
	<-s.let
	return s.Store.Insert(ctx, batch)
}

func (s *stuck) Settle(ctx context.Context, _ meter.Slot, _ time.Time, _ bool) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// TestCloseWaits expects nothing to be under way when Close has returned.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote := &stuck{Store: memory.NewMeter(), begun: make(chan struct{}), let: make(chan struct{})}
		box, err := meter.NewOutbox(memory.NewQueue(), remote, nil)
		require.NoError(t, err)
		_, err = meterOn(t, box).Record(t.Context(), event(1, time.Now()))
		require.NoError(t, err)
		<-remote.begun
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			box.Close()
		}()
		synctest.Wait()
		select {
		case <-closed:
			t.Error("Close has returned while a batch is on its way")
		default:
		}
		close(remote.let)
		<-closed
	})
}

// TestSettleHangs leaves time for the disk, where the remote store answers
// nothing at all.
func TestSettleHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := memory.NewQueue()
		remote := &stuck{Store: memory.NewMeter(), begun: make(chan struct{}, 9), let: make(chan struct{})}
		box := newOutbox(t, queue, remote, nil)
		defer close(remote.let)
		a, err := meterOn(t, box).Admit(t.Context(), event(1, time.Now()), hard(1))
		require.NoError(t, err)
		begin := time.Now()
		require.NoError(t, a.Done(t.Context(), true))
		require.Less(t, time.Since(begin), 10*time.Second)
		n, err := queue.Len(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(1), n)
	})
}

// TestTooLate forwards what belongs to a period that was dropped meanwhile.
func TestTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.NewMeter()
		remote, queue := &flaky{Store: store}, memory.NewQueue()
		remote.down.Store(true)
		box := newOutbox(t, queue, remote, nil)
		old := meter.Record{Project: "p", Metric: unique, Period: november.Start, ID: meter.NewID("old")}
		recent := old
		recent.Period = december.Start
		_, err := box.Insert(t.Context(), []meter.Record{old, recent})
		require.NoError(t, err)
		require.NoError(t, store.Seal(t.Context(), "", december.Start))
		require.NoError(t, store.Drop(t.Context(), december.Start))
		remote.down.Store(false)
		time.Sleep(time.Minute)
		require.ErrorIs(t, box.Flush(t.Context()), meter.ErrDropped, "nothing is thrown away unasked")
		waiting, last, err := box.Pending(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(2), waiting)
		require.ErrorIs(t, last, meter.ErrDropped)
		counts, err := store.Counts(t.Context(), "", billing.Period{})
		require.NoError(t, err)
		require.Len(t, counts, 1, "the others are in")
		require.NoError(t, box.Close())

		var refused []meter.Record
		box = newOutbox(t, queue, remote, &meter.OutboxOptions{Refused: func(records []meter.Record, err error) {
			require.ErrorIs(t, err, meter.ErrDropped)
			refused = append(refused, records...)
		}})
		require.NoError(t, box.Flush(t.Context()))
		require.Equal(t, []meter.Record{old}, refused)
		waiting, _, err = box.Pending(t.Context())
		require.NoError(t, err)
		require.Zero(t, waiting)
	})
}

// flushed is an outbox that forwards what it is given before it says how much
// of it was fresh, and so is a store like any other.
type flushed struct{ *meter.Outbox }

func (f flushed) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	sum := func() (n int64, err error) {
		counts, err := f.Outbox.Counts(ctx, "", billing.Period{})
		for _, c := range counts {
			n += c.N
		}
		return n, err
	}
	before, err := sum()
	if err != nil {
		return 0, err
	}
	if _, err := f.Outbox.Insert(ctx, batch); err != nil {
		return 0, err
	}
	after, err := sum()
	return int(after - before), err
}

// TestOutboxIsAStore runs what of the suite does not ask how many are fresh
// among racers, nor expects Insert to know what the remote store refuses.
func TestOutboxIsAStore(t *testing.T) {
	for _, c := range billingtest.MeterChecks() {
		if slices.Contains([]string{"ConcurrentInsert", "ConcurrentSightings", "ConcurrentSeal", "Drop"}, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			s := flushed{newOutbox(t, memory.NewQueue(), memory.NewMeter(), nil)}
			require.NoError(t, c.Run(t.Context(), s, s, nil))
		})
	}
}

func TestOutboxOptions(t *testing.T) {
	_, err := meter.NewOutbox(memory.NewQueue(), memory.NewMeter(), &meter.OutboxOptions{Batch: -1})
	require.ErrorContains(t, err, "negative")
}
