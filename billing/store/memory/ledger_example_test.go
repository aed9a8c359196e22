package memory_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func ExampleNewLedger() {
	books, err := ledger.New(memory.NewLedger(), nil)
	if err != nil {
		log.Fatal(err)
	}
	credit, err := billing.ParseMoney("1.00", "USD")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := books.Grant(ctx, "acme", "welcome", credit, time.Time{}); err != nil {
		log.Fatal(err)
	}
	balance, err := books.Balance(ctx, "acme")
	fmt.Println(balance.Available, err)
	// Output: 1.00 <nil>
}
