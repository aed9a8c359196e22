package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// stream is what is counted together.
type stream struct {
	project, metric string
	period          int64 // nanoseconds since 1970, or chains
}

// chains is the period of the stream of all sightings of a project's metric.
const chains = -1

func streamOf(r meter.Record) stream {
	return stream{r.Project, string(r.Metric), r.Period.UnixNano()}
}

func chainsOf(r meter.Record) stream { return stream{r.Project, string(r.Metric), chains} }

// keptStreams is how many streams a Meter remembers the numbers of, at some
// 200 bytes each.
const keptStreams = 100_000

// prepare returns the numbers of all streams of a batch, and makes those and
// the partitions that are not there yet. They are made in transactions of
// their own, and stay even if nothing is counted in them.
func (m *Meter) prepare(ctx context.Context, batch []meter.Record) (map[stream]int32, error) {
	streams, missing := map[stream]int32{}, map[stream]bool{}
	months := map[int32]bool{}
	m.mu.Lock()
	for i, r := range batch {
		if i > 0 && streamOf(r) == streamOf(batch[i-1]) && (r.Window > 0) == (batch[i-1].Window > 0) {
			continue
		}
		wanted := []stream{streamOf(r)}
		if r.Window > 0 {
			wanted = append(wanted, chainsOf(r))
		} else if of := month(r.Period); !m.months[of] {
			months[of] = true
		}
		for _, s := range wanted {
			if id, ok := m.streams[s]; ok {
				streams[s] = id
			} else {
				missing[s] = true
			}
		}
	}
	m.mu.Unlock()
	for of := range months {
		if err := m.partition(ctx, of); err != nil {
			return nil, fmt.Errorf("make a partition: %w", err)
		}
	}
	if len(missing) == 0 {
		return streams, nil
	}
	made, err := m.number(ctx, slices.Collect(maps.Keys(missing)))
	if err != nil {
		return nil, fmt.Errorf("make streams: %w", err)
	}
	maps.Copy(streams, made)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.streams)+len(made) > keptStreams {
		clear(m.streams)
	}
	maps.Copy(m.streams, made)
	return streams, nil
}

const (
	selectStreams = `SELECT s.* FROM unnest($1::bigint[], $2::text[], $3::text[]) AS w (period, project, metric) CROSS JOIN LATERAL (
			SELECT id, project, metric, period FROM immagin_meter_streams
			WHERE period = w.period AND project = w.project AND metric = w.metric LIMIT 1
		) s`
	insertStreams = `INSERT INTO immagin_meter_streams (period, project, metric, month)
		SELECT period, project, metric, month FROM unnest($1::bigint[], $2::text[], $3::text[], $4::integer[]) AS w (period, project, metric, month)
		ON CONFLICT DO NOTHING`
)

// number returns the numbers of streams, and gives them to those that have
// none.
func (m *Meter) number(ctx context.Context, wanted []stream) (map[stream]int32, error) {
	slices.SortFunc(wanted, func(a, b stream) int {
		return cmp.Or(cmp.Compare(a.period, b.period), strings.Compare(a.project, b.project), strings.Compare(a.metric, b.metric))
	})
	var periods []int64
	var projects, metrics []string
	var months []int32
	for _, s := range wanted {
		periods, projects, metrics, months = append(periods, s.period), append(projects, s.project), append(metrics, s.metric), append(months, month(moment(s.period)))
	}
	found := map[stream]int32{}
	look := func() error {
		rows, err := m.store.pool.Query(ctx, selectStreams, periods, projects, metrics)
		if err != nil {
			return err
		}
		var s stream
		var id int32
		_, err = pgx.ForEachRow(rows, []any{&id, &s.project, &s.metric, &s.period}, func() error {
			found[s] = id
			return nil
		})
		return err
	}
	if err := look(); err != nil || len(found) == len(wanted) {
		return found, err
	}
	// In one order for all, for the same reason as batches.
	if _, err := m.store.pool.Exec(ctx, insertStreams, periods, projects, metrics, months); err != nil {
		return nil, err
	}
	if err := look(); err != nil {
		return nil, err
	}
	if len(found) != len(wanted) {
		return nil, fmt.Errorf("%d of %d are there after they were made", len(found), len(wanted))
	}
	return found, nil
}

// month counts months since the year 0.
func month(t time.Time) int32 {
	t = t.UTC()
	return int32(t.Year())*12 + int32(t.Month()) - 1
}

// bounds are the first and the last but one nanosecond of a period.
func bounds(p billing.Period) (from, to int64) {
	if p.IsZero() {
		return math.MinInt64, math.MaxInt64
	}
	return nano(p.Start), nano(p.End)
}

// nano is when a time is, in nanoseconds since 1970, or the end of what can be
// said so.
func nano(t time.Time) int64 {
	switch y := t.UTC().Year(); {
	case y < 1700:
		return math.MinInt64
	case y > 2250:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// known reports whether a database can be asked for a project at all.
func known(project string) bool {
	return utf8.ValidString(project) && !strings.Contains(project, "\x00")
}
