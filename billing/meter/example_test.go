package meter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
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
	outbox, err := meter.NewOutbox(queue, remote, &meter.OutboxOptions{
		Failed: func(err error) { log.Print("usage waits: ", err) },
	})
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

func ExampleNew() {
	m, err := meter.New(memory.NewMeter(), &meter.Options{
		Policy: meter.Policy{Unique: meter.Rolling, Window: 30 * 24 * time.Hour},
		Cycle: func(project string) billing.Cycle {
			return billing.AnniversaryCycle(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)) // when the project was made
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, now := context.Background(), time.Now()
	event := meter.Event{Project: "shop", Image: meter.Image("hero.jpg", "v1"), Rendition: "w=800", At: now}
	fmt.Println(m.Record(ctx, event))
	// Output: 1 <nil>
}

// A picture that is replaced is another picture.
func ExampleImage() {
	before := meter.Image("hero.jpg", "etag-1")
	after := meter.Image("hero.jpg", "etag-2")
	fmt.Println(before == after)
	// Output: false
}

func ExampleNewID() {
	id := meter.NewID("hero.jpg", "w=800")
	fmt.Println(id)
	fmt.Println(id == meter.NewID("hero.jpgw", "=800")) // where one ends counts
	// Output:
	// 06ce114016a52832d1e56e5ecb3c1138
	// false
}

func ExampleParseID() {
	id, err := meter.ParseID("06ce114016a52832d1e56e5ecb3c1138")
	fmt.Println(id == meter.NewID("hero.jpg", "w=800"), err)
	_, err = meter.ParseID("17")
	fmt.Println(errors.Is(err, meter.ErrID))
	// Output:
	// true <nil>
	// true
}

// A node writes down what it counted, for another to merge.
func ExampleWrite() {
	ctx := context.Background()
	store := memory.NewMeter()
	november := billing.Month(time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	_, err := store.Insert(ctx, []meter.Record{{
		Project: "shop", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID("hero.jpg", "w=800"),
	}})
	if err != nil {
		log.Fatal(err)
	}
	if err := meter.Write(ctx, os.Stdout, meter.Export(store, november)); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"project":"shop","metric":"transforms.unique","period":"2026-11-01T00:00:00Z","id":"06ce114016a52832d1e56e5ecb3c1138"}
}

func ExampleRead() {
	file := strings.NewReader(`{"project":"shop","metric":"transforms.unique","period":"2026-11-01T00:00:00Z","id":"06ce114016a52832d1e56e5ecb3c1138"}
`)
	records, err := meter.Read(file).Next(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(records), records[0].Project, records[0].Period.Format("January 2006"))
	// Output: 1 shop November 2026
}

// One node hands over to another without a file between them.
func ExampleExport() {
	ctx, now := context.Background(), time.Now()
	retiring := memory.NewMeter()
	old, err := meter.New(retiring, nil)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := old.Record(ctx, meter.Event{Project: "shop", Image: "hero.jpg", At: now}); err != nil {
		log.Fatal(err)
	}
	m, err := meter.New(memory.NewMeter(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Merge(ctx, meter.Export(retiring, billing.Period{})))
	fmt.Println(m.Usage(ctx, "shop", billing.Month(now)))
	// Output:
	// 1 <nil>
	// map[transforms.unique:1] <nil>
}

// What a Store does first with what it is given.
func ExampleNormalize() {
	november := billing.Month(time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC))
	hero := meter.Record{Project: "shop", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID("hero.jpg")}
	earlier := hero
	earlier.Project = "blog"
	batch, err := meter.Normalize([]meter.Record{hero, earlier, hero})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range batch {
		fmt.Println(r.Project)
	}
	_, err = meter.Normalize([]meter.Record{{Project: "shop"}})
	fmt.Println(errors.Is(err, meter.ErrRecord))
	// Output:
	// blog
	// shop
	// true
}

// The window slides: the picture that is made on the 20th day keeps the one of
// the 40th from counting.
func ExampleRecount() {
	const day = 24 * time.Hour
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var marks []meter.Sighting
	for _, d := range []time.Duration{0, 20, 40, 80} {
		at := start.Add(d * day)
		period := billing.Month(at).Start
		marks = append(marks, meter.Sighting{At: at, Period: period, Billed: period, Window: 30 * day})
	}
	fmt.Println(meter.Recount(marks, time.Time{}))
	for _, m := range marks {
		fmt.Println(m.At.Format("2 January"), m.Counted)
	}
	// Output:
	// 2
	// 1 November true
	// 21 November false
	// 11 December false
	// 20 January true
}

func ExampleWithin() {
	const day = 24 * time.Hour
	seen := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	marks := []meter.Sighting{{At: seen, Window: 30 * day, Counted: true}}
	fmt.Println(meter.Within(marks, seen.Add(10*day), 30*day))
	fmt.Println(meter.Within(marks, seen.Add(31*day), 30*day))
	// Output:
	// true
	// false
}
