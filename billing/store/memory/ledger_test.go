package memory_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func TestLedgerStore(t *testing.T) {
	billingtest.TestLedgerStore(t, func(*testing.T) ledger.Store { return memory.NewLedger() }, nil)
}

func TestLedgerProperties(t *testing.T) {
	for _, p := range billingtest.LedgerProperties() {
		t.Run(p.Name, func(t *testing.T) {
			s := memory.NewLedger()
			rapid.Check(t, p.On(s, s))
		})
	}
}
