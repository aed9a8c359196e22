package billingtest_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// A driver's test opens an empty store for each check. Where processes share
// a store, MeterOptions.Again opens it once more.
func ExampleTestMeterStore() {
	_ = func(t *testing.T) {
		billingtest.TestMeterStore(t, func(*testing.T) meter.Store { return memory.NewMeter() }, &billingtest.MeterOptions{Racers: 16})
	}
}

func ExampleTestQueue() {
	_ = func(t *testing.T) {
		billingtest.TestQueue(t, func(*testing.T) meter.Queue { return memory.NewQueue() }, nil)
	}
}

// The number of cases is the test's flag -rapid.checks.
func ExampleMeterProperties() {
	_ = func(t *testing.T) {
		for _, p := range billingtest.MeterProperties() {
			t.Run(p.Name, func(t *testing.T) {
				s := memory.NewMeter()
				rapid.Check(t, p.On(s, s))
			})
		}
	}
}

func ExampleMeterChecks() {
	for _, check := range billingtest.MeterChecks()[:4] {
		s := memory.NewMeter()
		fmt.Println(check.Name, check.Run(context.Background(), s, s, nil))
	}
	// Output:
	// Insert <nil>
	// InsertMany <nil>
	// InsertRefused <nil>
	// Apart <nil>
}

// Where the queue is kept in a file, the function opens the file anew.
func ExampleQueueChecks() {
	for _, check := range billingtest.QueueChecks()[:3] {
		q := memory.NewQueue()
		again := func() meter.Queue { return q }
		fmt.Println(check.Name, check.Run(context.Background(), q, again, nil))
	}
	// Output:
	// Order <nil>
	// Discard <nil>
	// Positions <nil>
}
