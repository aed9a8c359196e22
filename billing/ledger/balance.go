package ledger

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Balance is what an account has.
type Balance struct {
	Paid      billing.Money `json:"paid"`      // bought and not spent, with what is held of it; may be negative
	Promo     billing.Money `json:"promo"`     // granted and neither spent nor lapsed, with what is held of it
	Held      billing.Money `json:"held"`      // in reservations
	Available billing.Money `json:"available"` // Paid + Promo − Held
	Pending   billing.Money `json:"pending"`   // a top-up in flight, not yet in Paid
}

type rawBalance struct{ paid, promo, held, pending int64 }

func (l *Ledger) balance(r rawBalance) Balance {
	return Balance{
		Paid: l.money(r.paid), Promo: l.money(r.promo), Held: l.money(r.held),
		Available: l.money(r.paid + r.promo - r.held), Pending: l.money(r.pending),
	}
}

func (b *book) balance() Balance {
	return b.l.balance(rawBalance{b.Paid, b.Promo, b.HeldPaid + b.HeldPromo, b.Pending})
}

// Balance returns what an account has now: expired grants are left out even
// before Sweep has written them off. An account never seen has nothing.
func (l *Ledger) Balance(ctx context.Context, account string) (Balance, error) {
	if err := checkName("account", account); err != nil {
		return Balance{}, err
	}
	var out Balance
	err := l.store.View(ctx, account, func(s Snapshot) error {
		a, err := s.Account()
		if err != nil {
			return err
		}
		r := rawBalance{a.Paid, a.Promo, a.HeldPaid + a.HeldPromo, a.Pending}
		if a.Promo > a.HeldPromo {
			grants, err := s.Grants()
			if err != nil {
				return err
			}
			now := l.now()
			for _, g := range grants {
				if g.over(now) {
					r.promo -= g.Free
				}
			}
		}
		out = l.balance(r)
		return nil
	})
	return out, err
}

// Status is an account beyond its balance.
type Status struct {
	State     State     // what may still happen
	Open      int64     // reservations not settled
	AutoTopUp AutoTopUp // as set
	AutoAfter time.Time // no automatic top-up before this; zero: no cooldown
}

// Status returns how an account stands. An account never seen is Active.
func (l *Ledger) Status(ctx context.Context, account string) (Status, error) {
	if err := checkName("account", account); err != nil {
		return Status{}, err
	}
	var out Status
	err := l.store.View(ctx, account, func(s Snapshot) error {
		a, err := s.Account()
		out = Status{
			State: a.State, Open: a.Open, AutoAfter: a.AutoAfter,
			AutoTopUp: AutoTopUp{Threshold: l.money(a.AutoThreshold), Amount: l.money(a.AutoAmount)},
		}
		return err
	})
	return out, err
}

// A Line is one entry of the journal with the transaction it belongs to.
type Line struct {
	Seq    int64         // of the transaction, from 1 within the account
	Kind   Kind          // what the transaction is the record of
	Key    string        // idempotency key, if the call had one
	Ref    string        // the reservation, grant or payment it is about
	Memo   string        // the host's note
	At     time.Time     // when it was written
	Bucket Bucket        // where the amount was put, or taken from
	Amount billing.Money // signed
}

// Entries yields the journal of an account in order, from From up to but not
// including To; a zero time is no bound. It ends after an error. Entries
// written meanwhile may or may not be seen.
func (l *Ledger) Entries(ctx context.Context, account string, from, to time.Time) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if err := checkName("account", account); err != nil {
			yield(Line{}, err)
			return
		}
		for t, err := range l.journal(ctx, account) {
			if err != nil {
				yield(Line{}, err)
				return
			}
			if t.At.Before(from) || !to.IsZero() && !t.At.Before(to) {
				continue // servers' clocks differ, so a later line may have an earlier time
			}
			for _, e := range t.Entries {
				if !yield(Line{t.Seq, t.Kind, t.Key, t.Ref, t.Memo, t.At, e.Bucket, l.money(e.Amount)}, nil) {
					return
				}
			}
		}
	}
}

// page is how many rows are read at once.
const page = 500

// journal yields the transactions of an account, a page a snapshot.
func (l *Ledger) journal(ctx context.Context, account string) iter.Seq2[Transaction, error] {
	return func(yield func(Transaction, error) bool) {
		var after int64
		for {
			var rows []Transaction
			err := l.store.View(ctx, account, func(s Snapshot) (err error) {
				rows, err = s.Transactions(after, page)
				return err
			})
			if err != nil {
				yield(Transaction{}, fmt.Errorf("ledger: journal of %q after %d: %w", account, after, err))
				return
			}
			for _, t := range rows {
				if !yield(t, nil) {
					return
				}
				after = t.Seq
			}
			if len(rows) < page {
				return
			}
		}
	}
}
