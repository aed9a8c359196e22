package sqlite_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// bank charges everybody.
type bank struct{}

func (bank) Charge(_ context.Context, _, key string, _ billing.Money) (string, error) {
	return "charge-" + key, nil
}

func (bank) Refund(context.Context, string, string, string, billing.Money) error { return nil }

// books are a ledger with $10,000 on account "bench".
func books(t testing.TB, s ledger.Store) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(s, &ledger.Options{Payments: bank{}, Policy: ledger.Policy{Margin: 2000}})
	require.NoError(t, err)
	amount, err := billing.ParseMoney("10000", "USD")
	require.NoError(t, err)
	_, err = l.TopUp(t.Context(), "bench", "top-up", amount)
	require.NoError(t, err)
	return l
}
