package database_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/examples/metering/database"
	"github.com/immagin/immagin-go/internal/servertest"
)

func TestSQLite(t *testing.T) {
	keeps(t, filepath.Join(t.TempDir(), "usage of 100%, #?.db"))
}

func TestPostgres(t *testing.T) {
	keeps(t, servertest.Postgres(t))
}

// keeps counts in a database that is closed and opened again.
func keeps(t *testing.T, name string) {
	for want := int64(1); want <= 2; want++ {
		store, err := database.Open(t.Context(), name)
		require.NoError(t, err)
		m, err := meter.New(store, nil)
		require.NoError(t, err)
		for _, image := range []string{"a.jpg", time.Now().String()} {
			_, err = m.Record(t.Context(), meter.Event{Project: "acme", Image: image, Rendition: "{}", At: time.Now()})
			require.NoError(t, err)
		}
		usage, err := m.Usage(t.Context(), "acme", billing.Month(time.Now()))
		require.NoError(t, err)
		require.Equal(t, want+1, usage[billing.TransformsUnique])
		require.NoError(t, store.Close())
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"", "mysql://localhost/x", "mem://x", "file:///tmp/x"} {
		_, err := database.Open(t.Context(), name)
		require.ErrorIs(t, err, database.ErrName, name)
	}
	store, err := database.Open(t.Context(), "mem://")
	require.NoError(t, err)
	require.NoError(t, store.Close())
	_, err = database.Open(t.Context(), "postgres://user:hunter2@127.0.0.1:1/x?connect_timeout=1")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}
