package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

// Elements are all elements of a store.
func Elements(t testing.TB, s meter.Store) map[meter.Record]bool {
	all := map[meter.Record]bool{}
	source := meter.Export(s, billing.Period{})
	for {
		page, err := source.Next(t.Context())
		if err != nil {
			require.EqualError(t, err, "EOF")
			return all
		}
		for _, r := range page {
			require.False(t, all[r], "twice: %v", r)
			all[r] = true
		}
	}
}

// Sum is all counters of a store, added up.
func Sum(t testing.TB, s meter.Store) (n int) {
	counts, err := s.Counts(t.Context(), "", billing.Period{})
	require.NoError(t, err)
	for _, c := range counts {
		n += int(c.N)
	}
	return n
}

// Bank charges everybody.
type Bank struct{}

// Charge always works.
func (Bank) Charge(_ context.Context, _, key string, _ billing.Money) (string, error) {
	return "charge-" + key, nil
}

// Refund always works.
func (Bank) Refund(context.Context, string, string, string, billing.Money) error { return nil }

const (
	paid   = 10_000_000_000_000 // of Books, in nano-units
	charge = 120_000            // for an operation, with a margin of 20%
)

// Books are a ledger with $10,000 on account "bench".
func Books(t testing.TB, s ledger.Store) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(s, &ledger.Options{Payments: Bank{}, Policy: ledger.Policy{Margin: 2000}})
	require.NoError(t, err)
	amount, err := billing.Nano(paid, "USD")
	require.NoError(t, err)
	_, err = l.TopUp(t.Context(), "bench", "top-up", amount)
	require.NoError(t, err)
	return l
}

// Operate reserves, and commits or, one time in three, releases.
func Operate(ctx context.Context, l *ledger.Ledger, key string, n int) error {
	cost, err := billing.Nano(charge/12*10, "USD")
	if err != nil {
		return err
	}
	r, err := l.Reserve(ctx, ledger.Request{Account: "bench", Key: key, Upstream: cost})
	if err != nil {
		return err
	}
	if n%3 == 0 {
		return r.Release(ctx)
	}
	s, err := r.Commit(ctx, ledger.Succeeded, cost)
	if err == nil && s.Charged.NanoUnits() != charge {
		return errors.New("charged " + s.Charged.String())
	}
	return err
}

// Settled expects a balance that n charges have left, with nothing held and
// books that are right.
func Settled(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	balance, err := l.Balance(t.Context(), "bench")
	require.NoError(t, err)
	require.Equal(t, int64(paid)-charge*int64(n), balance.Paid.NanoUnits())
	require.Zero(t, balance.Held.NanoUnits())
	require.NoError(t, l.Verify(t.Context()))
}
