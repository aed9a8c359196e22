package ledger

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/billing"
)

// TopUp buys paid credit. The intent is written down, then Payments.Charge is
// called, then the credit is booked. A crash or an error in between leaves the
// payment in flight: the same call again, or Sweep, goes on with it. Only one
// top-up of an account is in flight at a time.
//
// Errors are ErrTopUpTooSmall, ErrBalanceCap (paid credit, refunds and top-ups
// in flight and the amount must stay within Policy.MaxBalance), ErrInFlight,
// ErrDeclined, ErrNoPayments, ErrClosed, ErrConflict, ErrKey, ErrArgument
// (amounts are whole minor units), billing.ErrCurrency, the provider's and the
// store's. The same call again returns the same balance, or ErrDeclined.
func (l *Ledger) TopUp(ctx context.Context, account, key string, amount billing.Money) (Balance, error) {
	nano, err := l.checkPayment(account, key, amount)
	if err != nil {
		return Balance{}, err
	}
	hash := call("topup").num(nano).sum()
	err = l.update(ctx, account, func(b *book) error {
		_, found, err := b.replayed(key, hash)
		if found || err != nil {
			return err
		}
		if err := b.roomFor(nano); err != nil {
			return err
		}
		return b.intend(Payment{Key: key, Amount: nano, Next: b.now.Add(l.o.PaymentLease)}, Transaction{Kind: KindIntent, Key: key, Hash: hash, Ref: key})
	})
	if err != nil {
		return Balance{}, err
	}
	return l.pursue(ctx, account, key, nil)
}

// headroom is how much more paid credit the account may buy.
func (b *book) headroom() int64 {
	room := b.l.policy.MaxBalance.NanoUnits()
	b.add(&room, -b.Paid)
	b.add(&room, -b.Pending)
	b.add(&room, -b.Refunding)
	return room
}

// roomFor says why a top-up cannot be made.
func (b *book) roomFor(amount int64) error {
	p := b.l.policy
	switch {
	case b.State >= Closing:
		return ErrClosed
	case amount < p.MinTopUp.NanoUnits():
		return fmt.Errorf("%w: %s, the least is %s", ErrTopUpTooSmall, b.l.money(amount), p.MinTopUp)
	case b.PendingKey != "":
		return fmt.Errorf("%w: %q", ErrInFlight, b.PendingKey)
	case amount > b.headroom():
		return fmt.Errorf("%w: %s, there is room for %s below %s", ErrBalanceCap, b.l.money(amount), b.l.money(max(b.headroom(), 0)), p.MaxBalance)
	}
	return nil
}

// intend writes a top-up down before it is charged.
func (b *book) intend(p Payment, t Transaction) error {
	p.Kind, p.State, p.Created, p.Next = TopUpPayment, PaymentPending, b.now, p.Next.Truncate(microsecond)
	b.Pending, b.PendingKey = p.Amount, p.Key
	if err := b.tx.PutPayment(p); err != nil {
		return err
	}
	return b.post(t)
}

// settleTopUp books a charge that succeeded.
func (b *book) settleTopUp(p *Payment, ref string) error {
	if err := b.pay(p.Amount); err != nil {
		return err
	}
	p.State, p.Ref, p.Settled = PaymentSettled, ref, b.now
	b.Pending, b.PendingKey = 0, ""
	if b.State == Declined {
		b.State = Active
	}
	b.note(TopUpSettled, p.Key, p.Amount)
	return b.post(Transaction{Kind: KindTopUp, Ref: p.Key, Entries: []Entry{{BucketCash, -p.Amount}, {BucketPaid, p.Amount}}})
}

// declineTopUp records a charge that was refused.
func (b *book) declineTopUp(p *Payment) error {
	p.State, p.Settled = PaymentDeclined, b.now
	b.Pending, b.PendingKey = 0, ""
	b.note(TopUpDeclined, p.Key, p.Amount)
	if p.Auto {
		b.AutoAfter = b.now.Add(b.l.policy.Cooldown).Truncate(microsecond)
		if b.AutoDay.Equal(day(p.Created)) {
			b.AutoSpent -= p.Amount
		}
		if b.State == Active && b.l.policy.SuspendOnDecline {
			b.State = Declined
		}
	}
	return b.post(Transaction{Kind: KindDecline, Ref: p.Key})
}
