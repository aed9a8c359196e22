package ledger

import (
	"context"
	"fmt"
	"strconv"

	"github.com/immagin/immagin-go/billing"
)

// Termination is what the end of an account gives back.
type Termination struct {
	Refundable billing.Money // paid credit that was left; never below zero
	// Refunding is the part of it that goes back through Payments.Refund to the
	// top-ups it came from, the youngest first, as far as they are within
	// Policy.RefundWindow and in whole minor units. The rest stays in the paid
	// balance, and is the host's to pay out and write off.
	Refunding billing.Money
}

// Terminate closes an account: no reservations, grants or top-ups from the
// first call on. While reservations or payments are open it returns ErrOpen;
// settle them, or let Sweep, and call again. Then promotional credit is lost
// and paid credit refunded. A paid balance below zero stays owed.
//
// Further errors are ErrConflict, ErrKey and the store's. The same call again
// returns the same answer. An error of the provider leaves refunds in flight
// for Sweep, and is returned beside the answer.
func (l *Ledger) Terminate(ctx context.Context, account, key string) (Termination, error) {
	if err := checkNames(account, key); err != nil {
		return Termination{}, err
	}
	hash := call("terminate").sum()
	var total, refunding int64
	var refunds []string
	var open error
	err := l.update(ctx, account, func(b *book) error {
		total, refunding, refunds, open = 0, 0, nil, nil
		t, found, err := b.replayed(key, hash)
		if err != nil {
			return err
		}
		if found {
			return unpack(t.Answer, &total, &refunding)
		}
		if b.State == Closed {
			return fmt.Errorf("%w: under another key", ErrClosed)
		}
		b.State = Closing
		b.AutoAmount, b.AutoThreshold = 0, 0
		if b.Open > 0 || b.PendingKey != "" || b.Refunding > 0 {
			open = fmt.Errorf("%w: %d reservations, top-up %q, %s of refunds", ErrOpen, b.Open, b.PendingKey, l.money(b.Refunding))
			return nil
		}
		b.State = Closed
		if err := b.lapse(); err != nil {
			return err
		}
		for i := range b.grants {
			g := &b.grants[i]
			if g.Free == 0 {
				continue
			}
			g.Revoked = true
			if err := b.lose(g, Transaction{Kind: KindRevoke, Ref: g.Key}); err != nil {
				return err
			}
		}
		if err := b.accrue(); err != nil {
			return err
		}
		total = max(b.Paid, 0)
		whole, err := l.money(total).Round(billing.Down)
		if err != nil {
			return err
		}
		if refunds, err = b.refundAll(whole.NanoUnits()); err != nil {
			return err
		}
		refunding = b.Refunding
		return b.post(Transaction{Kind: KindTerminate, Key: key, Hash: hash, Answer: pack(total, refunding)})
	})
	if err == nil {
		err = open
	}
	if err != nil {
		return Termination{}, err
	}
	c := Termination{Refundable: l.money(total), Refunding: l.money(refunding)}
	for _, key := range refunds {
		if _, failed := l.pursue(ctx, account, key, nil); failed != nil && err == nil {
			err = failed
		}
	}
	return c, err
}

// refundAll writes down refunds of what is left, the youngest top-up first.
func (b *book) refundAll(left int64) (keys []string, err error) {
	if left == 0 || b.l.o.Payments == nil {
		return nil, nil
	}
	payments, err := b.tx.Payments()
	if err != nil {
		return nil, err
	}
	for i := len(payments) - 1; i >= 0 && left > 0; i-- {
		top := payments[i]
		back := min(left, top.Amount-top.Refund)
		if top.Kind != TopUpPayment || top.State != PaymentSettled || back == 0 || !b.refundable(top) {
			continue
		}
		key := ownKeys + "refund/" + strconv.FormatInt(b.Seq+1, 10)
		if err := b.refund(Payment{Key: key, Amount: back, Next: b.now.Add(b.l.o.PaymentLease)}, top, [32]byte{}); err != nil {
			return nil, err
		}
		keys = append(keys, key)
		left -= back
	}
	return keys, nil
}

// SetSuspended refuses reservations on an account, or allows them again; it
// ends what Policy.SuspendOnDecline began too. What is open can be settled,
// and top-ups are taken. Errors are ErrClosed, ErrKey and the store's.
func (l *Ledger) SetSuspended(ctx context.Context, account string, suspended bool) error {
	if err := checkName("account", account); err != nil {
		return err
	}
	return l.update(ctx, account, func(b *book) error {
		switch {
		case b.State >= Closing:
			return ErrClosed
		case suspended:
			b.State = Suspended
		default:
			b.State = Active
		}
		return nil
	})
}

// Accrue charges the interest that is due on a negative paid balance, by
// Options.Interest, and returns the balance: before a statement, for one.
func (l *Ledger) Accrue(ctx context.Context, account string) (Balance, error) {
	if err := checkName("account", account); err != nil {
		return Balance{}, err
	}
	var out Balance
	err := l.update(ctx, account, func(b *book) error {
		if err := b.accrue(); err != nil {
			return err
		}
		if err := b.lapse(); err != nil {
			return err
		}
		out = b.balance()
		return nil
	})
	return out, err
}

// WriteOff sets the paid balance to zero and returns what was given up: below
// zero a debt that is forgiven, above zero, on a closed account only, credit
// that the host has paid out by its own means or kept. Errors are ErrArgument
// (credit on an account that is not closed), ErrConflict, ErrKey and the
// store's. The same call again returns the same amount.
func (l *Ledger) WriteOff(ctx context.Context, account, key string) (billing.Money, error) {
	if err := checkNames(account, key); err != nil {
		return billing.Money{}, err
	}
	hash := call("writeoff").sum()
	var was int64
	err := l.update(ctx, account, func(b *book) error {
		was = 0
		t, found, err := b.replayed(key, hash)
		if err != nil {
			return err
		}
		if found {
			return unpack(t.Answer, &was)
		}
		if err := b.accrue(); err != nil {
			return err
		}
		if b.Paid > 0 && b.State != Closed {
			return fmt.Errorf("%w: %s of paid credit on an account that is not closed", ErrArgument, l.money(b.Paid))
		}
		was = b.Paid
		if err := b.pay(-was); err != nil {
			return err
		}
		return b.post(Transaction{
			Kind: KindWriteOff, Key: key, Hash: hash, Answer: pack(was),
			Entries: []Entry{{BucketPaid, -was}, {BucketWriteOff, was}},
		})
	})
	return l.money(was), err
}
