package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func TestTopUpLimits(t *testing.T) {
	for _, tc := range []struct {
		paid, amount string
		want         error
	}{
		{"0", "9.99", ledger.ErrTopUpTooSmall},
		{"0", "10", nil},
		{"0", "0", ledger.ErrTopUpTooSmall},
		{"0", "10.001", ledger.ErrArgument},
		{"0", "10000", nil},
		{"0", "10000.01", ledger.ErrBalanceCap},
		{"9990", "10", nil},
		{"9990", "10.01", ledger.ErrBalanceCap},
	} {
		t.Run(tc.paid+"+"+tc.amount, func(t *testing.T) {
			b := open(t, nil)
			if tc.paid != "0" {
				b.topUp("first", tc.paid)
			}
			_, err := b.TopUp(b.ctx, acct, "top", usd(t, tc.amount))
			if tc.want != nil {
				require.ErrorIs(t, err, tc.want)
				b.has(usd(t, tc.paid).String(), "0.00", "0.00")
				return
			}
			require.NoError(t, err)
			require.NoError(t, b.Verify(b.ctx))
		})
	}
}

// TestTopUpInFlight: what happens while the provider is thinking, and when it
// fails to answer.
func TestTopUpInFlight(t *testing.T) {
	b := open(t, nil)
	b.bank.during = func() {
		b.bank.during = nil
		got, err := b.Balance(b.ctx, acct)
		require.NoError(t, err)
		require.Equal(t, [2]string{"0.00", "25.00"}, [2]string{got.Paid.String(), got.Pending.String()})
		_, err = b.TopUp(b.ctx, acct, "other", usd(t, "10"))
		require.ErrorIs(t, err, ledger.ErrInFlight)
		swept, err := b.Sweep(b.ctx)
		require.NoError(t, err)
		require.Zero(t, swept, "left to who began it")
	}
	b.topUp("top", "25")
	b.has("25.00", "0.00", "0.00")

	timeout := errors.New("gateway timeout")
	b.bank.fail = timeout
	_, err := b.TopUp(b.ctx, acct, "lost", usd(t, "10"))
	require.ErrorIs(t, err, timeout)
	require.NoError(t, b.Verify(b.ctx))
	b.now = b.now.Add(3 * time.Minute)
	_, err = b.Sweep(b.ctx)
	require.ErrorIs(t, err, timeout)
	b.bank.fail = nil
	swept, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Zero(t, swept, "tried a moment ago")
	b.now = b.now.Add(3 * time.Minute)
	swept, err = b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Equal(t, ledger.Swept{Payments: 1}, swept)
	b.has("35.00", "0.00", "0.00")
	balance, err := b.TopUp(b.ctx, acct, "lost", usd(t, "10"))
	require.NoError(t, err)
	require.Equal(t, "35.00", balance.Paid.String())

	b.bank.fail = fmt.Errorf("card_declined: %w", ledger.ErrDeclined)
	for range 2 {
		_, err = b.TopUp(b.ctx, acct, "bad card", usd(t, "10"))
		require.ErrorIs(t, err, ledger.ErrDeclined)
	}
	b.bank.fail = nil
	_, err = b.TopUp(b.ctx, acct, "bad card", usd(t, "10"))
	require.ErrorIs(t, err, ledger.ErrDeclined, "an answer stays")
	b.topUp("good card", "10")
	b.has("45.00", "0.00", "0.00")
}

// TestTopUpCrash: a caller that vanishes around the charge leaves a payment
// that the sweep brings to its end, under the same key.
func TestTopUpCrash(t *testing.T) {
	for _, charged := range []bool{false, true} {
		b := open(t, nil)
		func() {
			defer func() { require.Equal(t, "crash", recover()) }()
			b.bank.during = func() {
				if charged {
					b.bank.charges[acct+"/top"] = usd(t, "10")
				}
				panic("crash")
			}
			_, _ = b.TopUp(b.ctx, acct, "top", usd(t, "10"))
		}()
		b.bank.during = nil
		b.now = b.now.Add(time.Hour)
		_, err := b.Sweep(b.ctx)
		require.NoError(t, err)
		b.has("10.00", "0.00", "0.00")
		require.Len(t, b.bank.charges, 1)
	}
}

// TestTopUpCancelled: the caller leaves after the money has.
func TestTopUpCancelled(t *testing.T) {
	b := open(t, nil)
	ctx, cancel := context.WithCancel(b.ctx)
	b.bank.during = cancel
	_, err := b.TopUp(ctx, acct, "top", usd(t, "10"))
	require.NoError(t, err)
	b.has("10.00", "0.00", "0.00")
}

