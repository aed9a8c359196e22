package sqlite

import (
	"errors"
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/internal/ledgerrows"
)

var errDead = errors.New("sqlite: transaction used after its function returned")

// A tx is one caller's: what it writes is kept apart from the books until its
// function succeeds, so that undoing is forgetting.
type tx struct {
	w        *writer
	books    *books // nil when dead
	account  ledger.Account
	grants   []ledger.Grant
	holds    []ledger.Hold
	payments []ledger.Payment
	posted   []ledger.Transaction
}

// keep moves what was written into the books.
func (t *tx) keep() {
	b := t.books
	if b.found && t.account == b.account && len(t.grants)+len(t.holds)+len(t.payments)+len(t.posted) == 0 {
		return
	}
	if !b.changed {
		b.changed = true
		t.w.ledger.changed = append(t.w.ledger.changed, b)
	}
	b.account = t.account
	for i := range t.grants {
		b.grants[t.grants[i].Key] = &t.grants[i]
		b.freshGrants[t.grants[i].Key] = true
	}
	for i := range t.holds {
		b.holds[t.holds[i].Key] = &t.holds[i]
		b.freshHolds[t.holds[i].Key] = true
	}
	for i := range t.payments {
		b.payments[t.payments[i].Key] = &t.payments[i]
		b.freshPayments[t.payments[i].Key] = true
	}
	for i := range t.posted {
		p := &t.posted[i]
		if b.last = p.Seq; p.Key != "" {
			b.keys[p.Key] = p
		}
		b.posted = append(b.posted, p)
	}
	t.w.ledger.rows += len(t.grants) + len(t.holds) + len(t.payments)
}

func (t *tx) Account() (ledger.Account, error) {
	if t.books == nil {
		return ledger.Account{}, errDead
	}
	return t.account, nil
}

func (t *tx) PutAccount(a ledger.Account) error {
	if t.books == nil {
		return errDead
	}
	if a.ID != t.books.id {
		return fmt.Errorf("sqlite: account %q written in a transaction on %q", a.ID, t.books.id)
	}
	t.account = a
	return nil
}

// put replaces the row with the same key, or appends one.
func put[T any](rows []T, row T, key func(*T) string) []T {
	if i := slices.IndexFunc(rows, func(r T) bool { return key(&r) == key(&row) }); i >= 0 {
		rows[i] = row
		return rows
	}
	return append(rows, row)
}

// written finds a row among those that the transaction wrote.
func written[T any](rows []T, want string, key func(*T) string) *T {
	for i := range rows {
		if key(&rows[i]) == want {
			return &rows[i]
		}
	}
	return nil
}

func grantKey(g *ledger.Grant) string     { return g.Key }
func holdKey(h *ledger.Hold) string       { return h.Key }
func paymentKey(p *ledger.Payment) string { return p.Key }

func (t *tx) Grants() ([]ledger.Grant, error) {
	if t.books == nil {
		return nil, errDead
	}
	live, err := t.w.liveGrants(t.books)
	if err != nil {
		return nil, wrap(err)
	}
	var grants []ledger.Grant
	add := func(g *ledger.Grant) {
		if g.Free > 0 || g.Held > 0 {
			grants = append(grants, *g)
		}
	}
	for key, g := range live {
		if written(t.grants, key, grantKey) == nil {
			add(g)
		}
	}
	for i := range t.grants {
		add(&t.grants[i])
	}
	ledgerrows.SortGrants(grants)
	return grants, nil
}

func (t *tx) PutGrant(g ledger.Grant) error {
	if t.books == nil {
		return errDead
	}
	t.grants = put(t.grants, g, grantKey)
	return nil
}

func (t *tx) Hold(key string) (ledger.Hold, bool, error) {
	if t.books == nil {
		return ledger.Hold{}, false, errDead
	}
	h := written(t.holds, key, holdKey)
	if h == nil {
		var err error
		if h, err = known(t.w, t.books.holds, key, readHolds, t.books.id); err != nil || h == nil {
			return ledger.Hold{}, false, wrap(err)
		}
	}
	return ledgerrows.CopyHold(*h), true, nil
}

func (t *tx) PutHold(h ledger.Hold) error {
	if t.books == nil {
		return errDead
	}
	t.holds = put(t.holds, ledgerrows.CopyHold(h), holdKey)
	return nil
}

func (t *tx) Payment(key string) (ledger.Payment, bool, error) {
	if t.books == nil {
		return ledger.Payment{}, false, errDead
	}
	p := written(t.payments, key, paymentKey)
	if p == nil {
		var err error
		if p, err = known(t.w, t.books.payments, key, readPayments, t.books.id); err != nil || p == nil {
			return ledger.Payment{}, false, wrap(err)
		}
	}
	return ledgerrows.CopyPayment(*p), true, nil
}

func (t *tx) PutPayment(p ledger.Payment) error {
	if t.books == nil {
		return errDead
	}
	t.payments = put(t.payments, ledgerrows.CopyPayment(p), paymentKey)
	return nil
}

func (t *tx) Payments() ([]ledger.Payment, error) {
	if t.books == nil {
		return nil, errDead
	}
	payments, err := readPayments(t.w.c, "account = ?", t.books.id)
	if err != nil {
		return nil, wrap(err)
	}
	// Those that are not in the file yet, the transaction's own last.
	for key := range t.books.freshPayments {
		payments = put(payments, ledgerrows.CopyPayment(*t.books.payments[key]), paymentKey)
	}
	for _, p := range t.payments {
		payments = put(payments, ledgerrows.CopyPayment(p), paymentKey)
	}
	ledgerrows.SortPayments(payments)
	return payments, nil
}

func (t *tx) Find(key string) (ledger.Transaction, bool, error) {
	if t.books == nil {
		return ledger.Transaction{}, false, errDead
	}
	found, err := t.find(key)
	if err != nil || found == nil {
		return ledger.Transaction{}, false, wrap(err)
	}
	return ledgerrows.CopyTransaction(*found), true, nil
}

func (t *tx) find(key string) (*ledger.Transaction, error) {
	if key == "" {
		return nil, nil
	}
	for i := range t.posted {
		if t.posted[i].Key == key {
			return &t.posted[i], nil
		}
	}
	return known(t.w, t.books.keys, key, readTransactions, t.books.id)
}

func (t *tx) Post(p ledger.Transaction) error {
	if t.books == nil {
		return errDead
	}
	if next := t.books.last + int64(len(t.posted)) + 1; p.Seq != next {
		return fmt.Errorf("sqlite: account %q: transaction %d, the next one is %d", t.books.id, p.Seq, next)
	}
	found, err := t.find(p.Key)
	if err != nil {
		return wrap(err)
	}
	if found != nil {
		return fmt.Errorf("sqlite: account %q has a transaction with key %q", t.books.id, p.Key)
	}
	t.posted = append(t.posted, ledgerrows.CopyTransaction(p))
	return nil
}
