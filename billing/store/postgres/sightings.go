package postgres

import (
	"cmp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/immagin/immagin-go/billing/meter"
)

// chain is where sightings keep each other from counting.
type chain struct {
	stream int32
	id     meter.ID
}

// chains queues reading the sightings of each chain. The map has them, in no
// order, once the batch was sent.
func (c *change) chains(b *pgx.Batch, wanted []chain) map[chain][]meter.Sighting {
	streams, ids := make([]int32, len(wanted)), make([]pgtype.UUID, len(wanted))
	for i, k := range wanted {
		streams[i], ids[i] = k.stream, uuid(k.id)
	}
	found := map[chain][]meter.Sighting{}
	// One chain at a time, each in the index, as for the ledger's rows.
	b.Queue(`SELECT s.* FROM unnest($1::integer[], $2::uuid[]) AS w (stream, id) CROSS JOIN LATERAL (
			SELECT stream, id, at, period, billed, lasts, counted FROM immagin_meter_sightings
			WHERE stream = w.stream AND id = w.id OFFSET 0
		) s`, streams, ids).Query(func(rows pgx.Rows) error {
		var k chain
		var at, period, billed, lasts int64
		var counted bool
		_, err := pgx.ForEachRow(rows, []any{&k.stream, (*[16]byte)(&k.id), &at, &period, &billed, &lasts, &counted}, func() error {
			found[k] = append(found[k], meter.Sighting{At: moment(at), Period: moment(period), Billed: moment(billed), Window: time.Duration(lasts), Counted: counted})
			return nil
		})
		return err
	})
	return found
}

// sighting is a row that is new or changed.
type sighting struct {
	chain
	meter.Sighting
}

const putSightings = `INSERT INTO immagin_meter_sightings (stream, id, at, period, billed, lasts, counted)
SELECT stream, id, at, period, billed, lasts, counted
FROM unnest($1::integer[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::boolean[]) AS s (stream, id, at, period, billed, lasts, counted)
ON CONFLICT (stream, id, at) DO UPDATE SET counted = excluded.counted`

// addSightings adds those of the batch, whose chains are locked.
func (c *change) addSightings() error {
	batch := c.batch[c.plain:]
	if len(batch) == 0 {
		return nil
	}
	var wanted []chain
	for i, r := range batch {
		k := chain{c.streams[chainsOf(r)], r.ID}
		if i == 0 || k != wanted[len(wanted)-1] {
			wanted = append(wanted, k)
		}
	}
	var read pgx.Batch
	found := c.chains(&read, wanted)
	if err := c.send(c.ctx, &read); err != nil {
		return err
	}
	var changed []sighting
	for len(batch) > 0 {
		k := chain{c.streams[chainsOf(batch[0])], batch[0].ID}
		n := 1
		for n < len(batch) && batch[n].ID == k.id && c.streams[chainsOf(batch[n])] == k.stream {
			n++
		}
		more, err := c.link(k, found[k], batch[:n])
		if err != nil {
			return err
		}
		changed, batch = append(changed, more...), batch[n:]
	}
	slices.SortFunc(changed, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(a.stream, b.stream), slices.Compare(a.id[:], b.id[:]), a.At.Compare(b.At))
	})
	if len(changed) == 0 {
		return nil
	}
	n := len(changed)
	streams, ids, counted := make([]int32, n), make([]pgtype.UUID, n), make([]bool, n)
	at, period, billed, lasts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, s := range changed {
		streams[i], ids[i], counted[i] = s.stream, uuid(s.id), s.Counted
		at[i], period[i], billed[i], lasts[i] = s.At.UnixNano(), s.Period.UnixNano(), s.Billed.UnixNano(), int64(s.Window)
	}
	var b pgx.Batch
	b.Queue(putSightings, streams, ids, at, period, billed, lasts, counted)
	return c.send(c.ctx, &b)
}

// link adds new sightings of one ID to those that are there, decides anew
// which count, and returns the rows to write.
func (c *change) link(k chain, old []meter.Sighting, batch []meter.Record) ([]sighting, error) {
	project, metric := batch[0].Project, string(batch[0].Metric)
	sealed := c.sealedBefore(project)
	before := map[int64]bool{} // whether it counted
	for _, s := range old {
		before[s.At.UnixNano()] = s.Counted
	}
	marks := slices.Clone(old)
	for _, r := range batch {
		if _, there := before[r.At.UnixNano()]; !there {
			marks = append(marks, meter.Sighting{At: r.At, Period: r.Period, Billed: moment(max(r.Period.UnixNano(), sealed)), Window: r.Window})
		}
	}
	if len(marks) == len(old) {
		return nil, nil
	}
	slices.SortFunc(marks, func(a, b meter.Sighting) int { return a.At.Compare(b.At) })
	meter.Recount(marks, moment(sealed))
	var changed []sighting
	for _, s := range marks {
		counted, there := before[s.At.UnixNano()]
		if there && counted == s.Counted {
			continue
		}
		changed = append(changed, sighting{k, s})
		if counted == s.Counted {
			continue
		}
		of := stream{project, metric, s.Period.UnixNano()}
		id, err := c.stream(of)
		if err != nil {
			return nil, err
		}
		by := int64(1)
		if counted {
			by = -1
		}
		c.grown[counter{id, s.Billed.UnixNano()}] += by
	}
	return changed, nil
}

// stream is the number of a stream that may not be in the batch, but has been
// counted in.
func (c *change) stream(of stream) (int32, error) {
	if id, ok := c.streams[of]; ok {
		return id, nil
	}
	var id int32
	var b pgx.Batch
	b.Queue("SELECT id FROM immagin_meter_streams WHERE period = $1 AND project = $2 AND metric = $3", of.period, of.project, of.metric).
		QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	if err := c.send(c.ctx, &b); err != nil {
		return 0, err
	}
	c.streams[of] = id
	return id, nil
}
