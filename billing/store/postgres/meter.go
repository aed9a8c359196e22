package postgres

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// Meter is the [meter.Store] of a [Store]. The month of a record's period says
// which partition it is in.
//
// Whoever writes takes locks in one order: the seal (shared), streams by
// number, elements in the order of [meter.Record.Compare], counters by stream
// and period. So no two writers wait for each other.
type Meter struct {
	store *Store

	mu      sync.Mutex
	streams map[stream]int32 // some of those that are there
	months  map[int32]bool   // of partitions that were there
}

// Insert is [meter.Store]'s.
func (m *Meter) Insert(ctx context.Context, batch []meter.Record) (fresh int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if batch, err = meter.Normalize(batch); err != nil || len(batch) == 0 {
		return 0, err
	}
	err = m.change(ctx, batch, func(c *change) error {
		if err := c.add(); err != nil {
			return err
		}
		fresh = c.fresh()
		return c.commit(new(pgx.Batch))
	})
	return fresh, failed("insert records", err)
}

// A change is a transaction that counts records.
type change struct {
	*transaction
	ctx     context.Context
	streams map[stream]int32
	batch   []meter.Record // normal
	plain   int            // how many of batch have no window
	locked  []int32        // streams to be locked, or that are
	guarded bool           // the locks and what they guard are asked for
	dropped int64
	sealed  map[string]int64
	grown   map[counter]int64
}

// counter is a row of the counters.
type counter struct {
	stream int32
	billed int64
}

// change runs fn in a transaction that holds off sealing and dropping, with
// all streams and partitions that batch needs. It returns a *DroppedError
// instead where the batch has a record that is none of ours any more.
func (m *Meter) change(ctx context.Context, batch []meter.Record, fn func(*change) error) error {
	streams, err := m.prepare(ctx, batch)
	if err != nil {
		return err
	}
	return m.store.transact(ctx, readCommitted, func(t *transaction) error {
		c := &change{transaction: t, ctx: ctx, streams: streams, batch: batch, sealed: map[string]int64{}, grown: map[counter]int64{}}
		for c.plain < len(batch) && batch[c.plain].Window == 0 {
			c.plain++
		}
		for _, r := range batch[c.plain:] {
			c.locked = append(c.locked, streams[chainsOf(r)])
		}
		return fn(c)
	})
}

// guard queues what every change begins with: locks, and what is sealed and
// dropped.
func (c *change) guard(b *pgx.Batch) {
	if c.guarded {
		return
	}
	c.guarded = true
	b.Queue("SELECT pg_advisory_xact_lock_shared($1)", int64(sealLock))
	if len(c.locked) > 0 {
		b.Queue("SELECT id FROM immagin_meter_streams WHERE id = ANY($1) ORDER BY id FOR UPDATE", c.locked)
	}
	b.Queue("SELECT before FROM immagin_meter_drops").QueryRow(func(row pgx.Row) error { return row.Scan(&c.dropped) })
	var projects []string
	for i, r := range c.batch {
		if i == 0 || r.Project != c.batch[i-1].Project {
			projects = append(projects, r.Project)
		}
	}
	projects = append(projects, "")
	b.Queue("SELECT project, before FROM immagin_meter_seals WHERE project = ANY($1)", projects).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var project string
			var before int64
			if err := rows.Scan(&project, &before); err != nil {
				return err
			}
			c.sealed[project] = before
		}
		return nil
	})
}

// undropped is a *DroppedError where the batch has a record of a dropped
// period. It is asked once guard was sent.
func (c *change) undropped() error {
	if c.earliest() < c.dropped {
		return &meter.DroppedError{Before: moment(c.dropped)}
	}
	return nil
}

// earliest is the first period of the batch.
func (c *change) earliest() int64 {
	first := c.batch[0].Period
	for _, r := range c.batch {
		if r.Period.Before(first) {
			first = r.Period
		}
	}
	return first.UnixNano()
}

// sealedBefore is the time for which a project is sealed, or 0.
func (c *change) sealedBefore(project string) int64 { return max(c.sealed[project], c.sealed[""]) }

