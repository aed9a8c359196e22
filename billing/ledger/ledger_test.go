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

// TestReserve is the table's rows on reservation and admission.
func TestReserve(t *testing.T) {
	for _, tc := range []struct {
		name                 string
		paid                 string
		upstream, historical string
		margin               int64
		want                 string // empty: refused
	}{
		{"the greater estimate with the margin", "10", "0.040", "0.052", 2000, "0.0624"},
		{"upstream is greater", "10", "0.052", "0.040", 2000, "0.0624"},
		{"equality passes", "0.0624", "0.052", "", 2000, "0.0624"},
		{"a nano-unit short", "0.062399999", "0.052", "", 2000, ""},
		{"rounded up", "10", "0.000000001", "", 2000, "0.000000002"},
		{"no margin", "10", "0.052", "", 0, "0.052"},
		{"an estimate of nothing", "10", "0", "", 2000, "0.00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, func(o *ledger.Options) { o.Policy.Margin = tc.margin })
			b.paid(tc.paid)
			req := ledger.Request{Account: acct, Key: "op", Upstream: usd(t, tc.upstream)}
			if tc.historical != "" {
				req.Historical = usd(t, tc.historical)
			}
			r, err := b.Reserve(b.ctx, req)
			if tc.want == "" {
				var short *ledger.InsufficientError
				require.ErrorAs(t, err, &short)
				require.Equal(t, tc.paid, short.Have.String())
				require.ErrorIs(t, err, ledger.ErrInsufficient)
				require.NotErrorIs(t, err, ledger.ErrNegative)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.want, r.Amount.String())
			require.Equal(t, int64(7), r.Version)
			b.has(usd(t, tc.paid).String(), "0.00", tc.want)
		})
	}
}

// TestCommit is the table's rows on settlement: paid and promotional credit
// before, what was billed, and what is left.
func TestCommit(t *testing.T) {
	for _, tc := range []struct {
		name                         string
		paid, promo                  string
		outcome                      ledger.Outcome
		billed                       string
		charged, released, shortfall string
		paidAfter, promoAfter        string
	}{
		{"excess returns", "10", "", ledger.Succeeded, "0.045", "0.054", "0.0084", "0.00", "9.946", "0.00"},
		{"shortfall makes it negative", "0.0624", "", ledger.Succeeded, "0.070", "0.084", "0.00", "0.0216", "-0.0216", "0.00"},
		{"exactly the hold", "10", "", ledger.Succeeded, "0.052", "0.0624", "0.00", "0.00", "9.9376", "0.00"},
		{"promo first", "10", "0.05", ledger.Succeeded, "0.045", "0.054", "0.0084", "0.00", "9.996", "0.00"},
		{"promo first, shortfall", "10", "0.05", ledger.Succeeded, "0.070", "0.084", "0.00", "0.0216", "9.966", "0.00"},
		{"promo first, most returns", "10", "0.05", ledger.Succeeded, "0.025", "0.03", "0.0324", "0.00", "10.00", "0.02"},
		{"shortfall from promo, then paid", "10", "0.07", ledger.Succeeded, "0.070", "0.084", "0.00", "0.0216", "9.986", "0.00"},
		{"gateway fault though billed", "10", "", ledger.GatewayFailed, "0.045", "0.00", "0.0624", "0.00", "10.00", "0.00"},
		{"upstream fault, not billed", "10", "", ledger.UpstreamFailed, "0", "0.00", "0.0624", "0.00", "10.00", "0.00"},
		{"upstream fault, billed", "10", "", ledger.UpstreamFailed, "0.010", "0.012", "0.0504", "0.00", "9.988", "0.00"},
		{"malformed", "10", "", ledger.Malformed, "0.045", "0.00", "0.0624", "0.00", "10.00", "0.00"},
		{"moderation, billed", "10", "", ledger.ModerationDenied, "0.010", "0.012", "0.0504", "0.00", "9.988", "0.00"},
		{"moderation, not billed", "10", "", ledger.ModerationDenied, "0", "0.00", "0.0624", "0.00", "10.00", "0.00"},
		{"client gone", "10", "", ledger.ClientGone, "0.045", "0.054", "0.0084", "0.00", "9.946", "0.00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := open(t, nil)
			b.paid(tc.paid)
			if tc.promo != "" {
				require.NoError(t, b.Grant(b.ctx, acct, "welcome", usd(t, tc.promo), time.Time{}))
			}
			r := b.reserve("op", "0.052")
			if tc.promo == "0.05" {
				require.Equal(t, [2]string{"0.05", "0.0124"}, [2]string{r.Promo.String(), r.Paid.String()})
			}
			s, err := r.Commit(b.ctx, tc.outcome, usd(t, tc.billed))
			require.NoError(t, err)
			require.Equal(t, [3]string{tc.charged, tc.released, tc.shortfall}, [3]string{s.Charged.String(), s.Released.String(), s.Shortfall.String()})
			require.Equal(t, tc.paidAfter, s.Balance.Paid.String())
			b.has(tc.paidAfter, tc.promoAfter, "0.00")

			again, err := b.Commit(b.ctx, acct, "op", tc.outcome, usd(t, tc.billed))
			require.NoError(t, err)
			require.Equal(t, s, again)
			_, err = b.Commit(b.ctx, acct, "op", ledger.Succeeded, usd(t, "0.5"))
			require.ErrorIs(t, err, ledger.ErrConflict)
			require.NoError(t, r.Release(b.ctx))
			require.NoError(t, b.Release(b.ctx, acct, "op"))
			b.has(tc.paidAfter, tc.promoAfter, "0.00")
		})
	}
}

