package billingtest_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// A store's own test opens an empty store for each check.
func ExampleTestLedgerStore() {
	_ = func(t *testing.T) {
		billingtest.TestLedgerStore(t, func(*testing.T) ledger.Store { return memory.NewLedger() }, &billingtest.LedgerOptions{Racers: 32})
	}
}

// Each check is run on a new store, here by hand.
func ExampleLedgerChecks() {
	for _, check := range billingtest.LedgerChecks()[:3] {
		s := memory.NewLedger()
		fmt.Println(check.Name, check.Run(context.Background(), s, s, nil))
	}
	// Output:
	// Account <nil>
	// Grants <nil>
	// Holds <nil>
}

// The number of cases is the test's flag -rapid.checks.
func ExampleLedgerProperties() {
	_ = func(t *testing.T) {
		for _, p := range billingtest.LedgerProperties() {
			t.Run(p.Name, func(t *testing.T) {
				s := memory.NewLedger()
				rapid.Check(t, p.On(s, s))
			})
		}
	}
}
