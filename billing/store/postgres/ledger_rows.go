package postgres

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/ledger"
)

// kept is what is known of a table's rows, those of one account by their keys.
type kept[T any] struct {
	found    map[string]T
	absent   map[string]bool
	complete bool // there are no others, or none that matter

	wanted  map[string]bool
	wantAll bool
}

func newKept[T any]() kept[T] {
	return kept[T]{found: map[string]T{}, absent: map[string]bool{}, wanted: map[string]bool{}}
}

func (k *kept[T]) has(key string) bool {
	_, ok := k.found[key]
	return ok || k.absent[key]
}

func (k *kept[T]) want(key string) { k.wanted[key] = true }

// load queues reading what is wanted.
func (k *kept[T]) load(b *pgx.Batch, account, some, every string, scan func(pgx.Rows) (string, T, error)) {
	read := func(rows pgx.Rows) error {
		for rows.Next() {
			key, row, err := scan(rows)
			if err != nil {
				return err
			}
			k.found[key] = row
		}
		return rows.Err()
	}
	if len(k.wanted) > 0 {
		keys := slices.Sorted(maps.Keys(k.wanted))
		b.Queue(some, account, keys).Query(read)
		for _, key := range keys {
			k.absent[key] = true // found comes first
		}
		clear(k.wanted)
	}
	if k.wantAll && !k.complete {
		b.Queue(every, account).Query(read)
		k.complete, k.wantAll = true, false
	}
}

// rows are what a transaction knows of the account it locked.
type rows struct {
	ctx context.Context
	*transaction
	direct bool // rows are read when they are asked for

	account      ledger.Account
	seq          int64 // of the last transaction
	grants       kept[ledger.Grant]
	holds        kept[ledger.Hold]
	payments     kept[ledger.Payment]
	transactions kept[ledger.Transaction]

	written changes
}

func newRows(ctx context.Context, t *transaction, account string) *rows {
	return &rows{
		ctx: ctx, transaction: t, account: ledger.Account{ID: account},
		grants: newKept[ledger.Grant](), holds: newKept[ledger.Hold](),
		payments: newKept[ledger.Payment](), transactions: newKept[ledger.Transaction](),
	}
}

// lock locks the account's row, after inserting it if it is not there, and
// reads it.
func (r *rows) lock() error {
	there := false
	try := func(insert bool) error {
		var b pgx.Batch
		if insert {
			b.Queue(insertAccount, accountArgs(ledger.Account{ID: r.account.ID})...)
		}
		b.Queue(lockAccount, r.account.ID).Query(func(rows pgx.Rows) (err error) {
			for rows.Next() {
				there = true
				r.account, err = scanAccount(rows)
			}
			return err
		})
		b.Queue(lastTransaction, r.account.ID).QueryRow(func(row pgx.Row) error { return row.Scan(&r.seq) })
		return r.send(r.ctx, &b)
	}
	if err := try(false); err != nil || there {
		return err
	}
	return try(true)
}

// load reads all that is wanted.
func (r *rows) load() error {
	var b pgx.Batch
	id := r.account.ID
	r.grants.load(&b, id, someGrants, liveGrants, func(rows pgx.Rows) (string, ledger.Grant, error) {
		g, err := scanGrant(rows)
		return g.Key, g, err
	})
	r.holds.load(&b, id, someHolds, "", func(rows pgx.Rows) (string, ledger.Hold, error) {
		h, err := scanHold(rows)
		return h.Key, h, err
	})
	r.payments.load(&b, id, somePayments, allPayments, func(rows pgx.Rows) (string, ledger.Payment, error) {
		p, err := scanPayment(rows)
		return p.Key, p, err
	})
	r.transactions.load(&b, id, someTransactions, "", func(rows pgx.Rows) (string, ledger.Transaction, error) {
		tr, err := scanTransaction(rows)
		return tr.Key, tr, err
	})
	return r.send(r.ctx, &b)
}

// commit writes what the functions wrote, and ends the transaction.
func (r *rows) commit() error {
	var b pgx.Batch
	w, id := &r.written, r.account.ID
	for _, key := range slices.Sorted(maps.Keys(w.grants)) {
		b.Queue(putGrant, grantArgs(id, w.grants[key])...)
	}
	for _, key := range slices.Sorted(maps.Keys(w.payments)) {
		b.Queue(putPayment, paymentArgs(id, w.payments[key])...)
	}
	if len(w.holds) > 0 {
		args, err := holdArgs(id, w.holds)
		if err != nil {
			return err
		}
		b.Queue(putHolds, args...)
	}
	if len(w.transactions) > 0 {
		args, err := transactionArgs(id, w.transactions)
		if err != nil {
			return err
		}
		b.Queue(postTransactions, args...)
	}
	if w.account != nil {
		b.Queue(putAccount, accountArgs(*w.account)...)
	}
	return r.transaction.commit(r.ctx, &b)
}
