package ledger

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// AutoTopUp buys credit when there is little left. The zero value turns it off.
type AutoTopUp struct {
	Threshold billing.Money // fires when what is available is below this, not at it
	Amount    billing.Money // at least Policy.MinTopUp; zero: off
}

// SetAutoTopUp sets or turns off an account's automatic top-up, and ends its
// cooldown. One charge buys Amount and what the paid balance is below zero,
// rounded up to the minor unit; or what room there is below the caps, if that
// is at least Policy.MinTopUp. Otherwise, and after a decline, there is none
// until Policy.Cooldown has passed.
//
// Top-ups are written down by the calls that cause them and charged by Run or
// Sweep, so that no Reserve waits for a payment. Errors are ErrNoPayments,
// ErrTopUpTooSmall, ErrBalanceCap, ErrClosed, ErrArgument, ErrKey,
// billing.ErrCurrency and the store's.
func (l *Ledger) SetAutoTopUp(ctx context.Context, account string, a AutoTopUp) error {
	if err := checkName("account", account); err != nil {
		return err
	}
	threshold, err := l.amount("AutoTopUp.Threshold", a.Threshold)
	if err != nil {
		return err
	}
	amount, err := l.amount("AutoTopUp.Amount", a.Amount)
	if err != nil {
		return err
	}
	switch {
	case amount == 0 && threshold != 0:
		return fmt.Errorf("%w: AutoTopUp.Threshold without Amount", ErrArgument)
	case amount != 0 && l.o.Payments == nil:
		return ErrNoPayments
	case amount != 0 && amount < l.policy.MinTopUp.NanoUnits():
		return fmt.Errorf("%w: AutoTopUp.Amount %s, the least is %s", ErrTopUpTooSmall, a.Amount, l.policy.MinTopUp)
	case max(amount, threshold) > l.policy.MaxBalance.NanoUnits():
		return fmt.Errorf("%w: AutoTopUp, the most is %s", ErrBalanceCap, l.policy.MaxBalance)
	}
	return l.update(ctx, account, func(b *book) error {
		if b.State >= Closing && amount != 0 {
			return ErrClosed
		}
		b.AutoThreshold, b.AutoAmount, b.AutoAfter = threshold, amount, time.Time{}
		return b.topUpIfLow()
	})
}

// topUpIfLow writes an automatic top-up down if there is little left. It ends
// every change that may take something away.
func (b *book) topUpIfLow() error {
	if b.AutoAmount == 0 || b.PendingKey != "" || b.State != Active || b.now.Before(b.AutoAfter) || b.l.o.Payments == nil {
		return nil
	}
	if err := b.lapse(); err != nil {
		return err
	}
	if b.available() >= b.AutoThreshold {
		return nil
	}
	want := b.AutoAmount
	b.add(&want, max(-b.Paid, 0))
	gap, err := b.l.money(want).Round(billing.Up)
	if err != nil {
		return err
	}
	room := b.headroom()
	today := day(b.now)
	if !b.AutoDay.Equal(today) {
		b.AutoDay, b.AutoSpent = today, 0
	}
	if limit := b.l.policy.DailyCap.NanoUnits(); limit > 0 {
		room = min(room, limit-b.AutoSpent)
	}
	fits, err := b.l.money(max(room, 0)).Round(billing.Down)
	if err != nil {
		return err
	}
	amount := min(gap.NanoUnits(), fits.NanoUnits())
	if amount < b.l.policy.MinTopUp.NanoUnits() {
		b.AutoAfter = b.now.Add(b.l.policy.Cooldown).Truncate(microsecond)
		b.note(TopUpSkipped, "", gap.NanoUnits())
		return nil
	}
	b.add(&b.AutoSpent, amount)
	b.wake = true
	key := ownKeys + "topup/" + strconv.FormatInt(b.Seq+1, 10)
	return b.intend(Payment{Key: key, Auto: true, Amount: amount, Next: b.now}, Transaction{Kind: KindIntent, Key: key, Ref: key})
}

// day is the UTC day of a time.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
