package billingtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// A LedgerProperty is something that holds of a [ledger.Ledger] on a store
// whatever is done to it.
type LedgerProperty struct {
	Name string
	// On is the property on a store with two handles a and b, which may be
	// the same: a function for rapid.Check. Each case uses an account of its
	// own, so that one store serves them all.
	On func(a, b ledger.Store) func(*rapid.T)
}

// LedgerProperties returns the invariants of prepaid credits as a state
// machine against a model that keeps sums:
//
//	I1  the entries of each transaction sum to zero
//	I2  topped up − spent of paid − refunded = paid
//	I3  granted − spent of promo − lapsed = promo
//	I4  held = the sum of the pending holds
//	I5  paid ≥ −(shortfalls and late commits)
//	I6  no Reserve succeeds with less available than it needs
//	I7  the same call again changes nothing and answers the same
//	I8  while promotional credit is free, paid credit is not taken
//	I9  paid and pending stay within the cap
func LedgerProperties() []LedgerProperty {
	return []LedgerProperty{{"Ledger", ledgerMachine}}
}

// ledgerMachine does things to one account and compares what is answered, and
// the balance after it, with a model.
func ledgerMachine(a, b ledger.Store) func(*rapid.T) {
	return func(t *rapid.T) {
		m := newMachine(t, a, b)
		steps := map[string]func(*rapid.T){
			"":          m.check,
			"Reserve":   m.reserve,
			"Commit":    m.commit,
			"Release":   m.release,
			"TopUp":     m.topUp,
			"Grant":     m.grant,
			"Revoke":    m.revoke,
			"Refund":    m.refund,
			"Auto":      m.setAuto,
			"Sweep":     m.sweep,
			"Wait":      m.wait,
			"Manner":    m.setManner,
			"Again":     m.again,
			"Other":     m.other,
			"Suspend":   m.suspend,
			"Terminate": m.terminate,
		}
		t.Repeat(steps)
		m.finish(t)
	}
}

// machine is the ledger under test, the model, and the calls that can be made
// again.
type machine struct {
	*books
	*ledgerModel
	account string
	ctx     context.Context
	keys    int
	calls   []answered
	charged int64 // by the answers of Commit
	short   int64 // their shortfalls
}

// answered is a call whose answer is for ever.
type answered struct {
	key    string
	answer string
	again  func() (string, error)
	other  func() error // the same key with other arguments
}

func newMachine(t *rapid.T, a, b ledger.Store) *machine {
	policy := ledger.Policy{
		Margin: 2000, MaxBalance: dollars(5000 * cent), HoldTTL: 10 * time.Minute, RefundWindow: 48 * time.Hour,
		DailyCap: dollars(7000 * cent), PromoWhileNegative: rapid.Bool().Draw(t, "promo while negative"),
		SuspendOnDecline: rapid.Bool().Draw(t, "suspend on decline"),
	}
	k, err := open(a, b, policy)
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{books: k, account: "case " + rand.Text(), ctx: context.Background()}
	m.ledgerModel = &ledgerModel{policy: policy, at: k.clock, holds: map[string]*modelHold{}, payments: map[string]*modelPayment{}}
	return m
}

// ledger is either handle's.
func (m *machine) ledger(t *rapid.T) *ledger.Ledger {
	return m.of(rapid.IntRange(0, 1).Draw(t, "handle"))
}

func (m *machine) key() string {
	m.keys++
	return fmt.Sprintf("key %d", m.keys)
}

// expect compares an error with the one the model foresees.
func expect(t *rapid.T, what string, got, want error) bool {
	if !errors.Is(got, want) {
		t.Fatalf("%s: the error is %v; it should be %v", what, got, want)
	}
	return want == nil
}

// expectText compares an answer.
func expectText(t *rapid.T, what, got, want string) {
	if got != want {
		t.Fatalf("%s answers\n%s; it should be\n%s", what, got, want)
	}
}

// done keeps a call that was answered for ever.
func (m *machine) done(key, answer string, again func() (string, error), other func() error) {
	m.calls = append(m.calls, answered{key, answer, again, other})
}

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

// balanceNow is the model's balance.
func (m *machine) balanceNow() ledger.Balance {
	return ledger.Balance{
		Paid: dollars(m.paid), Promo: dollars(m.promo()), Held: dollars(m.held()),
		Available: dollars(m.paid + m.promo() - m.held()), Pending: dollars(m.pending()),
	}
}

