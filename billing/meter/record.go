package meter

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/immagin/immagin-go/billing"
)

// Ever is the window in which a thing counts once for ever.
const Ever time.Duration = math.MaxInt64

// MaxText is the most bytes that a project or a metric may have in a Record.
const MaxText = 255

// ErrRecord is the error for records that no store takes.
var ErrRecord = errors.New("meter: record not usable")

// A Record is one element of the grow-only set that is a project's usage.
//
// Where Window is 0, it is the element (Project, Metric, Period, ID), counts
// once, and At is ignored and not kept. Policies PerPeriod and EveryMiss make
// such records.
//
// Where Window is positive, it is a sighting: the element (Project, Metric,
// ID, At). Of the sightings of one ID one counts if no other is less than
// Window before it; see [Recount].
// Policies Rolling and Forever make such records.
type Record struct {
	Project string         // whose usage: 1 to MaxText bytes of UTF-8 without NUL
	Metric  billing.Metric // what is counted: likewise
	Period  time.Time      // when the billing period of the event starts
	ID      ID             // what is counted, as [NewID] makes it
	At      time.Time      // when it happened; zero without a Window
	Window  time.Duration  // 0, or how long after another sighting this one does not count; Ever
}

// Compare orders records: those without a window first, by Period, Project,
// Metric and ID; then those with one, by Project, Metric, ID and At. Texts
// are in the order of their bytes. 0 means the same element; two records of
// the same sighting may differ in Period and Window.
func (r Record) Compare(o Record) int {
	if (r.Window > 0) != (o.Window > 0) {
		if r.Window > 0 {
			return 1
		}
		return -1
	}
	if r.Window == 0 {
		return cmp.Or(r.Period.Compare(o.Period), cmp.Compare(r.Project, o.Project), cmp.Compare(r.Metric, o.Metric), slices.Compare(r.ID[:], o.ID[:]))
	}
	return cmp.Or(cmp.Compare(r.Project, o.Project), cmp.Compare(r.Metric, o.Metric), slices.Compare(r.ID[:], o.ID[:]), r.At.Compare(o.At))
}

// Times of records are kept as nanoseconds since 1970 in an int64; the end is
// early enough to add a few centuries of nothing.
var (
	minTime = time.Unix(0, 0).UTC()
	maxTime = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// Validate says which field is not usable, as an error that is [ErrRecord].
func (r Record) Validate() error {
	for _, f := range [...]struct{ name, text string }{{"project", r.Project}, {"metric", string(r.Metric)}} {
		if err := checkText(f.text); err != nil {
			return fmt.Errorf("%w: %s %w", ErrRecord, f.name, err)
		}
	}
	if r.Window < 0 {
		return fmt.Errorf("%w: window %v is negative", ErrRecord, r.Window)
	}
	if r.Period.Before(minTime) || !r.Period.Before(maxTime) {
		return fmt.Errorf("%w: period starts in the year %d; 1970 to 2199 are possible", ErrRecord, r.Period.Year())
	}
	if r.Window > 0 && (r.At.Before(minTime) || !r.At.Before(maxTime)) {
		return fmt.Errorf("%w: time is in the year %d; 1970 to 2199 are possible", ErrRecord, r.At.Year())
	}
	return nil
}

func checkText(s string) error {
	switch {
	case s == "":
		return errors.New("is empty")
	case len(s) > MaxText:
		return fmt.Errorf("has %d bytes; at most %d are possible", len(s), MaxText)
	case !utf8.ValidString(s):
		return errors.New("is not UTF-8")
	}
	for i := range len(s) {
		if s[i] == 0 {
			return errors.New("has a NUL byte")
		}
	}
	return nil
}

// Normalize returns the records as stores work on them: valid, in UTC, sorted
// by [Record.Compare], each element once. The batch itself is returned if it
// is all that already, and is never changed. The error is [ErrRecord].
//
// One order for all is what keeps two writers of one database from waiting
// for each other.
func Normalize(batch []Record) ([]Record, error) {
	done := true
	for i, r := range batch {
		if err := r.Validate(); err != nil {
			return nil, fmt.Errorf("record %d: %w", i, err)
		}
		done = done && r == r.normal() && (i == 0 || batch[i-1].Compare(r) < 0)
	}
	if done {
		return batch, nil
	}
	sorted := make([]Record, len(batch))
	for i, r := range batch {
		sorted[i] = r.normal()
	}
	slices.SortStableFunc(sorted, Record.Compare)
	return slices.CompactFunc(sorted, func(a, b Record) bool { return a.Compare(b) == 0 }), nil
}

// normal drops what is not kept, so that equal records are equal by ==.
func (r Record) normal() Record {
	r.Period = time.Unix(0, r.Period.UnixNano()).UTC()
	if r.Window == 0 {
		r.At = time.Time{}
	} else {
		r.At = time.Unix(0, r.At.UnixNano()).UTC()
	}
	return r
}
