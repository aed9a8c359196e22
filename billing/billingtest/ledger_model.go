package billingtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerModel is prepaid credits as plainly as they can be said: no journal,
// no store, no currencies, sums counted anew each time.
type ledgerModel struct {
	policy   ledger.Policy
	at       time.Time
	state    ledger.State
	paid     int64
	grants   []*modelGrant // by age
	holds    map[string]*modelHold
	payments map[string]*modelPayment

	threshold, amount int64 // automatic top-up
	notBefore         time.Time
	spentOn           map[string]int64 // automatic top-ups by day
	autos             int

	topped, refunded, granted, spentPaid, spentPromo, lapsed int64
}

type modelGrant struct {
	key        string
	free, held int64
	expires    time.Time
	revoked    bool
}

type modelHold struct {
	amount, paid int64
	parts        []modelPart
	expires      time.Time
	state        ledger.HoldState
	outcome      ledger.Outcome
	billed       int64
}

type modelPart struct {
	grant  *modelGrant
	amount int64
}

type modelPayment struct {
	key      string
	auto     bool
	of       *modelPayment // a refund's top-up
	amount   int64
	refunded int64
	state    ledger.PaymentState
	taken    bool // by the provider, heard or not
	next     time.Time
	created  time.Time
	settled  time.Time
}

type modelSettlement struct {
	charged, released, shortfall int64
	late                         bool
}

func (g *modelGrant) over(at time.Time) bool {
	return g.revoked || !g.expires.IsZero() && !g.expires.After(at)
}

// advance lets time pass, and grants expire.
func (m *ledgerModel) advance(d time.Duration) {
	m.at = m.at.Add(d)
	for _, g := range m.grants {
		if g.over(m.at) {
			m.lapsed += g.free
			g.free = 0
		}
	}
}

// spendable are the grants in the order they are spent.
func (m *ledgerModel) spendable() []*modelGrant {
	grants := slices.DeleteFunc(slices.Clone(m.grants), func(g *modelGrant) bool { return g.free == 0 })
	slices.SortStableFunc(grants, func(a, b *modelGrant) int {
		if a.expires.IsZero() || b.expires.IsZero() {
			return cmp.Compare(b2i(a.expires.IsZero()), b2i(b.expires.IsZero()))
		}
		return a.expires.Compare(b.expires)
	})
	return grants
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *ledgerModel) freePromo() (sum int64) {
	for _, g := range m.grants {
		sum += g.free
	}
	return sum
}

func (m *ledgerModel) promo() (sum int64) {
	for _, g := range m.grants {
		sum += g.free + g.held
	}
	return sum
}

func (m *ledgerModel) held() (sum int64) {
	for _, h := range m.holds {
		if h.state == ledger.Pending {
			sum += h.amount
		}
	}
	return sum
}

func (m *ledgerModel) heldPaid() (sum int64) {
	for _, h := range m.holds {
		if h.state == ledger.Pending {
			sum += h.paid
		}
	}
	return sum
}

func (m *ledgerModel) open() (n int64) {
	for _, h := range m.holds {
		if h.state == ledger.Pending {
			n++
		}
	}
	return n
}

func (m *ledgerModel) pendingTopUp() *modelPayment {
	for _, p := range m.payments {
		if p.of == nil && p.state == ledger.PaymentPending {
			return p
		}
	}
	return nil
}

func (m *ledgerModel) pending() int64 {
	if p := m.pendingTopUp(); p != nil {
		return p.amount
	}
	return 0
}

func (m *ledgerModel) refunding() (sum int64) {
	for _, p := range m.payments {
		if p.of != nil && p.state == ledger.PaymentPending {
			sum += p.amount
		}
	}
	return sum
}

func (m *ledgerModel) available() int64 { return m.paid + m.promo() - m.held() }

func (m *ledgerModel) headroom() int64 {
	return m.policy.MaxBalance.NanoUnits() - m.paid - m.pending() - m.refunding()
}

func (m *ledgerModel) reserve(key string, cost int64, ttl time.Duration) (*modelHold, error) {
	need := (cost*12 + 9) / 10 // 20%, up
	switch {
	case m.state == ledger.Declined || m.state == ledger.Suspended:
		return nil, ledger.ErrSuspended
	case m.state != ledger.Active:
		return nil, ledger.ErrClosed
	case m.paid < 0 && !m.policy.PromoWhileNegative:
		return nil, ledger.ErrNegative
	case m.available() < need:
		return nil, ledger.ErrInsufficient
	}
	h := &modelHold{amount: need, paid: need, state: ledger.Pending, expires: m.at.Add(cmp.Or(ttl, m.policy.HoldTTL))}
	for _, g := range m.spendable() {
		part := min(g.free, h.paid)
		if part == 0 {
			continue
		}
		g.free -= part
		g.held += part
		h.paid -= part
		h.parts = append(h.parts, modelPart{g, part})
	}
	m.holds[key] = h
	return h, nil
}

