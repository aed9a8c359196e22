package sqlstore

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/apitest"
	"github.com/immagin/immagin-go/internal/servertest"
	"github.com/immagin/immagin-go/sign"
)

// A database is one that tests run on.
type database struct {
	driver, source string
	dialect        Dialect
	folder         string // where its files are
}

func sqlite(t testing.TB) database {
	folder := t.TempDir()
	return database{"sqlite", "file:" + filepath.ToSlash(filepath.Join(folder, "immagin.db")) + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)", SQLite, folder}
}

func postgres(t testing.TB) database {
	s := servertest.SharedPostgres(t)
	return database{"pgx", s.Database(t), Postgres, s.Folder()}
}

// open connects as one more server does.
func (d database) open(t testing.TB, o *Options) *Store {
	t.Helper()
	db, err := sql.Open(d.driver, d.source)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s, err := New(db, d.dialect, o)
	require.NoError(t, err)
	return s
}

// each runs a test on each database.
func each(t *testing.T, run func(t *testing.T, d database)) {
	t.Run("SQLite", func(t *testing.T) { run(t, sqlite(t)) })
	t.Run("Postgres", func(t *testing.T) { run(t, postgres(t)) })
}

func TestConformance(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		require.NoError(t, d.open(t, nil).Migrate(t.Context()))
		apitest.TestKeys(t, func() (api.Keys, error) { return d.open(t, nil).Keys(), nil }, nil)
		apitest.TestProjects(t, func() (apitest.ProjectStore, error) { return d.open(t, nil).Projects(), nil }, nil)
		apitest.TestNonces(t, func() (api.Nonces, error) { return d.open(t, nil).Nonces(), nil }, nil)
	})
}

// TestMigrate migrates by several servers at the same time, and again.
func TestMigrate(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		const servers = 6
		errs := make(chan error, servers)
		for range servers {
			s := d.open(t, nil)
			go func() { errs <- s.Migrate(t.Context()) }()
		}
		for range servers {
			require.NoError(t, <-errs)
		}
		s := d.open(t, nil)
		key := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
		require.NoError(t, s.Keys().Create(t.Context(), key))
		require.NoError(t, s.Migrate(t.Context()))
		found, err := s.Keys().Lookup(t.Context(), key.Prefix)
		require.NoError(t, err)
		require.Equal(t, []api.Key{key}, found, "a second migration changes nothing")
		var versions int
		require.NoError(t, s.db.QueryRow("SELECT COUNT(*) FROM immagin_schema").Scan(&versions))
		require.Equal(t, len(schema)+1, versions)
	})
}

// TestKeyIsNowhere reads all files of the database, with its log of writes.
func TestKeyIsNowhere(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		s := d.open(t, nil)
		require.NoError(t, s.Migrate(t.Context()))
		key := sign.NewAPIKey()
		k := api.NewKey("acme", "laptop", key, time.Now())
		require.NoError(t, s.Keys().Create(t.Context(), k))
		require.NoError(t, s.Keys().Used(t.Context(), "acme", k.ID, time.Now()))
		other := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
		require.NoError(t, s.Keys().Create(t.Context(), other))
		require.NoError(t, s.Keys().Revoke(t.Context(), "acme", other.ID))
		if d.dialect == Postgres {
			_, err := s.db.Exec("CHECKPOINT")
			require.NoError(t, err)
		}
		files, hash := 0, 0
		require.NoError(t, filepath.WalkDir(d.folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files++
			require.NotContains(t, string(text), key.Reveal()[4:], "the key is in "+name)
			if strings.Contains(string(text), key.Hash().String()) {
				hash++
			}
			return nil
		}))
		require.Positive(t, hash, "the test sees what is there: %d files", files)
	})
}

