package billingtest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// meterConcurrentInsert has all racers insert the same records, in orders of
// their own and in batches of their own: two writers that take their locks in
// another order than each other would wait for ever.
func meterConcurrentInsert(ctx context.Context, a, b meter.Store, o *MeterOptions) error {
	stores := []meter.Store{a, b}
	var all []meter.Record
	for i := range 100 * o.Rounds {
		p := []billing.Period{november, december}[i%2]
		all = append(all, plain(fmt.Sprintf("p%d", i%3), p, i))
	}
	var fresh atomic.Int64
	err := atOnce(o.Racers, func(i int) error {
		for batch := range slices.Chunk(shuffled(all), 37+i) {
			n, err := stores[i%2].Insert(ctx, batch)
			if err != nil {
				return err
			}
			fresh.Add(int64(n))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n := fresh.Load(); n != int64(len(all)) {
		return fmt.Errorf("%d callers that insert the same %d records are told of %d fresh ones", o.Racers, len(all), n)
	}
	return same(ctx, b, all)
}

// same expects the set to be these elements and the counters to be its size.
func same(ctx context.Context, s meter.Store, all []meter.Record) error {
	if err := holds(ctx, s, always, 500, all); err != nil {
		return err
	}
	counts, err := s.Counts(ctx, "", always)
	if err != nil {
		return err
	}
	var sum int64
	for _, c := range counts {
		sum += c.N
	}
	if sum != int64(len(all)) {
		return fmt.Errorf("the counters say %d, and the set has %d elements", sum, len(all))
	}
	return nil
}

// meterConcurrentSightings has the sightings of a few IDs come at the same
// time, and compares the counters with what one at a time gives.
func meterConcurrentSightings(ctx context.Context, a, b meter.Store, o *MeterOptions) error {
	stores := []meter.Store{a, b}
	batch := func(project string) []meter.Record {
		var all []meter.Record
		for i := range 10 * o.Rounds {
			all = append(all, seen(project, october.Start.Add(time.Duration(i*i%1009)*2*time.Hour), i%3, 5*24*time.Hour))
		}
		return all
	}
	var fresh atomic.Int64
	err := atOnce(o.Racers, func(i int) error {
		for batch := range slices.Chunk(shuffled(batch("p")), 5+i) {
			n, err := stores[i%2].Insert(ctx, batch)
			if err != nil {
				return err
			}
			fresh.Add(int64(n))
		}
		return nil
	})
	if err != nil {
		return err
	}
	n, err := a.Insert(ctx, batch("q"))
	if err != nil {
		return err
	}
	if int64(n) != fresh.Load() {
		return fmt.Errorf("%d callers at the same time are told of %d that count; there are %d", o.Racers, fresh.Load(), n)
	}
	want, err := a.Counts(ctx, "q", always)
	if err != nil {
		return err
	}
	for i := range want {
		want[i].Project = "p"
	}
	return counted(ctx, b, "p", always, want...)
}

// meterConcurrentSeal seals a period while records for it come in, before and
// after that.
func meterConcurrentSeal(ctx context.Context, a, b meter.Store, o *MeterOptions) error {
	stores := []meter.Store{a, b}
	var inserted atomic.Int64
	var sealed atomic.Bool
	var final []meter.Count
	begin := int64(o.Racers * o.Rounds / 2)
	batches := make([][]meter.Record, o.Racers)
	err := atOnce(o.Racers+1, func(i int) error {
		if i == o.Racers {
			defer sealed.Store(true) // they wait for it
			for inserted.Load() < begin {
				runtime.Gosched()
			}
			err := a.Seal(ctx, "p", november.End)
			if err == nil {
				final, err = a.Counts(ctx, "p", november)
			}
			return err
		}
		defer inserted.Add(begin) // should one fail
		for after := 0; after < o.Rounds && len(batches[i]) < 1000; {
			if sealed.Load() {
				after++
			}
			r := plain("p", november, len(batches[i])*o.Racers+i)
			if n, err := stores[i%2].Insert(ctx, []meter.Record{r}); err != nil || n != 1 {
				return fmt.Errorf("insert returns %d and error %v", n, err)
			}
			batches[i] = append(batches[i], r)
			inserted.Add(1)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := counted(ctx, b, "p", november, final...); err != nil {
		return fmt.Errorf("after it was sealed and read: %w", err)
	}
	return same(ctx, b, slices.Concat(batches...))
}
