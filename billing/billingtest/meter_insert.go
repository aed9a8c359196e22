package billingtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

func meterInsert(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	batch := []meter.Record{plain("p", november, 3), plain("p", november, 1), plain("p", november, 2), plain("p", november, 1), plain("p", november, 3)}
	return first(
		func() error { return insert(ctx, a, 0) },
		func() error { return insert(ctx, a, 3, batch...) },
		func() error { return insert(ctx, b, 0, batch...) },
		func() error { return insert(ctx, a, 0, plain("p", november, 2)) },
		func() error { return insert(ctx, b, 1, plain("p", november, 2), plain("p", november, 4)) },
		func() error { return counted(ctx, a, "p", november, usage("p", november, 4)) },
		func() error { return counted(ctx, b, "p", november, usage("p", november, 4)) },
		func() error { return holds(ctx, a, always, 100, append(batch, plain("p", november, 4))) },
		func() error {
			// The batch is the caller's.
			if batch[0] != plain("p", november, 3) || batch[4] != plain("p", november, 3) {
				return errors.New("insert has changed the caller's batch")
			}
			return nil
		},
		func() error {
			// What is not kept does not matter, nor does the zone of a time.
			again := plain("p", november, 1)
			again.At = november.Start.Add(time.Hour)
			again.Period = again.Period.In(time.FixedZone("x", 3600))
			return insert(ctx, a, 0, again)
		},
	)
}

// meterInsertMany inserts batches as large as meters send them, and larger.
func meterInsertMany(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	var all []meter.Record
	for i := range 7000 {
		p := november
		if i%3 == 0 {
			p = december
		}
		all = append(all, plain(fmt.Sprintf("p%d", i%2), p, i))
	}
	sorted, err := meter.Normalize(all[:5000])
	if err != nil {
		return err
	}
	return first(
		func() error { return insert(ctx, a, 5000, sorted...) },
		func() error { return insert(ctx, b, 0, sorted...) },
		func() error { return insert(ctx, b, 2000, shuffled(append(all, all[:1000]...))...) },
		func() error { return holds(ctx, a, always, 1000, all) },
		func() error {
			return counted(ctx, a, "", always, usage("p0", november, 2333), usage("p0", december, 1167), usage("p1", november, 2333), usage("p1", december, 1167))
		},
	)
}

func meterInsertRefused(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	good := plain("p", november, 1)
	for name, spoil := range map[string]func(r *meter.Record){
		"without a project":         func(r *meter.Record) { r.Project = "" },
		"of a project with a NUL":   func(r *meter.Record) { r.Project = "a\x00b" },
		"of a project not in UTF-8": func(r *meter.Record) { r.Project = "\xff" },
		"of a long project":         func(r *meter.Record) { r.Project = strings.Repeat("a", meter.MaxText+1) },
		"without a metric":          func(r *meter.Record) { r.Metric = "" },
		"without a period":          func(r *meter.Record) { r.Period = time.Time{} },
		"of a far period":           func(r *meter.Record) { r.Period = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) },
		"with a negative window":    func(r *meter.Record) { r.Window = -1 },
		"with a window and no time": func(r *meter.Record) { r.Window = 1 },
	} {
		bad := plain("p", november, 2)
		spoil(&bad)
		fresh, err := a.Insert(ctx, []meter.Record{good, bad})
		if err := refuses(err, meter.ErrRecord, "Insert of a record %s", name); err != nil {
			return err
		}
		if fresh != 0 {
			return fmt.Errorf("insert of a record %s returns %d fresh ones and an error", name, fresh)
		}
		if err := refuses(a.Take(ctx, meter.Slot{Record: bad, Limit: 9, Expires: november.End}, november.Start), meter.ErrRecord, "Take for a record %s", name); err != nil {
			return err
		}
		_, err = a.Settle(ctx, meter.Slot{Record: bad, Limit: 9, Expires: november.End}, november.Start, true)
		if err := refuses(err, meter.ErrRecord, "Settle of a record %s", name); err != nil {
			return err
		}
	}
	return first(
		func() error { return counted(ctx, b, "", always) },
		func() error { return holds(ctx, b, always, 10, nil) },
	)
}

// meterApart inserts records that differ in one field.
func meterApart(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	r := plain("p", november, 1)
	project, metric, period, id := r, r, r, r
	project.Project, metric.Metric, period.Period, id.ID = "q", billing.BandwidthBytes, december.Start, number(2)
	first16, last16 := r, r
	first16.ID[0]++
	last16.ID[15]++
	all := []meter.Record{r, project, metric, period, id, first16, last16}
	for i, r := range all {
		if err := insert(ctx, a, 1, r); err != nil {
			return fmt.Errorf("record %d: %w", i, err)
		}
	}
	return first(
		func() error { return insert(ctx, b, 0, all...) },
		func() error { return holds(ctx, b, always, 3, all) },
		func() error {
			return counted(ctx, b, "", november,
				meter.Count{Project: "p", Metric: billing.BandwidthBytes, Period: november.Start, Billed: november.Start, N: 1},
				usage("p", november, 4), usage("q", november, 1))
		},
		func() error { return counted(ctx, b, "", december, usage("p", december, 1)) },
	)
}

