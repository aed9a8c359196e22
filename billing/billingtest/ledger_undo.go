package billingtest

import (
	"context"
	"errors"
	"fmt"

	"github.com/immagin/immagin-go/billing/ledger"
)

// refusal is an error that only errors.As finds.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

var errUndo = errors.New("billingtest: undo this")

// ledgerUndo: an error undoes every kind of write, and comes back.
func ledgerUndo(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	before := whole("acme")
	after := whole("acme")
	after.Account.Paid, after.Grants[0].Free, after.Holds[0].Paid, after.Payments[0].Amount = 1, 7, 7, 7
	after.Transactions = []ledger.Transaction{fullTransaction(2, "key 2")}
	undo := func(s ledger.Store, id string, seq int64) error {
		r := after
		r.Account.ID = id
		r.Transactions = []ledger.Transaction{fullTransaction(seq, "key 2")}
		err := s.Update(ctx, id, func(tx ledger.Tx) error {
			if err := putAll(tx, r); err != nil {
				return err
			}
			return fmt.Errorf("%w: %w", errUndo, &refusal{"no"})
		})
		var as *refusal
		if !errors.Is(err, errUndo) || !errors.As(err, &as) {
			return fmt.Errorf("store: Update returns %w; it should be its function's error", err)
		}
		return nil
	}
	return first(
		func() error { return undo(a, "fresh", 1) },
		func() error { return shows(ctx, b, "fresh", reading{Account: ledger.Account{ID: "fresh"}}) },
		func() error { return put(ctx, a, before) },
		func() error { return undo(b, "acme", 2) },
		func() error { return shows(ctx, a, "acme", before) },
		func() error { // numbers and keys of what was undone are free
			return put(ctx, b, after)
		},
		func() error {
			after.Transactions = append(before.Transactions, after.Transactions...)
			return shows(ctx, a, "acme", after)
		},
	)
}

// ledgerPanic: a panic is its caller's, undoes its writes, and leaves the
// store and the account usable.
func ledgerPanic(ctx context.Context, a, b ledger.Store, _ *LedgerOptions) error {
	if err := put(ctx, a, whole("acme")); err != nil {
		return err
	}
	err := func() (err error) {
		defer func() {
			if v := recover(); v != errUndo {
				err = fmt.Errorf("store: Update's function panics, and its caller recovers %v; it should be what it panicked with", v)
			}
		}()
		_ = a.Update(ctx, "acme", func(tx ledger.Tx) error {
			row := fullAccount("acme")
			row.Paid = 5
			if err := tx.PutAccount(row); err != nil {
				return err
			}
			panic(errUndo)
		})
		return nil
	}()
	if err != nil {
		return err
	}
	if err := shows(ctx, b, "acme", whole("acme")); err != nil {
		return fmt.Errorf("after a panic: %w", err)
	}
	return put(ctx, a, reading{Account: ledger.Account{ID: "acme"}})
}

// ledgerCanceled: nothing begins under a context that has ended.
func ledgerCanceled(ctx context.Context, a, _ ledger.Store, _ *LedgerOptions) error {
	if err := put(ctx, a, whole("acme")); err != nil {
		return err
	}
	ended := over(ctx)
	ran := false
	err := a.Update(ended, "acme", func(ledger.Tx) error { ran = true; return nil })
	if err := refuses(err, context.Canceled, "Update under a context that has ended"); err != nil {
		return err
	}
	if ran {
		return errors.New("store: Update runs its function under a context that has ended")
	}
	err = a.View(ended, "acme", func(s ledger.Snapshot) error { _, err := s.Account(); return err })
	if err := refuses(err, context.Canceled, "View under a context that has ended"); err != nil {
		return err
	}
	_, err = a.Accounts(ended, "", 1)
	if err := refuses(err, context.Canceled, "Accounts under a context that has ended"); err != nil {
		return err
	}
	_, err = a.Due(ended, ledger.DueHolds, midday, 1)
	return refuses(err, context.Canceled, "Due under a context that has ended")
}
