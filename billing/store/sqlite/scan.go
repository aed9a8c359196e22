package sqlite

import (
	"context"
	"database/sql/driver"
	"math"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// Scan implements meter.Store.
func (m meterStore) Scan(ctx context.Context, p billing.Period, after meter.Record, limit int) ([]meter.Record, error) {
	if err := ctx.Err(); err != nil || limit <= 0 {
		return nil, err
	}
	first, last := bounds(p)
	s := scan{limit: limit, first: first, last: last}
	err := m.read(ctx, func(c *conn) error {
		if after.Window <= 0 {
			if err := s.elements(c, after); err != nil {
				return err
			}
			after = meter.Record{}
		}
		if len(s.records) < limit {
			return s.sightings(c, after)
		}
		return nil
	})
	if err != nil {
		return nil, wrap(err)
	}
	return s.records, nil
}

// A scan is one call of Scan.
type scan struct {
	records     []meter.Record
	limit       int
	first, last int64 // of periods
}

func (s *scan) elements(c *conn, after meter.Record) error {
	from := clamp(after.Period)
	tables, err := months(c, monthOf(nano(max(s.first, from, 0))), monthOf(nano(s.last)))
	if err != nil {
		return err
	}
	// First the rest of the series of the given one, then those after it.
	if from >= s.first && from <= s.last && len(tables) > 0 && tables[0] == monthOf(nano(from)) {
		err := s.page(c, tables[0], "s.period = ?2 AND s.project = ?3 AND s.metric = ?4 AND e.id > ?5",
			from, after.Project, string(after.Metric), after.ID[:])
		if err != nil {
			return err
		}
	}
	for _, month := range tables {
		if len(s.records) == s.limit {
			break
		}
		err := s.page(c, month, "s.period >= ?6 AND s.period <= ?7 AND (s.period, s.project, s.metric) > (?2, ?3, ?4)",
			from, after.Project, string(after.Metric), after.ID[:], s.first, s.last)
		if err != nil {
			return err
		}
	}
	return nil
}

// page reads elements of one table in the order of the series' index.
func (s *scan) page(c *conn, month int64, where string, args ...driver.Value) error {
	values := append([]driver.Value{int64(s.limit - len(s.records))}, args...)
	return c.query("SELECT s.project, s.metric, s.period, e.id FROM meter_series s CROSS JOIN "+elementsOf(month)+" e ON e.series = s.id WHERE "+where+
		" ORDER BY s.period, s.project, s.metric, e.id LIMIT ?1", func(r row) error {
		s.records = append(s.records, meter.Record{Project: r.text(0), Metric: billing.Metric(r.text(1)), Period: nano(r.int(2)), ID: meter.ID(r.blob(3))})
		return nil
	}, values...)
}

func (s *scan) sightings(c *conn, after meter.Record) error {
	at := int64(math.MinInt64)
	if after.Window > 0 {
		at = clamp(after.At)
	}
	return c.query(`SELECT s.project, s.metric, g.id, g.at, g.period, g.span FROM meter_streams s CROSS JOIN meter_sightings g ON g.stream = s.id
		WHERE (s.project, s.metric) >= (?2, ?3) AND (s.project, s.metric, g.id, g.at) > (?2, ?3, ?4, ?5) AND g.period >= ?6 AND g.period <= ?7
		ORDER BY s.project, s.metric, g.id, g.at LIMIT ?1`, func(r row) error {
		s.records = append(s.records, meter.Record{
			Project: r.text(0), Metric: billing.Metric(r.text(1)), ID: meter.ID(r.blob(2)),
			At: nano(r.int(3)), Period: nano(r.int(4)), Window: time.Duration(r.int(5)),
		})
		return nil
	}, int64(s.limit-len(s.records)), after.Project, string(after.Metric), after.ID[:], at, s.first, s.last)
}
