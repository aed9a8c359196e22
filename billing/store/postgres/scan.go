package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

const (
	// The elements that are left of one stream.
	scanStream = `SELECT s.project, s.metric, s.period, e.id FROM immagin_meter_streams s
		JOIN immagin_meter_elements e ON e.stream = s.id AND e.month = s.month
		WHERE s.period = $1 AND s.project = $2 AND s.metric = $3 AND e.month = $4 AND e.id >= $5
		ORDER BY e.id LIMIT $6`
	// Those of the streams after it. No stream is read further than the page.
	scanStreams = `SELECT s.project, s.metric, s.period, e.id FROM immagin_meter_streams s
		CROSS JOIN LATERAL (
			SELECT id FROM immagin_meter_elements WHERE stream = s.id AND month = s.month ORDER BY id LIMIT $6
		) e
		WHERE s.period >= 0 AND s.period >= $4 AND s.period < $5 AND (s.period, s.project, s.metric) > ($1, $2, $3)
		ORDER BY s.period, s.project, s.metric, e.id LIMIT $6`
	// The sightings that are left of one project's metric.
	scanChain = `SELECT s.project, s.metric, e.period, e.id, e.at, e.lasts FROM immagin_meter_streams s
		JOIN immagin_meter_sightings e ON e.stream = s.id
		WHERE s.period = -1 AND s.project = $1 AND s.metric = $2 AND (e.id, e.at) > ($3, $4) AND e.period >= $5 AND e.period < $6
		ORDER BY e.id, e.at LIMIT $7`
	scanChains = `SELECT s.project, s.metric, e.period, e.id, e.at, e.lasts FROM immagin_meter_streams s
		CROSS JOIN LATERAL (
			SELECT id, at, period, lasts FROM immagin_meter_sightings
			WHERE stream = s.id AND period >= $3 AND period < $4 ORDER BY id, at LIMIT $5
		) e
		WHERE s.period = -1 AND (s.project, s.metric) > ($1, $2)
		ORDER BY s.project, s.metric, e.id, e.at LIMIT $5`
)

// Scan is [meter.Store]'s.
func (m *Meter) Scan(ctx context.Context, p billing.Period, after meter.Record, limit int) ([]meter.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	records, err := m.scan(ctx, p, after, max(limit, 0))
	return records, failed("scan records", err)
}

func (m *Meter) scan(ctx context.Context, p billing.Period, after meter.Record, limit int) ([]meter.Record, error) {
	var found []meter.Record
	from, to := bounds(p)
	page := func(windows bool, query string, args ...any) error {
		if len(found) >= limit {
			return nil
		}
		rows, err := m.store.pool.Query(ctx, query, append(args, limit-len(found))...)
		if err != nil {
			return err
		}
		more, err := pgx.CollectRows(rows, scanRecord(windows))
		found = append(found, more...)
		return err
	}
	at, any := placeOf(after)
	if !any {
		return nil, nil
	}
	if after.Window > 0 {
		if err := page(true, scanChain, at.project, at.metric, uuid(at.id), at.at, from, to); err != nil {
			return nil, err
		}
		return found, page(true, scanChains, at.project, at.metric, from, to)
	}
	if !at.none && at.period >= max(from, 0) && at.period < to {
		if err := page(false, scanStream, at.period, at.project, at.metric, month(moment(at.period)), uuid(at.id)); err != nil {
			return nil, err
		}
	}
	if err := page(false, scanStreams, at.period, at.project, at.metric, from, to); err != nil {
		return nil, err
	}
	return found, page(true, scanChains, "", "", from, to)
}

func scanRecord(windows bool) pgx.RowToFunc[meter.Record] {
	return func(row pgx.CollectableRow) (r meter.Record, err error) {
		var period, at, lasts int64
		if windows {
			err = row.Scan(&r.Project, (*string)(&r.Metric), &period, (*[16]byte)(&r.ID), &at, &lasts)
			r.At, r.Window = moment(at), time.Duration(lasts)
		} else {
			err = row.Scan(&r.Project, (*string)(&r.Metric), &period, (*[16]byte)(&r.ID))
		}
		r.Period = moment(period)
		return r, err
	}
}
