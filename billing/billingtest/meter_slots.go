package billingtest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// meterNoon is when the checks' slots are taken.
var meterNoon = november.Start.Add(12 * time.Hour)

// attempt is a slot for a record, of a token of its own for each name.
func attempt(r meter.Record, limit int64, name string) meter.Slot {
	return meter.Slot{Record: r, Limit: limit, Token: meter.NewID("token", name), Expires: meterNoon.Add(time.Minute)}
}

func takes(ctx context.Context, s meter.Store, slot meter.Slot, now time.Time) func() error {
	return func() error {
		if err := s.Take(ctx, slot, now); err != nil {
			return fmt.Errorf("take, where there is room: %w", err)
		}
		return nil
	}
}

func full(ctx context.Context, s meter.Store, slot meter.Slot, now time.Time) func() error {
	return func() error { return refuses(s.Take(ctx, slot, now), meter.ErrFull, "Take, where there is no room") }
}

func settles(ctx context.Context, s meter.Store, slot meter.Slot, now time.Time, rendered bool, fresh int) func() error {
	return func() error {
		got, err := s.Settle(ctx, slot, now, rendered)
		if err != nil {
			return fmt.Errorf("settle, rendered %v: %w", rendered, err)
		}
		if got != fresh {
			return fmt.Errorf("settle, rendered %v, returns %d fresh ones; %d are", rendered, got, fresh)
		}
		return nil
	}
}

func unsettled(ctx context.Context, s meter.Store, slot meter.Slot, now time.Time) func() error {
	return func() error {
		got, err := s.Settle(ctx, slot, now, true)
		if err := refuses(err, meter.ErrFull, "Settle, where there is no room left"); err != nil {
			return err
		}
		if got != 0 {
			return fmt.Errorf("settle returns %d fresh ones and ErrFull", got)
		}
		return nil
	}
}

func has(ctx context.Context, s meter.Store, n int64) func() error {
	return func() error {
		if n == 0 {
			return counted(ctx, s, "p", november)
		}
		return counted(ctx, s, "p", november, usage("p", november, n))
	}
}

func meterTake(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	one, two, three := attempt(plain("p", november, 1), 2, "1"), attempt(plain("p", november, 2), 2, "2"), attempt(plain("p", november, 3), 2, "3")
	none := attempt(plain("q", november, 1), 0, "4")
	return first(
		full(ctx, a, none, meterNoon),
		takes(ctx, a, one, meterNoon),
		has(ctx, b, 0), // nothing counts before it is rendered
		func() error { return holds(ctx, b, always, 10, nil) },
		takes(ctx, b, two, meterNoon),
		full(ctx, a, three, meterNoon),
		full(ctx, b, three, meterNoon),
		settles(ctx, a, two, meterNoon, true, 1),
		has(ctx, b, 1),
		full(ctx, a, three, meterNoon),
		settles(ctx, b, one, meterNoon, false, 0), // given back
		settles(ctx, b, one, meterNoon, false, 0),
		takes(ctx, a, three, meterNoon),
		full(ctx, a, one, meterNoon),
		settles(ctx, b, three, meterNoon, true, 1),
		full(ctx, a, one, meterNoon),
		has(ctx, a, 2),
		func() error { return holds(ctx, b, always, 10, []meter.Record{two.Record, three.Record}) },
		// A higher limit is room at once, a lower one takes nothing back.
		func() error { one.Limit = 3; return a.Take(ctx, one, meterNoon) },
		func() error { one.Limit = 1; return settles(ctx, b, one, meterNoon, true, 1)() },
		has(ctx, b, 3),
		// Insert asks no limit, and uses what there is.
		func() error { return insert(ctx, a, 1, plain("p", november, 9)) },
		full(ctx, b, attempt(plain("p", november, 10), 4, "10"), meterNoon),
		takes(ctx, b, attempt(plain("p", november, 10), 5, "10"), meterNoon),
	)
}

