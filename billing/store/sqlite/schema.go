package sqlite

import (
	"errors"
	"fmt"
)

// applicationID is in the header of the file, "IMGB", and says whose it is.
const applicationID = 0x494d4742

// ErrSchema is the error for files that this version does not know how to
// use: another program's, or those of a later version.
var ErrSchema = errors.New("sqlite: not a database of this version")

// migrations lead from one version of the schema to the next. They are only
// ever added to: a file of any earlier version has run the first of them.
//
// Times of the meter are nanoseconds, those of the ledger microseconds since
// 1970; amounts are nano-units.
var migrations = [...]string{`
CREATE TABLE meter_series (
	id INTEGER PRIMARY KEY,
	period INTEGER NOT NULL,
	project TEXT NOT NULL,
	metric TEXT NOT NULL,
	UNIQUE (period, project, metric)
) STRICT;
CREATE INDEX meter_series_project ON meter_series (project, metric, period);

CREATE TABLE meter_counts (
	series INTEGER NOT NULL REFERENCES meter_series (id),
	billed INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (series, billed)
) STRICT, WITHOUT ROWID;

-- One row for each table of elements, meter_elements_<month>.
CREATE TABLE meter_months (
	month INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE meter_streams (
	id INTEGER PRIMARY KEY,
	project TEXT NOT NULL,
	metric TEXT NOT NULL,
	UNIQUE (project, metric)
) STRICT;

CREATE TABLE meter_sightings (
	stream INTEGER NOT NULL REFERENCES meter_streams (id),
	id BLOB NOT NULL,
	at INTEGER NOT NULL,
	period INTEGER NOT NULL,
	billed INTEGER NOT NULL,
	span INTEGER NOT NULL,
	counted INTEGER NOT NULL,
	PRIMARY KEY (stream, id, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE meter_slots (
	token BLOB PRIMARY KEY,
	series INTEGER NOT NULL REFERENCES meter_series (id),
	id BLOB NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX meter_slots_series ON meter_slots (series, expires, id);

-- The empty project is everybody.
CREATE TABLE meter_seals (
	project TEXT PRIMARY KEY,
	before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meter_dropped (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	before INTEGER NOT NULL
) STRICT;

CREATE TABLE meter_queue (
	position INTEGER PRIMARY KEY AUTOINCREMENT,
	project TEXT NOT NULL,
	metric TEXT NOT NULL,
	period INTEGER NOT NULL,
	id BLOB NOT NULL,
	at INTEGER NOT NULL,
	span INTEGER NOT NULL
) STRICT;

CREATE TABLE ledger_accounts (
	id TEXT PRIMARY KEY,
	currency TEXT NOT NULL,
	paid INTEGER NOT NULL,
	promo INTEGER NOT NULL,
	held_paid INTEGER NOT NULL,
	held_promo INTEGER NOT NULL,
	open INTEGER NOT NULL,
	pending INTEGER NOT NULL,
	pending_key TEXT NOT NULL,
	refunding INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	state INTEGER NOT NULL,
	negative_since INTEGER NOT NULL,
	auto_threshold INTEGER NOT NULL,
	auto_amount INTEGER NOT NULL,
	auto_after INTEGER NOT NULL,
	auto_day INTEGER NOT NULL,
	auto_spent INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_grants (
	account TEXT NOT NULL,
	key TEXT NOT NULL,
	amount INTEGER NOT NULL,
	free INTEGER NOT NULL,
	held INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	revoked INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_grants_live ON ledger_grants (account) WHERE free > 0 OR held > 0;
CREATE INDEX ledger_grants_due ON ledger_grants (expires, account, key) WHERE free > 0;

CREATE TABLE ledger_holds (
	account TEXT NOT NULL,
	key TEXT NOT NULL,
	amount INTEGER NOT NULL,
	paid INTEGER NOT NULL,
	promo TEXT,
	margin INTEGER NOT NULL,
	version INTEGER NOT NULL,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	state INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	hash BLOB,
	answer BLOB,
	PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_holds_pending ON ledger_holds (account, key) WHERE state = 1;
CREATE INDEX ledger_holds_due ON ledger_holds (expires, account, key) WHERE state = 1;

CREATE TABLE ledger_payments (
	account TEXT NOT NULL,
	key TEXT NOT NULL,
	kind INTEGER NOT NULL,
	auto INTEGER NOT NULL,
	refund_of TEXT NOT NULL,
	amount INTEGER NOT NULL,
	refund INTEGER NOT NULL,
	state INTEGER NOT NULL,
	ref TEXT NOT NULL,
	created INTEGER NOT NULL,
	next INTEGER NOT NULL,
	settled INTEGER NOT NULL,
	answer BLOB,
	PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_payments_due ON ledger_payments (next, account, key) WHERE state = 1;

CREATE TABLE ledger_transactions (
	account TEXT NOT NULL,
	seq INTEGER NOT NULL,
	kind TEXT NOT NULL,
	key TEXT,
	hash BLOB,
	answer BLOB,
	ref TEXT NOT NULL,
	memo TEXT NOT NULL,
	at INTEGER NOT NULL,
	entries TEXT,
	PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ledger_transactions_key ON ledger_transactions (account, key) WHERE key IS NOT NULL;

CREATE TRIGGER ledger_transactions_kept BEFORE DELETE ON ledger_transactions
BEGIN SELECT RAISE(ABORT, 'the journal is never deleted'); END;
CREATE TRIGGER ledger_transactions_fixed BEFORE UPDATE ON ledger_transactions
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
`}

// migrate brings the file up to the version that is known here, in one
// transaction, or refuses it.
func migrate(c *conn) (err error) {
	if err := c.run("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.run("ROLLBACK"))
		}
	}()
	version, _, err := c.number("PRAGMA user_version")
	if err != nil {
		return err
	}
	id, _, err := c.number("PRAGMA application_id")
	if err != nil {
		return err
	}
	tables, _, err := c.number("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	switch {
	case id != applicationID && (tables > 0 || version != 0):
		return fmt.Errorf("%w: it has tables of another program", ErrSchema)
	case version > int64(len(migrations)):
		return fmt.Errorf("%w: its version is %d, the last one known is %d", ErrSchema, version, len(migrations))
	}
	for _, m := range migrations[version:] {
		if err := c.run(m); err != nil {
			return err
		}
	}
	if version < int64(len(migrations)) {
		err := c.run(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations)))
		if err != nil {
			return err
		}
	}
	return c.run("COMMIT")
}
