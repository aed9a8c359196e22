package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// Drop implements meter.Store.
func (m meterStore) Drop(ctx context.Context, before time.Time) error {
	return m.writer.do(ctx, 1, false, func(g *group) error {
		end := clamp(before)
		if err := g.flushMeter(); err != nil { // what is asked for is in the file
			return wrap(err)
		}
		_, open, err := g.c.number(`SELECT 1 FROM meter_series s WHERE s.period < ?1
			AND EXISTS (SELECT 1 FROM meter_counts c WHERE c.series = s.id AND c.n <> 0)
			AND coalesce((SELECT max(before) FROM meter_seals WHERE project = s.project OR project = ''), 0) < ?1 LIMIT 1`, end)
		if err != nil {
			return wrap(err)
		}
		if open {
			return meter.ErrOpen
		}
		if err := g.checkDropped(nil); err != nil { // it reads what is dropped
			return wrap(err)
		}
		if end <= g.meter.dropped {
			return nil
		}
		return wrap(g.drop(end, before))
	})
}

func (w *writer) drop(end int64, before time.Time) error {
	months, err := months(w.c, 0, monthOf(before))
	if err != nil {
		return err
	}
	for _, month := range months {
		if month < monthOf(before) {
			err = w.dropMonth(month)
		} else {
			_, err = w.c.exec("DELETE FROM "+elementsOf(month)+" WHERE series IN (SELECT id FROM meter_series WHERE period < ?)", end)
		}
		if err != nil {
			return err
		}
	}
	// At + Window may be beyond what an integer holds.
	if _, err := w.c.exec("DELETE FROM meter_sightings WHERE period < ?1 AND span <= ?1 - at", end); err != nil {
		return err
	}
	if _, err := w.c.exec("DELETE FROM meter_slots WHERE series IN (SELECT id FROM meter_series WHERE period < ?)", end); err != nil {
		return err
	}
	_, err = w.c.exec("INSERT INTO meter_dropped (one, before) VALUES (1, ?) ON CONFLICT DO UPDATE SET before = excluded.before", end)
	w.meter.dropped = end
	return err
}

func (w *writer) dropMonth(month int64) error {
	table := elementsOf(month)
	// SQLite drops no table that a statement may yet read.
	for text, s := range w.c.prepared {
		if strings.Contains(text, table) {
			if err := s.Close(); err != nil {
				return w.c.fail(err)
			}
			delete(w.c.prepared, text)
		}
	}
	delete(w.meter.months, month)
	if err := w.c.run("DROP TABLE " + table); err != nil {
		return err
	}
	_, err := w.c.exec("DELETE FROM meter_months WHERE month = ?", month)
	return err
}

// months are those from first to last that have a table of elements.
func months(c *conn, first, last int64) (months []int64, err error) {
	err = c.query("SELECT month FROM meter_months WHERE month >= ? AND month <= ? ORDER BY month", func(r row) error {
		months = append(months, r.int(0))
		return nil
	}, first, last)
	return months, err
}
