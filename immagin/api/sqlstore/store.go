// Package sqlstore keeps API keys, projects and used upload tickets in an SQL
// database, for package immagin/api. It is for several servers, or for one that has
// a database anyway; package immagin/api/filestore needs none.
//
//	db, err := sql.Open("pgx", "postgres://user@host/immagin")
//	if err != nil {
//		return err
//	}
//	store, err := sqlstore.New(db, sqlstore.Postgres, nil)
//	if err != nil {
//		return err
//	}
//	if err := store.Migrate(ctx); err != nil {
//		return err
//	}
//	handler, err := api.New(originals, store.Projects(), store.Keys(), &api.Options{Nonces: store.Nonces()})
//
// It links no driver: bring one for PostgreSQL 12 or later, such as
// github.com/jackc/pgx/v5/stdlib, or for SQLite 3.24 or later, such as
// modernc.org/sqlite.
//
// Everything is safe for concurrent use. Servers that share the database share the
// keys: nothing is kept in memory, so that a key that one of them revoked fails at
// the next call on all.
//
// Of an API key there is only the hash. Projects are there with their signing
// secrets, in plain text, since the API hands them out: whoever reads table
// immagin_projects, or a backup of it, signs URLs.
//
// SQLite locks the whole database to write. Open it with a busy timeout, and with a
// write-ahead log for readers to go on, as in
// "file:immagin.db?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)" for
// modernc.org/sqlite.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// A Dialect is the SQL of a database.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota + 1
	Postgres
)

// String names the dialect.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "SQLite"
	case Postgres:
		return "Postgres"
	}
	return fmt.Sprintf("Dialect(%d)", int(d))
}

// Options are the settings of a [Store]. The zero value of a field is its
// default.
type Options struct {
	// Now is the clock that says when a used ticket may be forgotten; time.Now
	// by default. It must agree with the other servers' to a minute.
	Now func() time.Time
}

// A Store is a database. It is safe for concurrent use.
type Store struct {
	db      *sql.DB
	dialect Dialect
	now     func() time.Time

	keys     *Keys
	projects *Projects
	nonces   *Nonces
}

// New returns a store on a database, whose tables [Store.Migrate] makes. The
// caller closes db.
func New(db *sql.DB, dialect Dialect, o *Options) (*Store, error) {
	if db == nil {
		return nil, errors.New("sqlstore: the database must not be nil")
	}
	if dialect != SQLite && dialect != Postgres {
		return nil, fmt.Errorf("sqlstore: %v must be SQLite or Postgres", dialect)
	}
	s := &Store{db: db, dialect: dialect, now: time.Now}
	if o != nil && o.Now != nil {
		s.now = o.Now
	}
	s.keys, s.projects, s.nonces = &Keys{s}, &Projects{s}, &Nonces{store: s}
	return s, nil
}

// Keys returns the database's API keys.
func (s *Store) Keys() *Keys { return s.keys }

// Projects returns the database's projects.
func (s *Store) Projects() *Projects { return s.projects }

// Nonces returns the database's used tickets.
func (s *Store) Nonces() *Nonces { return s.nonces }

// statement writes $1 as the dialect does.
func (s *Store) statement(text string) string {
	if s.dialect == SQLite {
		return strings.ReplaceAll(text, "$", "?")
	}
	return text
}

// exec returns the number of rows that a statement changed.
func (s *Store) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := s.db.ExecContext(ctx, s.statement(text), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// change is exec, where no row means none.
func (s *Store) change(ctx context.Context, none error, text string, args ...any) error {
	n, err := s.exec(ctx, text, args...)
	if err == nil && n == 0 {
		err = none
	}
	return err
}

// query calls row for every row.
func (s *Store) query(ctx context.Context, row func(scan func(...any) error) error, text string, args ...any) (err error) {
	rows, err := s.db.QueryContext(ctx, s.statement(text), args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// failed wraps an error. Drivers quote no values of ours, but say which table
// or server it was.
func failed(ctx context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !errors.Is(err, ctx.Err()) && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("sqlstore: %s: %w: %w", what, ctx.Err(), err) // some drivers say it in words of their own
	default:
		return fmt.Errorf("sqlstore: %s: %w", what, err)
	}
}

// Times are microseconds since 1970, 0 for none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
