package sqlite

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// meterStore is a Store's half that keeps usage.
type meterStore struct{ *Store }

// Insert implements meter.Store.
func (m meterStore) Insert(ctx context.Context, batch []meter.Record) (fresh int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if batch, err = meter.Normalize(batch); err != nil || len(batch) == 0 {
		return 0, err
	}
	err = m.writer.do(ctx, len(batch), m.early(), func(g *group) error {
		fresh = 0
		if err := g.checkDropped(batch); err != nil {
			return err
		}
		n, err := g.insert(batch)
		fresh = int(n)
		return err
	})
	if err != nil {
		return 0, err
	}
	return fresh, nil
}

func (m meterStore) early() bool { return m.o.Durability == Batched }

// Counts implements meter.Store.
func (m meterStore) Counts(ctx context.Context, project string, p billing.Period) ([]meter.Count, error) {
	var counts []meter.Count
	from, to := bounds(p)
	err := m.read(ctx, func(c *conn) error {
		text := `SELECT s.project, s.metric, s.period, c.billed, c.n FROM meter_series s JOIN meter_counts c ON c.series = s.id
			WHERE c.n <> 0 AND c.billed >= ?1 AND c.billed <= ?2`
		if project != "" {
			text += ` AND s.project = ?3`
		}
		return c.query(text+` ORDER BY s.project, s.metric, s.period, c.billed`, func(r row) error {
			counts = append(counts, meter.Count{Project: r.text(0), Metric: billing.Metric(r.text(1)), Period: nano(r.int(2)), Billed: nano(r.int(3)), N: r.int(4)})
			return nil
		}, from, to, project)
	})
	return counts, wrap(err)
}

// Seal implements meter.Store.
func (m meterStore) Seal(ctx context.Context, project string, before time.Time) error {
	return m.writer.do(ctx, 1, false, func(g *group) error {
		_, err := g.c.exec(`INSERT INTO meter_seals (project, before) VALUES (?, ?)
			ON CONFLICT DO UPDATE SET before = max(before, excluded.before)`, project, before.UnixNano())
		g.meter.seals = nil
		return wrap(err)
	})
}

// Sealed implements meter.Store.
func (m meterStore) Sealed(ctx context.Context, project string) (time.Time, error) {
	var before int64
	var found bool
	err := m.read(ctx, func(c *conn) (err error) {
		before, found, err = c.number(`SELECT max(before) FROM meter_seals WHERE project = ? OR project = ''`, project)
		return err
	})
	if err != nil || !found || before == 0 {
		return time.Time{}, wrap(err)
	}
	return nano(before), nil
}

// Close implements meter.Store.
func (m meterStore) Close() error { return nil }

// nano is a time of the meter as it is kept.
func nano(n int64) time.Time { return time.Unix(0, n).UTC() }

// bounds are the first and the last nanosecond of a period; all time's where
// it is zero. A bound that nanoseconds cannot say is beyond all records.
func bounds(p billing.Period) (first, last int64) {
	if p.IsZero() {
		return math.MinInt64, math.MaxInt64
	}
	first, last = clamp(p.Start), clamp(p.End)
	if last > math.MinInt64 {
		last--
	}
	return first, last
}

func clamp(t time.Time) int64 {
	switch {
	case t.Before(nano(math.MinInt64)):
		return math.MinInt64
	case t.After(nano(math.MaxInt64)):
		return math.MaxInt64
	}
	return t.UnixNano()
}

// wrap says who returns an error of the driver.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("sqlite: %w", err)
}
