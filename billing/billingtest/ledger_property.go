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
