package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Advisory locks of the database, which are any numbers that others do not
// use.
const (
	migrationLock = 0x696d6d_62696c6c // "immbill"
	// sealLock is shared by whoever counts, and held alone by whoever seals or
	// drops: no count is on its way when a period closes.
	sealLock = migrationLock + 1
	// partitionLock is held by whoever makes a partition.
	partitionLock = migrationLock + 2
)

// schema has what each version adds to the one before. What was released never
// changes.
var schema = []string{`
-- What is counted together: a project's metric in a period (the start, in
-- nanoseconds since 1970). Those of period -1 are locked by whoever changes
-- which of the project's sightings count. Month is that of the period, counted
-- since the year 0.
CREATE TABLE immagin_meter_streams (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	project text COLLATE "C" NOT NULL,
	metric text COLLATE "C" NOT NULL,
	period bigint NOT NULL,
	month integer NOT NULL,
	UNIQUE (period, project, metric)
);
CREATE INDEX immagin_meter_streams_project ON immagin_meter_streams (project, metric);

-- The set. Month is the stream's.
CREATE TABLE immagin_meter_elements (
	stream integer NOT NULL,
	month integer NOT NULL,
	id uuid NOT NULL,
	PRIMARY KEY (stream, id, month)
) PARTITION BY RANGE (month);

-- Elements with a window. Theirs is a stream of period -1.
CREATE TABLE immagin_meter_sightings (
	stream integer NOT NULL,
	id uuid NOT NULL,
	at bigint NOT NULL,
	period bigint NOT NULL,
	billed bigint NOT NULL,
	lasts bigint NOT NULL,
	counted boolean NOT NULL,
	PRIMARY KEY (stream, id, at)
);

CREATE TABLE immagin_meter_counters (
	stream integer NOT NULL,
	billed bigint NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (stream, billed)
) WITH (fillfactor = 50);

CREATE TABLE immagin_meter_slots (
	stream integer NOT NULL,
	token uuid NOT NULL,
	id uuid NOT NULL,
	expires bigint NOT NULL,
	PRIMARY KEY (stream, token)
);

-- The empty project is all of them.
CREATE TABLE immagin_meter_seals (
	project text COLLATE "C" PRIMARY KEY,
	before bigint NOT NULL
);

CREATE TABLE immagin_meter_drops (
	single boolean PRIMARY KEY DEFAULT true CHECK (single),
	before bigint NOT NULL
);
INSERT INTO immagin_meter_drops (before) VALUES (0);

CREATE TABLE immagin_ledger_accounts (
	id text COLLATE "C" PRIMARY KEY,
	currency text NOT NULL,
	paid bigint NOT NULL,
	promo bigint NOT NULL,
	held_paid bigint NOT NULL,
	held_promo bigint NOT NULL,
	open bigint NOT NULL,
	pending bigint NOT NULL,
	pending_key text NOT NULL,
	refunding bigint NOT NULL,
	seq bigint NOT NULL,
	state smallint NOT NULL,
	negative_since timestamptz NOT NULL,
	auto_threshold bigint NOT NULL,
	auto_amount bigint NOT NULL,
	auto_after timestamptz NOT NULL,
	auto_day timestamptz NOT NULL,
	auto_spent bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE immagin_ledger_grants (
	account text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	amount bigint NOT NULL,
	free bigint NOT NULL,
	held bigint NOT NULL,
	expires timestamptz NOT NULL,
	revoked boolean NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (account, key)
);
CREATE INDEX immagin_ledger_grants_live ON immagin_ledger_grants (account) WHERE free > 0 OR held > 0;
CREATE INDEX immagin_ledger_grants_due ON immagin_ledger_grants (expires, account, key) WHERE free > 0;

CREATE TABLE immagin_ledger_holds (
	account text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	amount bigint NOT NULL,
	paid bigint NOT NULL,
	promo jsonb,
	margin bigint NOT NULL,
	version bigint NOT NULL,
	created timestamptz NOT NULL,
	expires timestamptz NOT NULL,
	state smallint NOT NULL,
	outcome smallint NOT NULL,
	hash bytea NOT NULL,
	answer bytea,
	PRIMARY KEY (account, key)
);
CREATE INDEX immagin_ledger_holds_due ON immagin_ledger_holds (expires, account, key) WHERE state = 1;

CREATE TABLE immagin_ledger_payments (
	account text COLLATE "C" NOT NULL,
	key text COLLATE "C" NOT NULL,
	kind smallint NOT NULL,
	auto boolean NOT NULL,
	of text NOT NULL,
	amount bigint NOT NULL,
	refund bigint NOT NULL,
	state smallint NOT NULL,
	ref text NOT NULL,
	created timestamptz NOT NULL,
	next timestamptz NOT NULL,
	settled timestamptz NOT NULL,
	answer bytea,
	PRIMARY KEY (account, key)
);
CREATE INDEX immagin_ledger_payments_due ON immagin_ledger_payments (next, account, key) WHERE state = 1;

-- The journal: rows are added and never changed. Entries are an array of
-- {"bucket", "amount"}, in nano-units, which sum to zero.
CREATE TABLE immagin_ledger_transactions (
	account text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	kind text NOT NULL,
	key text COLLATE "C",
	hash bytea NOT NULL,
	answer bytea,
	ref text NOT NULL,
	memo text NOT NULL,
	at timestamptz NOT NULL,
	entries jsonb,
	PRIMARY KEY (account, seq),
	UNIQUE (account, key)
);
`}

// migrate makes the tables, or brings them up to date; never back. A database
// of a newer version than ours is taken as it is: versions only add.
func (s *Store) migrate(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS immagin_billing_schema (version integer PRIMARY KEY, migrated timestamptz NOT NULL DEFAULT now())`); err != nil {
			return err
		}
		var have int
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM immagin_billing_schema`).Scan(&have); err != nil {
			return err
		}
		for i := have; i < len(schema); i++ {
			// Many statements at once, without arguments.
			if _, err := tx.Exec(ctx, schema[i], pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO immagin_billing_schema (version) VALUES ($1)`, i+1); err != nil {
				return err
			}
		}
		return nil
	})
}
