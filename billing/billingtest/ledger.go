package billingtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
)

// LedgerOptions say how [TestLedgerStore] tests. Nil and zero fields are the
// defaults.
type LedgerOptions struct {
	// Racers is the number of callers that do the same at the same time; 16
	// by default.
	Racers int
	// Rounds is how often each of them does it; 10 by default.
	Rounds int
	// Again opens another handle of what a store keeps, as another process
	// that shares it would, and closes it with the test. By default the same
	// handle is used twice.
	Again func(t *testing.T, s ledger.Store) ledger.Store
}

func (o *LedgerOptions) withDefaults() *LedgerOptions {
	var r LedgerOptions
	if o != nil {
		r = *o
	}
	if r.Racers == 0 {
		r.Racers = 16
	}
	if r.Rounds == 0 {
		r.Rounds = 10
	}
	return &r
}

// A LedgerCheck is one duty of a [ledger.Store], or something that a
// [ledger.Ledger] on it must keep while many use it.
type LedgerCheck struct {
	Name  string
	check func(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error
}

// Run returns what a store does wrong. A and b are handles of one store,
// which is empty; they may be the same.
func (c LedgerCheck) Run(ctx context.Context, a, b ledger.Store, o *LedgerOptions) error {
	return c.check(ctx, a, b, o.withDefaults())
}

// LedgerChecks returns the duties of a store, in the order in which
// [ledger.Store] says them, and then what must hold in a crowd.
func LedgerChecks() []LedgerCheck {
	return []LedgerCheck{
		{"Account", ledgerAccount},
		{"Grants", ledgerGrants},
		{"Holds", ledgerHolds},
		{"Payments", ledgerPayments},
		{"Journal", ledgerJournal},
		{"JournalRefused", ledgerJournalRefused},
		{"Undo", ledgerUndo},
		{"Panic", ledgerPanic},
		{"Apart", ledgerApart},
		{"Texts", ledgerTexts},
		{"Copies", ledgerCopies},
		{"Accounts", ledgerAccounts},
		{"DueHolds", ledgerDueHolds},
		{"DuePayments", ledgerDuePayments},
		{"DueGrants", ledgerDueGrants},
		{"Canceled", ledgerCanceled},
		{"ConcurrentUpdate", ledgerConcurrentUpdate},
		{"ConcurrentUndo", ledgerConcurrentUndo},
		{"ConcurrentView", ledgerConcurrentView},
		{"ConcurrentAccounts", ledgerConcurrentAccounts},
		{"LastCent", ledgerLastCent},
		{"SameKey", ledgerSameKey},
		{"CommitOrSweep", ledgerCommitOrSweep},
		{"CommitOrRelease", ledgerCommitOrRelease},
		{"TopUpOnce", ledgerTopUpOnce},
		{"Crowd", ledgerCrowd},
	}
}

// TestLedgerStore runs all checks, each on a store of its own. Open returns
// an empty store, and closes it with the test.
func TestLedgerStore(t *testing.T, open func(t *testing.T) ledger.Store, o *LedgerOptions) {
	t.Helper()
	for _, c := range LedgerChecks() {
		t.Run(c.Name, func(t *testing.T) {
			a := open(t)
			b := a
			if o != nil && o.Again != nil {
				b = o.Again(t, a)
			}
			if err := c.Run(t.Context(), a, b, o); err != nil {
				t.Error(err)
			}
		})
	}
}

// The moments of the checks, in whole microseconds as stores keep them.
var (
	midday = time.Date(2031, 10, 7, 12, 0, 0, 123456000, time.UTC)
	never  time.Time
)

// equal expects two rows to be the same. Times and slices are compared by
// what they say, so that nil and empty are one.
func equal(what string, got, want any) error {
	if g, w := plainly(got), plainly(want); g != w {
		return fmt.Errorf("%s is\n%s; it should be\n%s", what, g, w)
	}
	return nil
}

// plainly writes a row out.
func plainly(v any) string {
	rv := reflect.ValueOf(v)
	if at, ok := v.(time.Time); ok {
		if at.IsZero() {
			return "never"
		}
		return at.Format(time.RFC3339Nano) // with its zone, which must be UTC
	}
	switch rv.Kind() {
	case reflect.Struct:
		var b strings.Builder
		for i := range rv.NumField() {
			fmt.Fprintf(&b, "%s:%s ", rv.Type().Field(i).Name, plainly(rv.Field(i).Interface()))
		}
		return "{" + strings.TrimSpace(b.String()) + "}"
	case reflect.Slice, reflect.Array:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("%x", v)
		}
		var b strings.Builder
		for i := range rv.Len() {
			b.WriteString("\n\t" + plainly(rv.Index(i).Interface()))
		}
		return "[" + b.String() + "]"
	case reflect.String:
		return fmt.Sprintf("%.60q", rv.String())
	}
	return fmt.Sprint(v)
}

