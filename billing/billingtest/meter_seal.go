package billingtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

func sealedBefore(ctx context.Context, s meter.Store, project string, want time.Time) func() error {
	return func() error {
		got, err := s.Sealed(ctx, project)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("sealed of project %q is %v; it should be %v", project, got, want)
		}
		return nil
	}
}

func meterSeal(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	return first(
		sealedBefore(ctx, a, "p", time.Time{}),
		sealedBefore(ctx, a, "", time.Time{}),
		func() error {
			return insert(ctx, a, 3, plain("p", november, 1), plain("p", december, 1), plain("q", november, 1))
		},
		func() error { return a.Seal(ctx, "p", november.End.In(time.FixedZone("x", 3600))) },
		sealedBefore(ctx, b, "p", november.End),
		sealedBefore(ctx, b, "q", time.Time{}),
		sealedBefore(ctx, b, "", time.Time{}),
		// What was counted stays known.
		func() error { return insert(ctx, b, 0, plain("p", november, 1)) },
		// What is late is billed later, once.
		func() error {
			return insert(ctx, a, 3, plain("p", november, 2), plain("p", october, 1), plain("p", december, 2), plain("p", november, 2))
		},
		func() error {
			return insert(ctx, b, 0, plain("p", november, 2), plain("p", october, 1), plain("p", december, 2))
		},
		func() error { return counted(ctx, b, "p", november, usage("p", november, 1)) },
		func() error {
			return counted(ctx, b, "p", december, late("p", october, december, 1), late("p", november, december, 1), usage("p", december, 2))
		},
		// Others are not concerned.
		func() error { return insert(ctx, b, 1, plain("q", november, 2)) },
		func() error { return counted(ctx, b, "q", always, usage("q", november, 2)) },
		// A seal does not move back, and lasts.
		func() error { return b.Seal(ctx, "p", november.Start) },
		sealedBefore(ctx, a, "p", november.End),
		func() error { return b.Seal(ctx, "p", november.End) },
		sealedBefore(ctx, a, "p", november.End),
		func() error { return a.Seal(ctx, "p", december.End) },
		func() error { return insert(ctx, b, 0, plain("p", november, 2)) },
		func() error { return insert(ctx, b, 2, plain("p", november, 3), plain("p", december, 3)) },
		func() error {
			return counted(ctx, a, "p", always,
				late("p", october, december, 1),
				usage("p", november, 1), late("p", november, december, 1), late("p", november, january, 1),
				usage("p", december, 2), late("p", december, january, 1))
		},
		func() error {
			return holds(ctx, a, always, 4, []meter.Record{
				plain("p", october, 1), plain("p", november, 1), plain("p", november, 2), plain("p", november, 3), plain("q", november, 1), plain("q", november, 2),
				plain("p", december, 1), plain("p", december, 2), plain("p", december, 3),
			})
		},
		// A slot that is settled after the seal is late too.
		func() error { return a.Take(ctx, attempt(plain("r", november, 1), 1, "r"), meterNoon) },
		func() error { return a.Seal(ctx, "r", november.End) },
		settles(ctx, b, attempt(plain("r", november, 1), 1, "r"), meterNoon, true, 1),
		func() error { return counted(ctx, a, "r", always, late("r", november, december, 1)) },
	)
}

func meterSealAll(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	return first(
		func() error { return insert(ctx, a, 1, plain("p", november, 1)) },
		func() error { return a.Seal(ctx, "q", december.End) },
		func() error { return a.Seal(ctx, "", november.End) },
		sealedBefore(ctx, b, "p", november.End),
		sealedBefore(ctx, b, "", november.End),
		sealedBefore(ctx, b, "q", december.End),
		sealedBefore(ctx, b, "never heard of", november.End),
		func() error {
			return insert(ctx, b, 3, plain("p", november, 2), plain("q", november, 2), plain("new", november, 2))
		},
		func() error {
			return counted(ctx, a, "", always, late("new", november, december, 1), usage("p", november, 1), late("p", november, december, 1), late("q", november, january, 1))
		},
		func() error { return b.Seal(ctx, "p", october.End) },
		sealedBefore(ctx, a, "p", november.End),
		func() error { return b.Seal(ctx, "", october.End) },
		sealedBefore(ctx, a, "x", november.End),
		func() error { return b.Seal(ctx, "p", december.End) },
		sealedBefore(ctx, a, "p", december.End),
		func() error { return b.Seal(ctx, "", january.End) },
		sealedBefore(ctx, a, "p", january.End),
		sealedBefore(ctx, a, "q", january.End),
	)
}

