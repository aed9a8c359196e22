package billingtest

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

func TestMeterFakesPass(t *testing.T) {
	TestMeterStore(t, func(*testing.T) meter.Store { return newBrokenMeter("") }, nil)
	TestQueue(t, func(*testing.T) meter.Queue { return &brokenQueue{Queue: memory.NewQueue()} }, nil)
}

// TestMeterChecks takes one duty at a time away from a store, and expects the
// check that is about it to notice.
func TestMeterChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"telling how many are fresh":     "Insert",
		"leaving the batch alone":        "Insert",
		"large batches":                  "InsertMany",
		"refusing":                       "InsertRefused",
		"all or nothing":                 "InsertRefused",
		"telling metrics apart":          "Apart",
		"whole IDs":                      "Apart",
		"telling case apart":             "Texts",
		"trailing spaces":                "Texts",
		"nanoseconds":                    "Sightings",
		"sliding windows":                "Sightings",
		"windows":                        "Sightings",
		"what comes late":                "SightingsInAnyOrder",
		"half-open ranges":               "Counts",
		"the order of counts":            "Counts",
		"keeping the limit":              "Take",
		"slots":                          "Take",
		"giving back":                    "Take",
		"knowing what is counted":        "TakeKnown",
		"scopes of slots":                "TakeScopes",
		"expiry":                         "Expiry",
		"limits of late slots":           "Expiry",
		"settling once":                  "Settle",
		"telling that two are one":       "SettleTwo",
		"limits of pages":                "Scan",
		"going on after":                 "Scan",
		"periods of scans":               "ScanPeriods",
		"seals":                          "Seal",
		"adjustments":                    "Seal",
		"staying sealed":                 "Seal",
		"seals of all":                   "SealAll",
		"keeping what is open":           "Drop",
		"refusing what is dropped":       "Drop",
		"dropping":                       "DropSightings",
		"contexts of Insert":             "Canceled",
		"contexts of Counts":             "Canceled",
		"contexts of Take":               "Canceled",
		"contexts of Settle":             "Canceled",
		"contexts of Scan":               "Canceled",
		"contexts of Seal":               "Canceled",
		"contexts of Sealed":             "Canceled",
		"contexts of Drop":               "Canceled",
		"inserting at once":              "ConcurrentInsert",
		"telling that the count shrinks": "ConcurrentSightings",
		"taking at once":                 "ConcurrentTake",
		"sealing before it says so":      "ConcurrentSeal",
	} {
		t.Run(lacks, func(t *testing.T) {
			checks := MeterChecks()
			i := slices.IndexFunc(checks, func(c MeterCheck) bool { return c.Name == check })
			require.GreaterOrEqual(t, i, 0, check)
			s := newBrokenMeter(lacks)
			err := checks[i].Run(t.Context(), s, s, nil)
			require.Error(t, err)
			t.Log(err)
		})
	}
	// A seal that nothing keeps is also noticed by its sightings.
	s := newBrokenMeter("seals")
	require.Error(t, MeterCheck{check: meterSealSightings}.Run(t.Context(), s, s, nil))
}

func TestQueueChecks(t *testing.T) {
	for lacks, check := range map[string]string{
		"order":               "Order",
		"limits":              "Order",
		"discarding":          "Discard",
		"what came meanwhile": "Discard",
		"positions":           "Positions",
		"refusing":            "Refused",
		"contexts of Append":  "Canceled",
		"contexts of Peek":    "Canceled",
		"contexts of Discard": "Canceled",
		"contexts of Len":     "Canceled",
	} {
		t.Run(lacks, func(t *testing.T) {
			checks := QueueChecks()
			i := slices.IndexFunc(checks, func(c QueueCheck) bool { return c.Name == check })
			require.GreaterOrEqual(t, i, 0, check)
			q := &brokenQueue{Queue: memory.NewQueue(), lacks: lacks}
			err := checks[i].Run(t.Context(), q, func() meter.Queue { return q }, nil)
			require.Error(t, err)
			t.Log(err)
		})
	}
}

// TestMeterPropertiesNotice expects the state machines to find a broken store
// too.
func TestMeterPropertiesNotice(t *testing.T) {
	for lacks, property := range map[string]string{
		"giving back":                "Store",
		"adjustments":                "Store",
		"sliding windows":            "Policies",
		"telling how many are fresh": "Policies",
		"what comes late":            "Merge",
		"windows":                    "Policies",
		"keeping the limit":          "Limit",
		"slots":                      "Limit",
		"limits of late slots":       "Limit",
	} {
		t.Run(lacks, func(t *testing.T) {
			properties := MeterProperties()
			i := slices.IndexFunc(properties, func(p MeterProperty) bool { return p.Name == property })
			require.GreaterOrEqual(t, i, 0, property)
			said := refuted(t, func(t *rapid.T) {
				s := newBrokenMeter(lacks)
				properties[i].On(s, s)(t)
			})
			require.NotEmpty(t, said)
			t.Log(said[0])
		})
	}
}

// refuted returns what rapid says of a property that does not hold. It tries
// so many cases that none escapes, leaves no file behind, and does not look for
// the least example.
func refuted(t *testing.T, property func(*rapid.T)) []string {
	t.Helper()
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "0s", "rapid.checks": "5000"} {
		f := flag.Lookup(name)
		require.NotNil(t, f, name)
		old := f.Value.String()
		require.NoError(t, f.Value.Set(value))
		defer f.Value.Set(old)
	}
	r := &refutation{name: t.Name()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(r, property)
	}()
	<-done
	return r.said
}

// refutation is a rapid.TB that expects to fail.
type refutation struct {
	name string
	said []string
}

func (r *refutation) Helper()                   {}
func (r *refutation) Name() string              { return r.name }
func (r *refutation) Logf(string, ...any)       {}
func (r *refutation) Log(...any)                {}
func (r *refutation) Skipf(string, ...any)      { runtime.Goexit() }
func (r *refutation) Skip(...any)               { runtime.Goexit() }
func (r *refutation) SkipNow()                  { runtime.Goexit() }
func (r *refutation) Errorf(f string, a ...any) { r.said = append(r.said, fmt.Sprintf(f, a...)) }
func (r *refutation) Error(a ...any)            { r.said = append(r.said, fmt.Sprint(a...)) }
func (r *refutation) Fatalf(f string, a ...any) { r.Errorf(f, a...); runtime.Goexit() }
func (r *refutation) Fatal(a ...any)            { r.Error(a...); runtime.Goexit() }
func (r *refutation) FailNow()                  { runtime.Goexit() }
func (r *refutation) Fail()                     { r.said = append(r.said, "failed") }
func (r *refutation) Failed() bool              { return len(r.said) > 0 }
