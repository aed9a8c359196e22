package billing

import (
	"slices"
	"time"
)

// union merges periods that overlap or touch, in order of their start. Empty
// ones are dropped.
func union(spans []Period) []Period {
	spans = slices.DeleteFunc(slices.Clone(spans), func(p Period) bool { return !p.End.After(p.Start) })
	slices.SortFunc(spans, func(a, b Period) int { return a.Start.Compare(b.Start) })
	var out []Period
	for _, p := range spans {
		if last := len(out) - 1; last >= 0 && !p.Start.After(out[last].End) {
			out[last].End = later(out[last].End, p.End)
			continue
		}
		out = append(out, p)
	}
	return out
}

// intersect returns where a union's spans and another's overlap.
func intersect(a, b []Period) []Period {
	var out []Period
	for len(a) > 0 && len(b) > 0 {
		both := Period{Start: later(a[0].Start, b[0].Start), End: earlier(a[0].End, b[0].End)}
		if both.End.After(both.Start) {
			out = append(out, both)
		}
		if a[0].End.Before(b[0].End) {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// subtract returns what of a union's spans no span of another covers.
func subtract(a, b []Period) []Period {
	var out []Period
	for _, p := range a {
		for _, hole := range b {
			if !hole.End.After(p.Start) {
				continue
			}
			if !hole.Start.Before(p.End) {
				break
			}
			if hole.Start.After(p.Start) {
				out = append(out, Period{Start: p.Start, End: hole.Start})
			}
			p.Start = earlier(hole.End, p.End)
		}
		if p.End.After(p.Start) {
			out = append(out, p)
		}
	}
	return out
}

// length sums the durations of spans.
func length(spans []Period) time.Duration {
	var sum time.Duration
	for _, p := range spans {
		sum += p.Duration()
	}
	return sum
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
