package meter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func Example() {
	ctx := context.Background()
	store := memory.NewMeter() // or sqlite, or postgres
	defer store.Close()
	m, err := meter.New(store, nil)
	if err != nil {
		log.Fatal(err)
	}
	now := time.Now()
	hero := meter.Event{Project: "shop", Image: meter.Image("hero.jpg", "v1"), Rendition: `{"edits":[{"resize":{"width":800}}]}`, At: now}
	thumb := hero
	thumb.Rendition = `{"edits":[{"resize":{"width":80}}]}`
	fresh, err := m.Record(ctx, hero, thumb, hero)
	fmt.Println(fresh, err)
	fresh, err = m.Record(ctx, hero) // its rendition was evicted, and made again
	fmt.Println(fresh, err)
	usage, err := m.Usage(ctx, "shop", billing.Month(now))
	fmt.Println(usage[billing.TransformsUnique], err)
	// Output:
	// 2 <nil>
	// 0 <nil>
	// 2 <nil>
}

func ExampleMeter_Admit() {
	ctx := context.Background()
	clock := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	m, err := meter.New(memory.NewMeter(), &meter.Options{Now: func() time.Time { return clock }})
	if err != nil {
		log.Fatal(err)
	}
	free := billing.Limits{Hard: map[billing.Metric]int64{billing.TransformsUnique: 1}}
	render := func(image string) error {
		a, err := m.Admit(ctx, meter.Event{Project: "shop", Image: image}, free)
		if err != nil {
			return err
		}
		defer a.Done(ctx, false) // gives back what was not used
		// Render here.
		if err := a.Done(ctx, true); err != nil {
			return err
		}
		// Publish here, and not before.
		return nil
	}
	fmt.Println(render("one"))
	err = render("two")
	fmt.Println(errors.Is(err, billing.ErrQuota), err)
	fmt.Println(render("one"))
	// Output:
	// <nil>
	// true billing: plan limit reached: transforms.unique, at most 1 until 2026-12-01T00:00:00Z
	// <nil>
}

func ExampleMeter_Seal() {
	ctx := context.Background()
	clock := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)
	m, err := meter.New(memory.NewMeter(), &meter.Options{Now: func() time.Time { return clock }})
	if err != nil {
		log.Fatal(err)
	}
	november := billing.Month(clock)
	late := meter.Event{Project: "shop", Image: "late.jpg", At: clock}
	m.Record(ctx, meter.Event{Project: "shop", Image: "hero.jpg", At: clock})
	clock = clock.Add(12 * time.Hour)
	usage, err := m.Seal(ctx, "shop", november)
	fmt.Println(usage, err)
	m.Record(ctx, late)
	usage, err = m.Usage(ctx, "shop", november)
	fmt.Println(usage, err)
	adjustments, err := m.Adjustments(ctx, "shop", november.Next(nil))
	fmt.Println(adjustments[0].N, "of", adjustments[0].Period.Format("January"), err)
	// Output:
	// map[transforms.unique:1] <nil>
	// map[transforms.unique:1] <nil>
	// 1 of November <nil>
}

func ExampleMeter_Merge() {
	ctx := context.Background()
	now := time.Now()
	here, err := meter.New(memory.NewMeter(), nil)
	if err != nil {
		log.Fatal(err)
	}
	theirs := memory.NewMeter()
	there, err := meter.New(theirs, nil)
	if err != nil {
		log.Fatal(err)
	}
	hero, thumb := meter.Event{Project: "shop", Image: "hero.jpg", At: now}, meter.Event{Project: "shop", Image: "thumb.jpg", At: now}
	here.Record(ctx, hero)
	there.Record(ctx, hero, thumb)
	// As a file, or over the network.
	var file bytes.Buffer
	if err := meter.Write(ctx, &file, meter.Export(theirs, billing.Month(now))); err != nil {
		log.Fatal(err)
	}
	text := file.Bytes()
	fmt.Println(here.Merge(ctx, meter.Read(bytes.NewReader(text))))
	fmt.Println(here.Merge(ctx, meter.Read(bytes.NewReader(text))))
	// Output:
	// 1 <nil>
	// 0 <nil>
}

func ExampleNewOutbox() {
	ctx := context.Background()
	queue := memory.NewQueue()  // sqlite, where it must outlive the process
	remote := memory.NewMeter() // postgres, which may be away
	outbox, err := meter.NewOutbox(queue, remote, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer outbox.Close()
	m, err := meter.New(outbox, nil)
	if err != nil {
		log.Fatal(err)
	}
	now := time.Now()
	if _, err := m.Record(ctx, meter.Event{Project: "shop", Image: "hero.jpg", At: now}); err != nil {
		log.Fatal(err)
	}
	usage, err := m.Usage(ctx, "shop", billing.Month(now)) // forwards first
	fmt.Println(usage, err)
	// Output: map[transforms.unique:1] <nil>
}
