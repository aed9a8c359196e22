package billingtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// ledgerFails returns what the check of that name has to say about a store.
func ledgerFails(t *testing.T, s ledger.Store, name string) error {
	checks := LedgerChecks()
	i := slices.IndexFunc(checks, func(c LedgerCheck) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return checks[i].Run(t.Context(), s, s, nil)
}

// TestLedgerChecks takes one duty at a time away from a store, and expects
// the check that is about it to notice.
func TestLedgerChecks(t *testing.T) {
	TestLedgerStore(t, func(*testing.T) ledger.Store { return newBrokenLedger("") }, nil)
	for lacks, checks := range map[string][]string{
		"all of an account":         {"Account"},
		"microseconds":              {"Account"},
		"the order of grants":       {"Grants"},
		"grants for ever last":      {"Grants"},
		"grants that are held":      {"Grants"},
		"holds that are settled":    {"Holds"},
		"parts of holds":            {"Holds"},
		"the order of holds":        {"Holds"},
		"the order of payments":     {"Payments"},
		"answers of payments":       {"Payments"},
		"finding keys":              {"Journal"},
		"the order of entries":      {"Journal"},
		"zones":                     {"Journal"},
		"pages of the journal":      {"Journal"},
		"starting after a number":   {"Journal"},
		"keys":                      {"JournalRefused"},
		"refusing numbers":          {"JournalRefused"},
		"undoing":                   {"Undo", "ConcurrentUndo"},
		"errors":                    {"Undo"},
		"passing panics on":         {"Panic"},
		"telling case apart":        {"Apart"},
		"spaces":                    {"Texts", "Apart"},
		"copying":                   {"Copies"},
		"limits of accounts":        {"Accounts"},
		"starting after an account": {"Accounts"},
		"the order of accounts":     {"Accounts"},
		"punctuality 1":             {"DueHolds"},
		"patience 1":                {"DueHolds"},
		"punctuality 2":             {"DuePayments"},
		"patience 2":                {"DuePayments"},
		"punctuality 3":             {"DueGrants"},
		"patience 3":                {"DueGrants"},
		"limits of due rows":        {"DueHolds"},
		"the order of due rows":     {"DueHolds"},
		"refusing what is nothing":  {"DueGrants"},
		"contexts of Update":        {"Canceled"},
		"contexts of View":          {"Canceled"},
		"contexts of Accounts":      {"Canceled"},
		"contexts of Due":           {"Canceled"},
		"locking":                   {"ConcurrentUpdate", "ConcurrentAccounts"},
		"holds when admitting":      {"LastCent"},
		"remembering commits":       {"SameKey", "CommitOrRelease", "CommitOrSweep"},
		"remembering top-ups":       {"TopUpOnce"},
		"freeing holds":             {"Crowd"},
	} {
		for _, check := range checks {
			t.Run(lacks+" by "+check, func(t *testing.T) {
				require.Error(t, ledgerFails(t, newBrokenLedger(lacks), check))
			})
		}
	}
	require.Error(t, ledgerFails(t, tornLedger{memory.NewLedger()}, "ConcurrentView"))
}

// recorder is a test that fails on its own.
type recorder struct {
	rapid.TB
	said string
	bad  bool
}

func (r *recorder) Helper()             {}
func (r *recorder) Name() string        { return "recorder" }
func (r *recorder) Log(...any)          {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Failed() bool        { return r.bad }
func (r *recorder) Fail()               { r.bad = true }
func (r *recorder) FailNow()            { r.bad = true; runtime.Goexit() }
func (r *recorder) Errorf(format string, args ...any) {
	if !r.bad {
		r.said = fmt.Sprintf(format, args...)
	}
	r.bad = true
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...); r.FailNow() }

// TestPlantedBugs is the test of the suite: three bugs that lose or invent
// money, and each is found by the state machine as well as by checks.
func TestPlantedBugs(t *testing.T) {
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "0s"} {
		f := flag.Lookup(name)
		was := f.Value.String()
		require.NoError(t, f.Value.Set(value))
		t.Cleanup(func() { require.NoError(t, f.Value.Set(was)) })
	}
	for bug, lacks := range map[string]string{
		"none":          "",
		"hold leak":     "freeing holds",
		"over-reserve":  "holds when admitting",
		"double commit": "remembering commits",
	} {
		t.Run(bug, func(t *testing.T) {
			for _, p := range LedgerProperties() {
				s := newBrokenLedger(lacks)
				r := &recorder{}
				done := make(chan struct{})
				go func() {
					defer close(done)
					rapid.Check(r, p.On(s, s))
				}()
				<-done
				require.Equal(t, bug != "none", r.bad, r.said)
				t.Log(r.said)
			}
		})
	}
}

// rerunLedger is a store that runs every function twice, as one does after a
// conflict.
type rerunLedger struct{ ledger.Store }

func (s rerunLedger) Update(ctx context.Context, account string, fn func(ledger.Tx) error) error {
	err := s.Store.Update(ctx, account, func(tx ledger.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return err
	}
	return s.Store.Update(ctx, account, fn)
}

// TestLedgerRerun: the ledger's functions can be run again.
func TestLedgerRerun(t *testing.T) {
	for _, p := range LedgerProperties() {
		s := rerunLedger{memory.NewLedger()}
		rapid.Check(t, p.On(s, s))
	}
}
