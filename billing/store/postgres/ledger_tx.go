package postgres

import (
	"errors"
	"fmt"
	"maps"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/internal/ledgerrows"
)

var (
	// errDead is a transaction used after its function returned.
	errDead = errors.New("postgres: transaction used after its function returned")
	// errMissed has a function end that is run again.
	errMissed = errors.New("postgres: the row is read before the function is run again")
)

// changes are rows that are written when the transaction ends.
type changes struct {
	account      *ledger.Account
	grants       map[string]ledger.Grant
	holds        map[string]ledger.Hold
	payments     map[string]ledger.Payment
	transactions []ledger.Transaction
	keys         map[string]int // in transactions
}

// put puts a row into a map that may not be there yet.
func put[T any](m *map[string]T, key string, row T) {
	if *m == nil {
		*m = map[string]T{}
	}
	(*m)[key] = row
}

// add puts later changes over the earlier ones.
func (c *changes) add(later changes) {
	if later.account != nil {
		c.account = later.account
	}
	for key, g := range later.grants {
		put(&c.grants, key, g)
	}
	for key, h := range later.holds {
		put(&c.holds, key, h)
	}
	for key, p := range later.payments {
		put(&c.payments, key, p)
	}
	for _, tr := range later.transactions {
		c.post(tr)
	}
}

func (c *changes) post(tr ledger.Transaction) {
	if tr.Key != "" {
		put(&c.keys, tr.Key, len(c.transactions))
	}
	c.transactions = append(c.transactions, tr)
}

func (c *changes) find(key string) (ledger.Transaction, bool) {
	i, ok := c.keys[key]
	if !ok {
		return ledger.Transaction{}, false
	}
	return c.transactions[i], true
}

// last is the number of the last transaction, or 0.
func (c *changes) last() int64 {
	if len(c.transactions) == 0 {
		return 0
	}
	return c.transactions[len(c.transactions)-1].Seq
}

// accountTx is the [ledger.Tx] of one function.
type accountTx struct {
	*rows
	mine   changes
	missed bool  // it asked for a row that is not known yet
	fault  error // the database's
	dead   bool
}

// miss reads what is wanted, or gives up until it is known.
func (x *accountTx) miss() error {
	if !x.direct {
		x.missed = true
		return errMissed
	}
	if x.fault == nil {
		x.fault = x.load()
	}
	return x.fault
}

// look finds a row by its key: the function's own, those of functions before
// it, the database's.
func look[T any](x *accountTx, mine, written map[string]T, known *kept[T], key string) (row T, ok bool, err error) {
	if x.dead {
		return row, false, errDead
	}
	if row, ok = mine[key]; ok {
		return row, true, nil
	}
	if row, ok = written[key]; ok {
		return row, true, nil
	}
	if !known.has(key) {
		known.want(key)
		if err := x.miss(); err != nil {
			return row, false, err
		}
	}
	row, ok = known.found[key]
	return row, ok, nil
}

// all are the rows of the database with those written over them.
func all[T any](x *accountTx, mine, written map[string]T, known *kept[T]) (map[string]T, error) {
	if x.dead {
		return nil, errDead
	}
	if !known.complete {
		known.wantAll = true
		if err := x.miss(); err != nil {
			return nil, err
		}
	}
	rows := maps.Clone(known.found)
	maps.Copy(rows, written)
	maps.Copy(rows, mine)
	return rows, nil
}

func (x *accountTx) Account() (ledger.Account, error) {
	switch {
	case x.dead:
		return ledger.Account{}, errDead
	case x.mine.account != nil:
		return *x.mine.account, nil
	case x.written.account != nil:
		return *x.written.account, nil
	}
	return x.account, nil
}

func (x *accountTx) PutAccount(row ledger.Account) error {
	if x.dead {
		return errDead
	}
	if row.ID != x.account.ID {
		return fmt.Errorf("postgres: account %q written in a transaction on %q", row.ID, x.account.ID)
	}
	x.mine.account = &row
	return nil
}

func (x *accountTx) Grants() ([]ledger.Grant, error) {
	rows, err := all(x, x.mine.grants, x.written.grants, &x.grants)
	if err != nil {
		return nil, err
	}
	var live []ledger.Grant
	for _, g := range rows {
		if g.Free > 0 || g.Held > 0 {
			live = append(live, g)
		}
	}
	ledgerrows.SortGrants(live)
	return live, nil
}

func (x *accountTx) PutGrant(g ledger.Grant) error {
	if x.dead {
		return errDead
	}
	put(&x.mine.grants, g.Key, g)
	return nil
}

func (x *accountTx) Hold(key string) (ledger.Hold, bool, error) {
	h, ok, err := look(x, x.mine.holds, x.written.holds, &x.holds, key)
	return ledgerrows.CopyHold(h), ok, err
}

func (x *accountTx) PutHold(h ledger.Hold) error {
	if x.dead {
		return errDead
	}
	put(&x.mine.holds, h.Key, ledgerrows.CopyHold(h))
	return nil
}

func (x *accountTx) Payment(key string) (ledger.Payment, bool, error) {
	p, ok, err := look(x, x.mine.payments, x.written.payments, &x.payments, key)
	return ledgerrows.CopyPayment(p), ok, err
}

func (x *accountTx) PutPayment(p ledger.Payment) error {
	if x.dead {
		return errDead
	}
	put(&x.mine.payments, p.Key, ledgerrows.CopyPayment(p))
	return nil
}

func (x *accountTx) Payments() ([]ledger.Payment, error) {
	rows, err := all(x, x.mine.payments, x.written.payments, &x.payments)
	if err != nil {
		return nil, err
	}
	var payments []ledger.Payment
	for _, p := range rows {
		payments = append(payments, ledgerrows.CopyPayment(p))
	}
	ledgerrows.SortPayments(payments)
	return payments, nil
}

func (x *accountTx) Find(key string) (ledger.Transaction, bool, error) {
	if x.dead {
		return ledger.Transaction{}, false, errDead
	}
	if key == "" {
		return ledger.Transaction{}, false, nil
	}
	if tr, ok := x.mine.find(key); ok {
		return ledgerrows.CopyTransaction(tr), true, nil
	}
	if tr, ok := x.written.find(key); ok {
		return ledgerrows.CopyTransaction(tr), true, nil
	}
	tr, ok, err := look(x, nil, nil, &x.transactions, key)
	return ledgerrows.CopyTransaction(tr), ok, err
}

// Post takes numbers in ascending order, as the ledger gives them: one that is
// not above all others is a transaction that is there already.
func (x *accountTx) Post(tr ledger.Transaction) error {
	if _, found, err := x.Find(tr.Key); err != nil {
		return err
	} else if found {
		return fmt.Errorf("postgres: account %q has a transaction with key %q", x.account.ID, tr.Key)
	}
	if last := max(x.seq, x.written.last(), x.mine.last()); tr.Seq <= last {
		return fmt.Errorf("postgres: account %q: transaction %d, the last one is %d", x.account.ID, tr.Seq, last)
	}
	x.mine.post(ledgerrows.CopyTransaction(tr))
	return nil
}