// reading is what View shows of an account.
type reading struct {
	Account      ledger.Account
	Grants       []ledger.Grant
	Holds        []ledger.Hold
	Payments     []ledger.Payment
	Transactions []ledger.Transaction
}

// read reads everything that View shows.
func read(ctx context.Context, s ledger.Store, account string) (reading, error) {
	var r reading
	err := s.View(ctx, account, func(v ledger.Snapshot) error {
		var errs [5]error
		r.Account, errs[0] = v.Account()
		r.Grants, errs[1] = v.Grants()
		r.Holds, errs[2] = v.Holds()
		r.Payments, errs[3] = v.Payments()
		r.Transactions, errs[4] = v.Transactions(0, 1000)
		return errors.Join(errs[:]...)
	})
	if err != nil {
		return reading{}, fmt.Errorf("store: View of account %q: %w", short(account), err)
	}
	return r, nil
}

// shows expects View to show this and nothing else.
func shows(ctx context.Context, s ledger.Store, account string, want reading) error {
	got, err := read(ctx, s, account)
	if err != nil {
		return err
	}
	return equal("View of account "+short(account), got, want)
}

// put writes rows in one Update, the account last.
func put(ctx context.Context, s ledger.Store, r reading) error {
	err := s.Update(ctx, r.Account.ID, func(tx ledger.Tx) error { return putAll(tx, r) })
	if err != nil {
		return fmt.Errorf("store: Update of account %q: %w", short(r.Account.ID), err)
	}
	return nil
}

func putAll(tx ledger.Tx, r reading) error {
	for _, g := range r.Grants {
		if err := tx.PutGrant(g); err != nil {
			return fmt.Errorf("PutGrant: %w", err)
		}
	}
	for _, h := range r.Holds {
		if err := tx.PutHold(h); err != nil {
			return fmt.Errorf("PutHold: %w", err)
		}
	}
	for _, p := range r.Payments {
		if err := tx.PutPayment(p); err != nil {
			return fmt.Errorf("PutPayment: %w", err)
		}
	}
	for _, t := range r.Transactions {
		if err := tx.Post(t); err != nil {
			return fmt.Errorf("store: Post: %w", err)
		}
	}
	return tx.PutAccount(r.Account)
}

// fullAccount has a value of its own in every field.
func fullAccount(id string) ledger.Account {
	return ledger.Account{
		ID: id, Currency: "USD", Paid: -1<<63 + 1, Promo: 1<<63 - 1, HeldPaid: 3, HeldPromo: 4, Open: 5,
		Pending: 6, PendingKey: "pending", Refunding: 7, Seq: 8, State: ledger.Suspended, NegativeSince: midday,
		AutoThreshold: 9, AutoAmount: 10, AutoAfter: midday.Add(time.Microsecond), AutoDay: midday.Truncate(24 * time.Hour), AutoSpent: 11,
	}
}

// fullHold has a value of its own in every field.
func fullHold(key string) ledger.Hold {
	return ledger.Hold{
		Key: key, Amount: 1<<63 - 1, Paid: 1, Promo: []ledger.Part{{Grant: "b \"quoted\"", Amount: 2}, {Grant: "a, b", Amount: 3}},
		Margin: 2000, Version: 7, Created: midday, Expires: midday.Add(time.Hour), State: ledger.Pending,
		Outcome: ledger.Unknown, Hash: [32]byte{0, 1, 31: 255}, Answer: []byte{0, 255, '\''},
	}
}

// fullPayment has a value of its own in every field.
func fullPayment(key string) ledger.Payment {
	return ledger.Payment{
		Key: key, Kind: ledger.RefundPayment, Auto: true, Of: "top", Amount: 10, Refund: 3, State: ledger.PaymentSettled,
		Ref: "ch_1", Created: midday, Next: midday.Add(time.Minute), Settled: midday.Add(time.Second), Answer: []byte{0, 1},
	}
}

// fullTransaction has a value of its own in every field.
func fullTransaction(seq int64, key string) ledger.Transaction {
	return ledger.Transaction{
		Seq: seq, Kind: ledger.KindReserve, Key: key, Hash: [32]byte{1, 31: 2}, Answer: []byte{0, 9}, Ref: "hold", Memo: "a 'memo'",
		At: midday, Entries: []ledger.Entry{
			{Bucket: ledger.PromoBucket(`g "1", é`), Amount: -1<<63 + 1}, {Bucket: ledger.BucketPaid, Amount: -5}, {Bucket: ledger.BucketHeld, Amount: 1<<63 - 1},
			{Bucket: ledger.BucketHeld, Amount: 5},
		},
	}
}
