package postgres

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/ledger"
)

const (
	accountColumns = `id, currency, paid, promo, held_paid, held_promo, open, pending, pending_key, refunding, seq, state, negative_since, auto_threshold, auto_amount, auto_after, auto_day, auto_spent`

	insertAccount = `INSERT INTO immagin_ledger_accounts (` + accountColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING`
	putAccount = `UPDATE immagin_ledger_accounts SET (` + accountColumns + `)
		= ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) WHERE id = $1`
	readAccount = `SELECT ` + accountColumns + ` FROM immagin_ledger_accounts WHERE id = $1`
	lockAccount = readAccount + ` FOR UPDATE`

	// The last one up to the account's end, which only one index can answer: for
	// max(seq) PostgreSQL reads all of an account, as below.
	lastTransaction = `SELECT coalesce((SELECT seq FROM (
		SELECT account, seq FROM immagin_ledger_transactions WHERE (account, seq) <= ($1, 9223372036854775807) ORDER BY account DESC, seq DESC LIMIT 1
	) l WHERE account = $1), 0)`
)

func accountArgs(a ledger.Account) []any {
	return []any{
		a.ID, string(a.Currency), a.Paid, a.Promo, a.HeldPaid, a.HeldPromo, a.Open, a.Pending, a.PendingKey, a.Refunding, a.Seq, int16(a.State),
		a.NegativeSince, a.AutoThreshold, a.AutoAmount, a.AutoAfter, a.AutoDay, a.AutoSpent,
	}
}

func scanAccount(row pgx.Row) (ledger.Account, error) {
	var a ledger.Account
	var state int16
	err := row.Scan(&a.ID, (*string)(&a.Currency), &a.Paid, &a.Promo, &a.HeldPaid, &a.HeldPromo, &a.Open, &a.Pending, &a.PendingKey, &a.Refunding, &a.Seq, &state,
		&a.NegativeSince, &a.AutoThreshold, &a.AutoAmount, &a.AutoAfter, &a.AutoDay, &a.AutoSpent)
	a.State = ledger.State(state)
	utc(&a.NegativeSince, &a.AutoAfter, &a.AutoDay)
	return a, err
}

// utc is where the database's times are, the zero time as the zero value.
func utc(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC()
	}
}

// Rows are looked up by one key at a time, each in the index: for key = ANY(…)
// PostgreSQL reads all rows of an account where it does not know how many
// those are.
const (
	some  = `SELECT r.* FROM unnest($2::text[]) AS w (wanted) CROSS JOIN LATERAL (`
	every = ` LIMIT 1) r`
)

const (
	grantColumns = `key, amount, free, held, expires, revoked, seq`

	someGrants = some + `SELECT ` + grantColumns + ` FROM immagin_ledger_grants WHERE account = $1 AND key = w.wanted` + every
	liveGrants = `SELECT ` + grantColumns + ` FROM immagin_ledger_grants WHERE account = $1 AND (free > 0 OR held > 0)`
	putGrant   = `INSERT INTO immagin_ledger_grants (account, ` + grantColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (account, key) DO UPDATE SET (` + grantColumns + `) = ($2, $3, $4, $5, $6, $7, $8)`
)

func grantArgs(account string, g ledger.Grant) []any {
	return []any{account, g.Key, g.Amount, g.Free, g.Held, g.Expires, g.Revoked, g.Seq}
}

func scanGrant(row pgx.Row) (ledger.Grant, error) {
	var g ledger.Grant
	err := row.Scan(&g.Key, &g.Amount, &g.Free, &g.Held, &g.Expires, &g.Revoked, &g.Seq)
	utc(&g.Expires)
	return g, err
}

const (
	paymentColumns = `key, kind, auto, of, amount, refund, state, ref, created, next, settled, answer`

	somePayments = some + `SELECT ` + paymentColumns + ` FROM immagin_ledger_payments WHERE account = $1 AND key = w.wanted` + every
	allPayments  = `SELECT ` + paymentColumns + ` FROM immagin_ledger_payments WHERE account = $1 ORDER BY created, key`
	putPayment   = `INSERT INTO immagin_ledger_payments (account, ` + paymentColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (account, key) DO UPDATE SET (` + paymentColumns + `) = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
)

func paymentArgs(account string, p ledger.Payment) []any {
	return []any{account, p.Key, int16(p.Kind), p.Auto, p.Of, p.Amount, p.Refund, int16(p.State), p.Ref, p.Created, p.Next, p.Settled, p.Answer}
}

func scanPayment(row pgx.Row) (ledger.Payment, error) {
	var p ledger.Payment
	var kind, state int16
	err := row.Scan(&p.Key, &kind, &p.Auto, &p.Of, &p.Amount, &p.Refund, &state, &p.Ref, &p.Created, &p.Next, &p.Settled, &p.Answer)
	p.Kind, p.State = ledger.PaymentKind(kind), ledger.PaymentState(state)
	utc(&p.Created, &p.Next, &p.Settled)
	return p, err
}

