package postgres_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/postgres"
)

// Every server opens the same database, and hands its halves to a meter and a
// ledger. It needs a PostgreSQL, and is not run as a test.
func Example() {
	ctx := context.Background()
	store, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	usage, err := meter.New(store.Meter(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(usage.Record(ctx, meter.Event{Project: "shop", Image: "hero.jpg@1", Rendition: "w=800", At: time.Now()}))
	fmt.Println(usage.Usage(ctx, "shop", billing.Month(time.Now())))

	books, err := ledger.New(store.Ledger(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(books.Balance(ctx, "acme"))
}
