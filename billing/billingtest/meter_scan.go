package billingtest

import (
	"context"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

func meterCounts(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	bytes := func(p billing.Period, i int) meter.Record {
		r := plain("p", p, i)
		r.Metric = billing.BandwidthBytes
		return r
	}
	bandwidth := usage("p", november, 1)
	bandwidth.Metric = billing.BandwidthBytes
	edge := billing.Period{Start: november.Start.Add(1), End: december.Start}
	return first(
		func() error { return counted(ctx, a, "", always) },
		func() error { return counted(ctx, a, "p", november) },
		func() error {
			return insert(ctx, a, 7, plain("p", november, 1), plain("p", november, 2), plain("p", december, 1), bytes(november, 1), plain("a", december, 1), plain("q", november, 1), plain("pp", november, 1))
		},
		func() error {
			return counted(ctx, b, "p", always, bandwidth, usage("p", november, 2), usage("p", december, 1))
		},
		func() error { return counted(ctx, b, "p", november, bandwidth, usage("p", november, 2)) },
		func() error { return counted(ctx, b, "p", december, usage("p", december, 1)) },
		func() error { return counted(ctx, b, "p", october) },
		func() error { return counted(ctx, b, "p", edge) }, // [Start, End)
		func() error {
			return counted(ctx, b, "p", billing.Period{Start: november.Start, End: december.Start.Add(1)}, bandwidth, usage("p", november, 2), usage("p", december, 1))
		},
		func() error {
			return counted(ctx, b, "", november, bandwidth, usage("p", november, 2), usage("pp", november, 1), usage("q", november, 1))
		},
		func() error { return counted(ctx, b, "P", always) },
		func() error { return counted(ctx, b, "never heard of", always) },
	)
}

func meterScan(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	var all []meter.Record
	for i := range 60 {
		p := []billing.Period{november, december, january}[i%3]
		all = append(all, plain(fmt.Sprintf("p%d", i%4), p, i/4), seen(fmt.Sprintf("p%d", i%4), p.Start.Add(time.Duration(i)), i/8, time.Duration(i+1)))
	}
	if err := holds(ctx, a, always, 1, nil); err != nil {
		return err
	}
	if _, err := a.Insert(ctx, shuffled(all)); err != nil {
		return err
	}
	for _, page := range []int{1, 2, 7, 60, 119, 120, 121, 5000} {
		if err := holds(ctx, b, always, page, all); err != nil {
			return err
		}
	}
	sorted, err := meter.Normalize(all)
	if err != nil {
		return err
	}
	// From anywhere: from what is there, and from what is not.
	for i, r := range sorted {
		records, err := b.Scan(ctx, always, r, 1)
		if err != nil {
			return err
		}
		if end := i == len(sorted)-1; end != (len(records) == 0) || !end && records[0] != sorted[i+1] {
			return fmt.Errorf("scan after record %d of %d returns %v", i, len(sorted), records)
		}
		gap := r
		if gap.Window > 0 {
			gap.At = gap.At.Add(-1)
		} else if gap.ID[15] > 0 {
			gap.ID[15]--
		} else {
			continue
		}
		if records, err = b.Scan(ctx, always, gap, 1); err != nil || len(records) != 1 || records[0].Compare(gap) <= 0 || records[0].Compare(r) > 0 {
			return fmt.Errorf("scan after a record that is not there, just before %v, returns %v and error %v", r, records, err)
		}
	}
	// The period and the window with which a sighting came first stay.
	again := seen("p1", january.Start.Add(59), 59/8, time.Second)
	return first(
		func() error {
			for _, r := range sorted {
				if r.Window > 0 {
					again = r
				}
			}
			again.Window = meter.Ever
			_, err := a.Insert(ctx, []meter.Record{again})
			return err
		},
		func() error { return holds(ctx, b, always, 50, all) },
	)
}

func meterScanPeriods(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	in := []meter.Record{plain("p", november, 1), plain("q", november, 1), seen("p", november.Start, 1, time.Hour), seen("p", november.End.Add(-1), 1, time.Hour)}
	out := []meter.Record{plain("p", october, 1), plain("p", december, 2), seen("p", november.Start.Add(-1), 1, time.Hour), seen("p", november.End, 1, time.Hour)}
	all := append(in, out...)
	if _, err := a.Insert(ctx, all); err != nil {
		return err
	}
	// A period of another cycle.
	odd := plain("p", november, 3)
	odd.Period = november.Start.Add(15 * 24 * time.Hour)
	if err := insert(ctx, a, 1, odd); err != nil {
		return err
	}
	for _, page := range []int{1, 2, 3, 100} {
		err := first(
			func() error { return holds(ctx, b, november, page, append(in, odd)) },
			func() error { return holds(ctx, b, always, page, append(all, odd)) },
			func() error {
				return holds(ctx, b, billing.Period{Start: november.Start.Add(1), End: november.End}, page, []meter.Record{odd})
			},
			func() error { return holds(ctx, b, january, page, nil) },
		)
		if err != nil {
			return err
		}
	}
	return nil
}