// TestNegative: the next top-up settles what went below zero, and nothing is
// reserved before.
func TestNegative(t *testing.T) {
	for _, spend := range []bool{false, true} {
		b := open(t, func(o *ledger.Options) { o.Policy.PromoWhileNegative = spend })
		b.paid("0.0624")
		r := b.reserve("op", "0.052")
		_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.070"))
		require.NoError(t, err)
		b.has("-0.0216", "0.00", "0.00")
		require.Contains(t, b.kinds(), ledger.WentNegative)

		require.NoError(t, b.Grant(b.ctx, acct, "sorry", usd(t, "1"), time.Time{}))
		r, err = b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "more", Upstream: usd(t, "0.01")})
		if spend {
			require.NoError(t, err)
			require.NoError(t, r.Release(b.ctx))
			_, err = b.Reserve(b.ctx, ledger.Request{Account: acct, Key: "most", Upstream: usd(t, "0.99")})
			require.ErrorIs(t, err, ledger.ErrInsufficient, "what is owed is not there to hold")
		} else {
			require.ErrorIs(t, err, ledger.ErrNegative)
			require.ErrorIs(t, err, ledger.ErrInsufficient)
		}
		b.topUp("top", "10")
		b.has("9.9784", "1.00", "0.00")
		b.reserve("after", "0.01")
	}
}

func TestUnknownOutcome(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	r := b.reserve("op", "0.052")
	for range 2 {
		s, err := r.Commit(b.ctx, ledger.Unknown, billing.Money{})
		require.NoError(t, err)
		require.Equal(t, "0.00", s.Charged.String())
	}
	require.NoError(t, r.Release(b.ctx), "nothing: the hold stays")
	b.has("10.00", "0.00", "0.0624")
	require.Equal(t, []ledger.EventKind{ledger.TopUpSettled, ledger.HoldUnknown}, b.kinds())

	b.now = r.Expires
	swept, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Equal(t, ledger.Swept{Holds: 1}, swept)
	b.has("10.00", "0.00", "0.00")

	s, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	require.True(t, s.Late)
	require.Equal(t, [3]string{"0.054", "0.00", "0.054"}, [3]string{s.Charged.String(), s.Released.String(), s.Shortfall.String()})
	b.has("9.946", "0.00", "0.00")
	again, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	require.Equal(t, s, again)
	require.Equal(t, []ledger.EventKind{ledger.TopUpSettled, ledger.HoldUnknown, ledger.HoldExpired, ledger.LateCommit}, b.kinds())

	_, err = b.Commit(b.ctx, acct, "op", ledger.Unknown, usd(t, "1"))
	require.ErrorIs(t, err, ledger.ErrArgument)
}

// TestExpiry: a hold lasts until the sweep, and one that is settled in
// between was never late.
func TestExpiry(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	r := b.reserve("op", "0.052")
	b.now = r.Expires.Add(-time.Microsecond)
	swept, err := b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Zero(t, swept)
	b.now = r.Expires.Add(time.Hour)
	s, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	require.False(t, s.Late)
	swept, err = b.Sweep(b.ctx)
	require.NoError(t, err)
	require.Zero(t, swept)
	b.has("9.946", "0.00", "0.00")

	r = b.reserve("short", "0.052")
	b.now = r.Expires
	_, err = b.Sweep(b.ctx)
	require.NoError(t, err)
	require.NoError(t, r.Release(b.ctx), "nothing after expiry")
	_, err = r.Commit(b.ctx, ledger.GatewayFailed, usd(t, "0.045"))
	require.NoError(t, err)
	b.has("9.946", "0.00", "0.00")
}

