package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// TestSealWaits holds up a count after it has looked at what is sealed: a seal
// does not return before the count has.
func TestSealWaits(t *testing.T) {
	url := database(t)
	s := open(t, url, nil).Meter()
	record := func(name string) []meter.Record {
		return []meter.Record{{Project: "p", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID(name)}}
	}
	_, err := s.Insert(t.Context(), record("first"))
	require.NoError(t, err)

	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer db.Close(context.Background())
	hold, err := db.Begin(t.Context())
	require.NoError(t, err)
	_, err = hold.Exec(t.Context(), "SELECT FROM immagin_meter_counters FOR UPDATE")
	require.NoError(t, err)

	look, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer look.Close(context.Background())
	// blocked waits until that many wait for a lock, or one has not waited.
	blocked := func(want int, done <-chan error) {
		t.Helper()
		for n := 0; n != want; time.Sleep(time.Millisecond) {
			require.Empty(t, done, "it did not wait")
			require.NoError(t, look.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n))
		}
	}
	inserted, sealed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.Insert(t.Context(), record("second"))
		inserted <- err
	}()
	blocked(1, inserted)
	go func() { sealed <- s.Seal(t.Context(), "p", november.End) }()
	blocked(2, sealed)
	require.NoError(t, hold.Commit(t.Context()))
	require.NoError(t, <-inserted)
	require.NoError(t, <-sealed)

	_, err = s.Insert(t.Context(), record("third"))
	require.NoError(t, err)
	counts, err := s.Counts(t.Context(), "p", november)
	require.NoError(t, err)
	require.Len(t, counts, 1)
	require.Equal(t, int64(2), counts[0].N, "the third is billed later")
}
