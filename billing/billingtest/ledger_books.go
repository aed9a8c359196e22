package billingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// manner is how a provider answers.
type manner uint8

const (
	willing  manner = iota // takes the money and says so
	refusing               // declines what it has not taken before
	away                   // cannot be reached
	deaf                   // takes the money and cannot be heard
)

var errAway = errors.New("billingtest: the provider cannot be reached")

// teller is a provider that keeps to its contract, in its manner.
type teller struct {
	mu     sync.Mutex
	manner manner
	taken  map[string]int64 // by account and key
	given  map[string]int64
}

func newTeller() *teller { return &teller{taken: map[string]int64{}, given: map[string]int64{}} }

func (p *teller) move(to map[string]int64, account, key string, amount billing.Money) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	key = account + "\x00" + key
	before, again := to[key]
	switch {
	case p.manner == away:
		return errAway
	case p.manner == refusing && !again:
		return fmt.Errorf("billingtest: no: %w", ledger.ErrDeclined)
	case again && before != amount.NanoUnits():
		return fmt.Errorf("billingtest: key %q was asked for another amount before", key)
	}
	to[key] = amount.NanoUnits()
	if p.manner == deaf {
		return errAway
	}
	return nil
}

func (p *teller) Charge(_ context.Context, account, key string, amount billing.Money) (string, error) {
	return "ref " + key, p.move(p.taken, account, key, amount)
}

func (p *teller) Refund(_ context.Context, account, key, _ string, amount billing.Money) error {
	return p.move(p.given, account, key, amount)
}

// dollars is n nano-units.
func dollars(n int64) billing.Money {
	m, err := billing.Nano(n, "USD")
	if err != nil {
		panic(err) // the tests' own numbers
	}
	return m
}

// books are two ledgers on two handles of a store, with one clock.
type books struct {
	a, b  *ledger.Ledger
	bank  *teller
	mu    sync.Mutex
	clock time.Time
}

func (k *books) now() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.clock
}

func (k *books) wait(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.clock = k.clock.Add(d)
}

// of is the ledger of the i-th caller.
func (k *books) of(i int) *ledger.Ledger {
	if i%2 == 0 {
		return k.a
	}
	return k.b
}

func open(a, b ledger.Store, policy ledger.Policy) (*books, error) {
	k := &books{bank: newTeller(), clock: midday}
	o := &ledger.Options{Policy: policy, Payments: k.bank, Now: k.now, SettleTimeout: time.Minute}
	var err, err2 error
	k.a, err = ledger.New(a, o)
	k.b, err2 = ledger.New(b, o)
	return k, errors.Join(err, err2)
}

// balance expects paid, promotional and held credit, and books that add up.
func (k *books) balance(ctx context.Context, account string, paid, promo, held int64) error {
	got, err := k.b.Balance(ctx, account)
	if err != nil {
		return err
	}
	if got.Paid.NanoUnits() != paid || got.Promo.NanoUnits() != promo || got.Held.NanoUnits() != held {
		return fmt.Errorf("the balance is paid %s, promo %s, held %s; it should be %s, %s and %s", got.Paid, got.Promo, got.Held, dollars(paid), dollars(promo), dollars(held))
	}
	return k.a.VerifyAccount(ctx, account)
}

const cent int64 = 10_000_000 // in nano-units
