package postgres_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/postgres"
	"github.com/immagin/immagin-go/internal/servertest"
)

var (
	always   billing.Period
	november = billing.Month(time.Date(2031, 11, 1, 0, 0, 0, 0, time.UTC))
)

// wanted skips the test where PostgreSQL is not there, or not to be used.
func wanted(t testing.TB) {
	t.Helper()
	if os.Getenv("IMMAGIN_TEST_SERVERS") == "off" {
		t.Skip("IMMAGIN_TEST_SERVERS is off")
	}
	servertest.SharedPostgres(t)
}

// database is the URL of a new and empty one.
func database(t testing.TB) string {
	t.Helper()
	wanted(t)
	return servertest.Postgres(t)
}

// open is another server's store on the same database.
func open(t testing.TB, url string, o *postgres.Options) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// servers returns what opens a half of a store on a new database, and what opens
// that of another server on the same.
func servers[S any](half func(*postgres.Store) S) (one func(*testing.T) S, another func(*testing.T, S) S) {
	var urls sync.Map // of stores
	one = func(t *testing.T) S {
		url := database(t)
		s := half(open(t, url, nil))
		urls.Store(s, url)
		return s
	}
	another = func(t *testing.T, s S) S {
		url, _ := urls.Load(s)
		return half(open(t, url.(string), nil))
	}
	return one, another
}

func TestMeterStore(t *testing.T) {
	wanted(t)
	one, another := servers(func(s *postgres.Store) meter.Store { return s.Meter() })
	billingtest.TestMeterStore(t, one, &billingtest.MeterOptions{Again: another})
}

func TestLedgerStore(t *testing.T) {
	wanted(t)
	one, another := servers(func(s *postgres.Store) ledger.Store { return s.Ledger() })
	billingtest.TestLedgerStore(t, one, &billingtest.LedgerOptions{Again: another})
}

// TestLedgerStoreAlone has one server, where callers share transactions.
func TestLedgerStoreAlone(t *testing.T) {
	wanted(t)
	billingtest.TestLedgerStore(t, func(t *testing.T) ledger.Store {
		return open(t, database(t), &postgres.Options{Combine: 3}).Ledger()
	}, nil)
}

func TestMeterProperties(t *testing.T) {
	wanted(t)
	for _, p := range billingtest.MeterProperties() {
		t.Run(p.Name, func(t *testing.T) {
			url := database(t)
			rapid.Check(t, p.On(open(t, url, nil).Meter(), open(t, url, nil).Meter()))
		})
	}
}

func TestLedgerProperties(t *testing.T) {
	wanted(t)
	for _, p := range billingtest.LedgerProperties() {
		t.Run(p.Name, func(t *testing.T) {
			url := database(t)
			rapid.Check(t, p.On(open(t, url, nil).Ledger(), open(t, url, nil).Ledger()))
		})
	}
}

// TestOpenTogether has many servers start at the same time on an empty
// database.
func TestOpenTogether(t *testing.T) {
	url := database(t)
	var starting sync.WaitGroup
	for range 8 {
		starting.Go(func() {
			s, err := postgres.Open(t.Context(), url, &postgres.Options{Connections: 2})
			if err != nil {
				t.Error(err)
				return
			}
			if counts, err := s.Meter().Counts(t.Context(), "", always); err != nil || len(counts) != 0 {
				t.Error(counts, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
}

func TestOptions(t *testing.T) {
	for _, o := range []postgres.Options{{Connections: -1}, {Connections: 20_000}, {Timeout: -1}, {Combine: -1}} {
		_, err := postgres.Open(t.Context(), "postgres://127.0.0.1:1/none", &o)
		require.ErrorContains(t, err, "options")
	}
	_, err := postgres.Open(t.Context(), "postgres://user:geheim@127.0.0.1:none/x", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "geheim")
	_, err = postgres.Open(t.Context(), "postgres://user:geheim@127.0.0.1:1/x?connect_timeout=1", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "geheim")
}