// unhold ends a hold: back is returned, paid first, the rest spent.
func (m *ledgerModel) unhold(h *modelHold, back int64) {
	paid := min(back, h.paid)
	back -= paid
	m.spentPaid += h.paid - paid
	m.paid -= h.paid - paid
	for _, p := range slices.Backward(h.parts) {
		part := min(back, p.amount)
		back -= part
		p.grant.held -= p.amount
		m.spentPromo += p.amount - part
		if p.grant.over(m.at) {
			m.lapsed += part
		} else {
			p.grant.free += part
		}
	}
}

// take spends what no hold covers.
func (m *ledgerModel) take(amount int64) {
	for _, g := range m.spendable() {
		part := min(amount, g.free)
		g.free -= part
		m.spentPromo += part
		amount -= part
	}
	m.paid -= amount
	m.spentPaid += amount
}

// commit is fresh if it changed something to answer for.
func (m *ledgerModel) commit(key string, o ledger.Outcome, billed int64) (s modelSettlement, fresh bool, err error) {
	h := m.holds[key]
	if o == ledger.GatewayFailed || o == ledger.Malformed {
		billed = 0
	}
	switch {
	case h == nil:
		return s, false, ledger.ErrNotFound
	case h.state == ledger.Released:
		return s, false, ledger.ErrReleased
	case o == ledger.Unknown:
		return s, false, nil
	case h.state == ledger.Committed || h.state == ledger.CommittedLate:
		if h.outcome != o || h.billed != billed {
			err = ledger.ErrConflict
		}
		return s, false, err
	}
	h.outcome, h.billed = o, billed
	s.charged = (billed*12 + 5) / 10 // 20%, half-up
	if s.late = h.state == ledger.Expired; s.late {
		h.state = ledger.CommittedLate
		s.shortfall = s.charged
	} else {
		h.state = ledger.Committed
		s.released, s.shortfall = max(h.amount-s.charged, 0), max(s.charged-h.amount, 0)
		m.unhold(h, s.released)
	}
	m.take(s.shortfall)
	return s, true, nil
}

func (m *ledgerModel) release(key string) error {
	h := m.holds[key]
	if h == nil {
		return ledger.ErrNotFound
	}
	if h.state == ledger.Pending {
		h.state = ledger.Released
		m.unhold(h, h.amount)
	}
	return nil
}

func (m *ledgerModel) closing() bool { return m.state == ledger.Closing || m.state == ledger.Closed }

func (m *ledgerModel) grant(key string, amount int64, expires time.Time) error {
	g := &modelGrant{key: key, free: amount, expires: expires}
	if m.closing() {
		return ledger.ErrClosed
	}
	if g.over(m.at) {
		return ledger.ErrArgument
	}
	m.grants = append(m.grants, g)
	m.granted += amount
	return nil
}

func (m *ledgerModel) revoke(key string) (int64, error) {
	for _, g := range m.grants {
		if g.key == key {
			lapsed := g.free
			g.free, g.revoked = 0, true
			m.lapsed += lapsed
			return lapsed, nil
		}
	}
	return 0, ledger.ErrNotFound
}

func (m *ledgerModel) suspend(on bool) error {
	if m.closing() {
		return ledger.ErrClosed
	}
	m.state = ledger.Active
	if on {
		m.state = ledger.Suspended
	}
	return nil
}

func (m *ledgerModel) sweep(how manner) {
	for _, h := range m.holds {
		if h.state == ledger.Pending && !h.expires.After(m.at) {
			h.state = ledger.Expired
			m.unhold(h, h.amount)
		}
	}
	for _, p := range m.payments {
		if p.state == ledger.PaymentPending && !p.next.After(m.at) {
			_ = m.meet(p, how) // the sweep's errors are not told apart
		}
	}
}

func (m *ledgerModel) terminate(how manner) (total, refunding int64, err error) {
	if m.state == ledger.Closed {
		return 0, 0, ledger.ErrClosed
	}
	m.state, m.amount, m.threshold = ledger.Closing, 0, 0
	if m.open() > 0 || m.pendingTopUp() != nil || m.refunding() > 0 {
		return 0, 0, ledger.ErrOpen
	}
	m.state = ledger.Closed
	for _, g := range m.grants {
		m.lapsed += g.free
		g.free, g.revoked = 0, true
	}
	total = max(m.paid, 0)
	left := total / cent * cent
	var tops []*modelPayment
	for _, p := range m.payments {
		if p.of == nil && p.state == ledger.PaymentSettled && !m.at.After(p.settled.Add(m.policy.RefundWindow)) {
			tops = append(tops, p)
		}
	}
	slices.SortFunc(tops, func(a, b *modelPayment) int {
		return cmp.Or(b.created.Compare(a.created), cmp.Compare(b.key, a.key))
	})
	for _, p := range tops {
		if back := min(left, p.amount-p.refunded); back > 0 {
			m.autos++
			refunding += back
			left -= back
			r := m.giveBack(fmt.Sprintf("auto %d", m.autos), p, back)
			_ = m.meet(r, how)
		}
	}
	return total, refunding, nil
}
