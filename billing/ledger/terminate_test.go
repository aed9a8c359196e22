package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// TestTerminate is the table's row: open holds settle first, promotional
// credit is lost, paid credit goes back.
func TestTerminate(t *testing.T) {
	b := open(t, nil)
	b.topUp("old", "10")
	r := b.reserve("spend", "0.00333333") // 0.003999996
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.00333333"))
	require.NoError(t, err)
	b.topUp("new", "10")
	require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "5"), time.Time{}))
	b.reserve("open", "0.052")

	_, err = b.Terminate(b.ctx, acct, "end")
	require.ErrorIs(t, err, ledger.ErrOpen)
	_, err = b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "late", Upstream: usd(t, "1")})
	require.ErrorIs(t, err, ledger.ErrClosed)
	require.ErrorIs(t, b.Grant(b.ctx, acct, "late", usd(t, "1"), time.Time{}), ledger.ErrClosed)
	_, err = b.TopUp(b.ctx, acct, "late", usd(t, "10"))
	require.ErrorIs(t, err, ledger.ErrClosed)
	require.ErrorIs(t, b.SetSuspended(b.ctx, acct, false), ledger.ErrClosed)

	s, err := b.Commit(b.ctx, acct, "open", ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	require.Equal(t, "4.946", s.Balance.Promo.String())
	for range 2 {
		c, err := b.Terminate(b.ctx, acct, "end")
		require.NoError(t, err)
		require.Equal(t, [2]string{"19.996000004", "19.99"}, [2]string{c.Refundable.String(), c.Refunding.String()})
	}
	b.has("0.006000004", "0.00", "0.00")
	require.Equal(t, 2, len(b.bank.refunds))
	var back billing.Money
	for _, m := range b.bank.refunds {
		back, err = back.Add(m)
		require.NoError(t, err)
	}
	require.Equal(t, "19.99", back.String())
	_, err = b.Terminate(b.ctx, acct, "end again")
	require.ErrorIs(t, err, ledger.ErrClosed)

	was, err := b.WriteOff(b.ctx, acct, "dust")
	require.NoError(t, err)
	require.Equal(t, "0.006000004", was.String())
	b.has("0.00", "0.00", "0.00")
}

// TestTerminateSimple is the table's own figures.
func TestTerminateSimple(t *testing.T) {
	b := open(t, nil)
	b.paid("9.996")
	b.reserve("op", "0.052")
	_, err := b.Terminate(b.ctx, acct, "end")
	require.ErrorIs(t, err, ledger.ErrOpen)
	require.NoError(t, b.Release(b.ctx, acct, "op"))
	c, err := b.Terminate(b.ctx, acct, "end")
	require.NoError(t, err)
	require.Equal(t, "9.996", c.Refundable.String())
	require.Equal(t, "9.99", c.Refunding.String())
}

// TestTerminateOwing: nothing goes back, and the debt stays until it is
// written off.
func TestTerminateOwing(t *testing.T) {
	b := open(t, nil)
	b.paid("0.0624")
	r := b.reserve("op", "0.052")
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.070"))
	require.NoError(t, err)
	c, err := b.Terminate(b.ctx, acct, "end")
	require.NoError(t, err)
	require.True(t, c.Refundable.IsZero())
	b.has("-0.0216", "0.00", "0.00")
	for range 2 {
		was, err := b.WriteOff(b.ctx, acct, "forgiven")
		require.NoError(t, err)
		require.Equal(t, "-0.0216", was.String())
	}
	b.has("0.00", "0.00", "0.00")
}

func TestWriteOffRefusesCredit(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	_, err := b.WriteOff(b.ctx, acct, "no")
	require.ErrorIs(t, err, ledger.ErrArgument)
	b.has("10.00", "0.00", "0.00")
}

// TestTerminateRefundFails: the provider's silence leaves the refund in
// flight; its refusal puts the credit back.
func TestTerminateRefundFails(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	away := errors.New("provider away")
	b.bank.fail = away
	c, err := b.Terminate(b.ctx, acct, "end")
	require.ErrorIs(t, err, away)
	require.Equal(t, "10.00", c.Refunding.String())
	b.has("0.00", "0.00", "0.00")
	b.bank.fail = ledger.ErrDeclined
	b.now = b.now.Add(time.Hour)
	_, err = b.Sweep(b.ctx)
	require.NoError(t, err)
	b.has("10.00", "0.00", "0.00")
	require.Contains(t, b.kinds(), ledger.RefundFailed)
}