// meterTakeKnown takes what is counted already, which needs no room.
func meterTakeKnown(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	const window = 24 * time.Hour
	known, other := attempt(plain("p", november, 1), 1, "1"), attempt(plain("p", november, 2), 1, "2")
	sighting := attempt(seen("s", meterNoon, 1, window), 1, "3")
	again := attempt(seen("s", meterNoon.Add(window-1), 1, window), 1, "4")
	before := attempt(seen("s", meterNoon.Add(-1), 1, window), 1, "5")
	after := attempt(seen("s", meterNoon.Add(2*window-1), 1, window), 1, "6")
	return first(
		func() error { return insert(ctx, a, 1, known.Record) },
		takes(ctx, a, known, meterNoon),
		full(ctx, b, other, meterNoon),
		settles(ctx, b, known, meterNoon, true, 0),
		settles(ctx, b, known, meterNoon, true, 0),
		takes(ctx, b, known, meterNoon),
		settles(ctx, b, known, meterNoon, false, 0),
		has(ctx, a, 1),

		takes(ctx, a, sighting, meterNoon),
		settles(ctx, a, sighting, meterNoon, true, 1),
		takes(ctx, b, sighting, meterNoon),
		takes(ctx, b, again, meterNoon),
		settles(ctx, b, again, meterNoon, true, 0),
		full(ctx, b, before, meterNoon),
		full(ctx, b, after, meterNoon),
		func() error { return counted(ctx, b, "s", always, usage("s", november, 1)) },
		func() error {
			return holds(ctx, b, always, 5, []meter.Record{known.Record, sighting.Record, again.Record})
		},
	)
}

// meterTakeScopes takes slots that have nothing to do with each other.
func meterTakeScopes(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	mine := attempt(plain("p", november, 1), 1, "1")
	project, metric, period := mine, mine, mine
	project.Record.Project, metric.Record.Metric, period.Record.Period = "q", billing.BandwidthBytes, december.Start
	all := []meter.Slot{mine, project, metric, period}
	for i := range all {
		all[i].Token, all[i].Record.ID = number(i), number(i)
		if err := takes(ctx, a, all[i], meterNoon)(); err != nil {
			return fmt.Errorf("slot %d: %w", i, err)
		}
	}
	for i, s := range all {
		s.Record.ID, s.Token = number(100), number(100+i)
		if err := full(ctx, b, s, meterNoon)(); err != nil {
			return fmt.Errorf("slot %d: %w", i, err)
		}
	}
	for i, s := range all {
		if err := settles(ctx, b, s, meterNoon, true, 1)(); err != nil {
			return fmt.Errorf("slot %d: %w", i, err)
		}
	}
	// What is late for another period uses no room of the one it is billed in.
	return first(
		func() error { return a.Seal(ctx, "r", december.Start) },
		func() error { return insert(ctx, a, 1, plain("r", november, 1)) },
		takes(ctx, a, attempt(plain("r", december, 2), 1, "late"), meterNoon),
	)
}

func meterExpiry(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	one, two, three := attempt(plain("p", november, 1), 1, "1"), attempt(plain("p", november, 2), 1, "2"), attempt(plain("p", november, 3), 2, "3")
	end := one.Expires
	two.Expires, three.Expires = end.Add(time.Hour), end.Add(time.Hour)
	return first(
		takes(ctx, a, one, meterNoon),
		full(ctx, b, two, meterNoon),
		full(ctx, b, two, end.Add(-1)),
		takes(ctx, b, two, end),
		unsettled(ctx, a, one, end.Add(time.Second)), // somebody else has the room
		has(ctx, b, 0),
		unsettled(ctx, a, one, meterNoon), // which a clock that is slow does not change
		settles(ctx, b, two, end.Add(time.Second), true, 1),
		unsettled(ctx, a, one, end.Add(time.Second)),
		settles(ctx, a, one, end.Add(time.Second), false, 0),
		takes(ctx, a, three, end),
		settles(ctx, b, three, three.Expires.Add(time.Hour), true, 1), // late, but there is room
		has(ctx, b, 2),
		func() error {
			// Taking again moves the end.
			s := attempt(plain("r", november, 1), 1, "r")
			if err := a.Take(ctx, s, meterNoon); err != nil {
				return err
			}
			s.Expires = end.Add(time.Hour)
			if err := b.Take(ctx, s, meterNoon); err != nil {
				return err
			}
			return full(ctx, a, attempt(plain("r", november, 2), 1, "r2"), end)()
		},
		func() error {
			// An expired slot of the last that fits is no room for two.
			s, t := attempt(plain("s", november, 1), 1, "s1"), attempt(plain("s", november, 2), 1, "s2")
			if err := a.Take(ctx, s, meterNoon); err != nil {
				return err
			}
			if err := settles(ctx, b, t, end, true, 1)(); err != nil {
				return fmt.Errorf("without Take, where there is room: %w", err)
			}
			return unsettled(ctx, a, s, end)()
		},
	)
}

