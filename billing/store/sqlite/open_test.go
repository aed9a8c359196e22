package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

// open opens a file for the length of the test.
func open(t testing.TB, path string, o *sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func file(t testing.TB) string { return filepath.Join(t.TempDir(), "billing.db") }

func TestOpenRefused(t *testing.T) {
	for _, path := range []string{"", ":memory:", "a\x00b"} {
		_, err := sqlite.Open(t.Context(), path, nil)
		require.ErrorContains(t, err, "name of a file", path)
	}
	for _, o := range []sqlite.Options{{Durability: 2}, {Busy: -1}, {Readers: -1}, {Readers: 65}, {Cache: -1}} {
		_, err := sqlite.Open(t.Context(), file(t), &o)
		require.ErrorContains(t, err, "Options.")
	}
	_, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "folder"), nil)
	require.ErrorContains(t, err, "folder")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sqlite.Open(ctx, file(t), nil)
	require.ErrorIs(t, err, context.Canceled)
}

// TestOpenOthers: a file of another program, or of a later version, is left
// as it is.
func TestOpenOthers(t *testing.T) {
	for name, text := range map[string]string{
		"another program": "CREATE TABLE t (a)",
		"a later version": "PRAGMA application_id = 0x494d4742; PRAGMA user_version = 1000",
	} {
		path := file(t)
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = db.Exec(text)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		_, err = sqlite.Open(t.Context(), path, nil)
		require.ErrorIs(t, err, sqlite.ErrSchema, name)
	}
	path := file(t)
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("not a database "), 100), 0o600))
	_, err := sqlite.Open(t.Context(), path, nil)
	require.ErrorContains(t, err, "not a database")
}

// TestPaths: names are names, whatever is in them.
func TestPaths(t *testing.T) {
	for _, name := range []string{"a b", "100%41", "q?mode=memory", "h#x", "ümlaut", "file:x"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "?:") {
			continue
		}
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, open(t, path, nil).Close())
		require.FileExists(t, path)
	}
}

// TestOpenTogether: many processes make one file.
func TestOpenTogether(t *testing.T) {
	path := file(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			s, err := sqlite.Open(t.Context(), path, nil)
			if err == nil {
				_, err = s.Meter().Insert(t.Context(), []meter.Record{{Project: "p", Metric: "m", Period: month.Start, ID: meter.NewID(fmt.Sprint(i))}})
				err = errors.Join(err, s.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	counts, err := open(t, path, nil).Meter().Counts(t.Context(), "p", month)
	require.NoError(t, err)
	require.EqualValues(t, 8, counts[0].N)
}

func TestDurability(t *testing.T) {
	require.Equal(t, "Synced", sqlite.Synced.String())
	require.Equal(t, "Batched", sqlite.Batched.String())
	require.Equal(t, "Durability(7)", sqlite.Durability(7).String())
}
