package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/internal/ledgerrows"
)

// view is the [ledger.Snapshot] of one function.
type view struct {
	ctx     context.Context
	t       *transaction
	account string
	fault   error // the database's
}

func read[T any](v *view, scan func(pgx.Row) (T, error), query string, args ...any) ([]T, error) {
	if v.fault != nil {
		return nil, v.fault
	}
	rows, err := v.t.conn.Query(v.ctx, query, args...)
	var found []T
	if err == nil {
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (T, error) { return scan(row) })
	}
	v.fault = err
	return found, err
}

func (v *view) Account() (ledger.Account, error) {
	found, err := read(v, scanAccount, readAccount, v.account)
	if err != nil || len(found) == 0 {
		return ledger.Account{ID: v.account}, err
	}
	return found[0], nil
}

func (v *view) Grants() ([]ledger.Grant, error) {
	grants, err := read(v, scanGrant, liveGrants, v.account)
	ledgerrows.SortGrants(grants)
	return grants, err
}

func (v *view) Holds() ([]ledger.Hold, error) { return read(v, scanHold, openHolds, v.account) }

func (v *view) Payments() ([]ledger.Payment, error) {
	return read(v, scanPayment, allPayments, v.account)
}

func (v *view) Transactions(after int64, limit int) ([]ledger.Transaction, error) {
	return read(v, scanTransaction, nextTransactions, v.account, after, max(limit, 0))
}