func meterSettle(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	one, two := attempt(plain("p", november, 1), 1, "1"), attempt(plain("p", november, 2), 1, "2")
	return first(
		settles(ctx, a, one, meterNoon, false, 0), // never taken
		takes(ctx, a, one, meterNoon),
		settles(ctx, b, one, meterNoon, true, 1),
		settles(ctx, a, one, meterNoon, true, 0),
		settles(ctx, a, one, meterNoon, false, 0),
		has(ctx, b, 1),
		unsettled(ctx, b, two, meterNoon), // never taken, and there is no room
		has(ctx, a, 1),
		func() error {
			// Given back, and rendered after all, by somebody who retries.
			s := attempt(plain("q", november, 1), 1, "q")
			return first(
				takes(ctx, a, s, meterNoon), settles(ctx, a, s, meterNoon, false, 0), settles(ctx, b, s, meterNoon, true, 1),
			)
		},
		func() error {
			// Inserted by another way meanwhile.
			s, t := attempt(plain("r", november, 1), 1, "r"), attempt(plain("r", november, 2), 2, "t")
			return first(
				takes(ctx, a, s, meterNoon),
				func() error { return insert(ctx, b, 1, s.Record) },
				settles(ctx, a, s, meterNoon, true, 0),
				takes(ctx, a, t, meterNoon), // its slot is not held besides
			)
		},
	)
}

// meterSettleTwo renders one thing twice at the same time, which needs room
// for one.
func meterSettleTwo(ctx context.Context, a, b meter.Store, _ *MeterOptions) error {
	here, there := attempt(plain("p", november, 1), 2, "here"), attempt(plain("p", november, 1), 2, "there")
	other, more := attempt(plain("p", november, 2), 2, "other"), attempt(plain("p", november, 3), 2, "more")
	return first(
		takes(ctx, a, here, meterNoon),
		takes(ctx, b, there, meterNoon),
		takes(ctx, a, other, meterNoon),
		full(ctx, a, more, meterNoon),
		settles(ctx, a, here, meterNoon, false, 0),
		full(ctx, b, more, meterNoon), // the other one still renders it
		settles(ctx, b, there, meterNoon, true, 1),
		full(ctx, a, more, meterNoon),
		takes(ctx, a, here, meterNoon),
		settles(ctx, a, other, meterNoon, false, 0),
		takes(ctx, a, more, meterNoon),
		settles(ctx, b, here, meterNoon, true, 0),
		settles(ctx, b, more, meterNoon, true, 1),
		has(ctx, a, 2),
		func() error {
			// Both had a slot; after one has counted, the other's holds nothing.
			one, two := attempt(plain("q", november, 1), 2, "q1"), attempt(plain("q", november, 1), 2, "q2")
			return first(
				takes(ctx, a, one, meterNoon), takes(ctx, b, two, meterNoon), settles(ctx, a, one, meterNoon, true, 1),
				takes(ctx, a, attempt(plain("q", november, 2), 2, "q3"), meterNoon),
				settles(ctx, b, two, meterNoon, true, 0),
				full(ctx, a, attempt(plain("q", november, 3), 2, "q4"), meterNoon),
			)
		},
	)
}

// meterConcurrentTake races for the last room.
func meterConcurrentTake(ctx context.Context, a, b meter.Store, o *MeterOptions) error {
	stores := []meter.Store{a, b}
	// No multiple of the racers, who might all step at the same time.
	limit := int64(o.Racers*(o.Rounds/2) - o.Racers/2)
	err := atOnce(o.Racers, func(i int) error {
		s := stores[i%2]
		for n := range o.Rounds {
			slot := attempt(plain("p", november, i*o.Rounds+n), limit, fmt.Sprint(i, n))
			err := s.Take(ctx, slot, meterNoon)
			if errors.Is(err, meter.ErrFull) {
				continue
			}
			if err != nil {
				return err
			}
			if n%3 == 2 {
				if _, err := s.Settle(ctx, slot, meterNoon, false); err != nil {
					return err
				}
				if err := s.Take(ctx, slot, meterNoon); errors.Is(err, meter.ErrFull) {
					continue
				} else if err != nil {
					return err
				}
			}
			if fresh, err := s.Settle(ctx, slot, meterNoon, true); err != nil || fresh != 1 {
				return fmt.Errorf("settle of a slot that is held: %d fresh ones, error %v", fresh, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	// Some were refused while others gave back: now nobody does.
	for i := range o.Racers * o.Rounds {
		slot := attempt(plain("p", november, 10000+i), limit, fmt.Sprint("more", i))
		err := a.Take(ctx, slot, meterNoon)
		if errors.Is(err, meter.ErrFull) {
			break
		}
		if err != nil {
			return err
		}
		if _, err := a.Settle(ctx, slot, meterNoon, true); err != nil {
			return err
		}
	}
	return has(ctx, b, limit)()
}
