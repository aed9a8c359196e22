package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/internal/storetest"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/internal/servertest"
)

func isFull(err error) bool { return errors.Is(err, meter.ErrFull) }

// outage is how long PostgreSQL is away: IMMAGIN_TEST_OUTAGE, or 2 seconds.
func outage(t *testing.T) time.Duration {
	text := os.Getenv("IMMAGIN_TEST_OUTAGE")
	if text == "" {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(text)
	require.NoError(t, err, "IMMAGIN_TEST_OUTAGE")
	return d
}

// TestOutage stops PostgreSQL under load and starts it again. Who has an
// outbox notices nothing. Who has none gets errors, tries again, and counts and
// charges once. Nothing is lost.
func TestOutage(t *testing.T) {
	wanted(t)
	server := servertest.StartPostgres(t)
	url := server.Database(t)
	s := open(t, url, nil)
	l := storetest.Books(t, s.Ledger())
	var failed atomic.Int64
	box, err := meter.NewOutbox(memory.NewQueue(), s.Meter(), &meter.OutboxOptions{
		MaxBackoff: 200 * time.Millisecond,
		Failed:     func(error) { failed.Add(1) },
	})
	require.NoError(t, err)

	over, end := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var boxed, direct, charged [4]int // acknowledged to each worker
	var refused atomic.Int64
	load := func(done *int, pause time.Duration, work func(n int) error) {
		group.Go(func() {
			for n := 1; over.Err() == nil; n++ {
				// Once begun, an operation is tried until it is done.
				for err := work(n); err != nil; err = work(n) {
					refused.Add(1)
					time.Sleep(10 * time.Millisecond)
				}
				*done = n
				time.Sleep(pause)
			}
		})
	}
	batch := func(kind string, worker, n int) (batch []meter.Record) {
		for i := range 20 {
			batch = append(batch, meter.Record{Project: kind, Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID(fmt.Sprint(worker, " ", n, " ", i))})
		}
		return batch
	}
	for worker := range 4 {
		load(&boxed[worker], 2*time.Millisecond, func(n int) error {
			if _, err := box.Insert(t.Context(), batch("boxed", worker, n)); err != nil {
				t.Error(err) // not for a moment
			}
			return nil
		})
		load(&direct[worker], 2*time.Millisecond, func(n int) error {
			_, err := s.Meter().Insert(t.Context(), batch("direct", worker, n))
			return err
		})
		load(&charged[worker], 2*time.Millisecond, func(n int) error {
			return storetest.Operate(t.Context(), l, fmt.Sprint(worker, "-", n), n)
		})
	}
	time.Sleep(300 * time.Millisecond)
	server.Stop(t)
	time.Sleep(outage(t))
	server.Start(t)
	time.Sleep(300 * time.Millisecond)
	end()
	group.Wait()
	require.NoError(t, box.Flush(t.Context()))
	waiting, _, err := box.Pending(t.Context())
	require.NoError(t, err)
	require.Zero(t, waiting)
	require.NoError(t, box.Close())
	require.Positive(t, failed.Load(), "the outbox met the outage")
	require.Positive(t, refused.Load(), "the others did too")

	var want, charges int
	for worker := range 4 {
		require.Positive(t, boxed[worker])
		require.Positive(t, direct[worker])
		require.Positive(t, charged[worker])
		want += 20 * (boxed[worker] + direct[worker])
		charges += charged[worker] - charged[worker]/3
	}
	require.Equal(t, want, storetest.Sum(t, s.Meter()))
	require.Len(t, storetest.Elements(t, s.Meter()), want)
	storetest.Settled(t, l, charges)
	t.Logf("%d events and %d operations while PostgreSQL was away for %v; %d attempts of the outbox and %d of others failed", want, charges, outage(t), failed.Load(), refused.Load())
}
