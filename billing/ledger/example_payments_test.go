package ledger_test

import (
	"context"
	"fmt"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
)

var _ ledger.Payments = cash{}

// cash is a provider that always says yes.
type cash struct{}

func (cash) Charge(_ context.Context, _, key string, _ billing.Money) (string, error) {
	return "ch_" + key, nil
}

func (cash) Refund(context.Context, string, string, string, billing.Money) error { return nil }

// A ledger charges by whatever implements Payments. The key makes a second try
// of the same charge harmless: hand it to the provider as its idempotency key.
func ExamplePayments() {
	charge, err := cash{}.Charge(context.Background(), "acme", "order 17", dollars("10.00"))
	fmt.Println(charge, err)
	// Output: ch_order 17 <nil>
}
