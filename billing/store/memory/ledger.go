package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// Ledger keeps the rows of a ledger.Ledger in memory: for tests, and for
// hosts that need no memory of yesterday. It is safe for many goroutines;
// accounts do not wait for each other.
type Ledger struct {
	mu       sync.RWMutex
	accounts map[string]*account

	dueMu sync.Mutex // taken last
	due   [ledger.DueGrants + 1]map[ledger.Ref]time.Time
}

// NewLedger returns an empty Ledger.
func NewLedger() *Ledger {
	l := &Ledger{accounts: map[string]*account{}}
	for what := range l.due {
		l.due[what] = map[ledger.Ref]time.Time{}
	}
	return l
}

// account is the rows of one account. What an update writes is kept apart
// until it succeeds, so that undoing is forgetting.
type account struct {
	mu       sync.RWMutex
	row      ledger.Account
	grants   map[string]ledger.Grant
	holds    map[string]ledger.Hold
	payments map[string]ledger.Payment
	journal  []ledger.Transaction
	keys     map[string]int // in journal
}

func newAccount(id string) *account {
	return &account{
		row:    ledger.Account{ID: id},
		grants: map[string]ledger.Grant{}, holds: map[string]ledger.Hold{},
		payments: map[string]ledger.Payment{}, keys: map[string]int{},
	}
}

// find returns the account, or nil.
func (l *Ledger) find(id string) *account {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.accounts[id]
}

// Update implements ledger.Store. It never runs fn twice.
func (l *Ledger) Update(ctx context.Context, id string, fn func(ledger.Tx) error) error {
	a := l.find(id)
	if a == nil {
		l.mu.Lock()
		if a = l.accounts[id]; a == nil {
			a = newAccount(id)
			l.accounts[id] = a
		}
		l.mu.Unlock()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &ledgerTx{account: a, fresh: account{row: a.row}}
	err := fn(t)
	t.account = nil // dead
	if err != nil {
		return err
	}
	a.row = t.fresh.row
	maps.Copy(a.grants, t.fresh.grants)
	maps.Copy(a.holds, t.fresh.holds)
	maps.Copy(a.payments, t.fresh.payments)
	for _, tr := range t.fresh.journal {
		if tr.Key != "" {
			a.keys[tr.Key] = len(a.journal)
		}
		a.journal = append(a.journal, tr)
	}
	l.index(id, &t.fresh)
	return nil
}

// index notes when rows that were written fall due.
func (l *Ledger) index(id string, fresh *account) {
	l.dueMu.Lock()
	defer l.dueMu.Unlock()
	set := func(what ledger.Due, key string, waits bool, at time.Time) {
		ref := ledger.Ref{Account: id, Key: key}
		if !waits {
			delete(l.due[what], ref)
			return
		}
		l.due[what][ref] = at
	}
	for key, h := range fresh.holds {
		set(ledger.DueHolds, key, h.State == ledger.Pending, h.Expires)
	}
	for key, p := range fresh.payments {
		set(ledger.DuePayments, key, p.State == ledger.PaymentPending, p.Next)
	}
	for key, g := range fresh.grants {
		set(ledger.DueGrants, key, g.Free > 0 && !g.Expires.IsZero(), g.Expires)
	}
}

// View implements ledger.Store.
func (l *Ledger) View(ctx context.Context, id string, fn func(ledger.Snapshot) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a := l.find(id)
	if a == nil {
		a = newAccount(id)
	}
	a.mu.RLock()
	defer a.mu.RUnlock()
	return fn(ledgerView{a})
}

// Accounts implements ledger.Store.
func (l *Ledger) Accounts(ctx context.Context, after string, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	var ids []string
	for id := range l.accounts {
		if id > after {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), max(limit, 0))], nil
}

// Due implements ledger.Store.
func (l *Ledger) Due(ctx context.Context, what ledger.Due, now time.Time, limit int) ([]ledger.Ref, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if what < ledger.DueHolds || what > ledger.DueGrants {
		return nil, fmt.Errorf("memory: nothing is due by the number %d", what)
	}
	type due struct {
		ledger.Ref
		at time.Time
	}
	var found []due
	l.dueMu.Lock()
	for ref, at := range l.due[what] {
		if !at.After(now) {
			found = append(found, due{ref, at})
		}
	}
	l.dueMu.Unlock()
	slices.SortFunc(found, func(x, y due) int {
		return cmp.Or(x.at.Compare(y.at), strings.Compare(x.Account, y.Account), strings.Compare(x.Key, y.Key))
	})
	refs := make([]ledger.Ref, 0, min(len(found), max(limit, 0)))
	for _, d := range found[:cap(refs)] {
		refs = append(refs, d.Ref)
	}
	return refs, nil
}
