package meter

import "time"

// A Sighting is one record with a window, as a store keeps it beside the
// others of its project, metric and ID.
type Sighting struct {
	At      time.Time     // when it was seen
	Period  time.Time     // to which it belongs
	Billed  time.Time     // in which it is billed: Period, or the time for which the project was sealed when it came, if that is later
	Window  time.Duration // how long after another it does not count
	Counted bool          // it counts
}

// Recount decides which of the sightings of one ID count. It sets Counted of
// those that are not billed before sealed, and leaves the others as they were
// billed. Marks are all of the ID, in order of At, each time once, with new
// ones among them. It returns by how much the number of those that count has
// grown, with new ones taken as not Counted before; one that arrives late can
// make it shrink.
//
// The window slides: a sighting counts if the one before it, whether that
// counts or not, is a Window or more ago; and, so that nothing is billed twice
// within a window, if the next one that is sealed and counts is a Window or
// more after it. As long as nothing is sealed, the outcome depends on the set
// of times alone, not on the order in which they came, which makes it as good
// for Merge as a plain set.
func Recount(marks []Sighting, sealed time.Time) (grown int) {
	var next *Sighting // the first after m that is sealed and counts
	for i := len(marks) - 1; i >= 0; i-- {
		m := &marks[i]
		if m.Billed.Before(sealed) {
			if m.Counted {
				next = m
			}
			continue
		}
		counts := (i == 0 || m.At.Sub(marks[i-1].At) >= m.Window) && (next == nil || next.At.Sub(m.At) >= next.Window)
		switch {
		case counts && !m.Counted:
			grown++
		case !counts && m.Counted:
			grown--
		}
		m.Counted = counts
	}
	return grown
}

// Within reports whether a sighting at the given time would not count,
// because there is one at or less than its window before it: what needs no
// room under a limit.
func Within(marks []Sighting, at time.Time, window time.Duration) bool {
	for _, m := range marks {
		if !m.At.After(at) && at.Sub(m.At) < window {
			return true
		}
	}
	return false
}
