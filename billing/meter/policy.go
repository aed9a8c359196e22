package meter

import (
	"fmt"
	"time"
)

// Uniqueness says how often the same transform of the same image counts. The
// sources that this module follows contradict each other; all four readings
// are on the market.
type Uniqueness uint8

const (
	// PerPeriod counts a transform once in a project's billing period: the
	// first time that the cache did not have it. The default.
	PerPeriod Uniqueness = iota
	// EveryMiss counts each time that the cache did not have it. It needs
	// Event.ID, by which a repeated delivery is known for one.
	EveryMiss
	// Rolling counts it once in Policy.Window, which slides: a miss counts
	// if the miss before it is a window or more ago.
	Rolling
	// Forever counts it once, in the period of its first miss.
	Forever
)

func (u Uniqueness) String() string {
	switch u {
	case PerPeriod:
		return "per period"
	case EveryMiss:
		return "every miss"
	case Rolling:
		return "rolling"
	case Forever:
		return "forever"
	}
	return fmt.Sprintf("uniqueness %d", uint8(u))
}

// Policy is what counts, and when. The zero value is the default.
//
// A policy is to be changed between two periods only, after the earlier is
// sealed: within one, what the old policy counted stays, and the new one
// counts it once more.
type Policy struct {
	// Unique is how often the same transform counts; PerPeriod by default.
	Unique Uniqueness
	// Window of Rolling; 30 days by default. Others have none.
	Window time.Duration
	// IgnoreFormat takes a transform to several output formats for one. It
	// needs Event.Rendition to be the canonical JSON object, from whose
	// member output it leaves out the member format.
	IgnoreFormat bool
	// Future is how far an event's time may be ahead of the meter's clock;
	// 5 minutes by default.
	Future time.Duration
	// Late is how old an event may be when it is recorded; 72 hours by
	// default. Whoever seals a period earlier than Late after its end gets
	// adjustments in the next.
	Late time.Duration
}

// withDefaults returns the policy in full, or says what is wrong with it.
func (p Policy) withDefaults() (Policy, error) {
	if p.Unique > Forever {
		return p, fmt.Errorf("meter: policy: %v is unknown", p.Unique)
	}
	if p.Window != 0 && p.Unique != Rolling {
		return p, fmt.Errorf("meter: policy: a window of %v is for rolling uniqueness, and this is %v", p.Window, p.Unique)
	}
	for _, d := range [...]struct {
		name  string
		value *time.Duration
		def   time.Duration
	}{{"window", &p.Window, 30 * 24 * time.Hour}, {"future", &p.Future, 5 * time.Minute}, {"late", &p.Late, 72 * time.Hour}} {
		if *d.value < 0 {
			return p, fmt.Errorf("meter: policy: %s is %v, and must not be negative", d.name, *d.value)
		}
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	switch p.Unique {
	case PerPeriod, EveryMiss:
		p.Window = 0
	case Forever:
		p.Window = Ever
	}
	return p, nil
}
