package billingtest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// A QueueCheck is one duty of a [meter.Queue].
type QueueCheck struct {
	Name  string
	check func(ctx context.Context, q meter.Queue, again func() meter.Queue, o *MeterOptions) error
}

// Run returns what a queue, which is empty, does wrong. Again ends the process
// that has the queue, as far as a test can do that, and opens it anew.
func (c QueueCheck) Run(ctx context.Context, q meter.Queue, again func() meter.Queue, o *MeterOptions) error {
	return c.check(ctx, q, again, o.withDefaults())
}

// QueueChecks returns the duties of a queue.
func QueueChecks() []QueueCheck {
	return []QueueCheck{
		{"Order", queueOrder},
		{"Discard", queueDiscard},
		{"Positions", queuePositions},
		{"Refused", queueRefused},
		{"Canceled", queueCanceled},
		{"Concurrent", queueConcurrent},
	}
}

// TestQueue runs all checks, each on a queue of its own. Open returns an empty
// queue, and closes it with the test.
func TestQueue(t *testing.T, open func(t *testing.T) meter.Queue, o *MeterOptions) {
	t.Helper()
	for _, c := range QueueChecks() {
		t.Run(c.Name, func(t *testing.T) {
			q := open(t)
			again := func() meter.Queue {
				if o != nil && o.AgainQueue != nil {
					q = o.AgainQueue(t, q)
				}
				return q
			}
			if err := c.Run(t.Context(), q, again, o); err != nil {
				t.Error(err)
			}
		})
	}
}

// queued expects the queue to be these records, and returns the position after
// the last of those that it was asked for.
func queued(ctx context.Context, q meter.Queue, limit int, want ...meter.Record) (position int64, err error) {
	n, err := q.Len(ctx)
	if err != nil {
		return 0, fmt.Errorf("len: %w", err)
	}
	if n != int64(len(want)) {
		return 0, fmt.Errorf("len is %d; it should be %d", n, len(want))
	}
	got, position, err := q.Peek(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("peek: %w", err)
	}
	if want = want[:min(limit, len(want))]; !slices.Equal(got, want) {
		return 0, fmt.Errorf("peek returns\n%v; it should return\n%v", got, want)
	}
	return position, nil
}

func queueOrder(ctx context.Context, q meter.Queue, again func() meter.Queue, _ *MeterOptions) error {
	all := []meter.Record{plain("p", december, 2), plain("p", november, 1), seen("q", meterNoon.Add(1), 3, meter.Ever), plain("p", november, 1)}
	given := slices.Clone(all)
	given[0].At = meterNoon // is not kept
	given[1].Period = given[1].Period.In(time.FixedZone("x", 3600))
	if _, err := queued(ctx, q, 5); err != nil {
		return fmt.Errorf("of an empty queue: %w", err)
	}
	for _, batch := range [][]meter.Record{given[:3], nil, given[3:]} {
		if err := q.Append(ctx, batch); err != nil {
			return fmt.Errorf("append: %w", err)
		}
	}
	for _, limit := range []int{1, 2, 3, 4, 5, 1000} {
		if _, err := queued(ctx, q, limit, all...); err != nil {
			return err
		}
	}
	_, err := queued(ctx, again(), 10, all...)
	return err
}

func queueDiscard(ctx context.Context, q meter.Queue, again func() meter.Queue, _ *MeterOptions) error {
	var all []meter.Record
	for i := range 10 {
		all = append(all, plain("p", november, i))
	}
	if err := q.Append(ctx, all); err != nil {
		return err
	}
	three, err := queued(ctx, q, 3, all...)
	if err != nil {
		return err
	}
	if err := q.Append(ctx, all[:1]); err != nil {
		return err
	}
	all = append(all, all[0])
	for range 2 {
		if err := q.Discard(ctx, three); err != nil {
			return fmt.Errorf("discard: %w", err)
		}
		if _, err := queued(ctx, q, 100, all[3:]...); err != nil {
			return fmt.Errorf("after Discard of three: %w", err)
		}
	}
	q = again()
	end, err := queued(ctx, q, 100, all[3:]...)
	if err != nil {
		return err
	}
	if err := q.Discard(ctx, end); err != nil {
		return err
	}
	_, err = queued(ctx, q, 100)
	return err
}