// meterSealSightings seals between sightings of one ID: what was billed stays,
// and nothing is billed twice within a window.
func meterSealSightings(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	const day, window = 24 * time.Hour, 30 * 24 * time.Hour
	r := func(days int) meter.Record { return seen("p", november.Start.Add(time.Duration(days)*day), 1, window) }
	ever := func(days int) meter.Record {
		return seen("q", november.Start.Add(time.Duration(days)*day), 1, meter.Ever)
	}
	return first(
		func() error { return insert(ctx, a, 4, r(10), r(40), r(70), ever(40)) },
		func() error { return a.Seal(ctx, "p", november.End) },
		// It would count, and r(10) not, which is billed already.
		func() error { return insert(ctx, b, 0, r(-19)) },
		func() error { return insert(ctx, b, 0, r(5), r(9)) },
		func() error { return insert(ctx, a, 1, r(-20)) },
		func() error { return insert(ctx, a, 0, r(-20), r(5), r(10)) },
		func() error {
			return counted(ctx, b, "p", always, late("p", october, december, 1), usage("p", november, 1), usage("p", december, 1), usage("p", january, 1))
		},
		// January is open: now r(70) is within the window of the one before.
		func() error { return insert(ctx, b, -1, r(69)) },
		func() error { return a.Seal(ctx, "p", january.End) },
		// Before the seals these would have been to the cost of r(40).
		func() error { return insert(ctx, b, 0, r(12), r(45), r(71), r(99)) },
		func() error { return insert(ctx, b, 1, r(129)) },
		func() error {
			return counted(ctx, a, "p", november, usage("p", november, 1))
		},
		func() error {
			return counted(ctx, a, "p", december, late("p", october, december, 1), usage("p", december, 1))
		},
		func() error { return counted(ctx, a, "p", january) },
		func() error { return a.Seal(ctx, "q", december.End) },
		func() error { return insert(ctx, b, 0, ever(5)) },
		func() error { return insert(ctx, a, 0, ever(80)) },
		func() error { return counted(ctx, a, "q", always, usage("q", december, 1)) },
		func() error { return holds(ctx, a, december, 3, []meter.Record{r(40), r(45), ever(40)}) },
	)
}

func meterDrop(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	all := []meter.Record{plain("p", october, 1), plain("p", november, 1), plain("p", november, 2), plain("p", december, 1), plain("q", november, 1)}
	dropped := func(err error, what string) error {
		if err := refuses(err, meter.ErrDropped, "%s", what); err != nil {
			return err
		}
		var d *meter.DroppedError
		if !errors.As(err, &d) || !d.Before.Equal(november.End) {
			return fmt.Errorf("%s: the error %v does not say which periods are dropped, as a *DroppedError", what, err)
		}
		return nil
	}
	held := attempt(plain("p", november, 7), 9, "7")
	return first(
		func() error { return a.Drop(ctx, october.Start) }, // there is nothing
		func() error { return insert(ctx, a, 5, all...) },
		takes(ctx, a, held, meterNoon),
		func() error {
			return refuses(a.Drop(ctx, november.End), meter.ErrOpen, "Drop of periods that are not sealed")
		},
		func() error { return a.Seal(ctx, "p", november.End) },
		func() error {
			return refuses(b.Drop(ctx, november.End), meter.ErrOpen, "Drop of periods that are not sealed for all")
		},
		func() error { return holds(ctx, b, always, 10, all) },
		func() error { return a.Seal(ctx, "q", october.End) },
		func() error {
			return refuses(b.Drop(ctx, november.End), meter.ErrOpen, "Drop of periods that are not sealed up to it for all")
		},
		func() error { return a.Seal(ctx, "q", november.End) }, // one by one is enough
		func() error { return a.Drop(ctx, november.End) },
		func() error { return holds(ctx, b, always, 10, []meter.Record{plain("p", december, 1)}) },
		func() error {
			return counted(ctx, b, "", always, usage("p", october, 1), usage("p", november, 2), usage("p", december, 1), usage("q", november, 1))
		},
		func() error {
			fresh, err := b.Insert(ctx, []meter.Record{plain("p", december, 2), plain("p", november, 1)})
			if fresh != 0 {
				return fmt.Errorf("insert returns %d fresh ones and an error", fresh)
			}
			return dropped(err, "Insert of a record of a dropped period")
		},
		func() error {
			_, err := b.Insert(ctx, []meter.Record{seen("p", meterNoon, 1, time.Hour)})
			return dropped(err, "Insert of a sighting of a dropped period")
		},
		func() error { return dropped(b.Take(ctx, held, meterNoon), "Take for a record of a dropped period") },
		func() error {
			_, err := b.Settle(ctx, held, meterNoon, true)
			return dropped(err, "Settle of a record of a dropped period")
		},
		settles(ctx, b, held, meterNoon, false, 0),
		func() error { return a.Drop(ctx, november.End) },
		func() error { return a.Drop(ctx, october.End) },
		func() error {
			_, err := b.Insert(ctx, []meter.Record{plain("new", november, 1)})
			return dropped(err, "Insert of a record of a dropped period of a new project")
		},
		func() error { return insert(ctx, b, 1, plain("p", december, 1), plain("p", december, 2)) },
		func() error { return counted(ctx, a, "p", december, usage("p", december, 2)) },
	)
}