// insertElements adds nothing where one is dropped, and so needs no partition
// that is not there any more.
const insertElements = `WITH added AS (
	INSERT INTO immagin_meter_elements (stream, month, id)
	SELECT stream, month, id FROM unnest($1::integer[], $2::integer[], $3::uuid[]) AS e (stream, month, id)
	WHERE NOT EXISTS (SELECT FROM immagin_meter_drops WHERE before > $4)
	ON CONFLICT DO NOTHING RETURNING stream
) SELECT stream, count(*) FROM added GROUP BY stream`

// add puts the batch into the set, and reckons by how much the counters grow.
func (c *change) add() error {
	var b pgx.Batch
	c.guard(&b)
	added := map[int32]int64{}
	if plain := c.batch[:c.plain]; len(plain) > 0 {
		streams, months, ids := make([]int32, len(plain)), make([]int32, len(plain)), make([]pgtype.UUID, len(plain))
		for i, r := range plain {
			streams[i], months[i], ids[i] = c.streams[streamOf(r)], month(r.Period), uuid(r.ID)
		}
		b.Queue(insertElements, streams, months, ids, c.earliest()).Query(func(rows pgx.Rows) error {
			for rows.Next() {
				var stream int32
				var n int64
				if err := rows.Scan(&stream, &n); err != nil {
					return err
				}
				added[stream] = n
			}
			return nil
		})
	}
	if err := c.send(c.ctx, &b); err != nil {
		return err
	}
	if err := c.undropped(); err != nil {
		return err
	}
	for i, r := range c.batch[:c.plain] {
		s := streamOf(r)
		if i > 0 && s == streamOf(c.batch[i-1]) {
			continue
		}
		if n := added[c.streams[s]]; n > 0 {
			c.grown[counter{c.streams[s], max(s.period, c.sealedBefore(s.project))}] += n
		}
	}
	return c.addSightings()
}

// fresh is by how much all counters grow.
func (c *change) fresh() int {
	var n int64
	for _, by := range c.grown {
		n += by
	}
	return int(n)
}

const addCounters = `INSERT INTO immagin_meter_counters AS c (stream, billed, n)
SELECT stream, billed, n FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS a (stream, billed, n)
ON CONFLICT (stream, billed) DO UPDATE SET n = c.n + excluded.n`

// commit adds to the counters and ends the transaction with what else is
// queued, so that others wait for a counter only as long as that takes.
func (c *change) commit(b *pgx.Batch) error {
	var grown []counter
	for k, n := range c.grown {
		if n != 0 {
			grown = append(grown, k)
		}
	}
	slices.SortFunc(grown, func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.stream, b.stream), cmp.Compare(a.billed, b.billed))
	})
	if len(grown) > 0 {
		streams, billed, n := make([]int32, len(grown)), make([]int64, len(grown)), make([]int64, len(grown))
		for i, k := range grown {
			streams[i], billed[i], n[i] = k.stream, k.billed, c.grown[k]
		}
		b.Queue(addCounters, streams, billed, n)
	}
	return c.transaction.commit(c.ctx, b)
}

// Counts is [meter.Store]'s.
func (m *Meter) Counts(ctx context.Context, project string, p billing.Period) ([]meter.Count, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !known(project) {
		return nil, nil
	}
	query := `SELECT s.project, s.metric, s.period, c.billed, c.n FROM immagin_meter_counters c JOIN immagin_meter_streams s ON s.id = c.stream
		WHERE c.n <> 0 AND c.billed >= $1 AND c.billed < $2`
	from, to := bounds(p)
	args := []any{from, to}
	if project != "" {
		query, args = query+` AND s.project = $3`, append(args, project)
	}
	rows, err := m.store.pool.Query(ctx, query+` ORDER BY s.project, s.metric, s.period, c.billed`, args...)
	if err != nil {
		return nil, failed("read counts", err)
	}
	counts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (meter.Count, error) {
		var c meter.Count
		var period, billed int64
		err := row.Scan(&c.Project, (*string)(&c.Metric), &period, &billed, &c.N)
		c.Period, c.Billed = moment(period), moment(billed)
		return c, err
	})
	return counts, failed("read counts", err)
}

// Close does nothing: the [Store] closes what both halves use.
func (m *Meter) Close() error { return nil }

func uuid(id meter.ID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }

func moment(nanoseconds int64) time.Time { return time.Unix(0, nanoseconds).UTC() }
