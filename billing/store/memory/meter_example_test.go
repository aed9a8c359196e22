package memory_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func ExampleNewMeter() {
	m, err := meter.New(memory.NewMeter(), nil)
	if err != nil {
		log.Fatal(err)
	}
	now := time.Now()
	fmt.Println(m.Record(context.Background(), meter.Event{Project: "shop", Image: "hero.jpg", At: now}))
	fmt.Println(m.Usage(context.Background(), "shop", billing.Month(now)))
	// Output:
	// 1 <nil>
	// map[transforms.unique:1] <nil>
}

func ExampleNewQueue() {
	q := memory.NewQueue()
	record := meter.Record{Project: "shop", Metric: billing.TransformsUnique, Period: billing.Month(time.Now()).Start, ID: meter.NewID("hero.jpg")}
	fmt.Println(q.Append(context.Background(), []meter.Record{record}))
	fmt.Println(q.Len(context.Background()))
	// Output:
	// <nil>
	// 1 <nil>
}
