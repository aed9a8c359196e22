package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/internal/storetest"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/billing/store/postgres"
)

// together runs this test as four processes at the same time.
func together(t *testing.T, url string) {
	t.Helper()
	var running []*exec.Cmd
	for number := range 4 {
		cmd := storetest.Another(t, url, number)
		require.NoError(t, cmd.Start())
		running = append(running, cmd)
	}
	for _, cmd := range running {
		require.NoError(t, cmd.Wait())
	}
	alone(t, url)
	require.Zero(t, deadlocks(t, url))
}

// alone waits until what a dead process sent is committed or undone.
func alone(t *testing.T, url string) {
	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer db.Close(context.Background())
	for others := 1; others > 0; time.Sleep(time.Millisecond) {
		err := db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others)
		require.NoError(t, err)
	}
}

// deadlocks is how many the database has seen.
func deadlocks(t *testing.T, url string) (n int) {
	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer db.Close(context.Background())
	require.NoError(t, db.QueryRow(t.Context(), `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&n))
	return n
}

// shared are the events that all four processes meter: of three projects, two
// months and two policies.
func shared() (records []meter.Record) {
	for i := range 6000 {
		p := november
		if i%5 == 0 {
			p = p.Next(nil)
		}
		r := meter.Record{Project: fmt.Sprint("project ", i%3), Metric: billing.TransformsUnique, Period: p.Start, ID: meter.NewID("shared", fmt.Sprint(i))}
		if i%4 == 0 {
			r.Metric, r.Window = "rolling", 24*time.Hour
			r.ID = meter.NewID("rolling", fmt.Sprint(i%400))
			r.At = p.Start.Add(time.Duration(i) * time.Minute)
		}
		records = append(records, r)
	}
	return records
}

// TestFourProcessesMeter has four processes meter the same events, each in an
// order of its own and in batches of its own, from four goroutines. The count
// is that of the set.
func TestFourProcessesMeter(t *testing.T) {
	if url, _ := storetest.Process(t); url != "" {
		s := open(t, url, &postgres.Options{Connections: 4}).Meter()
		var group sync.WaitGroup
		for range storetest.Workers {
			group.Go(func() {
				records := shared()
				rand.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
				for len(records) > 0 {
					n := min(1+rand.IntN(1000), len(records))
					if _, err := s.Insert(t.Context(), records[:n]); err != nil {
						t.Error(err)
						return
					}
					records = records[n:]
				}
			})
		}
		group.Wait()
		return
	}
	url := database(t)
	together(t, url)
	want := memory.NewMeter()
	_, err := want.Insert(t.Context(), shared())
	require.NoError(t, err)
	s := open(t, url, nil).Meter()
	require.Equal(t, storetest.Elements(t, want), storetest.Elements(t, s))
	counts, err := want.Counts(t.Context(), "", always)
	require.NoError(t, err)
	got, err := s.Counts(t.Context(), "", always)
	require.NoError(t, err)
	require.Equal(t, counts, got)
}

// TestFourProcessesLedger has four processes do the same operations, each in
// an order of its own, from four goroutines. Each is charged once.
func TestFourProcessesLedger(t *testing.T) {
	const operations = 300
	if url, _ := storetest.Process(t); url != "" {
		l := storetest.Books(t, open(t, url, &postgres.Options{Connections: 4}).Ledger())
		var group sync.WaitGroup
		for range storetest.Workers {
			group.Go(func() {
				for _, n := range rand.Perm(operations) {
					if err := storetest.Operate(t.Context(), l, fmt.Sprint(n), n); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		return
	}
	url := database(t)
	together(t, url)
	storetest.Settled(t, storetest.Books(t, open(t, url, nil).Ledger()), operations-operations/3)
}

// TestFourProcessesAdmit has four processes admit under one hard limit.
func TestFourProcessesAdmit(t *testing.T) {
	const limit = 100
	at := november.Start.Add(time.Hour)
	if url, number := storetest.Process(t); url != "" {
		s := open(t, url, &postgres.Options{Connections: 4}).Meter()
		var group sync.WaitGroup
		for worker := range storetest.Workers {
			group.Go(func() {
				for n := range 20 {
					r := meter.Record{Project: "free", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID(fmt.Sprint(n, number, worker))}
					slot := meter.Slot{Record: r, Token: meter.NewID("token", fmt.Sprint(n, number, worker)), Limit: limit, Expires: at.Add(time.Minute)}
					err := s.Take(t.Context(), slot, at)
					if err == nil {
						_, err = s.Settle(t.Context(), slot, at, n%5 != 0)
					} else if storetest.Sum(t, s) < limit-storetest.Workers*4 {
						t.Error("refused far below the limit: ", err)
					}
					if err != nil && !isFull(err) {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		return
	}
	url := database(t)
	together(t, url)
	require.Equal(t, limit, storetest.Sum(t, open(t, url, nil).Meter()))
}
