package meter

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"github.com/immagin/immagin-go/billing"
)

// An Admission is leave to render one event, or the refusal of it. It is safe
// for concurrent use. The zero value is leave that counts nothing.
type Admission struct {
	meter    *Meter
	decision billing.Decision
	slot     Slot
	limited  bool

	mu      sync.Mutex
	counted bool
	back    bool
}

// Admit takes room for an event under the hard limit of its metric, before it
// is rendered: that many and no more are ever counted by admissions, on any
// number of servers. What is counted already needs no room, also at the
// limit. Where limits has no hard limit for the metric, Admit only checks the
// event. An event without a time happens now.
//
// At the limit the decision is [billing.ServeCachedOnly] and the error a
// [*billing.QuotaError]. With any error the returned Admission may be used,
// and its Done does nothing.
//
// The caller renders, calls Done, and only then gives the rendition to
// anybody: should it die in between, the rendition is made again and counts
// once.
func (m *Meter) Admit(ctx context.Context, e Event, limits billing.Limits) (*Admission, error) {
	now := m.opts.Now()
	if e.At.IsZero() {
		e.At = now
	}
	refused := &Admission{decision: billing.ServeCachedOnly}
	r, err := m.record(e, now)
	if err != nil {
		return refused, err
	}
	a := &Admission{meter: m, slot: Slot{Record: r}, decision: billing.Allow}
	if a.slot.Limit, a.limited = limits.Hard[r.Metric]; !a.limited {
		return a, ctx.Err()
	}
	rand.Read(a.slot.Token[:]) // never fails
	a.slot.Expires = now.Add(m.opts.SlotTTL)
	if err := m.store.Take(ctx, a.slot, now); err != nil {
		return refused, a.refusal(err)
	}
	return a, nil
}

// refusal is an error of the store in the words of a plan.
func (a *Admission) refusal(err error) error {
	if !errors.Is(err, ErrFull) {
		return err
	}
	r := a.slot.Record
	return &billing.QuotaError{Metric: r.Metric, Limit: a.slot.Limit, Resets: a.meter.period(r.Project, r.Period).End}
}

// Decision is Allow, or ServeCachedOnly if Admit returned an error.
func (a *Admission) Decision() billing.Decision { return a.decision }

// Done counts the event if it was rendered, and gives the room back if not.
// It does so also when ctx is cancelled, within Options.Timeout. The count is
// durable when Done returns nil; after an error nothing is to be published,
// and Done may be called again. After it has counted, calling it again does
// nothing, so that a deferred Done(ctx, false) is right.
//
// A [*billing.QuotaError] means that rendering took longer than
// Options.SlotTTL and others have the room.
func (a *Admission) Done(ctx context.Context, rendered bool) error {
	if a.meter == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.counted || a.back && !rendered {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.meter.opts.Timeout)
	defer cancel()
	if err := a.settle(ctx, rendered); err != nil {
		return err
	}
	a.counted, a.back = rendered, !rendered
	return nil
}

func (a *Admission) settle(ctx context.Context, rendered bool) error {
	if a.limited {
		if _, err := a.meter.store.Settle(ctx, a.slot, a.meter.opts.Now(), rendered); err != nil {
			return fmt.Errorf("after rendering: %w", a.refusal(err))
		}
		return nil
	}
	if !rendered {
		return nil
	}
	_, err := a.meter.store.Insert(ctx, []Record{a.slot.Record})
	return err
}
