package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func dollars(s string) billing.Money {
	m, err := billing.ParseMoney(s, "USD")
	if err != nil {
		log.Fatal(err)
	}
	return m
}

func newLedger() *ledger.Ledger {
	books, err := ledger.New(memory.NewLedger(), &ledger.Options{
		Policy:   ledger.Policy{Margin: 2000}, // 20%
		Payments: cash{},
		Now:      func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		log.Fatal(err)
	}
	return books
}

// An operation: money is set aside, the work is done, and what upstream
// billed is charged with the margin.
func Example() {
	ctx := context.Background()
	books := newLedger()
	if _, err := books.TopUp(ctx, "acme", "order 17", dollars("10.00")); err != nil {
		log.Fatal(err)
	}

	generate := func(key string) error {
		r, err := books.Reserve(ctx, ledger.Request{
			Account: "acme", Key: key, Upstream: dollars("0.040"), Historical: dollars("0.052"),
		})
		if err != nil {
			return err
		}
		defer r.Release(ctx) // nothing, once committed
		fmt.Println("held", r.Amount)
		// ... ask upstream ...
		s, err := r.Commit(ctx, ledger.Succeeded, dollars("0.045"))
		if err != nil {
			return err
		}
		fmt.Println("charged", s.Charged, "returned", s.Released, "left", s.Balance.Paid)
		return nil
	}
	if err := generate("request 1"); err != nil {
		log.Fatal(err)
	}
	fmt.Println("books:", books.Verify(ctx))
	// Output:
	// held 0.0624
	// charged 0.054 returned 0.0084 left 9.946
	// books: <nil>
}

func ExampleLedger_Reserve() {
	ctx := context.Background()
	_, err := newLedger().Reserve(ctx, ledger.Request{Account: "acme", Key: "request 1", Upstream: dollars("0.052")})
	var short *ledger.InsufficientError
	if errors.As(err, &short) {
		fmt.Println("need", short.Need, "have", short.Have)
	}
	// Output: need 0.0624 have 0.00
}

// A hold nobody settled expires. A bill that comes later is still paid.
func ExampleLedger_Commit_late() {
	ctx := context.Background()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	books, err := ledger.New(memory.NewLedger(), &ledger.Options{Now: func() time.Time { return now }})
	if err != nil {
		log.Fatal(err)
	}
	if err := books.Grant(ctx, "acme", "welcome", dollars("1.00"), time.Time{}); err != nil {
		log.Fatal(err)
	}
	if _, err := books.Reserve(ctx, ledger.Request{Account: "acme", Key: "request 1", Upstream: dollars("0.40")}); err != nil {
		log.Fatal(err)
	}
	now = now.Add(time.Hour)
	swept, err := books.Sweep(ctx)
	if err != nil {
		log.Fatal(err)
	}
	s, err := books.Commit(ctx, "acme", "request 1", ledger.Succeeded, dollars("0.30"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(swept.Holds, "hold expired; late:", s.Late, "charged", s.Charged, "left", s.Balance.Promo)
	// Output: 1 hold expired; late: true charged 0.30 left 0.70
}

func ExampleLedger_SetAutoTopUp() {
	ctx := context.Background()
	books := newLedger()
	err := books.SetAutoTopUp(ctx, "acme", ledger.AutoTopUp{Threshold: dollars("5.00"), Amount: dollars("20.00")})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := books.Sweep(ctx); err != nil { // a server has Run do this
		log.Fatal(err)
	}
	balance, err := books.Balance(ctx, "acme")
	fmt.Println(balance.Available, err)
	// Output: 20.00 <nil>
}

func ExampleLedger_Terminate() {
	ctx := context.Background()
	books := newLedger()
	if _, err := books.TopUp(ctx, "acme", "order 17", dollars("10.00")); err != nil {
		log.Fatal(err)
	}
	r, err := books.Reserve(ctx, ledger.Request{Account: "acme", Key: "request 1", Upstream: dollars("0.052")})
	if err != nil {
		log.Fatal(err)
	}
	_, err = books.Terminate(ctx, "acme", "goodbye")
	fmt.Println(errors.Is(err, ledger.ErrOpen))
	if err := r.Release(ctx); err != nil {
		log.Fatal(err)
	}
	end, err := books.Terminate(ctx, "acme", "goodbye")
	fmt.Println(end.Refundable, end.Refunding, err)
	// Output:
	// true
	// 10.00 10.00 <nil>
}

func ExampleLedger_Entries() {
	ctx := context.Background()
	books := newLedger()
	if _, err := books.TopUp(ctx, "acme", "order 17", dollars("10.00")); err != nil {
		log.Fatal(err)
	}
	for line, err := range books.Entries(ctx, "acme", time.Time{}, time.Time{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line.Seq, line.Kind, line.Bucket, line.Amount)
	}
	// Output:
	// 2 topup cash -10.00
	// 2 topup paid 10.00
}

func ExampleNew() {
	books, err := ledger.New(memory.NewLedger(), &ledger.Options{ // or sqlite's, or postgres'
		Policy: ledger.Policy{MinTopUp: dollars("5.00"), MaxBalance: dollars("500.00")},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := books.Grant(ctx, "acme", "welcome", dollars("1.00"), time.Time{}); err != nil {
		log.Fatal(err)
	}
	balance, err := books.Balance(ctx, "acme")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("promotional", balance.Promo, "available", balance.Available)
	// Output: promotional 1.00 available 1.00
}

// The same top-up may be asked for any number of times, and is paid once.
func ExampleLedger_TopUp() {
	ctx := context.Background()
	books := newLedger()
	for range 2 { // the second, after an answer that was lost
		if _, err := books.TopUp(ctx, "acme", "order 17", dollars("10.00")); err != nil {
			log.Fatal(err)
		}
	}
	_, err := books.TopUp(ctx, "acme", "order 17", dollars("20.00"))
	fmt.Println(errors.Is(err, ledger.ErrConflict))
	balance, err := books.Balance(ctx, "acme")
	fmt.Println(balance.Available, err)
	// Output:
	// true
	// 10.00 <nil>
}

// Each grant is a bucket of its own in the journal.
func ExamplePromoBucket() {
	ctx := context.Background()
	books := newLedger()
	if err := books.Grant(ctx, "acme", "welcome", dollars("1.00"), time.Time{}); err != nil {
		log.Fatal(err)
	}
	for line, err := range books.Entries(ctx, "acme", time.Time{}, time.Time{}) {
		if err != nil {
			log.Fatal(err)
		}
		if line.Bucket == ledger.PromoBucket("welcome") {
			fmt.Println(line.Kind, line.Bucket, line.Amount)
		}
	}
	// Output: grant promo:welcome 1.00
}