func TestNoncesEnd(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		now := time.Now()
		s, ctx := d.open(t, &Options{Now: func() time.Time { return now }}), t.Context()
		require.NoError(t, s.Migrate(ctx))
		count := func() (n int) {
			require.NoError(t, s.db.QueryRow("SELECT COUNT(*) FROM immagin_nonces").Scan(&n))
			return n
		}
		for i := range 10 {
			require.NoError(t, s.Nonces().Use(ctx, "acme", fmt.Sprint(i), 5*time.Minute))
		}
		now = now.Add(5*time.Minute + 59*time.Second)
		require.NoError(t, s.Nonces().Use(ctx, "acme", "later", 5*time.Minute))
		require.Equal(t, 11, count())
		require.ErrorIs(t, s.Nonces().Use(ctx, "acme", "0", time.Minute), fs.ErrExist)
		now = now.Add(time.Minute + time.Second)
		require.NoError(t, s.Nonces().Use(ctx, "acme", "last", 5*time.Minute))
		require.Equal(t, 2, count())
	})
}

func TestDamagedRows(t *testing.T) {
	each(t, func(t *testing.T, d database) {
		s, ctx := d.open(t, nil), t.Context()
		require.NoError(t, s.Migrate(ctx))
		k := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
		require.NoError(t, s.Keys().Create(ctx, k))
		_, err := s.db.Exec("UPDATE immagin_keys SET hash = 'none'")
		require.NoError(t, err)
		_, err = s.Keys().Lookup(ctx, k.Prefix)
		require.ErrorContains(t, err, "damaged")
		require.NoError(t, s.Projects().Put(ctx, "acme", api.Project{Secret: sign.NewSecret()}))
		_, err = s.db.Exec("UPDATE immagin_projects SET retired = '[\"swordfish'")
		require.NoError(t, err)
		_, err = s.Projects().Project(ctx, "acme")
		require.ErrorContains(t, err, "damaged")
		require.NotContains(t, err.Error(), "swordfish")
	})
}

// TestOutage stops the server: all calls fail, none says that a key is not
// there, and all is as it was when the server is back.
func TestOutage(t *testing.T) {
	server := servertest.StartPostgres(t)
	d := database{"pgx", server.Database(t), Postgres, ""}
	s, ctx := d.open(t, nil), t.Context()
	require.NoError(t, s.Migrate(ctx))
	key := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
	revoked := api.NewKey("acme", "", sign.NewAPIKey(), time.Now())
	require.NoError(t, s.Keys().Create(ctx, key))
	require.NoError(t, s.Keys().Create(ctx, revoked))
	require.NoError(t, s.Keys().Revoke(ctx, "acme", revoked.ID))
	require.NoError(t, s.Nonces().Use(ctx, "acme", "used", time.Hour))

	server.Stop(t)
	_, err := s.Keys().Lookup(ctx, key.Prefix)
	require.Error(t, err)
	for name, err := range map[string]error{
		"revoke": s.Keys().Revoke(ctx, "acme", key.ID),
		"used":   s.Keys().Used(ctx, "acme", key.ID, time.Now()),
		"create": s.Keys().Create(ctx, api.NewKey("acme", "", sign.NewAPIKey(), time.Now())),
		"use":    s.Nonces().Use(ctx, "acme", "new", time.Hour),
		"put":    s.Projects().Put(ctx, "acme", api.Project{Secret: "the secret of acme"}),
	} {
		require.Error(t, err, name)
		require.NotErrorIs(t, err, fs.ErrNotExist, name)
		require.NotErrorIs(t, err, fs.ErrExist, name)
		require.NotContains(t, err.Error(), "the secret of acme")
	}
	_, err = s.Projects().Project(ctx, "acme")
	require.NotErrorIs(t, err, fs.ErrNotExist)

	server.Start(t)
	all, err := s.Keys().List(ctx, "acme")
	require.NoError(t, err)
	require.Equal(t, []api.Key{key}, all)
	require.ErrorIs(t, s.Nonces().Use(ctx, "acme", "used", time.Hour), fs.ErrExist)
	require.NoError(t, s.Nonces().Use(ctx, "acme", "new", time.Hour))
}

func TestNewRefuses(t *testing.T) {
	_, err := New(nil, SQLite, nil)
	require.Error(t, err)
	for _, dialect := range []Dialect{0, -1, 3} {
		_, err = New(new(sql.DB), dialect, nil)
		require.ErrorContains(t, err, "must be SQLite or Postgres")
	}
	require.Equal(t, "SQLite Postgres Dialect(7)", fmt.Sprint(SQLite, Postgres, Dialect(7)))
}
