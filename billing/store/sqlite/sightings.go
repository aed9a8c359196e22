package sqlite

import (
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// insertSightings adds sightings of one thing and decides anew which of its
// sightings count.
func (w *writer) insertSightings(batch []meter.Record) (grown int64, err error) {
	r := &batch[0]
	sealed, err := w.sealed(r.Project)
	if err != nil {
		return 0, err
	}
	id, err := w.streamID(stream{r.Project, r.Metric})
	if err != nil {
		return 0, err
	}
	marks, err := w.sightings(id, r.ID)
	if err != nil {
		return 0, err
	}
	before := slices.Clone(marks)
	added := map[int64]bool{}
	for i := range batch {
		r := &batch[i]
		at, known := slices.BinarySearchFunc(marks, r.At, func(s meter.Sighting, at time.Time) int { return s.At.Compare(at) })
		if known {
			continue
		}
		billed := nano(max(r.Period.UnixNano(), sealed))
		marks = slices.Insert(marks, at, meter.Sighting{At: r.At, Period: r.Period, Billed: billed, Window: r.Window})
		added[r.At.UnixNano()] = true
	}
	if len(added) == 0 {
		return 0, nil
	}
	meter.Recount(marks, nano(sealed))
	for _, m := range marks {
		at := m.At.UnixNano()
		was := false
		if added[at] {
			_, err = w.c.exec(`INSERT INTO meter_sightings (stream, id, at, period, billed, span, counted) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				id, r.ID[:], at, m.Period.UnixNano(), m.Billed.UnixNano(), int64(m.Window), flag(m.Counted))
		} else {
			was, before = before[0].Counted, before[1:]
			if was != m.Counted {
				_, err = w.c.exec(`UPDATE meter_sightings SET counted = ? WHERE stream = ? AND id = ? AND at = ?`, flag(m.Counted), id, r.ID[:], at)
			}
		}
		if err != nil {
			return 0, err
		}
		if was == m.Counted {
			continue
		}
		s, err := w.seriesID(series{r.Project, r.Metric, m.Period.UnixNano()})
		if err != nil {
			return 0, err
		}
		n := flag(m.Counted) - flag(was)
		grown += n
		if err := w.count(counter{s, m.Billed.UnixNano()}, n); err != nil {
			return 0, err
		}
	}
	return grown, nil
}

// sightings are all of one thing, in order.
func (w *writer) sightings(stream int64, id meter.ID) (marks []meter.Sighting, err error) {
	err = w.c.query("SELECT at, period, billed, span, counted FROM meter_sightings WHERE stream = ? AND id = ? ORDER BY at", func(r row) error {
		marks = append(marks, meter.Sighting{At: nano(r.int(0)), Period: nano(r.int(1)), Billed: nano(r.int(2)), Window: time.Duration(r.int(3)), Counted: r.int(4) != 0})
		return nil
	}, stream, id[:])
	return marks, err
}

// streamID is the number of a stream, which it gets if it has none.
func (w *writer) streamID(s stream) (int64, error) {
	if id, ok := w.meter.streams[s]; ok {
		return id, nil
	}
	id, found, err := w.c.number("SELECT id FROM meter_streams WHERE project = ? AND metric = ?", s.project, string(s.metric))
	if err == nil && !found {
		id, _, err = w.c.number("INSERT INTO meter_streams (project, metric) VALUES (?, ?) RETURNING id", s.project, string(s.metric))
	}
	if err == nil {
		keep(&w.meter.streams, s, id)
	}
	return id, err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
