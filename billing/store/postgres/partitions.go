package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// elements is the parent of all partitions.
const elements = "immagin_meter_elements"

// partitionName is that of a month's elements, such as
// immagin_meter_elements_2026_11.
func partitionName(month int32) string {
	return fmt.Sprintf("%s_%04d_%02d", elements, month/12, month%12+1)
}

// end is when a month is over.
func end(month int32) time.Time {
	return time.Date(int(month/12), time.Month(month%12)+2, 1, 0, 0, 0, 0, time.UTC)
}

// partition makes a month's partition if it is not there and was not dropped.
// The parent table is locked so that others still read and write.
func (m *Meter) partition(ctx context.Context, month int32) error {
	name := pgx.Identifier{partitionName(month)}.Sanitize()
	err := m.store.transact(ctx, readCommitted, func(t *transaction) error {
		var there bool
		var dropped int64
		var b pgx.Batch
		b.Queue("SELECT pg_advisory_xact_lock($1)", int64(partitionLock))
		b.Queue("SELECT to_regclass($1) IS NOT NULL", name).QueryRow(func(row pgx.Row) error { return row.Scan(&there) })
		b.Queue("SELECT before FROM immagin_meter_drops").QueryRow(func(row pgx.Row) error { return row.Scan(&dropped) })
		if err := t.send(ctx, &b); err != nil {
			return err
		}
		var create pgx.Batch
		if !there && end(month).UnixNano() > dropped {
			create.Queue("CREATE TABLE " + name + " (LIKE immagin_meter_elements INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
			create.Queue(fmt.Sprintf("ALTER TABLE immagin_meter_elements ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)", name, month, month+1))
		}
		return t.commit(ctx, &create)
	})
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.months[month] = true
	return nil
}
