package billingtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// brokenLedger is a store in memory that neglects one duty.
type brokenLedger struct {
	ledger.Store
	lacks string
	mu    sync.Mutex
	holds map[string]ledger.Hold // as put, shared
}

func newBrokenLedger(lacks string) *brokenLedger {
	return &brokenLedger{Store: memory.NewLedger(), lacks: lacks, holds: map[string]ledger.Hold{}}
}

// ctx is the context of a call, or one that never ends.
func (f *brokenLedger) ctx(ctx context.Context, call string) context.Context {
	if f.lacks == "contexts of "+call {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (f *brokenLedger) id(account string) string {
	switch f.lacks {
	case "telling case apart":
		return strings.ToLower(account)
	case "spaces":
		return strings.TrimSpace(account)
	}
	return account
}

func (f *brokenLedger) Update(ctx context.Context, account string, fn func(ledger.Tx) error) (err error) {
	var before *ledger.Account
	if f.lacks == "locking" {
		_ = f.Store.View(ctx, account, func(s ledger.Snapshot) error {
			row, err := s.Account()
			before = &row
			return err
		})
		runtime.Gosched()
	}
	if f.lacks == "passing panics on" {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("%v", v)
			}
		}()
	}
	var failed error
	err = f.Store.Update(f.ctx(ctx, "Update"), f.id(account), func(tx ledger.Tx) error {
		t := &brokenTx{Tx: tx, f: f, account: account, before: before}
		if f.lacks == "undoing" {
			failed = fn(t)
			return nil
		}
		return fn(t)
	})
	if f.lacks == "errors" && err != nil {
		err = errors.New(err.Error())
	}
	return cmpErr(failed, err)
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func (f *brokenLedger) View(ctx context.Context, account string, fn func(ledger.Snapshot) error) error {
	return f.Store.View(f.ctx(ctx, "View"), f.id(account), func(s ledger.Snapshot) error {
		return fn(&brokenView{s, f, account})
	})
}

func (f *brokenLedger) Accounts(ctx context.Context, after string, limit int) ([]string, error) {
	switch f.lacks {
	case "limits of accounts":
		limit = 1000
	case "starting after an account":
		after = strings.TrimSuffix(after, "a")
	}
	ids, err := f.Store.Accounts(f.ctx(ctx, "Accounts"), after, limit)
	if f.lacks == "the order of accounts" {
		slices.Reverse(ids)
	}
	return ids, err
}

func (f *brokenLedger) Due(ctx context.Context, what ledger.Due, now time.Time, limit int) ([]ledger.Ref, error) {
	switch {
	case f.lacks == fmt.Sprint("punctuality ", what):
		now = now.Add(-tick)
	case f.lacks == fmt.Sprint("patience ", what):
		now = now.Add(tick)
	case f.lacks == "limits of due rows":
		limit = 1000
	}
	refs, err := f.Store.Due(f.ctx(ctx, "Due"), what, now, limit)
	if f.lacks == "the order of due rows" {
		slices.Reverse(refs)
	}
	if f.lacks == "refusing what is nothing" {
		err = nil
	}
	return refs, err
}

// brokenTx is the Tx of such a store.
type brokenTx struct {
	ledger.Tx
	f       *brokenLedger
	account string
	before  *ledger.Account
}

func (t *brokenTx) Account() (ledger.Account, error) {
	row, err := t.Tx.Account()
	if t.before != nil {
		row = *t.before
	}
	switch t.f.lacks {
	case "holds when admitting": // a planted bug: over-reserve
		row.HeldPaid, row.HeldPromo = 0, 0
	case "telling case apart", "spaces":
		row.ID = t.account
	}
	return row, err
}

func (t *brokenTx) PutAccount(row ledger.Account) error {
	real, err := t.Tx.Account()
	if err != nil {
		return err
	}
	switch t.f.lacks {
	case "holds when admitting":
		row.HeldPaid += real.HeldPaid
		row.HeldPromo += real.HeldPromo
	case "freeing holds": // a planted bug: hold leak
		row.HeldPaid, row.HeldPromo = max(row.HeldPaid, real.HeldPaid), max(row.HeldPromo, real.HeldPromo)
	case "all of an account":
		row.AutoSpent = 0
	case "microseconds":
		row.NegativeSince = row.NegativeSince.Truncate(time.Millisecond)
	case "telling case apart", "spaces":
		row.ID = real.ID
	}
	return t.Tx.PutAccount(row)
}

func (t *brokenTx) Grants() ([]ledger.Grant, error) {
	grants, err := t.Tx.Grants()
	return t.f.grants(grants), err
}

func (f *brokenLedger) grants(grants []ledger.Grant) []ledger.Grant {
	switch f.lacks {
	case "the order of grants":
		slices.Reverse(grants)
	case "grants for ever last":
		slices.SortStableFunc(grants, func(a, b ledger.Grant) int { return a.Expires.Compare(b.Expires) })
	case "grants that are held":
		grants = slices.DeleteFunc(grants, func(g ledger.Grant) bool { return g.Free == 0 })
	}
	return grants
}

func (t *brokenTx) Hold(key string) (ledger.Hold, bool, error) {
	h, found, err := t.Tx.Hold(key)
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	switch {
	case t.f.lacks == "holds that are settled" && h.State != ledger.Pending:
		return ledger.Hold{}, false, err
	case t.f.lacks == "remembering commits" && h.State == ledger.Committed: // a planted bug: double commit
		h.State = ledger.Pending
	case t.f.lacks == "copying" && found:
		h = t.f.holds[key]
	}
	return h, found, err
}

func (t *brokenTx) PutHold(h ledger.Hold) error {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	switch t.f.lacks {
	case "parts of holds":
		h.Promo = nil
	case "copying":
		t.f.holds[h.Key] = h
	case "remembering commits":
		// As if the row had been there a second time: its parts are held still.
		if old, found, _ := t.Tx.Hold(h.Key); found && old.State == ledger.Committed {
			return nil
		}
	}
	return t.Tx.PutHold(h)
}

func (t *brokenTx) Payment(key string) (ledger.Payment, bool, error) {
	p, found, err := t.Tx.Payment(key)
	if t.f.lacks == "remembering top-ups" && p.Kind == ledger.TopUpPayment {
		p.State = ledger.PaymentPending
	}
	return p, found, err
}

func (t *brokenTx) PutPayment(p ledger.Payment) error {
	if t.f.lacks == "answers of payments" {
		p.Answer = nil
	}
	return t.Tx.PutPayment(p)
}

func (t *brokenTx) Payments() ([]ledger.Payment, error) {
	payments, err := t.Tx.Payments()
	if t.f.lacks == "the order of payments" {
		slices.Reverse(payments)
	}
	return payments, err
}

func (t *brokenTx) Find(key string) (ledger.Transaction, bool, error) {
	if t.f.lacks == "finding keys" {
		return ledger.Transaction{}, false, nil
	}
	return t.Tx.Find(key)
}

func (t *brokenTx) Post(tr ledger.Transaction) error {
	switch t.f.lacks {
	case "the order of entries":
		tr.Entries = slices.Clone(tr.Entries)
		slices.Reverse(tr.Entries)
	case "keys":
		if _, found, _ := t.Tx.Find(tr.Key); found {
			tr.Key = ""
		}
	case "zones":
		tr.At = tr.At.In(time.FixedZone("", 3600))
	}
	err := t.Tx.Post(tr)
	if t.f.lacks == "refusing numbers" && tr.Key != "key" {
		return nil
	}
	return err
}

// brokenView is the Snapshot of such a store.
type brokenView struct {
	ledger.Snapshot
	f       *brokenLedger
	account string
}

func (v *brokenView) Account() (ledger.Account, error) {
	row, err := v.Snapshot.Account()
	row.ID = v.account
	return row, err
}

func (v *brokenView) Grants() ([]ledger.Grant, error) {
	grants, err := v.Snapshot.Grants()
	return v.f.grants(grants), err
}

func (v *brokenView) Holds() ([]ledger.Hold, error) {
	holds, err := v.Snapshot.Holds()
	switch v.f.lacks {
	case "the order of holds":
		slices.Reverse(holds)
	case "copying":
		for i := range holds {
			holds[i] = v.f.holds[holds[i].Key]
		}
	}
	return holds, err
}

func (v *brokenView) Transactions(after int64, limit int) ([]ledger.Transaction, error) {
	switch v.f.lacks {
	case "pages of the journal":
		limit = 1000
	case "starting after a number":
		after = max(after-1, 0)
	}
	return v.Snapshot.Transactions(after, limit)
}

// tornLedger is a store whose snapshots are of several moments.
type tornLedger struct{ ledger.Store }

func (f tornLedger) View(ctx context.Context, account string, fn func(ledger.Snapshot) error) error {
	return fn(tornView{f.Store, ctx, account})
}

type tornView struct {
	ledger.Store
	ctx     context.Context
	account string
}

func (v tornView) view(fn func(ledger.Snapshot) error) error { return v.View(v.ctx, v.account, fn) }

// Account returns once the row is no longer true, or will not change.
func (v tornView) Account() (row ledger.Account, err error) {
	read := func(s ledger.Snapshot) (err error) { row, err = s.Account(); return err }
	err = v.view(read)
	first := row
	for range 10_000 {
		if err != nil || row != first {
			break
		}
		runtime.Gosched()
		err = v.view(read)
	}
	return first, err
}

func (v tornView) Grants() (rows []ledger.Grant, err error) {
	err = v.view(func(s ledger.Snapshot) (err error) { rows, err = s.Grants(); return err })
	return rows, err
}

func (v tornView) Holds() (rows []ledger.Hold, err error) {
	err = v.view(func(s ledger.Snapshot) (err error) { rows, err = s.Holds(); return err })
	return rows, err
}

func (v tornView) Payments() (rows []ledger.Payment, err error) {
	err = v.view(func(s ledger.Snapshot) (err error) { rows, err = s.Payments(); return err })
	return rows, err
}

func (v tornView) Transactions(after int64, limit int) (rows []ledger.Transaction, err error) {
	err = v.view(func(s ledger.Snapshot) (err error) { rows, err = s.Transactions(after, limit); return err })
	return rows, err
}
