package sqlstore

import (
	"context"
	"errors"
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
	return failed(ctx, "migrate", s.migrate(ctx))
}

func (s *Store) migrate(ctx context.Context) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if s.dialect == Postgres {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
	}
	// This first statement writes, so that SQLite takes its lock before it
	// reads.
	for _, text := range []string{
		`CREATE TABLE IF NOT EXISTS immagin_schema (version BIGINT PRIMARY KEY)`,
		`INSERT INTO immagin_schema (version) VALUES (0) ON CONFLICT (version) DO NOTHING`,
	} {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	var have int
	if err := tx.QueryRowContext(ctx, `SELECT MAX(version) FROM immagin_schema`).Scan(&have); err != nil {
		return err
	}
	for i := have; i < len(schema); i++ {
		for _, text := range schema[i] {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, s.statement(`INSERT INTO immagin_schema (version) VALUES ($1)`), i+1); err != nil {
			return err
		}
	}
	return tx.Commit()
}
