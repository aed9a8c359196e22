package billingtest

import (
	"cmp"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

const lease = 2 * time.Minute // the ledger's default

func (m *ledgerModel) topUp(key string, amount int64) error {
	switch {
	case m.closing():
		return ledger.ErrClosed
	case amount < 1000*cent:
		return ledger.ErrTopUpTooSmall
	case m.pendingTopUp() != nil:
		return ledger.ErrInFlight
	case amount > m.headroom():
		return ledger.ErrBalanceCap
	}
	m.payments[key] = &modelPayment{key: key, amount: amount, state: ledger.PaymentPending, created: m.at, next: m.at.Add(lease)}
	return nil
}

// meet lets the provider have its say.
func (m *ledgerModel) meet(p *modelPayment, how manner) error {
	if p.state != ledger.PaymentPending {
		return nil
	}
	p.next = m.at.Add(lease)
	switch {
	case how == away:
		return errAway
	case how == refusing && !p.taken:
		p.state = ledger.PaymentDeclined
		if p.of != nil {
			m.paid += p.amount
			m.refunded -= p.amount
			p.of.refunded -= p.amount
			return ledger.ErrDeclined
		}
		if p.auto {
			m.notBefore = m.at.Add(time.Hour)
			m.spentOn[day(p.created)] -= p.amount
			if m.state == ledger.Active && m.policy.SuspendOnDecline {
				m.state = ledger.Declined
			}
		}
		return ledger.ErrDeclined
	case how == deaf:
		p.taken = true
		return errAway
	}
	p.taken, p.state, p.settled = true, ledger.PaymentSettled, m.at
	if p.of == nil {
		m.paid += p.amount
		m.topped += p.amount
		if m.state == ledger.Declined {
			m.state = ledger.Active
		}
	}
	return nil
}

func day(at time.Time) string { return at.Format(time.DateOnly) }

func (m *ledgerModel) refund(key, top string, amount int64) error {
	p := m.payments[top]
	if p == nil || p.of != nil || p.state != ledger.PaymentSettled {
		return ledger.ErrNotFound
	}
	left := p.amount - p.refunded
	back := cmp.Or(amount, left)
	switch {
	case m.at.After(p.settled.Add(m.policy.RefundWindow)):
		return ledger.ErrRefundWindow
	case back == 0 || back > left:
		return ledger.ErrArgument
	case back > m.paid-m.heldPaid():
		return ledger.ErrInsufficient
	}
	m.giveBack(key, p, back)
	return nil
}

func (m *ledgerModel) giveBack(key string, of *modelPayment, amount int64) *modelPayment {
	m.paid -= amount
	m.refunded += amount
	of.refunded += amount
	p := &modelPayment{key: key, of: of, amount: amount, state: ledger.PaymentPending, created: m.at, next: m.at.Add(lease)}
	m.payments[key] = p
	return p
}

func (m *ledgerModel) setAuto(threshold, amount int64) error {
	if m.closing() && amount > 0 {
		return ledger.ErrClosed
	}
	m.threshold, m.amount, m.notBefore = threshold, amount, time.Time{}
	return nil
}

// autoAmount is the automatic top-up that may begin now; of nothing if there
// is no room for the least.
func (m *ledgerModel) autoAmount() (int64, bool) {
	if m.amount == 0 || m.state != ledger.Active || m.pendingTopUp() != nil || m.at.Before(m.notBefore) || m.available() >= m.threshold {
		return 0, false
	}
	want := m.amount + max(-m.paid, 0)
	want = (want + cent - 1) / cent * cent
	room := min(m.headroom(), m.policy.DailyCap.NanoUnits()-m.spentOn[day(m.at)])
	amount := min(want, room/cent*cent)
	if amount < 1000*cent {
		return 0, true
	}
	return amount, true
}

// beginAuto begins it.
func (m *ledgerModel) beginAuto(amount int64) {
	if amount == 0 {
		m.notBefore = m.at.Add(time.Hour)
		return
	}
	if m.spentOn == nil {
		m.spentOn = map[string]int64{}
	}
	m.spentOn[day(m.at)] += amount
	m.autos++
	key := fmt.Sprintf("auto %d", m.autos)
	m.payments[key] = &modelPayment{key: key, auto: true, amount: amount, state: ledger.PaymentPending, created: m.at, next: m.at}
}
