package billingtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// MeterOptions say how [TestMeterStore] and [TestQueue] test. Nil and zero
// fields are the defaults.
type MeterOptions struct {
	// Racers is the number of callers that do the same at the same time; 8
	// by default.
	Racers int
	// Rounds is how often each of them does it; 10 by default.
	Rounds int
	// Again opens another handle of what a store keeps, as another process
	// that shares it would, and closes it with the test. By default the same
	// handle is used twice.
	Again func(t *testing.T, s meter.Store) meter.Store
	// AgainQueue ends the process that has a queue, as far as a test can do
	// that, and opens the queue anew. By default the same is used again.
	AgainQueue func(t *testing.T, q meter.Queue) meter.Queue
}

func (o *MeterOptions) withDefaults() *MeterOptions {
	var r MeterOptions
	if o != nil {
		r = *o
	}
	if r.Racers == 0 {
		r.Racers = 8
	}
	if r.Rounds == 0 {
		r.Rounds = 10
	}
	return &r
}

// A MeterCheck is one duty of a [meter.Store].
type MeterCheck struct {
	Name  string
	check func(ctx context.Context, a, b meter.Store, o *MeterOptions) error
}

// Run returns what a store does wrong. A and b are handles of one store,
// which is empty; they may be the same.
func (c MeterCheck) Run(ctx context.Context, a, b meter.Store, o *MeterOptions) error {
	return c.check(ctx, a, b, o.withDefaults())
}

// MeterChecks returns the duties of a store, in the order in which
// [meter.Store] says them.
func MeterChecks() []MeterCheck {
	return []MeterCheck{
		{"Insert", meterInsert},
		{"InsertMany", meterInsertMany},
		{"InsertRefused", meterInsertRefused},
		{"Apart", meterApart},
		{"Texts", meterTexts},
		{"Sightings", meterSightings},
		{"SightingsInAnyOrder", meterSightingsInAnyOrder},
		{"Counts", meterCounts},
		{"Take", meterTake},
		{"TakeKnown", meterTakeKnown},
		{"TakeScopes", meterTakeScopes},
		{"Expiry", meterExpiry},
		{"Settle", meterSettle},
		{"SettleTwo", meterSettleTwo},
		{"Scan", meterScan},
		{"ScanPeriods", meterScanPeriods},
		{"Seal", meterSeal},
		{"SealAll", meterSealAll},
		{"SealSightings", meterSealSightings},
		{"Drop", meterDrop},
		{"DropSightings", meterDropSightings},
		{"Canceled", meterCanceled},
		{"ConcurrentInsert", meterConcurrentInsert},
		{"ConcurrentSightings", meterConcurrentSightings},
		{"ConcurrentTake", meterConcurrentTake},
		{"ConcurrentSeal", meterConcurrentSeal},
	}
}

// TestMeterStore runs all checks, each on a store of its own. Open returns an
// empty store, and closes it with the test.
func TestMeterStore(t *testing.T, open func(t *testing.T) meter.Store, o *MeterOptions) {
	t.Helper()
	for _, c := range MeterChecks() {
		t.Run(c.Name, func(t *testing.T) {
			a := open(t)
			b := a
			if o != nil && o.Again != nil {
				b = o.Again(t, a)
			}
			if err := c.Run(t.Context(), a, b, o); err != nil {
				t.Error(err)
			}
		})
	}
}

// The periods of the checks. The last nanosecond of one and the first of the
// next are different months.
var (
	october  = billing.Month(time.Date(2031, 10, 1, 0, 0, 0, 0, time.UTC))
	november = billing.Month(october.End)
	december = billing.Month(november.End)
	january  = billing.Month(december.End)
	always   billing.Period
)

const transforms = billing.TransformsUnique

// number is an ID that is easy to tell.
func number(i int) meter.ID { return meter.NewID("number", fmt.Sprint(i)) }

// plain is a record without a window.
func plain(project string, p billing.Period, i int) meter.Record {
	return meter.Record{Project: project, Metric: transforms, Period: p.Start, ID: number(i)}
}

// seen is a sighting.
func seen(project string, at time.Time, i int, window time.Duration) meter.Record {
	return meter.Record{Project: project, Metric: transforms, Period: billing.Month(at).Start, ID: number(i), At: at, Window: window}
}

// insert expects a number of fresh ones.
func insert(ctx context.Context, s meter.Store, fresh int, batch ...meter.Record) error {
	got, err := s.Insert(ctx, batch)
	if err != nil {
		return fmt.Errorf("insert of %d records: %w", len(batch), err)
	}
	if got != fresh {
		return fmt.Errorf("insert of %d records returns %d fresh ones; %d are", len(batch), got, fresh)
	}
	return nil
}

// counted expects counters.
func counted(ctx context.Context, s meter.Store, project string, p billing.Period, want ...meter.Count) error {
	got, err := s.Counts(ctx, project, p)
	if err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("counts of project %q in %v are\n%v; they should be\n%v", project, p, got, want)
	}
	return nil
}

// usage is a counter of what is billed in its own period.
func usage(project string, p billing.Period, n int64) meter.Count {
	return meter.Count{Project: project, Metric: transforms, Period: p.Start, Billed: p.Start, N: n}
}

// late is a counter of what is billed later.
func late(project string, p, billed billing.Period, n int64) meter.Count {
	return meter.Count{Project: project, Metric: transforms, Period: p.Start, Billed: billed.Start, N: n}
}

// holds expects the set to be these elements, read in pages.
func holds(ctx context.Context, s meter.Store, p billing.Period, page int, want []meter.Record) error {
	want, err := meter.Normalize(want)
	if err != nil {
		return err
	}
	var got []meter.Record
	var after meter.Record
	for {
		records, err := s.Scan(ctx, p, after, page)
		if err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if len(records) > page {
			return fmt.Errorf("scan returns %d records; %d were asked for", len(records), page)
		}
		got = append(got, records...)
		if len(got) > len(want) {
			return fmt.Errorf("scan of %v returns at least %d records; there are %d. One is %v", p, len(got), len(want), got[len(got)-1])
		}
		if len(records) < page {
			break
		}
		after = records[len(records)-1]
	}
	for i, r := range got {
		if r != want[i] {
			return fmt.Errorf("scan of %v in pages of %d: record %d of %d is\n%+v; it should be\n%+v", p, page, i, len(want), r, want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("scan of %v in pages of %d returns %d records; there are %d", p, page, len(got), len(want))
	}
	return nil
}

// refuses expects an error.
func refuses(err, want error, format string, args ...any) error {
	doing := fmt.Sprintf(format, args...)
	if !errors.Is(err, want) {
		return fmt.Errorf("%s: the error is %v; it should be %v", doing, err, want)
	}
	if len(err.Error()) > 1024 {
		return fmt.Errorf("%s: the error has %d bytes, too many for a log", doing, len(err.Error()))
	}
	return nil
}

// shuffled is a batch in another order.
func shuffled(batch []meter.Record) []meter.Record {
	batch = slices.Clone(batch)
	rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	return batch
}

// atOnce calls f by n callers at the same time, and returns the first error.
func atOnce(n int, f func(i int) error) error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wait.Wait()
	return errors.Join(errs...)
}

// first returns the first error of steps, which are called as long as there
// is none.
func first(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// over is a context that is.
func over(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}

// short is the beginning of a text, for messages.
func short(s string) string {
	return string(bytes.ToValidUTF8([]byte(s[:min(len(s), 40)]), []byte("?")))
}
