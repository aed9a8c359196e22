package postgres_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/internal/storetest"
	"github.com/immagin/immagin-go/billing/store/postgres"
)

// from runs b.N calls from a number of callers.
func from(b *testing.B, callers int, call func(n int) error) {
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range callers {
		group.Go(func() {
			for n := int(next.Add(1)); n <= b.N; n = int(next.Add(1)) {
				if err := call(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.StopTimer()
}

// BenchmarkMeter inserts batches of 1,000 new events from 16 writers, all of
// one project. The server does not wait for its disk.
func BenchmarkMeter(b *testing.B) {
	s := open(b, database(b), nil).Meter()
	first := meter.Record{Project: "bench", Metric: billing.TransformsUnique, Period: november.Start}
	_, err := s.Insert(b.Context(), []meter.Record{first})
	require.NoError(b, err)
	from(b, 16, func(n int) error {
		batch := make([]meter.Record, 1000)
		for i := range batch {
			batch[i] = first
			batch[i].ID = meter.NewID(strconv.Itoa(n), strconv.Itoa(i))
		}
		fresh, err := s.Insert(b.Context(), batch)
		if err == nil && fresh != len(batch) {
			err = fmt.Errorf("%d of %d are fresh", fresh, len(batch))
		}
		return err
	})
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "events/s")
	require.Equal(b, 1000*b.N+1, storetest.Sum(b, s))
}

// BenchmarkLedger reserves and commits on one account, and on as many as there
// are callers.
func BenchmarkLedger(b *testing.B) {
	for _, c := range []struct{ callers, accounts int }{{1, 1}, {128, 1}, {16, 16}} {
		b.Run(fmt.Sprintf("callers=%d/accounts=%d", c.callers, c.accounts), func(b *testing.B) {
			s := open(b, database(b), &postgres.Options{Connections: 16})
			l, err := ledger.New(s.Ledger(), &ledger.Options{Payments: storetest.Bank{}, Policy: ledger.Policy{Margin: 2000}})
			require.NoError(b, err)
			amount, err := billing.ParseMoney("10000", "USD")
			require.NoError(b, err)
			for i := range c.accounts {
				_, err := l.TopUp(b.Context(), strconv.Itoa(i), "top-up", amount)
				require.NoError(b, err)
			}
			cost, err := billing.ParseMoney("0.0001", "USD")
			require.NoError(b, err)
			from(b, c.callers, func(n int) error {
				r, err := l.Reserve(b.Context(), ledger.Request{Account: strconv.Itoa(n % c.accounts), Key: strconv.Itoa(n), Upstream: cost})
				if err == nil {
					_, err = r.Commit(b.Context(), ledger.Succeeded, cost)
				}
				return err
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}
