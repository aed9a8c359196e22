package ledger

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/billing"
)

// Refund gives back part of a settled top-up, or all that is left of it if
// amount is zero, through Payments.Refund. It takes paid credit that is
// neither spent nor held. The credit is taken first and the provider called
// after; if the provider declines, the credit is put back. A refund that fails
// otherwise stays in flight, and the same call again or Sweep goes on with it.
//
// Errors are ErrNotFound, ErrRefundWindow, *InsufficientError, ErrDeclined,
// ErrNoPayments, ErrConflict, ErrKey, ErrArgument (more than is left of the
// top-up, or not in whole minor units), billing.ErrCurrency, the provider's and
// the store's. The same call again returns the same balance, or ErrDeclined.
func (l *Ledger) Refund(ctx context.Context, account, key, topUp string, amount billing.Money) (Balance, error) {
	nano, err := l.checkPayment(account, key, amount)
	if err != nil {
		return Balance{}, err
	}
	if err := checkName("top-up", topUp); err != nil {
		return Balance{}, err
	}
	hash := call("refund").text(topUp).num(nano).sum()
	err = l.update(ctx, account, func(b *book) error {
		_, found, err := b.replayed(key, hash)
		if found || err != nil {
			return err
		}
		top, found, err := b.tx.Payment(topUp)
		if err != nil {
			return err
		}
		if !found || top.Kind != TopUpPayment || top.State != PaymentSettled {
			return fmt.Errorf("%w: %q is not a settled top-up", ErrNotFound, topUp)
		}
		if !b.refundable(top) {
			return fmt.Errorf("%w: %q was settled at %s, %s ago or more", ErrRefundWindow, topUp, top.Settled.Format("2006-01-02"), l.policy.RefundWindow)
		}
		back := nano
		if back == 0 {
			back = top.Amount - top.Refund
		}
		if back == 0 || back > top.Amount-top.Refund {
			return fmt.Errorf("%w: refund of %s, of top-up %q %s is left", ErrArgument, l.money(back), topUp, l.money(top.Amount-top.Refund))
		}
		if free := b.Paid - b.HeldPaid; back > free {
			return &InsufficientError{Need: l.money(back), Have: l.money(max(free, 0))}
		}
		if err := b.refund(Payment{Key: key, Amount: back, Next: b.now.Add(l.o.PaymentLease)}, top, hash); err != nil {
			return err
		}
		return b.topUpIfLow()
	})
	if err != nil {
		return Balance{}, err
	}
	return l.pursue(ctx, account, key, nil)
}

// refundable says whether a top-up is young enough.
func (b *book) refundable(top Payment) bool {
	return !b.now.After(top.Settled.Add(b.l.policy.RefundWindow))
}

// refund takes the credit and writes the refund down.
func (b *book) refund(p Payment, top Payment, hash [32]byte) error {
	p.Kind, p.State, p.Of, p.Created = RefundPayment, PaymentPending, top.Key, b.now
	p.Next = p.Next.Truncate(microsecond)
	if err := b.pay(-p.Amount); err != nil {
		return err
	}
	b.add(&b.Refunding, p.Amount)
	b.add(&top.Refund, p.Amount)
	if err := b.tx.PutPayment(top); err != nil {
		return err
	}
	if err := b.tx.PutPayment(p); err != nil {
		return err
	}
	return b.post(Transaction{Kind: KindRefund, Key: p.Key, Hash: hash, Ref: p.Key, Entries: []Entry{{BucketPaid, -p.Amount}, {BucketCash, p.Amount}}})
}

// settleRefund records that the money has gone back.
func (b *book) settleRefund(p *Payment) error {
	p.State, p.Settled = PaymentSettled, b.now
	b.add(&b.Refunding, -p.Amount)
	b.note(RefundSettled, p.Key, p.Amount)
	return nil
}

// declineRefund puts the credit back.
func (b *book) declineRefund(p *Payment) error {
	top, err := b.payment(p.Of)
	if err != nil {
		return err
	}
	p.State, p.Settled = PaymentDeclined, b.now
	b.add(&b.Refunding, -p.Amount)
	b.add(&top.Refund, -p.Amount)
	if err := b.pay(p.Amount); err != nil {
		return err
	}
	if err := b.tx.PutPayment(top); err != nil {
		return err
	}
	b.note(RefundFailed, p.Key, p.Amount)
	return b.post(Transaction{Kind: KindReturn, Ref: p.Key, Entries: []Entry{{BucketCash, -p.Amount}, {BucketPaid, p.Amount}}})
}