func TestRelease(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	r := b.reserve("op", "0.052")
	cancelled, cancel := context.WithCancel(b.ctx)
	cancel()
	require.NoError(t, r.Release(cancelled), "a caller that left leaks nothing")
	require.NoError(t, r.Release(b.ctx))
	b.has("10.00", "0.00", "0.00")
	_, err := r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.ErrorIs(t, err, ledger.ErrReleased)
	require.ErrorIs(t, b.Release(b.ctx, acct, "never"), ledger.ErrNotFound)
	_, err = b.Commit(b.ctx, acct, "never", ledger.Succeeded, usd(t, "1"))
	require.ErrorIs(t, err, ledger.ErrNotFound)

	r = b.reserve("op2", "0.052")
	s, err := r.Commit(cancelled, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err, "a caller that left still pays")
	require.Equal(t, "0.054", s.Charged.String())
}

// TestFailedCommit: the deferred Release must not undo a Commit that is to be
// tried again.
func TestFailedCommit(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	gone := errors.New("database gone")
	broken := &breakable{Store: b.store}
	l, err := ledger.New(broken, &ledger.Options{Policy: ledger.Policy{Margin: 2000}, Now: func() time.Time { return b.now }})
	require.NoError(t, err)
	r, err := l.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op", Upstream: usd(t, "0.052")})
	require.NoError(t, err)
	broken.err = gone
	_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.ErrorIs(t, err, gone)
	broken.err = nil
	require.NoError(t, r.Release(b.ctx))
	b.has("10.00", "0.00", "0.0624")
	_, err = r.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	b.has("9.946", "0.00", "0.00")

	r, err = l.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op2", Upstream: usd(t, "0.052")})
	require.NoError(t, err)
	_, err = r.Commit(b.ctx, 0, usd(t, "0.045"))
	require.ErrorIs(t, err, ledger.ErrArgument, "no commit at all")
	require.NoError(t, r.Release(b.ctx))
	b.has("9.946", "0.00", "0.00")
}

// breakable is a store that can be away.
type breakable struct {
	ledger.Store
	err error
}

func (s *breakable) Update(ctx context.Context, account string, fn func(ledger.Tx) error) error {
	if s.err != nil {
		return s.err
	}
	return s.Store.Update(ctx, account, fn)
}

// TestPriceVersion: what was reserved at one price is charged at it.
func TestPriceVersion(t *testing.T) {
	for at, want := range map[ledger.PriceAt]string{ledger.AtReserve: "0.054", ledger.AtCompletion: "0.0675"} {
		b := open(t, nil)
		b.topUp("top", "10")
		r := b.reserve("op", "0.052")
		dearer, err := ledger.New(b.store, &ledger.Options{Policy: ledger.Policy{Margin: 5000, Version: 8, PriceAt: at}, Now: func() time.Time { return b.now }})
		require.NoError(t, err)
		s, err := dearer.Commit(b.ctx, acct, r.Key, ledger.Succeeded, usd(t, "0.045"))
		require.NoError(t, err)
		require.Equal(t, want, s.Charged.String())
		r2, err := dearer.Reserve(b.ctx, ledger.Request{Account: acct, Key: "op2", Upstream: usd(t, "0.052")})
		require.NoError(t, err)
		require.Equal(t, [2]int64{8, 5000}, [2]int64{r2.Version, r2.Margin})
	}
}

