package ledger_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// usd is an amount in dollars.
func usd(t testing.TB, s string) billing.Money {
	t.Helper()
	m, err := billing.ParseMoney(s, "USD")
	require.NoError(t, err)
	return m
}

// bank is a provider that does as it is told, and remembers.
type bank struct {
	mu      sync.Mutex
	fail    error // of every call until it is nil
	charges map[string]billing.Money
	refunds map[string]billing.Money
	calls   int
	during  func() // before each answer
}

func newBank() *bank {
	return &bank{charges: map[string]billing.Money{}, refunds: map[string]billing.Money{}}
}

func (b *bank) Charge(_ context.Context, account, key string, amount billing.Money) (string, error) {
	if b.during != nil {
		b.during()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.fail != nil {
		return "", b.fail
	}
	b.charges[account+"/"+key] = amount
	return "ch_" + key, nil
}

func (b *bank) Refund(_ context.Context, account, key, ref string, amount billing.Money) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.fail != nil {
		return b.fail
	}
	b.refunds[account+"/"+key+"/"+ref] = amount
	return nil
}

// books is a ledger with everything a test turns.
type books struct {
	*ledger.Ledger
	testing.TB
	store  ledger.Store
	bank   *bank
	now    time.Time
	events []ledger.Event
	ctx    context.Context
}

const acct = "acme"

// open returns a ledger of 20% margin in memory; set changes its options.
func open(t testing.TB, set func(*ledger.Options)) *books {
	t.Helper()
	b := &books{TB: t, store: memory.NewLedger(), bank: newBank(), now: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), ctx: t.Context()}
	o := ledger.Options{
		Policy:   ledger.Policy{Margin: 2000, Version: 7},
		Payments: b.bank,
		Now:      func() time.Time { return b.now },
		Notify:   func(_ context.Context, e ledger.Event) { b.events = append(b.events, e) },
	}
	if set != nil {
		set(&o)
	}
	l, err := ledger.New(b.store, &o)
	require.NoError(t, err)
	b.Ledger = l
	return b
}

// has checks a balance: paid, promo, held.
func (b *books) has(paid, promo, held string) {
	b.Helper()
	got, err := b.Balance(b.ctx, acct)
	require.NoError(b, err)
	require.Equal(b, [3]string{paid, promo, held}, [3]string{got.Paid.String(), got.Promo.String(), got.Held.String()}, "paid, promo, held")
	require.NoError(b, b.Verify(b.ctx))
}

// topUp adds paid credit.
func (b *books) topUp(key, amount string) {
	b.Helper()
	_, err := b.TopUp(b.ctx, acct, key, usd(b, amount))
	require.NoError(b, err)
}

// paid gives an account an odd paid balance, by topping up and spending.
func (b *books) paid(amount string) {
	b.Helper()
	want := usd(b, amount)
	top, err := want.Round(billing.Up)
	require.NoError(b, err)
	if least := usd(b, "10"); top.NanoUnits() < least.NanoUnits() {
		top = least
	}
	b.topUp("setup", top.String())
	spend, err := top.Sub(want)
	require.NoError(b, err)
	if spend.IsZero() {
		return
	}
	plain, err := ledger.New(b.store, &ledger.Options{Now: func() time.Time { return b.now }})
	require.NoError(b, err)
	r, err := plain.Reserve(b.ctx, ledger.Request{Account: acct, Key: "setup-spend", Upstream: spend})
	require.NoError(b, err)
	_, err = r.Commit(b.ctx, ledger.Succeeded, spend)
	require.NoError(b, err)
}

// reserve holds upstream's cost and the margin.
func (b *books) reserve(key, upstream string) *ledger.Reservation {
	b.Helper()
	r, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: key, Upstream: usd(b, upstream)})
	require.NoError(b, err)
	return r
}

func (b *books) kinds() (kinds []ledger.EventKind) {
	for _, e := range b.events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}
