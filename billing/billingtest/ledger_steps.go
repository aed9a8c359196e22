package billingtest

import (
	"errors"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/ledger"
)

// cost draws an upstream cost up to 15.00, often small or round.
func cost(t *rapid.T, name string) int64 {
	return rapid.OneOf(rapid.Int64Range(0, 1500*cent), rapid.Int64Range(0, 20), rapid.SampledFrom([]int64{0, cent, 52_000_000, 1000 * cent})).Draw(t, name)
}

func (m *machine) reserve(t *rapid.T) {
	key, l := m.key(), m.ledger(t)
	r := ledger.Request{Account: m.account, Key: key, Upstream: dollars(cost(t, "upstream")), Historical: dollars(cost(t, "historical"))}
	if rapid.Bool().Draw(t, "own TTL") {
		r.TTL = time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second
	}
	call := func() (string, error) {
		got, err := l.Reserve(m.ctx, r)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(got.Amount, got.Promo, got.Paid, got.Expires), nil
	}
	hold, refused := m.ledgerModel.reserve(key, max(r.Upstream.NanoUnits(), r.Historical.NanoUnits()), r.TTL)
	answer, err := call()
	if expect(t, "Reserve", err, refused) {
		want := fmt.Sprint(dollars(hold.amount), dollars(hold.amount-hold.paid), dollars(hold.paid), hold.expires)
		expectText(t, "Reserve", answer, want)
		if hold.paid > 0 && m.freePromo() > 0 {
			t.Fatalf("I8: %s of paid credit is held while %s of promotional credit is free", dollars(hold.paid), dollars(m.freePromo()))
		}
		m.done(key, answer, call, func() error {
			o := r
			o.Upstream = dollars(o.Upstream.NanoUnits() + 1)
			_, err := l.Reserve(m.ctx, o)
			return err
		})
	}
	m.auto(t, true)
}

// pick draws one of the keys, or one that nobody knows.
func pick[T any](t *rapid.T, of map[string]T, keys int) string {
	key := fmt.Sprintf("key %d", rapid.IntRange(1, keys+1).Draw(t, "key"))
	if _, known := of[key]; known {
		return key
	}
	// Most keys are others' than holds', or grants'; try the next ones.
	for i := range keys {
		if next := fmt.Sprintf("key %d", i+1); next > key {
			if _, known := of[next]; known {
				return next
			}
		}
	}
	return key
}

func (m *machine) commit(t *rapid.T) {
	key, l := pick(t, m.holds, m.keys), m.ledger(t)
	outcome := rapid.SampledFrom([]ledger.Outcome{
		ledger.Succeeded, ledger.Succeeded, ledger.GatewayFailed, ledger.UpstreamFailed, ledger.Malformed, ledger.ModerationDenied, ledger.ClientGone, ledger.Unknown,
	}).Draw(t, "outcome")
	billed := int64(0)
	if outcome != ledger.Unknown {
		billed = cost(t, "billed")
	}
	call := func(more int64) (string, ledger.Settlement, error) {
		s, err := l.Commit(m.ctx, m.account, key, outcome, dollars(billed+more))
		return fmt.Sprintf("%+v", s), s, err
	}
	want, fresh, refused := m.ledgerModel.commit(key, outcome, billed)
	answer, s, err := call(0)
	if !expect(t, "Commit", err, refused) {
		return
	}
	if fresh {
		m.charged += s.Charged.NanoUnits()
		m.short += s.Shortfall.NanoUnits()
		m.auto(t, true)
		expectText(t, "Commit", answer, fmt.Sprintf("%+v", m.settlement(want)))
		m.done(key, answer, func() (string, error) { answer, _, err := call(0); return answer, err }, func() error {
			if outcome == ledger.GatewayFailed || outcome == ledger.Malformed {
				return ledger.ErrConflict // what was billed is not asked
			}
			_, _, err := call(1)
			return err
		})
	}
	if m.paid < -m.short {
		t.Fatalf("I5: paid is %s, shortfalls and late commits are %s", dollars(m.paid), dollars(m.short))
	}
}

