package sqlstore

import (
	"context"
	"errors"
	"strings"
	"time"
)

// migrationLock is what servers that migrate one PostgreSQL database at the
// same time wait for; any number that others do not use.
const migrationLock = 0x696d6d6167696e // "immagin"

// schema has what each version adds to the one before. What was released never
// changes.
var schema = [][]string{{
	`CREATE TABLE immagin_keys (
	id TEXT PRIMARY KEY,
	tenant TEXT NOT NULL,
	name TEXT NOT NULL,
	prefix TEXT NOT NULL,
	hash TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	last_used_at BIGINT NOT NULL
)`,
	`CREATE INDEX immagin_keys_prefix ON immagin_keys (prefix)`,
	`CREATE INDEX immagin_keys_tenant ON immagin_keys (tenant)`,
	`CREATE TABLE immagin_projects (
	tenant TEXT PRIMARY KEY,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	base_url TEXT NOT NULL,
	secret TEXT NOT NULL,
	retired TEXT NOT NULL
)`,
	`CREATE TABLE immagin_nonces (
	nonce TEXT PRIMARY KEY,
	until BIGINT NOT NULL
)`,
	`CREATE INDEX immagin_nonces_until ON immagin_nonces (until)`,
}}

// Migrate makes the tables immagin_keys, immagin_projects, immagin_nonces and
// immagin_schema, which says what of them is there, or brings them up to date.
// Servers may do so at the same time, and at every start.
func (s *Store) Migrate(ctx context.Context) error {
	err := s.migrate(ctx)
	// Two servers that make one new SQLite file: its switch to a write-ahead log
	// waits for no busy timeout.
	for pause := time.Millisecond; s.dialect == SQLite && locked(err) && pause < 4*time.Second; pause *= 2 {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		err = s.migrate(ctx)
	}
	return failed(ctx, "migrate", err)
}

// locked tells SQLITE_BUSY by the words that SQLite itself has for it, since
// each driver has a type of its own.
func locked(err error) bool {
	return err != nil && strings.Contains(err.Error(), "database is locked")
}

func (s *Store) migrate(ctx context.Context) (err error) {
	db, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	// SQLite waits for its lock only if nothing was read before.
	begin := "BEGIN IMMEDIATE"
	if s.dialect == Postgres {
		begin = "BEGIN"
	}
	if _, err := db.ExecContext(ctx, begin); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, undone := db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, undone)
		}
	}()
	if s.dialect == Postgres {
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
	}
	for _, text := range []string{
		`CREATE TABLE IF NOT EXISTS immagin_schema (version BIGINT PRIMARY KEY)`,
		`INSERT INTO immagin_schema (version) VALUES (0) ON CONFLICT (version) DO NOTHING`,
	} {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	var have int
	if err := db.QueryRowContext(ctx, `SELECT MAX(version) FROM immagin_schema`).Scan(&have); err != nil {
		return err
	}
	for i := have; i < len(schema); i++ {
		for _, text := range schema[i] {
			if _, err := db.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		if _, err := db.ExecContext(ctx, s.statement(`INSERT INTO immagin_schema (version) VALUES ($1)`), i+1); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx, "COMMIT")
	return err
}
