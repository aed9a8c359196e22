package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/meter"
)

// Take is [meter.Store]'s. Those who take and settle slots of the same project,
// metric and period go one after the other; inserts do not wait for them.
func (m *Meter) Take(ctx context.Context, s meter.Slot, now time.Time) error {
	batch, err := one(ctx, s.Record)
	if err != nil {
		return err
	}
	err = m.change(ctx, batch, func(c *change) error {
		stream := c.lockScope()
		var b pgx.Batch
		c.guard(&b)
		r := c.room(&b, stream, now)
		if err := c.send(ctx, &b); err != nil {
			return err
		}
		if err := c.undropped(); err != nil {
			return err
		}
		if r.needless() {
			return nil
		}
		if !r.under(s.Limit) {
			return meter.ErrFull
		}
		var last pgx.Batch
		last.Queue("DELETE FROM immagin_meter_slots WHERE stream = $1 AND expires <= $2", stream, nano(now))
		last.Queue(`INSERT INTO immagin_meter_slots (stream, token, id, expires) VALUES ($1, $2, $3, $4)
			ON CONFLICT (stream, token) DO UPDATE SET id = excluded.id, expires = excluded.expires`, stream, uuid(s.Token), uuid(batch[0].ID), nano(s.Expires))
		return c.commit(&last)
	})
	return failed("take a slot", err)
}

// Settle is [meter.Store]'s.
func (m *Meter) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (fresh int, err error) {
	batch, err := one(ctx, s.Record)
	if err != nil {
		return 0, err
	}
	if !rendered {
		of := streamOf(batch[0])
		_, err := m.store.pool.Exec(ctx, `DELETE FROM immagin_meter_slots WHERE token = $1 AND stream =
			(SELECT id FROM immagin_meter_streams WHERE period = $2 AND project = $3 AND metric = $4)`, uuid(s.Token), of.period, of.project, of.metric)
		return 0, failed("give a slot back", err)
	}
	err = m.change(ctx, batch, func(c *change) error {
		stream := c.lockScope()
		var b pgx.Batch
		c.guard(&b)
		mine := false
		b.Queue("SELECT EXISTS (SELECT FROM immagin_meter_slots WHERE stream = $1 AND token = $2 AND expires > $3)", stream, uuid(s.Token), nano(now)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&mine) })
		r := c.room(&b, stream, now)
		if err := c.send(ctx, &b); err != nil {
			return err
		}
		if err := c.undropped(); err != nil {
			return err
		}
		if !mine && !r.needless() && !r.under(s.Limit) {
			return meter.ErrFull
		}
		if err := c.add(); err != nil {
			return err
		}
		fresh = c.fresh()
		var last pgx.Batch
		last.Queue("DELETE FROM immagin_meter_slots WHERE stream = $1 AND id = $2", stream, uuid(batch[0].ID))
		return c.commit(&last)
	})
	if err != nil {
		fresh = 0
	}
	return fresh, failed("settle a slot", err)
}

// one is a batch of a record as it is kept.
func one(ctx context.Context, r meter.Record) ([]meter.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return meter.Normalize([]meter.Record{r})
}

// lockScope has guard lock what the limit of the change's only record is
// about.
func (c *change) lockScope() (stream int32) {
	stream = c.streams[streamOf(c.batch[0])]
	c.locked = append(c.locked, stream)
	return stream
}

// room is what says whether a record may be counted.
type room struct {
	record        meter.Record
	known         bool // an element
	chain         chain
	chains        map[chain][]meter.Sighting
	counted, held int64
}

// room queues looking for room for the change's only record, whose scope is
// locked.
func (c *change) room(b *pgx.Batch, stream int32, now time.Time) *room {
	r := &room{record: c.batch[0]}
	id, period := uuid(r.record.ID), r.record.Period.UnixNano()
	if r.record.Window == 0 {
		b.Queue("SELECT EXISTS (SELECT FROM immagin_meter_elements WHERE stream = $1 AND month = $2 AND id = $3)", stream, month(r.record.Period), id).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.known) })
	} else {
		r.chain = chain{c.streams[chainsOf(r.record)], r.record.ID}
		r.chains = c.chains(b, []chain{r.chain})
	}
	b.Queue("SELECT coalesce(sum(n), 0)::bigint FROM immagin_meter_counters WHERE stream = $1 AND billed = $2", stream, period).
		QueryRow(func(row pgx.Row) error { return row.Scan(&r.counted) })
	b.Queue("SELECT count(DISTINCT id) FROM immagin_meter_slots WHERE stream = $1 AND id <> $2 AND expires > $3", stream, id, nano(now)).
		QueryRow(func(row pgx.Row) error { return row.Scan(&r.held) })
	return r
}

// needless reports whether the record would not count anyway. It is asked once
// the batch was sent.
func (r *room) needless() bool {
	return r.known || meter.Within(r.chains[r.chain], r.record.At, r.record.Window)
}

// under reports whether there is room under a limit.
func (r *room) under(limit int64) bool { return r.counted+r.held < limit }