const (
	holdColumns = `key, amount, paid, promo, margin, version, created, expires, state, outcome, hash, answer`

	someHolds = some + `SELECT ` + holdColumns + ` FROM immagin_ledger_holds WHERE account = $1 AND key = w.wanted` + every
	openHolds = `SELECT ` + holdColumns + ` FROM immagin_ledger_holds WHERE account = $1 AND state = 1 ORDER BY key`
	putHolds  = `INSERT INTO immagin_ledger_holds (account, ` + holdColumns + `)
		SELECT $1, key, amount, paid, promo::jsonb, margin, version, created, expires, state, outcome, hash, answer
		FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::timestamptz[], $9::timestamptz[], $10::smallint[], $11::smallint[], $12::bytea[], $13::bytea[])
		AS h (` + holdColumns + `)
		ON CONFLICT (account, key) DO UPDATE SET (amount, paid, promo, margin, version, created, expires, state, outcome, hash, answer)
		= (excluded.amount, excluded.paid, excluded.promo, excluded.margin, excluded.version, excluded.created, excluded.expires, excluded.state, excluded.outcome, excluded.hash, excluded.answer)`
)

func holdArgs(account string, holds map[string]ledger.Hold) ([]any, error) {
	n := len(holds)
	keys, promo := make([]string, 0, n), make([]*string, 0, n)
	amount, paid, margin, version := make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)
	created, expires := make([]time.Time, 0, n), make([]time.Time, 0, n)
	state, outcome := make([]int16, 0, n), make([]int16, 0, n)
	hash, answer := make([][]byte, 0, n), make([][]byte, 0, n)
	for _, key := range slices.Sorted(maps.Keys(holds)) {
		h := holds[key]
		parts, err := document(h.Promo)
		if err != nil {
			return nil, err
		}
		keys, promo = append(keys, key), append(promo, parts)
		amount, paid, margin, version = append(amount, h.Amount), append(paid, h.Paid), append(margin, h.Margin), append(version, h.Version)
		created, expires = append(created, h.Created), append(expires, h.Expires)
		state, outcome = append(state, int16(h.State)), append(outcome, int16(h.Outcome))
		hash, answer = append(hash, slices.Clone(h.Hash[:])), append(answer, h.Answer)
	}
	return []any{account, keys, amount, paid, promo, margin, version, created, expires, state, outcome, hash, answer}, nil
}

func scanHold(row pgx.Row) (ledger.Hold, error) {
	var h ledger.Hold
	var state, outcome int16
	var promo, hash []byte
	err := row.Scan(&h.Key, &h.Amount, &h.Paid, &promo, &h.Margin, &h.Version, &h.Created, &h.Expires, &state, &outcome, &hash, &h.Answer)
	if err != nil {
		return h, err
	}
	h.State, h.Outcome = ledger.HoldState(state), ledger.Outcome(outcome)
	utc(&h.Created, &h.Expires)
	if copy(h.Hash[:], hash) != len(h.Hash) {
		return h, fmt.Errorf("hold %q is damaged: its hash has %d bytes", h.Key, len(hash))
	}
	if promo != nil {
		err = json.Unmarshal(promo, &h.Promo)
	}
	return h, err
}

const (
	transactionColumns = `seq, kind, key, hash, answer, ref, memo, at, entries`
	readTransactions   = `SELECT seq, kind, coalesce(key, ''), hash, answer, ref, memo, at, entries FROM immagin_ledger_transactions WHERE account = $1`

	someTransactions = some + readTransactions + ` AND key = w.wanted` + every
	nextTransactions = readTransactions + ` AND seq > $2 ORDER BY seq LIMIT $3`
	postTransactions = `INSERT INTO immagin_ledger_transactions (account, ` + transactionColumns + `)
		SELECT $1, seq, kind, nullif(key, ''), hash, answer, ref, memo, at, entries::jsonb
		FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::text[], $9::timestamptz[], $10::text[])
		AS t (` + transactionColumns + `)`
)

func transactionArgs(account string, transactions []ledger.Transaction) ([]any, error) {
	n := len(transactions)
	seq := make([]int64, n)
	kind, key, ref, memo, entries := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]*string, n)
	hash, answer := make([][]byte, n), make([][]byte, n)
	at := make([]time.Time, n)
	for i, tr := range transactions {
		seq[i], kind[i], key[i], ref[i], memo[i], at[i] = tr.Seq, string(tr.Kind), tr.Key, tr.Ref, tr.Memo, tr.At
		hash[i], answer[i] = slices.Clone(tr.Hash[:]), tr.Answer
		var err error
		if entries[i], err = document(tr.Entries); err != nil {
			return nil, err
		}
	}
	return []any{account, seq, kind, key, hash, answer, ref, memo, at, entries}, nil
}

func scanTransaction(row pgx.Row) (ledger.Transaction, error) {
	var t ledger.Transaction
	var hash, entries []byte
	err := row.Scan(&t.Seq, (*string)(&t.Kind), &t.Key, &hash, &t.Answer, &t.Ref, &t.Memo, &t.At, &entries)
	if err != nil {
		return t, err
	}
	utc(&t.At)
	if copy(t.Hash[:], hash) != len(t.Hash) {
		return t, fmt.Errorf("transaction %d is damaged: its hash has %d bytes", t.Seq, len(hash))
	}
	if entries != nil {
		err = json.Unmarshal(entries, &t.Entries)
	}
	return t, err
}

// document is a list as JSON, or NULL for an empty one.
func document[T any](list []T) (*string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	return new(string(text)), nil
}
