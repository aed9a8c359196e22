package ledger_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

func TestErrorTexts(t *testing.T) {
	e := &ledger.InsufficientError{Need: usd(t, "1.50"), Have: usd(t, "0.2")}
	require.EqualError(t, e, "ledger: insufficient balance: need 1.50, have 0.20")
	e.Negative = true
	require.EqualError(t, e, "ledger: insufficient balance: need 1.50, and paid credit is negative")
	names := map[string]bool{}
	for o := ledger.Succeeded; o <= ledger.Unknown; o++ {
		names[o.String()] = true
	}
	require.Len(t, names, 7)
	require.Equal(t, "no outcome", ledger.Outcome(0).String())
}

// TestInterestRefused: a hook that fails fails the call it was asked in, and
// changes nothing.
func TestInterestRefused(t *testing.T) {
	broken := errors.New("no rate for today")
	var answer billing.Money
	var fails error
	b := open(t, func(o *ledger.Options) {
		o.Interest = func(billing.Money, time.Time, time.Time) (billing.Money, error) { return answer, fails }
	})
	b.paid("1")
	r := b.reserve("op", "0.5")
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "2.50"))
	require.NoError(t, err)
	b.now = b.now.Add(time.Hour)
	fails = broken
	_, err = b.Accrue(b.ctx, acct)
	require.ErrorIs(t, err, broken)
	fails, answer = nil, usd(t, "-1")
	_, err = b.Accrue(b.ctx, acct)
	require.ErrorIs(t, err, ledger.ErrArgument)
	answer, err = billing.ParseMoney("1", "EUR")
	require.NoError(t, err)
	_, err = b.Accrue(b.ctx, acct)
	require.ErrorIs(t, err, billing.ErrCurrency)
	b.has("-2.00", "0.00", "0.00")
}
