package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

const microsecond = time.Microsecond // what stores keep of a time

// checkPayment refuses a call that no provider could follow, and returns the
// nano-units of its amount.
func (l *Ledger) checkPayment(account, key string, amount billing.Money) (int64, error) {
	if err := checkNames(account, key); err != nil {
		return 0, err
	}
	nano, err := l.amount("amount", amount)
	if err != nil {
		return 0, err
	}
	if l.o.Payments == nil {
		return 0, ErrNoPayments
	}
	if whole, err := amount.Round(billing.Down); err != nil || !whole.Equal(amount) {
		return 0, fmt.Errorf("%w: %s is not in whole minor units of %s", ErrArgument, amount, amount.Currency())
	}
	return nano, nil
}

// pursue brings a payment to its end, or reports the end it had. With theirs,
// one that others are at is left to them, and *theirs says so.
func (l *Ledger) pursue(ctx context.Context, account, key string, theirs *bool) (Balance, error) {
	p, of, taken, err := l.claim(ctx, account, key)
	if err != nil {
		return Balance{}, err
	}
	if theirs != nil {
		if *theirs = !taken; *theirs {
			return Balance{}, nil
		}
	}
	if p.State == PaymentPending {
		ref, err := l.call(ctx, account, p, of)
		if err != nil && !errors.Is(err, ErrDeclined) {
			return Balance{}, fmt.Errorf("ledger: payment %q stays in flight: %w", key, err)
		}
		if p, err = l.settle(ctx, account, key, ref, err == nil); err != nil {
			return Balance{}, err
		}
	}
	if p.State == PaymentDeclined {
		return Balance{}, fmt.Errorf("%w: %q", ErrDeclined, key)
	}
	var r rawBalance
	if err := unpack(p.Answer, &r.paid, &r.promo, &r.held, &r.pending); err != nil {
		return Balance{}, err
	}
	return l.balance(r), nil
}

// call asks the provider.
func (l *Ledger) call(ctx context.Context, account string, p Payment, of string) (ref string, err error) {
	if l.o.Payments == nil {
		return "", ErrNoPayments
	}
	if p.Kind == RefundPayment {
		return "", l.o.Payments.Refund(ctx, account, p.Key, of, l.money(p.Amount))
	}
	return l.o.Payments.Charge(ctx, account, p.Key, l.money(p.Amount))
}

// claim reads a payment and, while it is pending, keeps others from taking it
// up for a while; due is false if somebody else did before. A refund comes
// with the provider's name of its top-up.
func (l *Ledger) claim(ctx context.Context, account, key string) (p Payment, of string, due bool, err error) {
	err = l.update(ctx, account, func(b *book) error {
		var err error
		if p, err = b.payment(key); err != nil {
			return err
		}
		of, due = "", p.State == PaymentPending && !p.Next.After(b.now)
		if p.Kind == RefundPayment {
			top, err := b.payment(p.Of)
			if err != nil {
				return err
			}
			of = top.Ref
		}
		next := b.now.Add(l.o.PaymentLease).Truncate(microsecond)
		if p.State != PaymentPending || !next.After(p.Next) {
			return nil
		}
		p.Next = next
		return b.tx.PutPayment(p)
	})
	return p, of, due, err
}

// payment is a row that must be there.
func (b *book) payment(key string) (Payment, error) {
	p, found, err := b.tx.Payment(key)
	if err == nil && !found {
		err = fmt.Errorf("%w: %q is not a payment", ErrNotFound, key)
	}
	return p, err
}

// settle books what the provider said, once, whoever asked. The end of ctx
// does not stop it: the money has moved.
func (l *Ledger) settle(ctx context.Context, account, key, ref string, taken bool) (Payment, error) {
	ctx, cancel := l.settling(ctx)
	defer cancel()
	var p Payment
	err := l.update(ctx, account, func(b *book) (err error) {
		if p, err = b.payment(key); err != nil || p.State != PaymentPending {
			return err
		}
		switch {
		case p.Kind == TopUpPayment && taken:
			err = b.settleTopUp(&p, ref)
		case p.Kind == TopUpPayment:
			err = b.declineTopUp(&p)
		case taken:
			err = b.settleRefund(&p)
		default:
			err = b.declineRefund(&p)
		}
		if err != nil {
			return err
		}
		if err := b.lapse(); err != nil { // the answer is what Balance would say
			return err
		}
		p.Answer = pack(b.Paid, b.Promo, b.HeldPaid+b.HeldPromo, b.Pending)
		return b.tx.PutPayment(p)
	})
	return p, err
}
