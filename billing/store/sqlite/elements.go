package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// cacheMost is how many entries each map of a cache may have.
const cacheMost = 4096

// meterCache is what the writer knows of the meter's tables. It is forgotten
// when another process has written, and when a transaction was undone.
type meterCache struct {
	series   map[series]int64
	streams  map[stream]int64
	seals    map[string]int64 // a project's own and everybody's, the later
	months   map[int64]bool
	counters map[counter]*tally
	dropped  int64
	known    bool      // dropped is
	counted  []counter // that are to be written
}

// series is what is counted together.
type series struct {
	project string
	metric  billing.Metric
	period  int64
}

// stream is where sightings are kept together.
type stream struct {
	project string
	metric  billing.Metric
}

type counter struct {
	series, billed int64
}

// tally is a counter: as it is in the file, and what is to be added.
type tally struct {
	n, added int64
}

// insert adds normalized records that are of no dropped period, and returns
// by how much the counters grew.
func (w *writer) insert(batch []meter.Record) (fresh int64, err error) {
	for start := 0; start < len(batch); {
		first := &batch[start]
		end := start + 1
		for end < len(batch) && alike(first, &batch[end]) {
			end++
		}
		var n int64
		if first.Window > 0 {
			n, err = w.insertSightings(batch[start:end])
		} else {
			n, err = w.insertElements(batch[start:end])
		}
		if err != nil {
			return 0, err
		}
		fresh += n
		start = end
	}
	return fresh, nil
}

// alike says that two records go into one series or, with a window, are about
// one thing.
func alike(a, b *meter.Record) bool {
	if a.Project != b.Project || a.Metric != b.Metric || (a.Window > 0) != (b.Window > 0) {
		return false
	}
	if a.Window > 0 {
		return a.ID == b.ID
	}
	return a.Period.Equal(b.Period)
}

// rowsAtOnce is how many elements one statement inserts. The driver looks for
// each argument among all.
const rowsAtOnce = 32

// insertElements adds elements of one series.
func (w *writer) insertElements(batch []meter.Record) (fresh int64, err error) {
	r := &batch[0]
	period := r.Period.UnixNano()
	sealed, err := w.sealed(r.Project)
	if err != nil {
		return 0, err
	}
	id, err := w.seriesID(series{r.Project, r.Metric, period})
	if err != nil {
		return 0, err
	}
	table, err := w.elements(monthOf(r.Period))
	if err != nil {
		return 0, err
	}
	var args [2 * rowsAtOnce]driver.Value
	for len(batch) > 0 {
		n := min(rowsAtOnce, len(batch))
		if n < rowsAtOnce {
			n = min(n, 1) // so that two statements are enough
		}
		for i := range n {
			args[2*i], args[2*i+1] = id, batch[i].ID[:]
		}
		added, err := w.c.exec(insertText(table, n), args[:2*n]...)
		if err != nil {
			return 0, err
		}
		fresh += added
		batch = batch[n:]
	}
	return fresh, w.count(counter{id, max(period, sealed)}, fresh)
}

// insertText is OR IGNORE rather than ON CONFLICT DO NOTHING, for which SQLite
// would journal the statement, to undo it alone, at a third more time.
func insertText(table string, rows int) string {
	return "INSERT OR IGNORE INTO " + table + " (series, id) VALUES (?, ?)" + strings.Repeat(", (?, ?)", rows-1)
}

// monthOf numbers months since the year 0.
func monthOf(t time.Time) int64 {
	t = t.UTC()
	return int64(t.Year())*12 + int64(t.Month()) - 1
}

// elementsOf is the table of the elements of one month's periods.
func elementsOf(month int64) string {
	return fmt.Sprintf("meter_elements_%04d_%02d", month/12, month%12+1)
}

// elements is elementsOf, and makes the table. Dropping one is forty times as
// fast as deleting its rows.
func (w *writer) elements(month int64) (table string, err error) {
	table = elementsOf(month)
	if w.meter.months[month] {
		return table, nil
	}
	_, found, err := w.c.number("SELECT 1 FROM meter_months WHERE month = ?", month)
	if err == nil && !found {
		err = w.c.run("CREATE TABLE " + table + ` (
			series INTEGER NOT NULL REFERENCES meter_series (id),
			id BLOB NOT NULL,
			PRIMARY KEY (series, id)
		) STRICT, WITHOUT ROWID`)
	}
	if err == nil && !found {
		_, err = w.c.exec("INSERT INTO meter_months (month) VALUES (?)", month)
	}
	if err == nil {
		keep(&w.meter.months, month, true)
	}
	return table, err
}

// seriesID is the number of a series, which it gets if it has none.
func (w *writer) seriesID(s series) (int64, error) {
	if id, ok := w.meter.series[s]; ok {
		return id, nil
	}
	id, found, err := w.c.number("SELECT id FROM meter_series WHERE period = ? AND project = ? AND metric = ?", s.period, s.project, string(s.metric))
	if err == nil && !found {
		id, _, err = w.c.number("INSERT INTO meter_series (period, project, metric) VALUES (?, ?, ?) RETURNING id", s.period, s.project, string(s.metric))
	}
	if err == nil {
		keep(&w.meter.series, s, id)
	}
	return id, err
}

// sealed is the time before which a project is sealed.
func (w *writer) sealed(project string) (int64, error) {
	if before, ok := w.meter.seals[project]; ok {
		return before, nil
	}
	before, _, err := w.c.number("SELECT max(before) FROM meter_seals WHERE project = ? OR project = ''", project)
	if err == nil {
		keep(&w.meter.seals, project, before)
	}
	return before, err
}

// checkDropped refuses records of periods that are dropped.
func (w *writer) checkDropped(batch []meter.Record) error {
	if !w.meter.known {
		before, _, err := w.c.number("SELECT before FROM meter_dropped")
		if err != nil {
			return err
		}
		w.meter.dropped, w.meter.known = before, true
	}
	for i := range batch {
		if batch[i].Period.UnixNano() < w.meter.dropped {
			return &meter.DroppedError{Before: nano(w.meter.dropped)}
		}
	}
	return nil
}

// tally is a counter as it is now.
func (w *writer) tally(k counter) (*tally, error) {
	if t, ok := w.meter.counters[k]; ok {
		return t, nil
	}
	n, _, err := w.c.number("SELECT n FROM meter_counts WHERE series = ? AND billed = ?", k.series, k.billed)
	if err != nil {
		return nil, err
	}
	if len(w.meter.counters) >= cacheMost {
		if err := w.flushMeter(); err != nil {
			return nil, err
		}
		clear(w.meter.counters)
	}
	t := &tally{n: n}
	keep(&w.meter.counters, k, t)
	return t, nil
}

// count adds to a counter, which is written with the transaction.
func (w *writer) count(k counter, n int64) error {
	if n == 0 {
		return nil
	}
	t, err := w.tally(k)
	if err == nil {
		t.n += n
		t.added += n
		w.meter.counted = append(w.meter.counted, k)
	}
	return err
}

// flushMeter writes the counters that have changed.
func (w *writer) flushMeter() error {
	for _, k := range w.meter.counted {
		t := w.meter.counters[k]
		if t.added == 0 {
			continue
		}
		_, err := w.c.exec("INSERT INTO meter_counts (series, billed, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", k.series, k.billed, t.added)
		if err != nil {
			return err
		}
		t.added = 0
	}
	w.meter.counted = w.meter.counted[:0]
	return nil
}

// keep puts an entry into a map that may not be there yet, or be full.
func keep[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil || len(*m) >= cacheMost {
		*m = map[K]V{}
	}
	(*m)[k] = v
}
