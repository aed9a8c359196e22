package sqlite

import (
	"context"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// Take implements meter.Store.
func (m meterStore) Take(ctx context.Context, s meter.Slot, now time.Time) error {
	batch, err := normal(ctx, s.Record)
	if err != nil {
		return err
	}
	return m.writer.do(ctx, 1, m.early(), func(g *group) error {
		if err := g.checkDropped(batch); err != nil {
			return err
		}
		id, err := g.seriesID(seriesOf(batch[0]))
		if err != nil {
			return wrap(err)
		}
		if known, err := g.known(batch[0], id); known || err != nil {
			return wrap(err)
		}
		if ok, err := g.room(id, batch[0], s.Limit, now); err != nil || !ok {
			return fullOr(err)
		}
		_, err = g.c.exec("INSERT INTO meter_slots (token, series, id, expires) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET series = excluded.series, id = excluded.id, expires = excluded.expires",
			s.Token[:], id, batch[0].ID[:], clamp(s.Expires))
		return wrap(err)
	})
}

// Settle implements meter.Store.
func (m meterStore) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (fresh int, err error) {
	batch, err := normal(ctx, s.Record)
	if err != nil {
		return 0, err
	}
	err = m.writer.do(ctx, 1, m.early(), func(g *group) error {
		fresh = 0
		id, err := g.seriesID(seriesOf(batch[0]))
		if err != nil {
			return wrap(err)
		}
		if !rendered {
			_, err := g.c.exec("DELETE FROM meter_slots WHERE token = ? AND series = ?", s.Token[:], id)
			return wrap(err)
		}
		n, err := g.settle(id, batch, s, now)
		fresh = int(n)
		return err
	})
	if err != nil {
		return 0, err
	}
	return fresh, nil
}

func (w *writer) settle(series int64, batch []meter.Record, s meter.Slot, now time.Time) (int64, error) {
	if err := w.checkDropped(batch); err != nil {
		return 0, err
	}
	_, mine, err := w.c.number("SELECT 1 FROM meter_slots WHERE token = ? AND series = ? AND expires > ?", s.Token[:], series, clamp(now))
	if err == nil && !mine {
		ok, err := w.known(batch[0], series)
		if err == nil && !ok {
			ok, err = w.room(series, batch[0], s.Limit, now)
		}
		if err != nil || !ok {
			return 0, fullOr(err)
		}
	}
	if err == nil {
		_, err = w.c.exec("DELETE FROM meter_slots WHERE series = ? AND id = ?", series, batch[0].ID[:])
	}
	if err != nil {
		return 0, wrap(err)
	}
	return w.insert(batch)
}

// room reports whether the limit allows a record. Slots that have expired are
// forgotten, so that a slower clock does not settle them after somebody else
// was given their room.
func (w *writer) room(series int64, r meter.Record, limit int64, now time.Time) (bool, error) {
	if _, err := w.c.exec("DELETE FROM meter_slots WHERE series = ? AND expires <= ?", series, clamp(now)); err != nil {
		return false, err
	}
	t, err := w.tally(counter{series, r.Period.UnixNano()})
	if err != nil {
		return false, err
	}
	held, _, err := w.c.number("SELECT count(DISTINCT id) FROM meter_slots WHERE series = ? AND id <> ?", series, r.ID[:])
	return t.n+held < limit, err
}

// known reports whether a record would not make a counter grow.
func (w *writer) known(r meter.Record, series int64) (bool, error) {
	if r.Window == 0 {
		table, err := w.elements(monthOf(r.Period))
		if err != nil {
			return false, err
		}
		_, known, err := w.c.number("SELECT 1 FROM "+table+" WHERE series = ? AND id = ?", series, r.ID[:])
		return known, err
	}
	stream, err := w.streamID(stream{r.Project, r.Metric})
	if err != nil {
		return false, err
	}
	marks, err := w.sightings(stream, r.ID)
	return meter.Within(marks, r.At, r.Window), err
}

func seriesOf(r meter.Record) series { return series{r.Project, r.Metric, r.Period.UnixNano()} }

func fullOr(err error) error {
	if err != nil {
		return wrap(err)
	}
	return meter.ErrFull
}

// normal is one record as it is kept.
func normal(ctx context.Context, r meter.Record) ([]meter.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return meter.Normalize([]meter.Record{r})
}