// settlement is what the model's Commit answers.
func (m *machine) settlement(s modelSettlement) ledger.Settlement {
	return ledger.Settlement{
		Charged: dollars(s.charged), Released: dollars(s.released), Shortfall: dollars(s.shortfall), Late: s.late, Balance: m.balanceNow(),
	}
}

func (m *machine) release(t *rapid.T) {
	key := pick(t, m.holds, m.keys)
	want := m.ledgerModel.release(key)
	expect(t, "Release", m.ledger(t).Release(m.ctx, m.account, key), want)
	m.auto(t, false)
}

func (m *machine) topUp(t *rapid.T) {
	key, l := m.key(), m.ledger(t)
	amount := cent * rapid.Int64Range(990, 3000).Draw(t, "cents")
	if p := m.pendingTopUp(); p != nil && !p.auto && rapid.Bool().Draw(t, "the one in flight") {
		key, amount = p.key, p.amount // and the same outcome as another server would bring
	} else if refused := m.ledgerModel.topUp(key, amount); refused != nil {
		_, err := l.TopUp(m.ctx, m.account, key, dollars(amount))
		expect(t, "TopUp", err, refused)
		m.auto(t, false)
		return
	}
	m.pay(t, key, "TopUp", func(more int64) (string, error) {
		got, err := l.TopUp(m.ctx, m.account, key, dollars(amount+more*cent))
		return fmt.Sprintf("%+v", got), err
	})
}

// pay makes a call that asks the provider, and expects its manner's outcome.
func (m *machine) pay(t *rapid.T, key, what string, call func(more int64) (string, error)) {
	p := m.payments[key]
	want := m.meet(p, m.bank.manner)
	answer, err := call(0)
	if expect(t, what, err, want) {
		expectText(t, what, answer, fmt.Sprintf("%+v", m.balanceNow()))
	}
	if p.state != ledger.PaymentPending {
		m.done(key, answer, func() (string, error) {
			answer, err := call(0)
			if errors.Is(err, want) {
				err = nil
			}
			return answer, err
		}, func() error { _, err := call(1); return err })
	}
	m.auto(t, false)
}

func (m *machine) refund(t *rapid.T) {
	key, l, top := m.key(), m.ledger(t), pick(t, m.payments, m.keys)
	amount := cent * rapid.Int64Range(0, 1000).Draw(t, "cents")
	if refused := m.ledgerModel.refund(key, top, amount); refused != nil {
		_, err := l.Refund(m.ctx, m.account, key, top, dollars(amount))
		expect(t, "Refund", err, refused)
		m.auto(t, false)
		return
	}
	// The credit is taken, and a top-up may begin, before the provider answers.
	m.auto(t, true, func() {
		m.pay(t, key, "Refund", func(more int64) (string, error) {
			got, err := l.Refund(m.ctx, m.account, key, top, dollars(amount+more*cent))
			return fmt.Sprintf("%+v", got), err
		})
	})
}

func (m *machine) grant(t *rapid.T) {
	key, l := m.key(), m.ledger(t)
	amount := rapid.Int64Range(1, 500*cent).Draw(t, "amount")
	expires := never
	if rapid.Bool().Draw(t, "expires") {
		expires = m.at.Add(time.Duration(rapid.IntRange(0, 7200).Draw(t, "seconds")) * time.Second)
	}
	call := func(more int64) (string, error) {
		return "", l.Grant(m.ctx, m.account, key, dollars(amount+more), expires)
	}
	want := m.ledgerModel.grant(key, amount, expires)
	_, err := call(0)
	if expect(t, "Grant", err, want) {
		m.done(key, "", func() (string, error) { return call(0) }, func() error { _, err := call(1); return err })
	}
	m.auto(t, false)
}