// names look odd, but are texts, and are kept and told apart by their bytes.
var meterNames = []string{
	"a", "A", "..", "a/b", `a\b`, "a ", " a", "a.", "CON", "%2e", "%", "_", "'", `"`, "'; DROP TABLE meter; --", "$1", "?1",
	"é", "e\u0301", "ß", "ss", "I", "ı", "日本語", "🦊", "\u202egnp.exe", "\ufeffa", "<script>", "null", "0", "\n", "\t", "\x7f", "\x01", "\r\n",
	strings.Repeat("a", 255), strings.Repeat("a", 254) + "b", strings.Repeat("é", 127),
}

func meterTexts(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	var all []meter.Record
	for _, name := range meterNames {
		project, metric, sighting := plain(name, november, 1), plain("p", november, 1), seen(name, november.Start, 1, time.Hour)
		metric.Metric = billing.Metric(name)
		for _, r := range []meter.Record{project, metric, sighting} {
			if err := insert(ctx, a, 1, r); err != nil {
				return fmt.Errorf("name %q: %w", short(name), err)
			}
			all = append(all, r)
		}
	}
	if err := holds(ctx, b, always, 7, all); err != nil {
		return err
	}
	sorted := slices.Sorted(slices.Values(append(meterNames, "p")))
	counts, err := b.Counts(ctx, "", november)
	if err != nil {
		return err
	}
	var projects []string
	for _, c := range counts {
		projects = append(projects, c.Project)
	}
	if got := slices.Compact(projects); !slices.Equal(got, sorted) {
		return fmt.Errorf("counts returns the projects\n%q; they should be, in the order of their bytes,\n%q", got, sorted)
	}
	for _, name := range meterNames {
		if err := counted(ctx, b, name, november, usage(name, november, 2)); err != nil {
			return err
		}
	}
	// Names that nobody can have are asked for in vain.
	for _, name := range []string{"\x00", "\xff", "b", "aa", "a%", strings.Repeat("a", 256), strings.Repeat("a", 5000)} {
		if counts, err := b.Counts(ctx, name, always); err == nil && len(counts) > 0 {
			return fmt.Errorf("counts of project %q returns %v", short(name), counts)
		}
	}
	return nil
}

// meterSightings goes through the rule with one image.
func meterSightings(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	const window = 30 * 24 * time.Hour
	at := november.Start.Add(2 * 24 * time.Hour)
	sighting := func(after time.Duration) meter.Record { return seen("p", at.Add(after), 1, window) }
	ever := func(after time.Duration) meter.Record { return seen("q", at.Add(after), 1, meter.Ever) }
	all := []meter.Record{
		sighting(0), sighting(1), sighting(window), sighting(2 * window), sighting(2*window - 1), sighting(-window), sighting(-window + 1),
		ever(0), ever(window), ever(-window),
	}
	return first(
		func() error { return insert(ctx, a, 1, sighting(0)) },
		func() error { return insert(ctx, b, 0, sighting(0)) },
		func() error { return insert(ctx, a, 0, sighting(1)) },
		func() error { return insert(ctx, b, 0, sighting(window)) }, // the window slides
		func() error { return insert(ctx, a, 1, sighting(2*window)) },
		func() error { return counted(ctx, b, "p", always, usage("p", november, 1), usage("p", january, 1)) },
		// Between them, but later: now the last is within the window of it.
		func() error { return insert(ctx, b, -1, sighting(2*window-1)) },
		func() error { return counted(ctx, a, "p", always, usage("p", november, 1)) },
		func() error { return insert(ctx, b, 1, sighting(-window)) },
		func() error { return counted(ctx, a, "p", always, usage("p", october, 1), usage("p", november, 1)) },
		func() error { return insert(ctx, b, -1, sighting(-window+1), sighting(-window)) },
		func() error { return counted(ctx, a, "p", always, usage("p", october, 1)) },
		func() error { return insert(ctx, a, 1, ever(0)) },
		func() error { return insert(ctx, b, 0, ever(window)) },
		func() error { return counted(ctx, a, "q", always, usage("q", november, 1)) },
		func() error { return insert(ctx, a, 0, ever(-window)) },
		func() error { return counted(ctx, b, "q", always, usage("q", october, 1)) },
		func() error { return insert(ctx, b, 0, shuffled(all)...) },
		func() error { return holds(ctx, b, always, 2, all) },
	)
}

// meterSightingsInAnyOrder compares one insertion after the other, in any
// order, with all at once.
func meterSightingsInAnyOrder(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	const window = 20 * 24 * time.Hour
	batch := func(project string) []meter.Record {
		var all []meter.Record
		for i := range 30 {
			all = append(all, seen(project, october.Start.Add(time.Duration(i*i%83)*24*time.Hour), i%2, window))
		}
		return all
	}
	if _, err := a.Insert(ctx, batch("p")); err != nil {
		return err
	}
	one, err := a.Counts(ctx, "p", always)
	if err != nil {
		return err
	}
	for _, r := range shuffled(batch("q")) {
		if _, err := b.Insert(ctx, []meter.Record{r}); err != nil {
			return err
		}
	}
	for i := range one {
		one[i].Project = "q"
	}
	return counted(ctx, a, "q", always, one...)
}