// auto looks for an automatic top-up that began with the last call. It must
// have if the model says so and the call was one that looks; it may not if
// the model says no. Then comes what the call did after.
func (m *machine) auto(t *rapid.T, must bool, after ...func()) {
	amount, begins := m.autoAmount()
	if len(after) > 0 {
		if begins {
			m.beginAuto(amount)
		}
		after[0]()
		return
	}
	got, err := m.a.Balance(m.ctx, m.account)
	if err != nil {
		t.Fatal(err)
	}
	status, err := m.a.Status(m.ctx, m.account)
	if err != nil {
		t.Fatal(err)
	}
	began := got.Pending.NanoUnits() != m.pending()
	skipped := !status.AutoAfter.Equal(m.notBefore)
	switch {
	case skipped && !(begins && amount == 0):
		t.Fatalf("automatic top-ups wait until %v; it should be %v", status.AutoAfter, m.notBefore)
	case must && begins && amount == 0 && !skipped && !m.notBefore.Equal(m.at.Add(time.Hour)):
		t.Fatalf("there is no room for a top-up, and they do not wait")
	case began && !begins:
		t.Fatalf("a top-up of %s began; the model says none may", got.Pending)
	case must && begins && amount > 0 && !began:
		t.Fatalf("no top-up began; one of %s should have", dollars(amount))
	case began && got.Pending.NanoUnits() != amount:
		t.Fatalf("a top-up of %s began; it should be %s", got.Pending, dollars(amount))
	case began, skipped:
		m.beginAuto(amount)
	}
}

// check compares balances.
func (m *machine) check(t *rapid.T) {
	got, err := m.b.Balance(m.ctx, m.account)
	if err != nil {
		t.Fatal(err)
	}
	expectText(t, "Balance", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", m.balanceNow()))
	status, err := m.a.Status(m.ctx, m.account)
	if err != nil {
		t.Fatal(err)
	}
	if status.State != m.state || status.Open != m.open() {
		t.Fatalf("the account is in state %d with %d open reservations; it should be %d and %d", status.State, status.Open, m.state, m.open())
	}
	if p := m.paid + m.pending() + m.refunding(); p > m.policy.MaxBalance.NanoUnits() {
		t.Fatalf("I9: paid, pending and refunding are %s, above the cap", dollars(p))
	}
}

// finish lets everything come to its end, and reckons up.
func (m *machine) finish(t *rapid.T) {
	m.check(t)
	m.bank.manner = willing
	for range 2 {
		m.books.wait(time.Hour)
		m.advance(time.Hour)
		m.sweep(t)
	}
	m.check(t)
	if m.open() != 0 || m.pending() != 0 || m.refunding() != 0 {
		t.Fatalf("the model has %d holds, %d pending, %d refunding after the last sweep", m.open(), m.pending(), m.refunding())
	}
	if got := m.topped - m.spentPaid - m.refunded; got != m.paid {
		t.Fatalf("I2: %d, paid is %d", got, m.paid)
	}
	if got := m.granted - m.spentPromo - m.lapsed; got != m.promo() {
		t.Fatalf("I3: %d, promo is %d", got, m.promo())
	}
	if err := m.a.VerifyAccount(m.ctx, m.account); err != nil {
		t.Fatal(err)
	}
	sums := map[ledger.Bucket]billing.Money{}
	for line, err := range m.b.Entries(m.ctx, m.account, never, never) {
		if err != nil {
			t.Fatal(err)
		}
		if sums[line.Bucket], err = sums[line.Bucket].Add(line.Amount); err != nil {
			t.Fatal(err)
		}
	}
	cash := int64(0)
	for sign, moved := range map[int64]map[string]int64{1: m.bank.taken, -1: m.bank.given} {
		for key, amount := range moved {
			if strings.HasPrefix(key, m.account+"\x00") {
				cash += sign * amount
			}
		}
	}
	for bucket, want := range map[ledger.Bucket]int64{
		ledger.BucketRevenue: m.charged, ledger.BucketBreakage: m.lapsed, ledger.BucketWriteOff: -m.granted, ledger.BucketCash: -cash, ledger.BucketHeld: 0,
	} {
		if got := sums[bucket].NanoUnits(); got != want {
			t.Fatalf("%s in the journal is %s; it should be %s", bucket, dollars(got), dollars(want))
		}
	}
	if m.charged != m.spentPaid+m.spentPromo {
		t.Fatalf("%s was charged by the answers, %s spent", dollars(m.charged), dollars(m.spentPaid+m.spentPromo))
	}
}
