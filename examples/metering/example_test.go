package metering_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/luna"
)

// A plan with one project and two transforms a month: what a
// [luna.HandlerOptions.Admitter] and an [api.Options.Guard] make of it.
func Example() {
	ctx := context.Background()
	m, err := meter.New(memory.NewMeter(), nil) // in a program: billing/store/sqlite or postgres
	if err != nil {
		log.Fatal(err)
	}
	free := billing.Plan{ID: "free", Version: 1, Limits: billing.Limits{
		Projects: 1, Hard: map[billing.Metric]int64{billing.TransformsUnique: 2},
	}}
	gate, err := metering.New(m, metering.AccountsFunc(func(context.Context, string) (metering.Account, error) {
		return metering.Account{Plan: free, Projects: []string{"shop", "blog"}}, nil
	}), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, width := range []string{"400", "800", "1200", "400"} {
		settle, err := gate.Admit(ctx, "shop", "hero.jpg", "v1", width)
		fmt.Printf("%s %d %q\n", width, luna.StatusCode(err), luna.ErrorCode(err))
		if err == nil {
			// luna renders here; a failure would be handed over instead of nil.
			if err := settle(ctx, nil); err != nil {
				log.Fatal(err)
			}
		}
	}
	fmt.Println(gate.Upload(ctx, api.Upload{Tenant: "shop", Key: "hero.jpg"}))
	fmt.Println(errors.Is(gate.Upload(ctx, api.Upload{Tenant: "blog", Key: "hero.jpg"}), api.ErrProjectLimit))
	// Output:
	// 400 200 ""
	// 800 200 ""
	// 1200 429 "plan_limit"
	// 400 200 ""
	// <nil>
	// true
}