func TestRefund(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "20")
	for range 2 {
		balance, err := b.Refund(b.ctx, acct, "back", "top", usd(t, "5"))
		require.NoError(t, err)
		require.Equal(t, "15.00", balance.Paid.String())
	}
	require.Len(t, b.bank.refunds, 1)
	require.Equal(t, "5.00", b.bank.refunds["acme/back/ch_top"].String())
	for name, tc := range map[string]struct {
		topUp, amount string
		want          error
	}{
		"more than is left": {"top", "15.01", ledger.ErrArgument},
		"not cents":         {"top", "1.001", ledger.ErrArgument},
		"no such top-up":    {"none", "1", ledger.ErrNotFound},
		"a refund":          {"back", "1", ledger.ErrNotFound},
	} {
		_, err := b.Refund(b.ctx, acct, "x", tc.topUp, usd(t, tc.amount))
		require.ErrorIs(t, err, tc.want, name)
	}
	_, err := b.Refund(b.ctx, acct, "back", "top", usd(t, "6"))
	require.ErrorIs(t, err, ledger.ErrConflict)

	r := b.reserve("op", "10") // 12
	_, err = b.Refund(b.ctx, acct, "held", "top", billing.Money{})
	var short *ledger.InsufficientError
	require.ErrorAs(t, err, &short)
	require.Equal(t, [2]string{"15.00", "3.00"}, [2]string{short.Need.String(), short.Have.String()})
	require.NoError(t, r.Release(b.ctx))

	b.bank.fail = ledger.ErrDeclined
	for range 2 {
		_, err = b.Refund(b.ctx, acct, "refused", "top", billing.Money{})
		require.ErrorIs(t, err, ledger.ErrDeclined)
	}
	b.bank.fail = nil
	b.has("15.00", "0.00", "0.00")

	b.now = b.now.Add(360 * 24 * time.Hour)
	_, err = b.Refund(b.ctx, acct, "last day", "top", usd(t, "5"))
	require.NoError(t, err)
	b.now = b.now.Add(time.Microsecond)
	_, err = b.Refund(b.ctx, acct, "too late", "top", billing.Money{})
	require.ErrorIs(t, err, ledger.ErrRefundWindow)
	c, err := b.Terminate(b.ctx, acct, "end")
	require.NoError(t, err)
	require.Equal(t, [2]string{"10.00", "0.00"}, [2]string{c.Refundable.String(), c.Refunding.String()}, "too old to go back by itself")
	b.has("10.00", "0.00", "0.00")
}

// TestRefundInFlight: what is going back counts against the cap, since it may
// yet come back.
func TestRefundInFlight(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10000")
	b.bank.fail = errors.New("away")
	_, err := b.Refund(b.ctx, acct, "back", "top", usd(t, "5000"))
	require.Error(t, err)
	b.bank.fail = nil
	_, err = b.TopUp(b.ctx, acct, "more", usd(t, "10"))
	require.ErrorIs(t, err, ledger.ErrBalanceCap)
	_, err = b.Terminate(b.ctx, acct, "end")
	require.ErrorIs(t, err, ledger.ErrOpen)
	_, err = b.Refund(b.ctx, acct, "back", "top", usd(t, "5000"))
	require.NoError(t, err)
	b.has("5000.00", "0.00", "0.00")
}

func TestSuspended(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	r := b.reserve("op", "1")
	require.NoError(t, b.SetSuspended(b.ctx, acct, true))
	_, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "no", Upstream: usd(t, "1")})
	require.ErrorIs(t, err, ledger.ErrSuspended)
	_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "1"))
	require.NoError(t, err)
	b.topUp("more", "10")
	require.NoError(t, b.SetSuspended(b.ctx, acct, false))
	b.reserve("yes", "1")
}

// TestEntries: the journal as a host reads it.
func TestEntries(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	start := b.now.Add(time.Minute)
	b.now = start
	r, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op", Upstream: usd(t, "0.052"), Memo: "luna"})
	require.NoError(t, err)
	_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	end := start.Add(time.Minute)
	b.now = end
	b.topUp("top 2", "10")
	var got []string
	for line, err := range b.Entries(b.ctx, acct, start, end) {
		require.NoError(t, err)
		require.Equal(t, "op", line.Ref)
		got = append(got, string(line.Kind)+" "+string(line.Bucket)+" "+line.Amount.String()+" "+line.Memo)
	}
	require.Equal(t, []string{
		"reserve paid -0.0624 luna", "reserve held 0.0624 luna",
		"commit held -0.0624 ", "commit paid 0.0084 ", "commit revenue 0.054 ",
	}, got)
	n := 0
	for _, err := range b.Entries(b.ctx, acct, time.Time{}, time.Time{}) {
		require.NoError(t, err)
		if n++; n == 3 {
			break
		}
	}
	cancelled, cancel := context.WithCancel(b.ctx)
	cancel()
	for _, err := range b.Entries(cancelled, acct, time.Time{}, time.Time{}) {
		require.ErrorIs(t, err, context.Canceled)
	}
}