// auto is a ledger with an account that tops itself up.
func auto(t *testing.T, threshold, amount string, set func(*ledger.Policy)) *books {
	b := open(t, func(o *ledger.Options) {
		if set != nil {
			set(&o.Policy)
		}
	})
	require.NoError(t, b.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Threshold: usd(t, threshold), Amount: usd(t, amount)}))
	_, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	return b
}

// TestAutoTopUp is the table's rows on automatic top-ups.
func TestAutoTopUp(t *testing.T) {
	for _, tc := range []struct {
		name              string
		paid              string
		threshold, amount string
		upstream          string // reserved, with 20%
		available         string // after the sweep
		charged           string // zero: no top-up
		skipped           bool
	}{
		{"below the threshold", "5.01", "5", "20", "0.052", "24.9476", "20", false},
		{"at the threshold", "5.0624", "5", "20", "0.052", "5.00", "0", false},
		{"a nano-unit below", "5.062399999", "5", "20", "0.052", "24.999999999", "20", false},
		{"clamped to the cap", "9985", "5", "20", "8317", "19.60", "15", false},
		{"no room for the least", "9995", "5", "20", "8326", "3.80", "0", true},
		{"exactly the least", "9990", "5", "20", "8322", "13.60", "10", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, nil)
			b.paid(tc.paid)
			b.bank.charges = map[string]billing.Money{}
			require.NoError(t, b.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Threshold: usd(t, tc.threshold), Amount: usd(t, tc.amount)}))
			b.reserve("op", tc.upstream)
			_, err := b.Sweep(b.ctx)
			require.NoError(t, err)
			got, err := b.Balance(b.ctx, acct)
			require.NoError(t, err)
			require.Equal(t, tc.available, got.Available.String())
			charged := billing.Money{}
			for _, m := range b.bank.charges {
				charged, err = charged.Add(m)
				require.NoError(t, err)
			}
			require.True(t, charged.Equal(usd(t, tc.charged)), charged)
			if tc.skipped {
				require.Contains(t, b.kinds(), ledger.TopUpSkipped)
				status, err := b.Status(b.ctx, acct)
				require.NoError(t, err)
				require.Equal(t, b.now.Add(time.Hour), status.AutoAfter)
			}
			require.NoError(t, b.Verify(b.ctx))
		})
	}
}

// TestAutoTopUpClosesTheGap: one charge buys the amount and what is owed, in
// cents.
func TestAutoTopUpClosesTheGap(t *testing.T) {
	b := open(t, nil)
	b.paid("0.0624")
	r := b.reserve("op", "0.052")
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.070"))
	require.NoError(t, err)
	require.NoError(t, b.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Threshold: usd(t, "5"), Amount: usd(t, "20")}))
	_, err = b.Sweep(b.ctx)
	require.NoError(t, err)
	b.has("20.0084", "0.00", "0.00") // 20.03 − 0.0216
}

// TestAutoTopUpDeclined: no second try before the cooldown ends, and, if the
// policy says so, no reservations until a top-up settles.
func TestAutoTopUpDeclined(t *testing.T) {
	for _, suspend := range []bool{false, true} {
		b := auto(t, "5", "20", func(p *ledger.Policy) { p.SuspendOnDecline = suspend })
		b.has("20.00", "0.00", "0.00")
		require.Equal(t, 1, b.bank.calls)
		b.bank.fail = ledger.ErrDeclined
		r := b.reserve("op", "15")
		for range 3 {
			_, err := b.Sweep(b.ctx)
			require.NoError(t, err)
		}
		require.Equal(t, 2, b.bank.calls)
		require.Contains(t, b.kinds(), ledger.TopUpDeclined)
		_, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op2", Upstream: usd(t, "0.1")})
		if suspend {
			require.ErrorIs(t, err, ledger.ErrSuspended)
		} else {
			require.NoError(t, err)
			require.NoError(t, b.Release(b.ctx, acct, "op2"))
		}
		_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "15"))
		require.NoError(t, err, "what is open is settled")
		_, err = b.Sweep(b.ctx)
		require.NoError(t, err)
		require.Equal(t, 2, b.bank.calls, "cooling down")

		b.bank.fail = nil
		if suspend {
			b.topUp("by hand", "10")
			status, err := b.Status(b.ctx, acct)
			require.NoError(t, err)
			require.Equal(t, ledger.Active, status.State)
			b.has("12.00", "0.00", "0.00")
			continue
		}
		b.now = b.now.Add(time.Hour)
		// A refusal is reason enough to look again.
		_, err = b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op3", Upstream: usd(t, "10")})
		require.ErrorIs(t, err, ledger.ErrInsufficient)
		_, err = b.Sweep(b.ctx)
		require.NoError(t, err)
		require.Equal(t, 3, b.bank.calls)
		b.has("22.00", "0.00", "0.00")
	}
}

