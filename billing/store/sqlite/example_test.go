package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

// One file keeps what was used and what was paid in advance.
func ExampleOpen() {
	folder, err := os.MkdirTemp("", "billing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "billing.db"), &sqlite.Options{
		Cache: 64 << 20, // for two million renditions a month
	})
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	november := billing.Month(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	hero := meter.Record{Project: "acme", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID("hero.jpg", "v1", "w=800")}
	for range 2 {
		fresh, err := store.Meter().Insert(ctx, []meter.Record{hero})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("fresh:", fresh)
	}
	counts, err := store.Meter().Counts(ctx, "acme", november)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts[0].Metric, counts[0].N)
	// Output:
	// fresh: 1
	// fresh: 0
	// transforms.unique 1
}

// A ledger of prepaid credits on the same file.
func ExampleStore_Ledger() {
	folder, err := os.MkdirTemp("", "billing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "billing.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	credits, err := ledger.New(store.Ledger(), nil)
	if err != nil {
		log.Fatal(err)
	}
	five, err := billing.ParseMoney("5.00", "USD")
	if err != nil {
		log.Fatal(err)
	}
	if err := credits.Grant(ctx, "acme", "welcome", five, time.Time{}); err != nil {
		log.Fatal(err)
	}
	balance, err := credits.Balance(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(balance.Available, credits.Verify(ctx))
	// Output: 5.00 <nil>
}

// Records wait on the local disk for a store that is away.
func ExampleStore_Queue() {
	folder, err := os.MkdirTemp("", "billing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(folder, "outbox.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()

	november := billing.Month(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	waiting := store.Queue()
	err = waiting.Append(ctx, []meter.Record{{Project: "acme", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID("hero.jpg")}})
	if err != nil {
		log.Fatal(err)
	}
	batch, position, err := waiting.Peek(ctx, 1000)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("sending", len(batch))
	if err := waiting.Discard(ctx, position); err != nil {
		log.Fatal(err)
	}
	fmt.Println(waiting.Len(ctx))
	// Output:
	// sending 1
	// 0 <nil>
}
