package postgres

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/meter"
)

// Seal is [meter.Store]'s. It waits for the counts that are on their way, and
// those that come meanwhile wait for it.
func (m *Meter) Seal(ctx context.Context, project string, before time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	end, err := boundary(before)
	if err != nil {
		return failed("seal", err)
	}
	err = m.store.transact(ctx, readCommitted, func(t *transaction) error {
		var b pgx.Batch
		b.Queue("SELECT pg_advisory_xact_lock($1)", int64(sealLock))
		b.Queue(`INSERT INTO immagin_meter_seals AS s (project, before) VALUES ($1, $2)
			ON CONFLICT (project) DO UPDATE SET before = greatest(s.before, excluded.before)`, project, end)
		return t.commit(ctx, &b)
	})
	return failed("seal", err)
}

// boundary is a time that may be the start of a period.
func boundary(t time.Time) (int64, error) {
	n := nano(t)
	if n < 0 || n == math.MaxInt64 {
		return 0, fmt.Errorf("time is in the year %d, and not the start of a period: %w", t.Year(), meter.ErrRecord)
	}
	return n, nil
}

// Sealed is [meter.Store]'s.
func (m *Meter) Sealed(ctx context.Context, project string) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	if !known(project) {
		project = ""
	}
	var before int64
	err := m.store.pool.QueryRow(ctx, "SELECT coalesce(max(before), 0) FROM immagin_meter_seals WHERE project IN ($1, '')", project).Scan(&before)
	if err != nil || before == 0 {
		return time.Time{}, failed("read what is sealed", err)
	}
	return moment(before), nil
}

// Drop is [meter.Store]'s. A month that is dropped as a whole goes as a whole
// table.
func (m *Meter) Drop(ctx context.Context, before time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	end, err := boundary(before)
	if err != nil {
		return failed("drop", err)
	}
	err = m.store.transact(ctx, readCommitted, func(t *transaction) error { return drop(ctx, t, before, end) })
	return failed("drop", err)
}

const unsealed = `SELECT EXISTS (
	SELECT FROM immagin_meter_counters c JOIN immagin_meter_streams s ON s.id = c.stream
	LEFT JOIN immagin_meter_seals own ON own.project = s.project
	WHERE c.n <> 0 AND s.period >= 0 AND s.period < $1
	AND greatest(own.before, (SELECT before FROM immagin_meter_seals WHERE project = ''), 0) < $1
)`

func drop(ctx context.Context, t *transaction, before time.Time, end int64) error {
	var open bool
	var dropped int64
	var partitions []string
	var b pgx.Batch
	b.Queue("SELECT pg_advisory_xact_lock($1)", int64(sealLock))
	b.Queue(unsealed, end).QueryRow(func(row pgx.Row) error { return row.Scan(&open) })
	b.Queue("SELECT before FROM immagin_meter_drops").QueryRow(func(row pgx.Row) error { return row.Scan(&dropped) })
	b.Queue("SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'immagin_meter_elements'::regclass").Query(func(rows pgx.Rows) error {
		var err error
		partitions, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err := t.send(ctx, &b); err != nil {
		return err
	}
	switch {
	case open:
		return meter.ErrOpen
	case end <= dropped:
		return nil
	}
	var last pgx.Batch
	last.Queue("UPDATE immagin_meter_drops SET before = $1", end)
	for _, name := range partitions {
		if whole(name, before) {
			name = pgx.Identifier{name}.Sanitize()
			last.Queue("ALTER TABLE immagin_meter_elements DETACH PARTITION " + name)
			last.Queue("DROP TABLE " + name)
		}
	}
	last.Queue(`DELETE FROM immagin_meter_elements e USING immagin_meter_streams s
		WHERE e.stream = s.id AND e.month = s.month AND e.month = $1 AND s.period < $2`, month(before), end)
	// Not at + lasts, which may overflow.
	last.Queue(`DELETE FROM immagin_meter_sightings WHERE period < $1 AND at <= $1 - lasts`, end)
	last.Queue(`DELETE FROM immagin_meter_slots l USING immagin_meter_streams s WHERE l.stream = s.id AND s.period < $1`, end)
	return t.commit(ctx, &last)
}

// whole reports whether all of a partition is before a time.
func whole(partition string, before time.Time) bool {
	var year, of int32
	if n, err := fmt.Sscanf(strings.TrimPrefix(partition, elements), "_%d_%d", &year, &of); n != 2 || err != nil {
		return false
	}
	return !end(year*12 + of - 1).After(before)
}
