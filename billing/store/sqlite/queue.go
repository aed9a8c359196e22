package sqlite

import (
	"context"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// queue is a Store's list of records on their way.
type queue struct{ *Store }

// Append implements meter.Queue.
func (q queue) Append(ctx context.Context, batch []meter.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, r := range batch {
		// The order and the repetitions are kept.
		if err := r.Validate(); err != nil {
			return err
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return q.writer.do(ctx, len(batch), false, func(g *group) error {
		for i := range batch {
			r := &batch[i]
			var at int64
			if r.Window > 0 {
				at = r.At.UnixNano()
			}
			_, err := g.c.exec("INSERT INTO meter_queue (project, metric, period, id, at, span) VALUES (?, ?, ?, ?, ?, ?)",
				r.Project, string(r.Metric), r.Period.UnixNano(), r.ID[:], at, int64(r.Window))
			if err != nil {
				return wrap(err)
			}
		}
		return nil
	})
}

// Peek implements meter.Queue.
func (q queue) Peek(ctx context.Context, limit int) (batch []meter.Record, position int64, err error) {
	err = q.read(ctx, func(c *conn) error {
		// Where the next one will be, so that an empty queue has a position too.
		last, _, err := c.number("SELECT seq FROM sqlite_sequence WHERE name = 'meter_queue'")
		if err != nil {
			return err
		}
		if first, found, err := c.number("SELECT min(position) FROM meter_queue"); err != nil {
			return err
		} else if found {
			last = first - 1
		}
		position = last + 1
		return c.query("SELECT position, project, metric, period, id, at, span FROM meter_queue ORDER BY position LIMIT ?", func(r row) error {
			m := meter.Record{Project: r.text(1), Metric: billing.Metric(r.text(2)), Period: nano(r.int(3)), ID: meter.ID(r.blob(4)), Window: time.Duration(r.int(6))}
			if m.Window > 0 {
				m.At = nano(r.int(5))
			}
			batch, position = append(batch, m), r.int(0)+1
			return nil
		}, int64(max(limit, 0)))
	})
	if err != nil {
		return nil, 0, wrap(err)
	}
	return batch, position, nil
}

// Discard implements meter.Queue.
func (q queue) Discard(ctx context.Context, position int64) error {
	return q.writer.do(ctx, 1, false, func(g *group) error {
		_, err := g.c.exec("DELETE FROM meter_queue WHERE position < ?", position)
		return wrap(err)
	})
}

// Len implements meter.Queue.
func (q queue) Len(ctx context.Context) (n int64, err error) {
	err = q.read(ctx, func(c *conn) error {
		n, _, err = c.number("SELECT count(*) FROM meter_queue")
		return err
	})
	return n, wrap(err)
}
