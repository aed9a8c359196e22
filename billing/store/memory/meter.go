package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// Meter is a [meter.Store] in memory: for tests, and for trying things out.
// It ends with the process.
type Meter struct {
	mu        sync.Mutex
	elements  map[meter.Record]struct{} // without a window
	chains    map[chain][]meter.Sighting
	counters  map[counter]int64
	sealed    map[string]int64 // nanoseconds; "" for all projects
	dropped   int64
	slots     map[scope]map[meter.ID]held
	sortedAll []meter.Record // what Scan goes through, until something changes
}

// chain is where sightings keep each other from counting.
type chain struct {
	project string
	metric  billing.Metric
	id      meter.ID
}

// counter is a meter.Count without its N, with times in nanoseconds.
type counter struct {
	project        string
	metric         billing.Metric
	period, billed int64
}

// scope is what a limit is about.
type scope struct {
	project string
	metric  billing.Metric
	period  int64
}

type held struct {
	id      meter.ID
	expires time.Time
}

// NewMeter returns an empty store.
func NewMeter() *Meter {
	return &Meter{
		elements: map[meter.Record]struct{}{},
		chains:   map[chain][]meter.Sighting{},
		counters: map[counter]int64{},
		sealed:   map[string]int64{},
		slots:    map[scope]map[meter.ID]held{},
	}
}

// Insert is [meter.Store]'s.
func (m *Meter) Insert(ctx context.Context, batch []meter.Record) (fresh int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if batch, err = meter.Normalize(batch); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range batch {
		if err := m.check(r); err != nil {
			return 0, err
		}
	}
	for _, r := range batch {
		fresh += m.add(r)
	}
	return fresh, nil
}

// check refuses records of periods that are dropped.
func (m *Meter) check(r meter.Record) error {
	if r.Period.UnixNano() < m.dropped {
		return &meter.DroppedError{Before: time.Unix(0, m.dropped).UTC()}
	}
	return nil
}

// add puts one element into the set, and returns by how much the counters
// grow.
func (m *Meter) add(r meter.Record) int {
	sealed := m.sealedBefore(r.Project)
	billed := max(r.Period.UnixNano(), sealed)
	if r.Window == 0 {
		if _, known := m.elements[r]; known {
			return 0
		}
		m.elements[r] = struct{}{}
		m.counters[counter{r.Project, r.Metric, r.Period.UnixNano(), billed}]++
		m.sortedAll = nil
		return 1
	}
	k := chain{r.Project, r.Metric, r.ID}
	marks := m.chains[k]
	i, known := slices.BinarySearchFunc(marks, r.At, func(s meter.Sighting, at time.Time) int { return s.At.Compare(at) })
	if known {
		return 0
	}
	marks = slices.Insert(marks, i, meter.Sighting{At: r.At, Period: r.Period, Billed: time.Unix(0, billed).UTC(), Window: r.Window})
	m.chains[k], m.sortedAll = marks, nil
	m.tally(k, marks, -1)
	grown := meter.Recount(marks, time.Unix(0, sealed))
	m.tally(k, marks, +1)
	return grown
}

// tally adds what counts of a chain, times n, to the counters.
func (m *Meter) tally(k chain, marks []meter.Sighting, n int64) {
	for _, s := range marks {
		if s.Counted {
			m.counters[counter{k.project, k.metric, s.Period.UnixNano(), s.Billed.UnixNano()}] += n
		}
	}
}

func (m *Meter) sealedBefore(project string) int64 { return max(m.sealed[project], m.sealed[""]) }

// Counts is [meter.Store]'s.
func (m *Meter) Counts(ctx context.Context, project string, p billing.Period) ([]meter.Count, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var counts []meter.Count
	for c, n := range m.counters {
		billed := time.Unix(0, c.billed).UTC()
		if n != 0 && (project == "" || project == c.project) && (p.IsZero() || p.Contains(billed)) {
			counts = append(counts, meter.Count{Project: c.project, Metric: c.metric, Period: time.Unix(0, c.period).UTC(), Billed: billed, N: n})
		}
	}
	slices.SortFunc(counts, func(a, b meter.Count) int {
		return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.Metric, b.Metric), a.Period.Compare(b.Period), a.Billed.Compare(b.Billed))
	})
	return counts, nil
}

// Take is [meter.Store]'s.
func (m *Meter) Take(ctx context.Context, s meter.Slot, now time.Time) error {
	r, err := normal(ctx, s.Record)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.check(r); err != nil {
		return err
	}
	if m.known(r) {
		return nil
	}
	if !m.room(r, s.Limit, now) {
		return meter.ErrFull
	}
	k := scope{r.Project, r.Metric, r.Period.UnixNano()}
	if m.slots[k] == nil {
		m.slots[k] = map[meter.ID]held{}
	}
	m.slots[k][s.Token] = held{r.ID, s.Expires}
	return nil
}

