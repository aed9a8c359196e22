package memory

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/immagin/immagin-go/billing/ledger"
)

// errDead is a Tx used after its function returned.
var errDead = errors.New("memory: transaction used after its function returned")

// ledgerTx reads an account through what was written over it.
type ledgerTx struct {
	account *account
	fresh   account // what this transaction wrote
}

// read is the row with this key, the transaction's own first.
func read[T any](fresh, kept map[string]T, key string) (T, bool) {
	if row, ok := fresh[key]; ok {
		return row, true
	}
	row, ok := kept[key]
	return row, ok
}

// write puts a row into a map that may not be there yet.
func write[T any](m *map[string]T, key string, row T) {
	if *m == nil {
		*m = map[string]T{}
	}
	(*m)[key] = row
}

func (t *ledgerTx) Account() (ledger.Account, error) {
	if t.account == nil {
		return ledger.Account{}, errDead
	}
	return t.fresh.row, nil
}

func (t *ledgerTx) PutAccount(row ledger.Account) error {
	if t.account == nil {
		return errDead
	}
	if row.ID != t.account.row.ID {
		return fmt.Errorf("memory: account %q written in a transaction on %q", row.ID, t.account.row.ID)
	}
	t.fresh.row = row
	return nil
}

func (t *ledgerTx) Grants() ([]ledger.Grant, error) {
	if t.account == nil {
		return nil, errDead
	}
	return liveGrants(t.account.grants, t.fresh.grants), nil
}

func (t *ledgerTx) PutGrant(g ledger.Grant) error {
	if t.account == nil {
		return errDead
	}
	write(&t.fresh.grants, g.Key, g)
	return nil
}

func (t *ledgerTx) Hold(key string) (ledger.Hold, bool, error) {
	if t.account == nil {
		return ledger.Hold{}, false, errDead
	}
	h, ok := read(t.fresh.holds, t.account.holds, key)
	return copyHold(h), ok, nil
}

func (t *ledgerTx) PutHold(h ledger.Hold) error {
	if t.account == nil {
		return errDead
	}
	write(&t.fresh.holds, h.Key, copyHold(h))
	return nil
}

func (t *ledgerTx) Payment(key string) (ledger.Payment, bool, error) {
	if t.account == nil {
		return ledger.Payment{}, false, errDead
	}
	p, ok := read(t.fresh.payments, t.account.payments, key)
	p.Answer = slices.Clone(p.Answer)
	return p, ok, nil
}

func (t *ledgerTx) PutPayment(p ledger.Payment) error {
	if t.account == nil {
		return errDead
	}
	p.Answer = slices.Clone(p.Answer)
	write(&t.fresh.payments, p.Key, p)
	return nil
}

func (t *ledgerTx) Payments() ([]ledger.Payment, error) {
	if t.account == nil {
		return nil, errDead
	}
	return allPayments(t.account.payments, t.fresh.payments), nil
}

func (t *ledgerTx) Find(key string) (ledger.Transaction, bool, error) {
	if t.account == nil {
		return ledger.Transaction{}, false, errDead
	}
	if key == "" {
		return ledger.Transaction{}, false, nil
	}
	for _, tr := range t.fresh.journal {
		if tr.Key == key {
			return copyTransaction(tr), true, nil
		}
	}
	if i, ok := t.account.keys[key]; ok {
		return copyTransaction(t.account.journal[i]), true, nil
	}
	return ledger.Transaction{}, false, nil
}

func (t *ledgerTx) Post(tr ledger.Transaction) error {
	if t.account == nil {
		return errDead
	}
	if _, found, _ := t.Find(tr.Key); found {
		return fmt.Errorf("memory: account %q has a transaction with key %q", t.account.row.ID, tr.Key)
	}
	// Numbers ascend without gaps, so only the last can be met again.
	next := int64(len(t.account.journal)+len(t.fresh.journal)) + 1
	if tr.Seq != next {
		return fmt.Errorf("memory: account %q: transaction %d, the next one is %d", t.account.row.ID, tr.Seq, next)
	}
	t.fresh.journal = append(t.fresh.journal, copyTransaction(tr))
	return nil
}

// ledgerView reads an account whose lock is held.
type ledgerView struct{ account *account }

func (v ledgerView) Account() (ledger.Account, error) { return v.account.row, nil }

func (v ledgerView) Grants() ([]ledger.Grant, error) { return liveGrants(v.account.grants, nil), nil }

func (v ledgerView) Payments() ([]ledger.Payment, error) {
	return allPayments(v.account.payments, nil), nil
}

func (v ledgerView) Holds() ([]ledger.Hold, error) {
	var holds []ledger.Hold
	for _, h := range v.account.holds {
		if h.State == ledger.Pending {
			holds = append(holds, copyHold(h))
		}
	}
	slices.SortFunc(holds, func(a, b ledger.Hold) int { return strings.Compare(a.Key, b.Key) })
	return holds, nil
}

func (v ledgerView) Transactions(after int64, limit int) ([]ledger.Transaction, error) {
	from := min(max(after, 0), int64(len(v.account.journal)))
	rows := v.account.journal[from:]
	rows = rows[:min(len(rows), max(limit, 0))]
	out := make([]ledger.Transaction, len(rows))
	for i, tr := range rows {
		out[i] = copyTransaction(tr)
	}
	return out, nil
}

// liveGrants is both maps' grants with anything left, in the order they are
// spent; fresh rows hide kept ones.
func liveGrants(kept, fresh map[string]ledger.Grant) []ledger.Grant {
	var grants []ledger.Grant
	add := func(g ledger.Grant) {
		if g.Free > 0 || g.Held > 0 {
			grants = append(grants, g)
		}
	}
	for key, g := range kept {
		if _, hidden := fresh[key]; !hidden {
			add(g)
		}
	}
	for _, g := range fresh {
		add(g)
	}
	slices.SortFunc(grants, func(a, b ledger.Grant) int {
		if a.Expires.IsZero() != b.Expires.IsZero() {
			if a.Expires.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.Seq, b.Seq))
	})
	return grants
}

// allPayments is both maps' payments in the order they were begun.
func allPayments(kept, fresh map[string]ledger.Payment) []ledger.Payment {
	all := maps.Clone(kept)
	maps.Copy(all, fresh)
	payments := slices.Collect(maps.Values(all))
	slices.SortFunc(payments, func(a, b ledger.Payment) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.Key, b.Key))
	})
	for i := range payments {
		payments[i].Answer = slices.Clone(payments[i].Answer)
	}
	return payments
}

func copyHold(h ledger.Hold) ledger.Hold {
	h.Promo, h.Answer = slices.Clone(h.Promo), slices.Clone(h.Answer)
	return h
}

func copyTransaction(t ledger.Transaction) ledger.Transaction {
	t.Entries, t.Answer = slices.Clone(t.Entries), slices.Clone(t.Answer)
	return t
}
