package replay

import (
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// Assumptions says in sentences what the counts so far rest on.
func (t *Tally) Assumptions() []string {
	s, p := &t.summary, t.opts.Policy
	if s.Served == 0 {
		return []string{"The log has no image that was served."}
	}
	const day = time.DateOnly
	all := []string{fmt.Sprintf("The log's %d images of %s to %s (UTC) are all there were: nothing is added for times without lines.", s.Served, s.First.Format(day), s.Last.Format(day))}
	switch window := p.Window; p.Unique {
	case meter.PerPeriod:
		all = append(all, "A transform counts once in a project and billing period, when the cache does not have it.")
	case meter.EveryMiss:
		all = append(all, "A transform counts each time that the cache does not have it.")
	case meter.Rolling:
		if window == 0 {
			window = 30 * 24 * time.Hour
		}
		all = append(all, fmt.Sprintf("A transform counts when the cache does not have it, and did not miss it in the %d hours before; misses before the log begins are not known.", int64(window/time.Hour)))
	case meter.Forever:
		all = append(all, "A transform counts once for ever, when the cache does not have it; what counted before the log begins is not known.")
	}
	if s.Unknown > 0 {
		all = append(all, t.unknown())
	}
	if s.Hits+s.Misses+s.Coalesced > 0 {
		all = append(all, "What the log says of the cache is taken for what the cache of the server that bills would do.")
	}
	all = append(all,
		"Originals keep their content, except where lines have a version: one that was replaced under its key would count again.",
		"Bytes are those of images served, as logged; other answers, and headers, are not in them.")
	if p.IgnoreFormat {
		all = append(all, "Output formats of one transform count as one.")
	} else {
		all = append(all, "Each output format counts; one that is negotiated counts as one, since logs have no Accept header.")
	}
	return all
}

func (t *Tally) unknown() string {
	s := &t.summary
	which := fmt.Sprintf("%d of %d lines do", s.Unknown, s.Served)
	if s.Unknown == s.Served {
		which = "The lines do"
	}
	which += " not say what the cache had: "
	switch t.opts.Policy.Unique {
	case meter.PerPeriod:
		return which + "the first of a transform in a period is taken for the miss, which is the most it can be."
	case meter.EveryMiss:
		return which + "only the first of a transform in a period is taken for a miss, so that misses after evictions are not in the count."
	case meter.Rolling:
		return which + "each is taken for a miss, so that the window slides with every line, hits too."
	}
	return which + "the first of a transform is taken for the miss, which is the most it can be."
}
