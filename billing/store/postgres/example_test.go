package postgres_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/postgres"
)

// Every server opens the same database, and hands its halves to a meter and a
// ledger.
func ExampleOpen() {
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

// A program that has a pool of connections already lends it.
func ExampleNew() {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	store, err := postgres.New(ctx, pool, &postgres.Options{Timeout: 5 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close() // before the pool
	usage, err := meter.New(store.Meter(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(usage.Projects(ctx, billing.Month(time.Now())))
}