// TestReplay: a key answers the same for ever, and refuses other arguments.
func TestReplay(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	req := ledger.Request{Account: acct, Key: "op", Upstream: usd(t, "0.052"), Memo: "luna/resize"}
	first, err := b.Reserve(b.ctx, req)
	require.NoError(t, err)
	_, err = first.Commit(b.ctx, ledger.Succeeded, usd(t, "0.045"))
	require.NoError(t, err)
	b.now = b.now.Add(48 * time.Hour)
	again, err := b.Reserve(b.ctx, req)
	require.NoError(t, err)
	require.Equal(t, []any{first.Amount, first.Paid, first.Expires}, []any{again.Amount, again.Paid, again.Expires})
	b.has("9.946", "0.00", "0.00")
	require.NoError(t, again.Release(b.ctx))
	b.has("9.946", "0.00", "0.00")

	balance, err := b.TopUp(b.ctx, acct, "top", usd(t, "10"))
	require.NoError(t, err)
	require.Equal(t, "10.00", balance.Paid.String(), "as it was then")
	require.Equal(t, 1, b.bank.calls)

	for name, call := range map[string]func() error{
		"another estimate": func() error { r := req; r.Upstream = usd(t, "0.053"); _, err := b.Reserve(b.ctx, r); return err },
		"another memo":     func() error { r := req; r.Memo = ""; _, err := b.Reserve(b.ctx, r); return err },
		"another call":     func() error { return b.Grant(b.ctx, acct, "op", usd(t, "1"), time.Time{}) },
		"another top-up":   func() error { _, err := b.TopUp(b.ctx, acct, "top", usd(t, "11")); return err },
	} {
		require.ErrorIs(t, call(), ledger.ErrConflict, name)
	}
	_, err = b.Reserve(b.ctx, ledger.Request{Account: "other", Key: "op", Upstream: usd(t, "1")})
	require.ErrorIs(t, err, ledger.ErrInsufficient, "keys belong to accounts")
}

func TestArguments(t *testing.T) {
	b := open(t, nil)
	b.topUp("top", "10")
	eur, err := billing.ParseMoney("1", "EUR")
	require.NoError(t, err)
	reserve := func(r ledger.Request) error { _, err := b.Reserve(b.ctx, r); return err }
	one := usd(t, "1")
	for _, tc := range []struct {
		name string
		err  error
		want error
	}{
		{"no account", reserve(ledger.Request{Key: "k", Upstream: one}), ledger.ErrKey},
		{"no key", reserve(ledger.Request{Account: acct, Upstream: one}), ledger.ErrKey},
		{"NUL", reserve(ledger.Request{Account: acct, Key: "a\x00b", Upstream: one}), ledger.ErrKey},
		{"not UTF-8", reserve(ledger.Request{Account: acct, Key: "a\xff", Upstream: one}), ledger.ErrKey},
		{"long", reserve(ledger.Request{Account: acct, Key: string(make([]byte, 256)), Upstream: one}), ledger.ErrKey},
		{"the ledger's own key", reserve(ledger.Request{Account: acct, Key: "auto/topup/1", Upstream: one}), ledger.ErrKey},
		{"no estimate", reserve(ledger.Request{Account: acct, Key: "k"}), ledger.ErrEstimate},
		{"negative estimate", reserve(ledger.Request{Account: acct, Key: "k", Upstream: one.Neg()}), ledger.ErrArgument},
		{"negative life", reserve(ledger.Request{Account: acct, Key: "k", Upstream: one, TTL: -1}), ledger.ErrArgument},
		{"euros", reserve(ledger.Request{Account: acct, Key: "k", Upstream: eur}), billing.ErrCurrency},
		{"no grant", b.Grant(b.ctx, acct, "g", billing.Money{}, time.Time{}), ledger.ErrArgument},
		{"grant long over", b.Grant(b.ctx, acct, "g", one, b.now), ledger.ErrArgument},
		{"a mountain of grants", errors.Join(
			b.Grant(b.ctx, acct, "big1", usd(t, "9000000000"), time.Time{}),
			b.Grant(b.ctx, acct, "big2", usd(t, "9000000000"), time.Time{})), billing.ErrOverflow},
	} {
		require.ErrorIs(t, tc.err, tc.want, tc.name)
	}
	require.NoError(t, b.Verify(b.ctx))
	_, err = ledger.New(nil, nil)
	require.Error(t, err)
	for name, p := range map[string]ledger.Policy{
		"currency": {Currency: "dollars"}, "mixed": {MinTopUp: eur}, "margin": {Margin: -1}, "cap below minimum": {MaxBalance: one},
		"negative time": {HoldTTL: -1}, "negative cap": {DailyCap: one.Neg()}, "price": {PriceAt: 9},
	} {
		_, err := ledger.New(b.store, &ledger.Options{Policy: p})
		require.Error(t, err, name)
	}
	euros, err := ledger.New(b.store, &ledger.Options{Policy: ledger.Policy{Currency: "EUR"}})
	require.NoError(t, err)
	require.ErrorIs(t, euros.Grant(b.ctx, acct, "g", eur, time.Time{}), billing.ErrCurrency, "an account has one currency")
}
