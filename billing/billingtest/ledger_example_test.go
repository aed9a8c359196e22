package billingtest_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// A store's own test: every check on a store of its own, then the state
// machine.
func ExampleTestLedgerStore() {
	_ = func(t *testing.T) {
		billingtest.TestLedgerStore(t, func(*testing.T) ledger.Store { return memory.NewLedger() }, nil)
		for _, p := range billingtest.LedgerProperties() {
			s := memory.NewLedger()
			t.Run(p.Name, func(t *testing.T) { rapid.Check(t, p.On(s, s)) })
		}
	}
}
