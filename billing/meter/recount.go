package meter

import "time"

// A Sighting is one record with a window, as a store keeps it beside the
// others of its project, metric and ID.
type Sighting struct {
	At      time.Time
	Period  time.Time // to which it belongs
	Billed  time.Time // in which it is billed: Period, or the time for which the project was sealed when it came, if that is later
	Window  time.Duration
	Counted bool
}

// Recount decides which of the sightings of one ID count. It sets Counted of
// those that are not billed before sealed, and leaves the others as they were
// billed. Marks are in order of At, each time once, with new ones among them.
// It returns by how much the number of those that count has grown, with new
// ones taken as not Counted before.
//
// The rule is Cloudflare's sliding window: going from the earliest to the
// latest, one counts if the last that counts is its Window or more before it;
// and, so that nothing is billed twice within a window, if the next one that is
// sealed and counts is its Window or more after it. As long as nothing is sealed, the
// outcome depends on the set of times alone, not on the order in which they
// came, which makes it as good for Merge as a plain set.
func Recount(marks []Sighting, sealed time.Time) (grown int) {
	var last time.Time
	any := false
	for i := range marks {
		m := &marks[i]
		if m.Billed.Before(sealed) {
			if m.Counted {
				last, any = m.At, true
			}
			continue
		}
		counts := !any || m.At.Sub(last) >= m.Window
		for j := i + 1; counts && j < len(marks); j++ {
			if next := &marks[j]; next.Counted && next.Billed.Before(sealed) {
				counts = next.At.Sub(m.At) >= next.Window
				break
			}
		}
		if counts != m.Counted {
			grown--
			if counts {
				grown += 2
			}
			m.Counted = counts
		}
		if counts {
			last, any = m.At, true
		}
	}
	return grown
}

// Within reports whether a sighting at the given time would not count, for
// one that counts is at or less than its window before it: what needs no room
// under a limit.
func Within(marks []Sighting, at time.Time, window time.Duration) bool {
	for _, m := range marks {
		if m.Counted && !m.At.After(at) && at.Sub(m.At) < window {
			return true
		}
	}
	return false
}
