package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/immagin/immagin-go/billing"
)

// Ledger is prepaid credits over a Store. It is safe for many goroutines, and
// any number of Ledgers, in any number of processes, may share a Store.
type Ledger struct {
	store  Store
	o      Options
	policy Policy
	wake   chan struct{} // a payment waits for Run
}

// Options are the choices of a Ledger. The zero value is usable.
type Options struct {
	// Policy is the seller's rules; the zero Policy is the published ones.
	Policy Policy
	// Payments takes and returns money. Without it TopUp, Refund and automatic
	// top-ups are ErrNoPayments.
	Payments Payments
	// Interest is what a negative paid balance costs from one moment to
	// another, in the same currency; nil or a zero amount: nothing. It is asked
	// inside a transaction, so it must be quick and do nothing but reckon. It
	// is charged before each change of the paid balance, and by Accrue.
	Interest func(owed billing.Money, from, to time.Time) (billing.Money, error)
	// Notify hears of what a host wants to act on, after it is in the books.
	// It is called by whoever caused the event, so it must be quick.
	Notify func(context.Context, Event)
	// Now is the clock; time.Now.
	Now func() time.Time
	// SettleTimeout bounds a Commit, Release or other settlement, which do not
	// end with the caller's context; 10 seconds.
	SettleTimeout time.Duration
	// PaymentLease is how long a payment in flight is left to whoever began
	// it before Sweep takes it up again; 2 minutes.
	PaymentLease time.Duration
}

// Payments is the provider that holds the money. Keys are unique within an
// account; the ledger's own begin with "auto/".
type Payments interface {
	// Charge takes amount, once per account and key however often it is called,
	// and returns the provider's reference. An error that is ErrDeclined says
	// that nothing was and will be taken under this key; any other leaves the
	// payment in flight, to be tried again with the same key.
	Charge(ctx context.Context, account, key string, amount billing.Money) (ref string, err error)
	// Refund gives back part or all of the charge that ref names, once per
	// account and key. Errors are as Charge's.
	Refund(ctx context.Context, account, key, ref string, amount billing.Money) error
}

// New returns a ledger over store. Errors say which option is out of range.
func New(store Store, o *Options) (*Ledger, error) {
	if store == nil {
		return nil, fmt.Errorf("%w: no store", ErrArgument)
	}
	l := &Ledger{store: store, wake: make(chan struct{}, 1)}
	if o != nil {
		l.o = *o
	}
	var err error
	if l.policy, err = l.o.Policy.withDefaults(); err != nil {
		return nil, err
	}
	if l.o.SettleTimeout < 0 || l.o.PaymentLease < 0 {
		return nil, fmt.Errorf("%w: SettleTimeout %s and PaymentLease %s must not be below zero", ErrArgument, l.o.SettleTimeout, l.o.PaymentLease)
	}
	if l.o.SettleTimeout == 0 {
		l.o.SettleTimeout = 10 * time.Second
	}
	if l.o.PaymentLease == 0 {
		l.o.PaymentLease = 2 * time.Minute
	}
	if l.o.Now == nil {
		l.o.Now = time.Now
	}
	return l, nil
}

// now is the clock as stores keep it.
func (l *Ledger) now() time.Time { return l.o.Now().UTC().Truncate(time.Microsecond) }

// money is nano-units of the ledger's currency.
func (l *Ledger) money(nano int64) billing.Money {
	m, err := billing.Nano(nano, l.policy.Currency)
	if err != nil {
		// Only the least int64 is refused, and book.add keeps it out.
		m, _ = billing.Nano(nano+1, l.policy.Currency)
	}
	return m
}

// amount is the nano-units of m, which must be the ledger's money and not
// below zero.
func (l *Ledger) amount(name string, m billing.Money) (int64, error) {
	if m.Currency() != l.policy.Currency && m != (billing.Money{}) {
		return 0, fmt.Errorf("%w: %s is in %s, the ledger in %s", billing.ErrCurrency, name, m.Currency(), l.policy.Currency)
	}
	if m.Sign() < 0 {
		return 0, fmt.Errorf("%w: %s is %s, below zero", ErrArgument, name, m)
	}
	return m.NanoUnits(), nil
}

// settling is a context that outlives the caller's.
func (l *Ledger) settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), l.o.SettleTimeout)
}

// ownKeys begins the keys that the ledger makes itself.
const ownKeys = "auto/"

// checkName refuses accounts and keys that some store could not keep.
func checkName(what, name string) error {
	switch {
	case name == "":
		return fmt.Errorf("%w: %s is empty", ErrKey, what)
	case len(name) > 255:
		return fmt.Errorf("%w: %s has %d bytes, more than 255", ErrKey, what, len(name))
	case !utf8.ValidString(name) || strings.Contains(name, "\x00"):
		return fmt.Errorf("%w: %s is not UTF-8 text without NUL", ErrKey, what)
	}
	return nil
}

// checkNames refuses an account and a caller's idempotency key.
func checkNames(account, key string) error {
	if err := checkName("account", account); err != nil {
		return err
	}
	if strings.HasPrefix(key, ownKeys) {
		return fmt.Errorf("%w: keys that begin with %q are the ledger's own", ErrKey, ownKeys)
	}
	return checkName("key", key)
}

// update runs fn on the books of one account, saves them and tells of what
// happened.
func (l *Ledger) update(ctx context.Context, account string, fn func(*book) error) error {
	var events []Event
	var wake bool
	err := l.store.Update(ctx, account, func(tx Tx) error {
		events, wake = nil, false
		b := &book{l: l, tx: tx, now: l.now()}
		var err error
		if b.Account, err = tx.Account(); err != nil {
			return err
		}
		if b.Currency != "" && b.Currency != l.policy.Currency {
			return fmt.Errorf("%w: account %q is kept in %s, the ledger in %s", billing.ErrCurrency, account, b.Currency, l.policy.Currency)
		}
		before := b.Account
		err = fn(b)
		b.available() // a sum that nobody may reckon yet must be in range too
		if err == nil {
			err = b.err
		}
		if err != nil {
			return err
		}
		events, wake = b.events, b.wake
		if b.Account == before {
			return nil
		}
		b.ID, b.Currency = account, l.policy.Currency
		return tx.PutAccount(b.Account)
	})
	if err != nil {
		return err
	}
	if wake {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	if l.o.Notify != nil {
		for _, e := range events {
			l.o.Notify(ctx, e)
		}
	}
	return nil
}
