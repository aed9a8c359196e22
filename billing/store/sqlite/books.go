package sqlite

import (
	"database/sql/driver"

	"github.com/immagin/immagin-go/billing/ledger"
)

// ledgerCache is what the writer knows of the ledger's tables, and has yet to
// write. A row that is changed a hundred times within a transaction is written
// once, and one that was written is not read again for the next caller. It is
// forgotten when another process has written, and when a transaction was
// undone.
type ledgerCache struct {
	accounts map[string]*books
	changed  []*books // to be written with the transaction
	rows     int      // roughly how many rows are kept
}

// books are the rows of one account. In the maps a nil row is known not to be
// in the file.
type books struct {
	id       string
	account  ledger.Account
	found    bool                     // the account has a row
	last     int64                    // the number of its last transaction
	grants   map[string]*ledger.Grant // those with anything left, and those written
	granted  bool                     // all such grants are in the map
	holds    map[string]*ledger.Hold
	payments map[string]*ledger.Payment
	keys     map[string]*ledger.Transaction

	// What is to be written.
	changed       bool
	freshGrants   map[string]bool
	freshHolds    map[string]bool
	freshPayments map[string]bool
	posted        []*ledger.Transaction
}

// rowsMost is how many rows are kept from one transaction to the next.
const rowsMost = 20_000

// books returns an account's rows, with as little read as possible.
func (w *writer) books(id string) (*books, error) {
	if b, ok := w.ledger.accounts[id]; ok {
		return b, nil
	}
	account, found, err := readAccount(w.c, id)
	if err != nil {
		return nil, err
	}
	last, _, err := w.c.number("SELECT max(seq) FROM ledger_transactions WHERE account = ?", id)
	if err != nil {
		return nil, err
	}
	b := &books{
		id: id, account: account, found: found, last: last,
		grants: map[string]*ledger.Grant{}, holds: map[string]*ledger.Hold{},
		payments: map[string]*ledger.Payment{}, keys: map[string]*ledger.Transaction{},
		freshGrants: map[string]bool{}, freshHolds: map[string]bool{}, freshPayments: map[string]bool{},
	}
	if w.ledger.accounts == nil {
		w.ledger.accounts = map[string]*books{}
	}
	w.ledger.accounts[id] = b
	w.ledger.rows++
	return b, nil
}

// first is the one row of a list, or nil.
func first[T any](rows []T, err error) (*T, error) {
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// known returns the row with a key from a map, which it is read into.
func known[T any](w *writer, m map[string]*T, key string, read func(*conn, string, ...driver.Value) ([]T, error), account string) (*T, error) {
	if r, ok := m[key]; ok {
		return r, nil
	}
	r, err := first(read(w.c, "account = ? AND key = ?", account, key))
	if err == nil {
		m[key] = r
		w.ledger.rows++
	}
	return r, err
}

// liveGrants are in no order.
func (w *writer) liveGrants(b *books) (map[string]*ledger.Grant, error) {
	if !b.granted {
		grants, err := readGrants(w.c, b.id)
		if err != nil {
			return nil, err
		}
		for i, g := range grants {
			if _, ok := b.grants[g.Key]; !ok {
				b.grants[g.Key] = &grants[i]
			}
		}
		b.granted = true
		w.ledger.rows += len(grants)
	}
	return b.grants, nil
}

// flushLedger writes what has changed.
func (w *writer) flushLedger() error {
	for _, b := range w.ledger.changed {
		if err := b.flush(w.c); err != nil {
			return err
		}
	}
	w.ledger.changed = w.ledger.changed[:0]
	if w.ledger.rows > rowsMost {
		w.ledger = ledgerCache{}
	}
	return nil
}

// flush writes rows, and forgets those that are seldom asked for again.
func (b *books) flush(c *conn) error {
	if err := writeAccount(c, &b.account); err != nil {
		return err
	}
	for key := range b.freshGrants {
		g := b.grants[key]
		if err := writeGrant(c, b.id, g); err != nil {
			return err
		}
		if g.Free <= 0 && g.Held <= 0 {
			delete(b.grants, key)
		}
	}
	for key := range b.freshHolds {
		h := b.holds[key]
		if err := writeHold(c, b.id, h); err != nil {
			return err
		}
		if h.State != ledger.Pending {
			delete(b.holds, key)
		}
	}
	for key := range b.freshPayments {
		if err := writePayment(c, b.id, b.payments[key]); err != nil {
			return err
		}
	}
	for _, t := range b.posted {
		if err := writeTransaction(c, b.id, t); err != nil {
			return err
		}
	}
	b.found, b.changed = true, false
	clear(b.freshGrants)
	clear(b.freshHolds)
	clear(b.freshPayments)
	clear(b.payments)
	clear(b.keys)
	b.posted = b.posted[:0]
	return nil
}
