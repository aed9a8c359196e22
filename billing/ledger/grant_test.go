package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// TestGrantOrder: the soonest to expire is spent first, then the oldest;
// never comes last. What returns goes to the last one taken.
func TestGrantOrder(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	soon, later := b.now.Add(time.Hour), b.now.Add(48*time.Hour)
	for _, g := range []struct {
		key     string
		expires time.Time
	}{{"never", time.Time{}}, {"later", later}, {"soon b", soon}, {"soon a", soon}} {
		require.NoError(t, b.Grant(b.ctx, acct, g.key, usd(t, "1"), g.expires))
	}
	r := b.reserve("op", "3") // 3.60
	require.Equal(t, [2]string{"3.60", "0.00"}, [2]string{r.Promo.String(), r.Paid.String()})
	s, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "1.25")) // 1.50
	require.NoError(t, err)
	require.Equal(t, "2.10", s.Released.String())
	b.has("10.00", "2.50", "0.00")
	b.now = soon // half of the second is left, and lapses
	b.has("10.00", "2.00", "0.00")
	swept, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Equal(t, ledger.Swept{Grants: 1}, swept)
	require.Equal(t, "soon a", b.events[len(b.events)-1].Key)
	require.Equal(t, "0.50", b.events[len(b.events)-1].Amount.String())
	b.has("10.00", "2.00", "0.00")
}

// TestGrantHeld: what is held of a grant outlives it, to be spent; what
// returns of it lapses.
func TestGrantHeld(t *testing.T) {
	for _, how := range []string{"expires", "revoked"} {
		for billed, after := range map[string]string{"0.04": "10.00", "0.07": "9.966", "0": "10.00"} {
			t.Run(how+" "+billed, func(t *testing.T) {
				b := open(t, nil)
				b.topUp("top", "10")
				require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "0.05"), b.now.Add(time.Minute)))
				r := b.reserve("op", "0.052") // 0.0624: 0.05 and 0.0124
				if how == "expires" {
					b.now = b.now.Add(time.Minute)
					_, err := b.Sweep(b.ctx)
					require.NoError(t, err)
				} else {
					lapsed, err := b.Revoke(b.ctx, acct, "revoke", "gift")
					require.NoError(t, err)
					require.Equal(t, "0.00", lapsed.String())
				}
				b.has("10.00", "0.05", "0.0624")
				_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, billed))
				require.NoError(t, err)
				b.has(after, "0.00", "0.00")
			})
		}
	}
}

func TestRevoke(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "1"), time.Time{}))
	require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "1"), time.Time{}), "the same again")
	require.ErrorIs(t, b.Grant(b.ctx, acct, "gift", usd(t, "2"), time.Time{}), ledger.ErrConflict)
	b.reserve("op", "0.5")
	for range 2 {
		lapsed, err := b.Revoke(b.ctx, acct, "revoke", "gift")
		require.NoError(t, err)
		require.Equal(t, "0.40", lapsed.String())
	}
	b.has("10.00", "0.60", "0.60")
	lapsed, err := b.Revoke(b.ctx, acct, "revoke again", "gift")
	require.NoError(t, err)
	require.Equal(t, "0.00", lapsed.String())
	require.NoError(t, b.Release(b.ctx, acct, "op"))
	b.has("10.00", "0.00", "0.00")
	lapsed, err = b.Revoke(b.ctx, acct, "revoke late", "gift")
	require.NoError(t, err)
	require.Equal(t, "0.00", lapsed.String())
	_, err = b.Revoke(b.ctx, acct, "nothing", "top")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = b.Revoke(b.ctx, acct, "revoke", "other")
	require.ErrorIs(t, err, ledger.ErrConflict)
}

// TestGrantExpiredBeforeSweep: an expired grant is not spent though nobody
// has swept.
func TestGrantExpiredBeforeSweep(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	require.NoError(t, b.Grant(b.ctx, acct, "gift", usd(t, "5"), b.now.Add(time.Minute)))
	b.now = b.now.Add(time.Minute)
	_, err := b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op", Upstream: usd(t, "10")})
	require.ErrorIs(t, err, ledger.ErrInsufficient)
	r := b.reserve("op2", "1")
	require.True(t, r.Promo.IsZero())
	b.has("10.00", "0.00", "1.20")
}

// TestInterest: charged on what was owed, for as long as it was.
func TestInterest(t *testing.T) {
	b := open(t, func(o *ledger.Options) {
		o.Interest = func(owed billing.Money, from, to time.Time) (billing.Money, error) {
			return owed.MulRatio(int64(to.Sub(from)/time.Hour), 100, billing.HalfUp) // 1% an hour
		}
	})
	b.paid("1")
	r := b.reserve("op", "0.5")
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "2.50")) // 3.00
	require.NoError(t, err)
	b.has("-2.00", "0.00", "0.00")
	b.now = b.now.Add(10 * time.Hour)
	balance, err := b.Accrue(b.ctx, acct)
	require.NoError(t, err)
	require.Equal(t, "-2.20", balance.Paid.String())
	balance, err = b.Accrue(b.ctx, acct)
	require.NoError(t, err)
	require.Equal(t, "-2.20", balance.Paid.String())
	b.now = b.now.Add(10 * time.Hour)
	b.topUp("top", "10")
	b.has("7.58", "0.00", "0.00")
	b.now = b.now.Add(10 * time.Hour)
	balance, err = b.Accrue(b.ctx, acct)
	require.NoError(t, err)
	require.Equal(t, "7.58", balance.Paid.String())
}