// TestAutoTopUpDailyCap: a day's charges stay within the cap, and a declined
// one does not count.
func TestAutoTopUpDailyCap(t *testing.T) {
	b := auto(t, "5", "20", func(p *ledger.Policy) { p.DailyCap = usd(t, "45"); p.Cooldown = time.Minute })
	spend := func(key string) {
		b.now = b.now.Add(time.Hour)
		r := b.reserve(key, "16")
		_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "16"))
		require.NoError(t, err)
		_, err = b.Sweep(b.ctx)
		require.NoError(t, err)
	}
	spend("a") // 20 + 20
	require.Len(t, b.bank.charges, 2)
	b.bank.fail = ledger.ErrDeclined
	spend("b") // 5 would be left of the cap: skipped, not declined
	require.Equal(t, 2, b.bank.calls)
	require.Contains(t, b.kinds(), ledger.TopUpSkipped)
	b.bank.fail = nil
	b.now = b.now.Add(24 * time.Hour)
	b.reserve("c", "0.1")
	_, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Len(t, b.bank.charges, 3)
	require.NoError(t, b.Verify(b.ctx))

	b = open(t, func(o *ledger.Options) { o.Policy.DailyCap = usd(t, "25") })
	b.bank.fail = ledger.ErrDeclined
	set := func() {
		require.NoError(t, b.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Threshold: usd(t, "5"), Amount: usd(t, "20")}))
		_, err := b.Sweep(b.ctx)
		require.NoError(t, err)
	}
	set()
	b.has("0.00", "0.00", "0.00")
	b.bank.fail = nil
	set()
	b.has("20.00", "0.00", "0.00")
}

func TestSetAutoTopUp(t *testing.T) {
	b := open(t, nil)
	for _, tc := range []struct {
		threshold, amount string
		want              error
	}{
		{"5", "9.99", ledger.ErrTopUpTooSmall},
		{"5", "10000.01", ledger.ErrBalanceCap},
		{"10000.01", "10", ledger.ErrBalanceCap},
		{"5", "0", ledger.ErrArgument},
		{"0", "0", nil},
	} {
		err := b.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Threshold: usd(t, tc.threshold), Amount: usd(t, tc.amount)})
		require.ErrorIs(t, err, tc.want)
	}
	poor, err := ledger.New(b.store, nil)
	require.NoError(t, err)
	require.ErrorIs(t, poor.SetAutoTopUp(b.ctx, acct, ledger.AutoTopUp{Amount: usd(t, "10")}), ledger.ErrNoPayments)
	_, err = poor.TopUp(b.ctx, acct, "k", usd(t, "10"))
	require.ErrorIs(t, err, ledger.ErrNoPayments)
	_, err = poor.Refund(b.ctx, acct, "k", "t", usd(t, "10"))
	require.ErrorIs(t, err, ledger.ErrNoPayments)
}

// TestRun: a top-up is charged as soon as it is written down, and expired
// holds are freed with time.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bank := newBank()
		books, err := ledger.New(memory.NewLedger(), &ledger.Options{Payments: bank})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- books.Run(ctx, time.Minute, func(err error) { t.Error(err) }) }()
		synctest.Wait()
		require.NoError(t, books.SetAutoTopUp(ctx, acct, ledger.AutoTopUp{Threshold: usd(t, "5"), Amount: usd(t, "20")}))
		synctest.Wait()
		balance, err := books.Balance(ctx, acct)
		require.NoError(t, err)
		require.Equal(t, "20.00", balance.Paid.String())

		_, err = books.Reserve(ctx, ledger.Request{Account: acct, Key: "op", Upstream: usd(t, "1")})
		require.NoError(t, err)
		time.Sleep(17 * time.Minute)
		synctest.Wait()
		balance, err = books.Balance(ctx, acct)
		require.NoError(t, err)
		require.Equal(t, "0.00", balance.Held.String())
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}
