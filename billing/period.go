package billing

import (
	"errors"
	"fmt"
	"time"
)

// ErrPeriod is returned for a period that does not end after it starts.
var ErrPeriod = errors.New("billing: period does not end after it starts")

// Period is the half-open span [Start, End) that usage is counted and billed
// for. Its bounds are UTC; [Month] and [Anniversary] make the usual ones. An
// event at End belongs to the next period.
type Period struct {
	Start time.Time `json:"start"` // the first instant of it
	End   time.Time `json:"end"`   // the first instant after it
}

// Cycle says which period an instant is in. [Month] is one; an anniversary
// cycle is made with [AnniversaryCycle].
type Cycle func(t time.Time) Period

// Month returns the calendar month, in UTC, that holds t: the default cycle.
func Month(t time.Time) Period {
	year, month, _ := t.UTC().Date()
	return Period{
		Start: time.Date(year, month, 1, 0, 0, 0, 0, time.UTC),
		End:   time.Date(year, month+1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Anniversary returns the month-long period holding t that starts at 00:00
// UTC on the day of the month of anchor. In a month without that day the
// period starts on its last day, and the one after goes back to anchor's day:
// an anchor of 31 January gives 31 January, 28 (or 29) February, 31 March.
func Anniversary(anchor, t time.Time) Period {
	day, t := anchor.UTC().Day(), t.UTC()
	year, month, _ := t.Date()
	start := clampedDate(year, month, day)
	if t.Before(start) {
		return Period{Start: clampedDate(year, month-1, day), End: start}
	}
	return Period{Start: start, End: clampedDate(year, month+1, day)}
}

// AnniversaryCycle returns the cycle of a customer whose first period started on
// the day of anchor: that of [Anniversary].
func AnniversaryCycle(anchor time.Time) Cycle {
	return func(t time.Time) Period { return Anniversary(anchor, t) }
}

// clampedDate is midnight of a day of a month, or of the month's last day
// where it is shorter.
func clampedDate(year int, month time.Month, day int) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, month, min(day, last), 0, 0, 0, 0, time.UTC)
}

// Contains reports whether t is in the period: Start is, End is not.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.Start) && t.Before(p.End)
}

// Next returns the period of the cycle that follows p. A nil cycle is
// [Month].
func (p Period) Next(c Cycle) Period {
	if c == nil {
		c = Month
	}
	return c(p.End)
}

// Days returns the number of whole days of 24 hours in the period.
func (p Period) Days() int {
	return int(p.Duration() / day)
}

// Duration returns the length of the period.
func (p Period) Duration() time.Duration { return p.End.Sub(p.Start) }

// IsZero reports whether the period is the zero value.
func (p Period) IsZero() bool { return p.Start.IsZero() && p.End.IsZero() }

// Validate returns an error wrapping [ErrPeriod] unless the period ends after
// it starts.
func (p Period) Validate() error {
	if !p.End.After(p.Start) {
		return fmt.Errorf("%w: %v", ErrPeriod, p)
	}
	return nil
}

// String returns the bounds in RFC 3339 with a slash between, as ISO 8601
// writes an interval.
func (p Period) String() string {
	return p.Start.UTC().Format(time.RFC3339Nano) + "/" + p.End.UTC().Format(time.RFC3339Nano)
}