// meterDropSightings drops what lasts longer than its period.
func meterDropSightings(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	const day, window = 24 * time.Hour, 30 * 24 * time.Hour
	r := func(days, i int) meter.Record {
		return seen("p", november.Start.Add(time.Duration(days)*day), i, window)
	}
	over, just, ever := r(0, 2), r(0, 3), r(-31, 4)
	just.At = just.At.Add(1)
	ever.Window = meter.Ever
	after := ever
	after.At, after.Period = december.Start.Add(day), december.Start
	return first(
		func() error { return insert(ctx, a, 5, r(-31, 1), r(10, 1), over, just, ever) },
		func() error { return a.Seal(ctx, "", november.End) },
		func() error { return a.Drop(ctx, november.End) },
		func() error { return holds(ctx, b, always, 10, []meter.Record{r(10, 1), just, ever}) },
		func() error { return insert(ctx, b, 0, r(39, 1)) },
		func() error { return insert(ctx, b, 1, r(69, 1)) },
		func() error { return insert(ctx, b, 1, r(30, 2)) },
		func() error { return insert(ctx, b, 0, r(30, 3)) },
		func() error { return insert(ctx, b, 0, after) },
		func() error {
			return counted(ctx, a, "p", always, usage("p", october, 2), usage("p", november, 3), usage("p", december, 1), usage("p", january, 1))
		},
	)
}

func meterCanceled(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	r := plain("p", november, 1)
	slot := attempt(r, 9, "1")
	for name, call := range map[string]func(context.Context) error{
		"Insert": func(ctx context.Context) error { _, err := a.Insert(ctx, []meter.Record{r}); return err },
		"Counts": func(ctx context.Context) error { _, err := a.Counts(ctx, "p", always); return err },
		"Take":   func(ctx context.Context) error { return a.Take(ctx, slot, meterNoon) },
		"Settle": func(ctx context.Context) error { _, err := a.Settle(ctx, slot, meterNoon, true); return err },
		"Scan":   func(ctx context.Context) error { _, err := a.Scan(ctx, always, meter.Record{}, 1); return err },
		"Seal":   func(ctx context.Context) error { return a.Seal(ctx, "", november.End) },
		"Sealed": func(ctx context.Context) error { _, err := a.Sealed(ctx, ""); return err },
		"Drop":   func(ctx context.Context) error { return a.Drop(ctx, november.End) },
	} {
		if err := refuses(call(over(ctx)), context.Canceled, "%s with a context that is over", name); err != nil {
			return err
		}
	}
	return first(
		sealedBefore(ctx, b, "", time.Time{}),
		func() error { return counted(ctx, b, "", always) },
		takes(ctx, b, attempt(plain("p", november, 2), 1, "2"), meterNoon),
		func() error { return insert(ctx, b, 1, plain("p", november, 1)) },
	)
}