// queuePositions makes sure that a late Discard takes nothing with it.
func queuePositions(ctx context.Context, q meter.Queue, again func() meter.Queue, _ *MeterOptions) error {
	one, two := plain("p", november, 1), plain("p", november, 2)
	if err := q.Append(ctx, []meter.Record{one}); err != nil {
		return err
	}
	old, err := queued(ctx, q, 5, one)
	if err != nil {
		return err
	}
	if err := q.Discard(ctx, old); err != nil {
		return err
	}
	q = again() // while it is empty
	if err := q.Append(ctx, []meter.Record{two}); err != nil {
		return err
	}
	for range 2 {
		if err := q.Discard(ctx, old); err != nil {
			return err
		}
		if _, err := queued(ctx, q, 5, two); err != nil {
			return fmt.Errorf("after Discard of an old position: %w", err)
		}
	}
	return nil
}

func queueRefused(ctx context.Context, q meter.Queue, _ func() meter.Queue, _ *MeterOptions) error {
	bad := plain("", november, 1)
	if err := refuses(q.Append(ctx, []meter.Record{plain("p", november, 1), bad}), meter.ErrRecord, "Append of a record without a project"); err != nil {
		return err
	}
	_, err := queued(ctx, q, 5)
	return err
}

func queueCanceled(ctx context.Context, q meter.Queue, _ func() meter.Queue, _ *MeterOptions) error {
	one := plain("p", november, 1)
	if err := q.Append(ctx, []meter.Record{one}); err != nil {
		return err
	}
	position, err := queued(ctx, q, 5, one)
	if err != nil {
		return err
	}
	for name, call := range map[string]func(context.Context) error{
		"Append":  func(ctx context.Context) error { return q.Append(ctx, []meter.Record{one}) },
		"Peek":    func(ctx context.Context) error { _, _, err := q.Peek(ctx, 1); return err },
		"Discard": func(ctx context.Context) error { return q.Discard(ctx, position) },
		"Len":     func(ctx context.Context) error { _, err := q.Len(ctx); return err },
	} {
		if err := refuses(call(over(ctx)), context.Canceled, "%s with a context that is over", name); err != nil {
			return err
		}
	}
	_, err = queued(ctx, q, 5, one)
	return err
}

// queueConcurrent appends from many while one forwards.
func queueConcurrent(ctx context.Context, q meter.Queue, _ func() meter.Queue, o *MeterOptions) error {
	total := o.Racers * o.Rounds * 2
	var done atomic.Int64
	var got []meter.Record
	err := atOnce(o.Racers+1, func(i int) error {
		if i < o.Racers {
			defer done.Add(1)
		}
		for n := range o.Rounds {
			if i == o.Racers {
				break
			}
			if err := q.Append(ctx, []meter.Record{plain(fmt.Sprint(i), november, 2*n), plain(fmt.Sprint(i), november, 2*n+1)}); err != nil {
				return err
			}
		}
		for i == o.Racers && done.Load() < int64(o.Racers) {
			batch, position, err := q.Peek(ctx, 7)
			if err != nil {
				return err
			}
			if err := q.Discard(ctx, position); err != nil {
				return err
			}
			got = append(got, batch...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	rest, _, err := q.Peek(ctx, total+1)
	if err != nil {
		return err
	}
	if got = append(got, rest...); len(got) != total {
		return fmt.Errorf("%d records were appended, and %d came out", total, len(got))
	}
	// Each appender's own come out in the order in which it added them.
	next := map[string]int{}
	for _, r := range got {
		if r != plain(r.Project, november, next[r.Project]) {
			return fmt.Errorf("record %d of %s is not the one that comes out in its place", next[r.Project], r.Project)
		}
		next[r.Project]++
	}
	return nil
}