// known reports whether a record would not count.
func (m *Meter) known(r meter.Record) bool {
	if r.Window == 0 {
		_, known := m.elements[r]
		return known
	}
	return meter.Within(m.chains[chain{r.Project, r.Metric, r.ID}], r.At, r.Window)
}

// room reports whether a record that would count may do so.
func (m *Meter) room(r meter.Record, limit int64, now time.Time) bool {
	k := scope{r.Project, r.Metric, r.Period.UnixNano()}
	others := map[meter.ID]struct{}{}
	for token, h := range m.slots[k] {
		if !h.expires.After(now) {
			delete(m.slots[k], token)
		} else if h.id != r.ID {
			others[h.id] = struct{}{}
		}
	}
	return m.counters[counter{k.project, k.metric, k.period, k.period}]+int64(len(others)) < limit
}

// Settle is [meter.Store]'s.
func (m *Meter) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (fresh int, err error) {
	r, err := normal(ctx, s.Record)
	if err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := scope{r.Project, r.Metric, r.Period.UnixNano()}
	if !rendered {
		delete(m.slots[k], s.Token)
		return 0, nil
	}
	if err := m.check(r); err != nil {
		return 0, err
	}
	h, mine := m.slots[k][s.Token]
	if (!mine || !h.expires.After(now)) && !m.known(r) && !m.room(r, s.Limit, now) {
		return 0, meter.ErrFull
	}
	for token, h := range m.slots[k] {
		if h.id == r.ID {
			delete(m.slots[k], token)
		}
	}
	return m.add(r), nil
}

// Scan is [meter.Store]'s.
func (m *Meter) Scan(ctx context.Context, p billing.Period, after meter.Record, limit int) ([]meter.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sortedAll == nil {
		for r := range m.elements {
			m.sortedAll = append(m.sortedAll, r)
		}
		for k, marks := range m.chains {
			for _, s := range marks {
				m.sortedAll = append(m.sortedAll, meter.Record{Project: k.project, Metric: k.metric, Period: s.Period, ID: k.id, At: s.At, Window: s.Window})
			}
		}
		slices.SortFunc(m.sortedAll, meter.Record.Compare)
	}
	from, found := slices.BinarySearchFunc(m.sortedAll, after, meter.Record.Compare)
	if found {
		from++
	}
	var records []meter.Record
	for _, r := range m.sortedAll[from:] {
		if len(records) >= limit {
			break
		}
		if p.IsZero() || p.Contains(r.Period) {
			records = append(records, r)
		}
	}
	return records, nil
}

// Seal is [meter.Store]'s.
func (m *Meter) Seal(ctx context.Context, project string, before time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sealed[project] = max(m.sealed[project], before.UnixNano())
	return nil
}

// Sealed is [meter.Store]'s.
func (m *Meter) Sealed(ctx context.Context, project string) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if sealed := m.sealedBefore(project); sealed != 0 {
		return time.Unix(0, sealed).UTC(), nil
	}
	return time.Time{}, nil
}

// Drop is [meter.Store]'s.
func (m *Meter) Drop(ctx context.Context, before time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	end := before.UnixNano()
	for c, n := range m.counters {
		if n != 0 && c.period < end && m.sealedBefore(c.project) < end {
			return meter.ErrOpen
		}
	}
	if end <= m.dropped {
		return nil
	}
	m.dropped, m.sortedAll = end, nil
	for r := range m.elements {
		if r.Period.Before(before) {
			delete(m.elements, r)
		}
	}
	for k, marks := range m.chains {
		marks = slices.DeleteFunc(marks, func(s meter.Sighting) bool {
			return s.Period.Before(before) && before.Sub(s.At) >= s.Window
		})
		if m.chains[k] = marks; len(marks) == 0 {
			delete(m.chains, k)
		}
	}
	for k := range m.slots {
		if k.period < end {
			delete(m.slots, k)
		}
	}
	return nil
}

// Close does nothing.
func (m *Meter) Close() error { return nil }

// normal is one record as it is kept.
func normal(ctx context.Context, r meter.Record) (meter.Record, error) {
	if err := ctx.Err(); err != nil {
		return r, err
	}
	batch, err := meter.Normalize([]meter.Record{r})
	if err != nil {
		return r, err
	}
	return batch[0], nil
}
