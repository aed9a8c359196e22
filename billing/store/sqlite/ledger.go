package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/internal/ledgerrows"
)

// ledgerStore is a Store's half that keeps prepaid credits.
type ledgerStore struct{ *Store }

// Update implements ledger.Store. Functions run on their callers' goroutines,
// one after the other, in a transaction that many share.
func (l ledgerStore) Update(ctx context.Context, account string, fn func(ledger.Tx) error) error {
	return l.writer.do(ctx, 1, false, func(g *group) error {
		b, err := g.books(account)
		if err != nil {
			return wrap(err)
		}
		t := &tx{w: g.writer, books: b, account: b.account}
		defer func() { t.books = nil }()
		if err := fn(t); err != nil {
			return err
		}
		// The functions of the other callers see it, and nobody else does
		// until it is committed.
		t.keep()
		return nil
	})
}

// View implements ledger.Store.
func (l ledgerStore) View(ctx context.Context, account string, fn func(ledger.Snapshot) error) error {
	return l.read(ctx, func(c *conn) error { return fn(snapshot{c, account}) })
}

// Accounts implements ledger.Store.
func (l ledgerStore) Accounts(ctx context.Context, after string, limit int) (ids []string, err error) {
	err = l.read(ctx, func(c *conn) error {
		return wrap(c.query("SELECT id FROM ledger_accounts WHERE id > ? ORDER BY id LIMIT ?", func(r row) error {
			ids = append(ids, r.text(0))
			return nil
		}, after, int64(max(limit, 0))))
	})
	return ids, err
}

// Due implements ledger.Store.
func (l ledgerStore) Due(ctx context.Context, what ledger.Due, now time.Time, limit int) (refs []ledger.Ref, err error) {
	args := []driver.Value{now.UnixMicro(), int64(max(limit, 0))}
	var text string
	switch what {
	case ledger.DueHolds:
		text = "SELECT account, key FROM ledger_holds WHERE state = 1 AND expires <= ?1 ORDER BY expires, account, key LIMIT ?2"
	case ledger.DuePayments:
		text = "SELECT account, key FROM ledger_payments WHERE state = 1 AND next <= ?1 ORDER BY next, account, key LIMIT ?2"
	case ledger.DueGrants:
		text = "SELECT account, key FROM ledger_grants WHERE free > 0 AND expires <= ?1 AND expires > ?3 ORDER BY expires, account, key LIMIT ?2"
		args = append(args, time.Time{}.UnixMicro()) // which is never
	default:
		return nil, fmt.Errorf("sqlite: nothing is due by the number %d", what)
	}
	err = l.read(ctx, func(c *conn) error {
		return wrap(c.query(text, func(r row) error {
			refs = append(refs, ledger.Ref{Account: r.text(0), Key: r.text(1)})
			return nil
		}, args...))
	})
	return refs, err
}

// snapshot reads one account.
type snapshot struct {
	c       *conn
	account string
}

func (s snapshot) Account() (ledger.Account, error) {
	a, _, err := readAccount(s.c, s.account)
	return a, wrap(err)
}

func (s snapshot) Grants() ([]ledger.Grant, error) {
	grants, err := readGrants(s.c, s.account)
	ledgerrows.SortGrants(grants)
	return grants, wrap(err)
}

func (s snapshot) Holds() ([]ledger.Hold, error) {
	holds, err := readHolds(s.c, "account = ? AND state = 1 ORDER BY key", s.account)
	return holds, wrap(err)
}

func (s snapshot) Payments() ([]ledger.Payment, error) {
	payments, err := readPayments(s.c, "account = ? ORDER BY created, key", s.account)
	return payments, wrap(err)
}

func (s snapshot) Transactions(after int64, limit int) ([]ledger.Transaction, error) {
	limit = min(max(limit, 0), math.MaxInt32)
	transactions, err := readTransactions(s.c, "account = ? AND seq > ? ORDER BY seq LIMIT ?", s.account, after, int64(limit))
	return transactions, wrap(err)
}
