package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
)

// utc reads "2026-11-03" or "2026-11-03T10:00:00Z".
func utc(s string) time.Time {
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	panic("no time: " + s)
}

func period(start, end string) billing.Period {
	return billing.Period{Start: utc(start), End: utc(end)}
}

func TestMonth(t *testing.T) {
	for _, c := range []struct {
		at, start, end string
		days           int
	}{
		{"2026-02-01", "2026-02-01", "2026-03-01", 28},
		{"2028-02-29T12:00:00Z", "2028-02-01", "2028-03-01", 29},
		{"2026-11-30T23:59:59.999999999Z", "2026-11-01", "2026-12-01", 30},
		{"2026-12-01", "2026-12-01", "2027-01-01", 31},
		{"2026-12-31T23:59:59Z", "2026-12-01", "2027-01-01", 31},
		{"2026-12-01T00:30:00+01:00", "2026-11-01", "2026-12-01", 30}, // half past eleven in UTC
	} {
		p := billing.Month(utc(c.at))
		require.Equal(t, period(c.start, c.end), p, c.at)
		require.Equal(t, c.days, p.Days())
		require.True(t, p.Contains(utc(c.at)))
		require.False(t, p.Contains(p.End), "the end is the next period's")
		require.NoError(t, p.Validate())
	}
	require.Equal(t, "2026-11-01T00:00:00Z/2026-12-01T00:00:00Z", billing.Month(utc("2026-11-09")).String())
	require.ErrorIs(t, period("2026-11-01", "2026-11-01").Validate(), billing.ErrPeriod)
	require.True(t, billing.Period{}.IsZero())
}

func TestAnniversary(t *testing.T) {
	for _, c := range []struct{ anchor, at, start, end string }{
		{"2026-01-31", "2026-01-31", "2026-01-31", "2026-02-28"},
		{"2026-01-31", "2026-02-27T23:59:59Z", "2026-01-31", "2026-02-28"},
		{"2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"},
		{"2026-01-31", "2026-04-30", "2026-04-30", "2026-05-31"},
		{"2028-01-31", "2028-02-29", "2028-02-29", "2028-03-31"},
		{"2026-01-30", "2026-03-29", "2026-02-28", "2026-03-30"},
		{"2026-11-15T18:00:00Z", "2026-11-15", "2026-11-15", "2026-12-15"},
		{"2026-11-15", "2026-12-14", "2026-11-15", "2026-12-15"},
		{"2026-11-15", "2027-01-14", "2026-12-15", "2027-01-15"},
		{"2026-11-01", "2026-11-09", "2026-11-01", "2026-12-01"}, // a calendar month
	} {
		require.Equal(t, period(c.start, c.end), billing.Anniversary(utc(c.anchor), utc(c.at)), "%s from %s", c.at, c.anchor)
	}
}

func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-4_000_000_000, 4_000_000_000)
		anchor := time.Unix(seconds.Draw(t, "anchor"), 0)
		at := time.Unix(seconds.Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))
		for _, cycle := range []billing.Cycle{nil, billing.Month, billing.AnniversaryCycle(anchor)} {
			find := cycle
			if find == nil {
				find = billing.Month
			}
			p := find(at)
			require.True(t, p.Contains(at))
			require.Equal(t, p, find(p.Start))
			require.Equal(t, p, find(p.End.Add(-1)))
			next := p.Next(cycle)
			require.Equal(t, p.End, next.Start, "no gap and no overlap")
			require.GreaterOrEqual(t, p.Days(), 28)
			require.LessOrEqual(t, p.Days(), 31)
		}
	})
}
