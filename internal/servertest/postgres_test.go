package servertest_test

import (
	"database/sql"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
)

func TestPostgres(t *testing.T) {
	a, b := servertest.Postgres(t), servertest.Postgres(t)
	require.NotEqual(t, a, b)
	for _, url := range []string{a, b} {
		db, err := sql.Open("pgx", url)
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec("CREATE TABLE t (x TEXT)")
		require.NoError(t, err, "each database is empty")
	}
}

func TestPostgresOutage(t *testing.T) {
	var folder string
	t.Run("server", func(t *testing.T) {
		s := servertest.StartPostgres(t)
		folder = s.Folder()
		db, err := sql.Open("pgx", s.Database(t))
		require.NoError(t, err)
		defer db.Close()
		_, err = db.Exec("CREATE TABLE t (x TEXT)")
		require.NoError(t, err)
		s.Stop(t)
		s.Stop(t)
		_, err = db.Exec("INSERT INTO t VALUES ('lost')")
		require.Error(t, err)
		s.Start(t)
		s.Start(t)
		_, err = db.Exec("INSERT INTO t VALUES ('kept')")
		require.NoError(t, err)
	})
	if folder != "" {
		require.NoDirExists(t, folder)
	}
}
