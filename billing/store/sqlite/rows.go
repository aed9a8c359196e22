package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

// Rows of the ledger: how each is read and written.

const (
	accountColumns = "id, currency, paid, promo, held_paid, held_promo, open, pending, pending_key, seq, state, negative_since, auto_threshold, auto_amount, auto_after, auto_day, auto_spent, refunding"
	grantColumns   = "key, amount, free, held, expires, revoked, seq"
	holdColumns    = "key, amount, paid, promo, margin, version, created, expires, state, outcome, hash, answer"
	paymentColumns = "key, kind, auto, refund_of, amount, refund, state, ref, created, next, settled, answer"
	journalColumns = "seq, kind, key, hash, answer, ref, memo, at, entries"
)

func micro(n int64) time.Time { return time.UnixMicro(n).UTC() }

// readAccount returns the zero row with its ID if there is none.
func readAccount(c *conn, id string) (a ledger.Account, found bool, err error) {
	a.ID = id
	err = c.query("SELECT "+accountColumns+" FROM ledger_accounts WHERE id = ?", func(r row) error {
		found = true
		a = ledger.Account{
			ID: r.text(0), Currency: billing.Currency(r.text(1)), Paid: r.int(2), Promo: r.int(3), HeldPaid: r.int(4), HeldPromo: r.int(5),
			Open: r.int(6), Pending: r.int(7), PendingKey: r.text(8), Seq: r.int(9), State: ledger.State(r.int(10)), NegativeSince: micro(r.int(11)),
			AutoThreshold: r.int(12), AutoAmount: r.int(13), AutoAfter: micro(r.int(14)), AutoDay: micro(r.int(15)), AutoSpent: r.int(16),
			Refunding: r.int(17),
		}
		return nil
	}, id)
	return a, found, err
}

func writeAccount(c *conn, a *ledger.Account) error {
	_, err := c.exec("INSERT OR REPLACE INTO ledger_accounts ("+accountColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		a.ID, string(a.Currency), a.Paid, a.Promo, a.HeldPaid, a.HeldPromo, a.Open, a.Pending, a.PendingKey, a.Seq, int64(a.State), a.NegativeSince.UnixMicro(),
		a.AutoThreshold, a.AutoAmount, a.AutoAfter.UnixMicro(), a.AutoDay.UnixMicro(), a.AutoSpent, a.Refunding)
	return err
}

// readGrants returns those with anything left, in no order.
func readGrants(c *conn, account string) (grants []ledger.Grant, err error) {
	err = c.query("SELECT "+grantColumns+" FROM ledger_grants WHERE account = ? AND (free > 0 OR held > 0)", func(r row) error {
		grants = append(grants, ledger.Grant{
			Key: r.text(0), Amount: r.int(1), Free: r.int(2), Held: r.int(3), Expires: micro(r.int(4)), Revoked: r.int(5) != 0, Seq: r.int(6),
		})
		return nil
	}, account)
	return grants, err
}

func writeGrant(c *conn, account string, g *ledger.Grant) error {
	_, err := c.exec("INSERT OR REPLACE INTO ledger_grants (account, "+grantColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		account, g.Key, g.Amount, g.Free, g.Held, g.Expires.UnixMicro(), flag(g.Revoked), g.Seq)
	return err
}

func readHolds(c *conn, where string, args ...driver.Value) (holds []ledger.Hold, err error) {
	err = c.query("SELECT "+holdColumns+" FROM ledger_holds WHERE "+where, func(r row) error {
		h := ledger.Hold{
			Key: r.text(0), Amount: r.int(1), Paid: r.int(2), Margin: r.int(4), Version: r.int(5), Created: micro(r.int(6)), Expires: micro(r.int(7)),
			State: ledger.HoldState(r.int(8)), Outcome: ledger.Outcome(r.int(9)), Hash: hash(r, 10), Answer: r.blob(11),
		}
		err := fromJSON(r, 3, &h.Promo)
		holds = append(holds, h)
		return err
	}, args...)
	return holds, err
}

func writeHold(c *conn, account string, h *ledger.Hold) error {
	promo, err := toJSON(h.Promo)
	if err != nil {
		return err
	}
	_, err = c.exec("INSERT OR REPLACE INTO ledger_holds (account, "+holdColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		account, h.Key, h.Amount, h.Paid, promo, h.Margin, h.Version, h.Created.UnixMicro(), h.Expires.UnixMicro(), int64(h.State), int64(h.Outcome), sum(&h.Hash), blob(h.Answer))
	return err
}

func readPayments(c *conn, where string, args ...driver.Value) (payments []ledger.Payment, err error) {
	err = c.query("SELECT "+paymentColumns+" FROM ledger_payments WHERE "+where, func(r row) error {
		payments = append(payments, ledger.Payment{
			Key: r.text(0), Kind: ledger.PaymentKind(r.int(1)), Auto: r.int(2) != 0, Of: r.text(3), Amount: r.int(4), Refund: r.int(5),
			State: ledger.PaymentState(r.int(6)), Ref: r.text(7), Created: micro(r.int(8)), Next: micro(r.int(9)), Settled: micro(r.int(10)), Answer: r.blob(11),
		})
		return nil
	}, args...)
	return payments, err
}

func writePayment(c *conn, account string, p *ledger.Payment) error {
	_, err := c.exec("INSERT OR REPLACE INTO ledger_payments (account, "+paymentColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		account, p.Key, int64(p.Kind), flag(p.Auto), p.Of, p.Amount, p.Refund, int64(p.State), p.Ref, p.Created.UnixMicro(), p.Next.UnixMicro(), p.Settled.UnixMicro(), blob(p.Answer))
	return err
}

func readTransactions(c *conn, where string, args ...driver.Value) (transactions []ledger.Transaction, err error) {
	err = c.query("SELECT "+journalColumns+" FROM ledger_transactions WHERE "+where, func(r row) error {
		t := ledger.Transaction{
			Seq: r.int(0), Kind: ledger.Kind(r.text(1)), Key: r.text(2), Hash: hash(r, 3), Answer: r.blob(4), Ref: r.text(5), Memo: r.text(6), At: micro(r.int(7)),
		}
		err := fromJSON(r, 8, &t.Entries)
		transactions = append(transactions, t)
		return err
	}, args...)
	return transactions, err
}

func writeTransaction(c *conn, account string, t *ledger.Transaction) error {
	entries, err := toJSON(t.Entries)
	if err != nil {
		return err
	}
	var key driver.Value
	if t.Key != "" {
		key = t.Key
	}
	_, err = c.exec("INSERT INTO ledger_transactions (account, "+journalColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		account, t.Seq, string(t.Kind), key, sum(&t.Hash), blob(t.Answer), t.Ref, t.Memo, t.At.UnixMicro(), entries)
	return err
}

// toJSON is NULL for nothing.
func toJSON[T any](list []T) (driver.Value, error) {
	if len(list) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func fromJSON[T any](r row, column int, list *[]T) error {
	if r[column] == nil {
		return nil
	}
	return json.Unmarshal([]byte(r.text(column)), list)
}

// sum is NULL for the zero hash.
func sum(h *[32]byte) driver.Value {
	if *h == [32]byte{} {
		return nil
	}
	return h[:]
}

func hash(r row, column int) (h [32]byte) {
	copy(h[:], r.blob(column))
	return h
}

// blob is NULL for nothing.
func blob(b []byte) driver.Value {
	if len(b) == 0 {
		return nil
	}
	return b
}