func (m *machine) revoke(t *rapid.T) {
	key, l := m.key(), m.ledger(t)
	grants := map[string]bool{}
	for _, g := range m.grants {
		grants[g.key] = true
	}
	which := pick(t, grants, m.keys)
	call := func(which string) (string, error) {
		lapsed, err := l.Revoke(m.ctx, m.account, key, which)
		return lapsed.String(), err
	}
	lapsed, want := m.ledgerModel.revoke(which)
	answer, err := call(which)
	if expect(t, "Revoke", err, want) {
		expectText(t, "Revoke", answer, dollars(lapsed).String())
		m.done(key, answer, func() (string, error) { return call(which) }, func() error { _, err := call(which + "x"); return err })
	}
	m.auto(t, false)
}

func (m *machine) setAuto(t *rapid.T) {
	a := ledger.AutoTopUp{}
	if rapid.IntRange(0, 3).Draw(t, "on") > 0 {
		a.Threshold = dollars(rapid.Int64Range(0, 3000*cent).Draw(t, "threshold"))
		a.Amount = dollars(cent * rapid.Int64Range(1000, 4000).Draw(t, "cents"))
	}
	want := m.ledgerModel.setAuto(a.Threshold.NanoUnits(), a.Amount.NanoUnits())
	expect(t, "SetAutoTopUp", m.ledger(t).SetAutoTopUp(m.ctx, m.account, a), want)
	m.auto(t, want == nil)
}

func (m *machine) suspend(t *rapid.T) {
	on := rapid.IntRange(0, 3).Draw(t, "on") == 0
	want := m.ledgerModel.suspend(on)
	expect(t, "SetSuspended", m.ledger(t).SetSuspended(m.ctx, m.account, on), want)
	m.auto(t, false)
}

func (m *machine) sweep(t *rapid.T) {
	l := m.ledger(t)
	// Grants lapse first, so that the sweep itself begins no top-up.
	if _, err := l.Accrue(m.ctx, m.account); err != nil {
		t.Fatal(err)
	}
	m.auto(t, false)
	m.ledgerModel.sweep(m.bank.manner)
	// Other cases' accounts may be due on the same store, with this provider.
	if _, err := l.Sweep(m.ctx); err != nil && !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	m.auto(t, false)
}

func (m *machine) wait(t *rapid.T) {
	d := rapid.SampledFrom([]time.Duration{tick, time.Second, time.Minute, 2 * time.Minute, 10 * time.Minute, time.Hour, 13 * time.Hour}).Draw(t, "time")
	m.books.wait(d)
	m.advance(d)
}

func (m *machine) setManner(t *rapid.T) {
	m.bank.manner = rapid.SampledFrom([]manner{willing, willing, refusing, away, deaf}).Draw(t, "manner")
}

// again makes a call that was answered (I7).
func (m *machine) again(t *rapid.T) {
	if len(m.calls) == 0 {
		t.Skip("nothing to repeat")
	}
	c := rapid.SampledFrom(m.calls).Draw(t, "call")
	got, err := c.again()
	expect(t, "the same call again", err, nil)
	expectText(t, "the same call again", got, c.answer)
}

// other uses a key with other arguments.
func (m *machine) other(t *rapid.T) {
	if len(m.calls) == 0 {
		t.Skip("nothing to repeat")
	}
	expect(t, "a key with other arguments", rapid.SampledFrom(m.calls).Draw(t, "call").other(), ledger.ErrConflict)
}

func (m *machine) terminate(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "really") > 0 {
		t.Skip("rarely")
	}
	key, l := m.key(), m.ledger(t)
	total, refunding, want := m.ledgerModel.terminate(m.bank.manner)
	call := func() (string, error) {
		got, err := l.Terminate(m.ctx, m.account, key)
		return fmt.Sprint(got.Refundable, got.Refunding), err
	}
	answer, err := call()
	if want != nil {
		expect(t, "Terminate", err, want)
		return
	}
	if err != nil && !(refunding > 0 && (errors.Is(err, errAway) || errors.Is(err, ledger.ErrDeclined))) {
		t.Fatalf("Terminate: %v", err)
	}
	expectText(t, "Terminate", answer, fmt.Sprint(dollars(total), dollars(refunding)))
	m.done(key, answer, call, func() error { return l.Grant(m.ctx, m.account, key, dollars(1), never) })
}
