package sqlite_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/internal/storetest"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

var month = billing.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))

// fresh makes a batch of records that nobody has made before.
func fresh(n int, next *atomic.Int64) []meter.Record {
	batch := make([]meter.Record, n)
	for i := range batch {
		batch[i] = meter.Record{Project: "bench", Metric: billing.TransformsUnique, Period: month.Start, ID: meter.NewID(fmt.Sprint(next.Add(1)))}
	}
	slices.SortFunc(batch, meter.Record.Compare)
	return batch
}

// fill puts n elements into a store.
func fill(b *testing.B, s meter.Store, n int, next *atomic.Int64) {
	b.Helper()
	for ; n > 0; n -= 20_000 {
		_, err := s.Insert(b.Context(), fresh(min(n, 20_000), next))
		require.NoError(b, err)
	}
}

// latencies reports what the slowest in a hundred calls took, and the median.
func latencies(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
}

// BenchmarkMeter is events that were never seen before, in batches of a
// thousand: into an empty month, and into one that has a million.
func BenchmarkMeter(b *testing.B) {
	for _, bench := range []struct {
		name       string
		durability sqlite.Durability
		before     int
	}{{"sqlite", sqlite.Synced, 0}, {"sqlite-1M", sqlite.Synced, 1_000_000}, {"sqlite-batched", sqlite.Batched, 0}} {
		b.Run(bench.name, func(b *testing.B) {
			s := open(b, file(b), &sqlite.Options{Durability: bench.durability}).Meter()
			var next atomic.Int64
			fill(b, s, bench.before, &next)
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				batch := fresh(1000, &next)
				b.StartTimer()
				begin := time.Now()
				n, err := s.Insert(b.Context(), batch)
				took = append(took, time.Since(begin))
				if err != nil || n != len(batch) {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "events/s")
			latencies(b, took)
		})
	}
}

// BenchmarkSingle is callers that each record one event at a time.
func BenchmarkSingle(b *testing.B) {
	for _, callers := range []int{1, 16, 128} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			s := open(b, file(b), nil).Meter()
			var next atomic.Int64
			took := race(b, callers, func(ctx context.Context, _ int64) error {
				_, err := s.Insert(ctx, fresh(1, &next))
				return err
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			latencies(b, took)
		})
	}
}

// race runs b.N calls from many callers, and returns how long each took.
func race(b *testing.B, callers int, call func(ctx context.Context, n int64) error) []time.Duration {
	var n atomic.Int64
	var group sync.WaitGroup
	took := make([]time.Duration, b.N)
	b.ResetTimer()
	for range callers {
		group.Go(func() {
			for {
				i := n.Add(1)
				if i > int64(b.N) {
					return
				}
				begin := time.Now()
				if err := call(b.Context(), i); err != nil {
					b.Error(err)
					return
				}
				took[i-1] = time.Since(begin)
			}
		})
	}
	group.Wait()
	b.StopTimer()
	return took
}

// BenchmarkSeal closes a month of a million elements: the count, the seal, and
// the count again, which is what the invoice says.
func BenchmarkSeal(b *testing.B) {
	s := open(b, file(b), nil).Meter()
	var next atomic.Int64
	fill(b, s, 1_000_000, &next)
	for b.Loop() {
		require.NoError(b, s.Seal(b.Context(), "", month.End))
		counts, err := s.Counts(b.Context(), "bench", month)
		require.NoError(b, err)
		require.Len(b, counts, 1)
		require.EqualValues(b, 1_000_000, counts[0].N)
	}
}

// BenchmarkDrop forgets such a month.
func BenchmarkDrop(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := open(b, file(b), nil).Meter()
		var next atomic.Int64
		fill(b, s, 1_000_000, &next)
		require.NoError(b, s.Seal(b.Context(), "", month.End))
		b.StartTimer()
		require.NoError(b, s.Drop(b.Context(), month.End))
	}
}

// BenchmarkLedger is 128 callers that reserve and commit on one account.
func BenchmarkLedger(b *testing.B) {
	b.Run("pairs", func(b *testing.B) {
		l := storetest.Books(b, open(b, file(b), nil).Ledger())
		cost, err := billing.ParseMoney("0.000040", "USD")
		require.NoError(b, err)
		took := race(b, 128, func(ctx context.Context, n int64) error {
			r, err := l.Reserve(ctx, ledger.Request{Account: "bench", Key: fmt.Sprint("operation-", n), Upstream: cost})
			if err != nil {
				return err
			}
			_, err = r.Commit(ctx, ledger.Succeeded, cost)
			return err
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		latencies(b, took)
	})
}
