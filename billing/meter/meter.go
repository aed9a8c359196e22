package meter

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// Options of a [Meter]. Nil and zero fields are the defaults.
type Options struct {
	// Policy is what counts as unique, and how late; the zero Policy by default.
	Policy Policy
	// Cycle says which billing periods a project has; [billing.Month], in
	// UTC, for all by default. What it returns for a project must not change
	// while there is usage that is not sealed.
	Cycle func(project string) billing.Cycle
	// Now is the clock, by which events are too late or from the future and
	// slots expire; time.Now by default.
	Now func() time.Time
	// SlotTTL is how long Admit keeps room under a limit for a rendition
	// whose maker has died; 5 minutes by default. A render that takes longer
	// needs room anew when it is done.
	SlotTTL time.Duration
	// Timeout of what Admission.Done does, which goes on when the request it
	// was done for is cancelled; 10 seconds by default.
	Timeout time.Duration
}

// A Meter counts unique transforms. Usage is the size of a grow-only set, so
// that any server may report any event any number of times and in any order.
// It keeps nothing itself: many meters may share a store. It is safe for
// concurrent use.
type Meter struct {
	store Store
	opts  Options
}

// New returns a meter on a store, which the caller closes. The error is about
// the options.
func New(store Store, o *Options) (*Meter, error) {
	m := &Meter{store: store}
	if o != nil {
		m.opts = *o
	}
	var err error
	if m.opts.Policy, err = m.opts.Policy.withDefaults(); err != nil {
		return nil, err
	}
	if m.opts.SlotTTL < 0 || m.opts.Timeout < 0 {
		return nil, errors.New("meter: options: SlotTTL and Timeout must not be negative")
	}
	if m.opts.Now == nil {
		m.opts.Now = time.Now
	}
	if m.opts.SlotTTL == 0 {
		m.opts.SlotTTL = 5 * time.Minute
	}
	if m.opts.Timeout == 0 {
		m.opts.Timeout = 10 * time.Second
	}
	return m, nil
}

// period is the one of a project that holds t.
func (m *Meter) period(project string, t time.Time) billing.Period {
	if m.opts.Cycle == nil {
		return billing.Month(t)
	}
	if cycle := m.opts.Cycle(project); cycle != nil {
		return cycle(t)
	}
	return billing.Month(t)
}

// record is what an event counts as, if its time is right.
func (m *Meter) record(e Event, now time.Time) (Record, error) {
	earliest, latest := now.Add(-m.opts.Policy.Late), now.Add(m.opts.Policy.Future)
	if e.At.Before(earliest) || e.At.After(latest) {
		return Record{}, &EventTimeError{At: e.At, Earliest: earliest, Latest: latest}
	}
	return m.opts.Policy.record(e, m.period(e.Project, e.At))
}

// Record counts events that are not counted yet, and returns how many those
// were. (Under Rolling and Forever it is by how much the count has grown: an
// event that is older than others of its kind can take their place, and make
// it shrink.) It is durable when Record returns. The time of an event, not that of
// its arrival, picks its period; what comes after that is sealed is billed as
// an adjustment in the first period that is not.
//
// All events are recorded or none: an error that is [ErrEvent] or
// [ErrEventTime] says which is not usable; after any other, recording them all
// again is right, and counts none twice.
func (m *Meter) Record(ctx context.Context, events ...Event) (fresh int, err error) {
	now := m.opts.Now()
	batch := make([]Record, len(events))
	for i, e := range events {
		if batch[i], err = m.record(e, now); err != nil {
			return 0, fmt.Errorf("event %d: %w", i, err)
		}
	}
	return m.store.Insert(ctx, batch)
}

// Usage returns what a project used in one of its periods, without
// adjustments of earlier ones. What was counted before it is called is in it.
// It is final once the period is sealed.
func (m *Meter) Usage(ctx context.Context, project string, p billing.Period) (billing.Usage, error) {
	if err := checkText(project); err != nil {
		return nil, fmt.Errorf("meter: project %w", err)
	}
	usage := billing.Usage{}
	err := m.counts(ctx, project, p, func(c Count) {
		if !c.Period.Before(p.Start) {
			usage[c.Metric] += c.N
		}
	})
	if err != nil {
		return nil, err
	}
	return usage, nil
}

// Projects returns the usage of all projects that used something in a
// period, as Usage does.
func (m *Meter) Projects(ctx context.Context, p billing.Period) (map[string]billing.Usage, error) {
	all := map[string]billing.Usage{}
	err := m.counts(ctx, "", p, func(c Count) {
		if c.Period.Before(p.Start) {
			return
		}
		if all[c.Project] == nil {
			all[c.Project] = billing.Usage{}
		}
		all[c.Project][c.Metric] += c.N
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Adjustments returns what a project used in earlier periods but is to be
// billed in p, because those were sealed when it arrived: lines of their own
// on p's invoice, at the price of the period that each belongs to. In order
// of Metric and Period.
func (m *Meter) Adjustments(ctx context.Context, project string, p billing.Period) ([]Count, error) {
	if err := checkText(project); err != nil {
		return nil, fmt.Errorf("meter: project %w", err)
	}
	var all []Count
	err := m.counts(ctx, project, p, func(c Count) {
		if c.Period.Before(p.Start) {
			all = append(all, c)
		}
	})
	return all, err
}

func (m *Meter) counts(ctx context.Context, project string, p billing.Period, f func(Count)) error {
	if err := p.Validate(); err != nil {
		return err
	}
	counts, err := m.store.Counts(ctx, project, p)
	if err != nil {
		return err
	}
	for _, c := range counts {
		f(c)
	}
	return nil
}

// Seal closes a project's period, and all before it, and returns its usage,
// which is final: the invoice can be written. Sealing again returns the same.
// A period that has not ended, or is none of the project's cycle, is refused
// with [billing.ErrPeriod]. How long to wait for late events after a period's
// end is the caller's to say.
func (m *Meter) Seal(ctx context.Context, project string, p billing.Period) (billing.Usage, error) {
	if err := checkText(project); err != nil {
		return nil, fmt.Errorf("meter: project %w", err)
	}
	if err := m.sealable(m.period(project, p.Start), p); err != nil {
		return nil, err
	}
	if err := m.store.Seal(ctx, project, p.End); err != nil {
		return nil, err
	}
	return m.Usage(ctx, project, p)
}

// SealAll is Seal for all projects at once, those never heard of too. It is
// refused where projects have cycles of their own.
func (m *Meter) SealAll(ctx context.Context, p billing.Period) (map[string]billing.Usage, error) {
	if m.opts.Cycle != nil {
		return nil, errors.New("meter: projects have cycles of their own, and are sealed one by one")
	}
	if err := m.sealable(billing.Month(p.Start), p); err != nil {
		return nil, err
	}
	if err := m.store.Seal(ctx, "", p.End); err != nil {
		return nil, err
	}
	return m.Projects(ctx, p)
}

func (m *Meter) sealable(want, p billing.Period) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if !p.Start.Equal(want.Start) || !p.End.Equal(want.End) {
		return fmt.Errorf("%w: %v is not a billing period; %v is", billing.ErrPeriod, p, want)
	}
	if now := m.opts.Now(); now.Before(p.End) {
		return fmt.Errorf("%w: %v is not over at %s", billing.ErrPeriod, p, now.UTC().Format(time.RFC3339))
	}
	return nil
}
