package billingtest

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// A MeterProperty is something that holds of a [meter.Store] whatever is done
// to it.
type MeterProperty struct {
	Name string
	// On is the property of a store with two handles a and b, which may be
	// the same: a function for rapid.Check. Each case uses projects of its
	// own, so that one store serves them all.
	On func(a, b meter.Store) func(*rapid.T)
}

// MeterProperties returns the invariants I10 (usage is the size of the set,
// and is the counter, for every interleaving and repetition of deliveries),
// I11 (merging is commutative, associative and idempotent) and I12 (never
// more than a hard limit is admitted), as state machines against models that
// are maps.
func MeterProperties() []MeterProperty {
	return []MeterProperty{
		{"Store", meterModel},
		{"Policies", meterPolicies},
		{"Merge", meterMerge},
		{"Limit", meterLimit},
	}
}

// modelMark is a sighting of the model.
type modelMark struct {
	at, period, billed time.Time
	counted            bool
}

type modelChain struct {
	project string
	metric  billing.Metric
	id      meter.ID
}

type modelSlot struct {
	slot    meter.Slot
	expires time.Time
	held    bool
}

// modelStore is a meter.Store as plainly as it can be said.
type modelStore struct {
	plain  map[meter.Record]time.Time // when billed
	chains map[modelChain][]modelMark
	sealed map[string]time.Time
	slots  map[meter.ID]*modelSlot
}

func (m *modelStore) insert(batch ...meter.Record) int {
	before := m.total()
	for _, r := range batch {
		billed := r.Period
		if s := m.sealed[r.Project]; s.After(billed) {
			billed = s
		}
		if r.Window == 0 {
			if _, known := m.plain[r]; !known {
				m.plain[r] = billed
			}
			continue
		}
		k := modelChain{r.Project, r.Metric, r.ID}
		marks := m.chains[k]
		if !slices.ContainsFunc(marks, func(o modelMark) bool { return o.at.Equal(r.At) }) {
			marks = append(marks, modelMark{at: r.At, period: r.Period, billed: billed})
		}
		slices.SortFunc(marks, func(a, b modelMark) int { return a.at.Compare(b.at) })
		m.chains[k] = marks
		final := func(o modelMark) bool { return o.billed.Before(m.sealed[r.Project]) }
		for i, mark := range marks {
			free := !final(mark)
			for _, o := range marks {
				before := o.at.Before(mark.at) && mark.at.Sub(o.at) < r.Window
				after := o.at.After(mark.at) && o.at.Sub(mark.at) < r.Window && final(o) && o.counted
				if before || after {
					free = false
				}
			}
			marks[i].counted = free || final(mark) && mark.counted
		}
	}
	return m.total() - before
}

func (m *modelStore) total() (n int) {
	for _, marks := range m.chains {
		for _, mark := range marks {
			if mark.counted {
				n++
			}
		}
	}
	return n + len(m.plain)
}

func (m *modelStore) counts(project string) []meter.Count {
	sums := map[meter.Count]int64{}
	for r, billed := range m.plain {
		if r.Project == project {
			sums[meter.Count{Project: r.Project, Metric: r.Metric, Period: r.Period, Billed: billed}]++
		}
	}
	for k, marks := range m.chains {
		for _, mark := range marks {
			if k.project == project && mark.counted {
				sums[meter.Count{Project: k.project, Metric: k.metric, Period: mark.period, Billed: mark.billed}]++
			}
		}
	}
	var counts []meter.Count
	for c, n := range sums {
		c.N = n
		counts = append(counts, c)
	}
	slices.SortFunc(counts, func(a, b meter.Count) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), a.Period.Compare(b.Period), a.Billed.Compare(b.Billed))
	})
	return counts
}

func (m *modelStore) elements(project string) []meter.Record {
	var all []meter.Record
	for r := range m.plain {
		if r.Project == project {
			all = append(all, r)
		}
	}
	for k, marks := range m.chains {
		for _, mark := range marks {
			if k.project == project {
				all = append(all, meter.Record{Project: k.project, Metric: k.metric, Period: mark.period, ID: k.id, At: mark.at, Window: modelWindow})
			}
		}
	}
	slices.SortFunc(all, meter.Record.Compare)
	return all
}

func (m *modelStore) known(r meter.Record) bool {
	if r.Window == 0 {
		_, known := m.plain[r]
		return known
	}
	return slices.ContainsFunc(m.chains[modelChain{r.Project, r.Metric, r.ID}], func(o modelMark) bool {
		return !o.at.After(r.At) && r.At.Sub(o.at) < r.Window
	})
}

func (m *modelStore) room(r meter.Record, limit int64, now time.Time) bool {
	ids := map[meter.ID]bool{}
	for _, s := range m.slots {
		o := s.slot.Record
		if s.held && s.expires.After(now) && o.Project == r.Project && o.Metric == r.Metric && o.Period == r.Period && o.ID != r.ID {
			ids[o.ID] = true
		}
	}
	used := int64(len(ids))
	for _, c := range m.counts(r.Project) {
		if c.Metric == r.Metric && c.Period.Equal(r.Period) && c.Billed.Equal(r.Period) {
			used += c.N
		}
	}
	return used < limit
}

const modelWindow = 20 * 24 * time.Hour

var modelMonths = []billing.Period{october, november, december, january}

// elementsOf reads the elements of one project from a store that has those of
// many.
func elementsOf(ctx context.Context, s meter.Store, project string) ([]meter.Record, error) {
	var all []meter.Record
	read := func(p billing.Period, after meter.Record) error {
		for {
			const page = 5
			records, err := s.Scan(ctx, p, after, page)
			if err != nil {
				return err
			}
			for _, r := range records {
				if r.Project != project || (r.Window > 0) != (after.Window > 0) {
					return nil
				}
				all = append(all, r)
			}
			if len(records) < page {
				return nil
			}
			after = records[len(records)-1]
		}
	}
	for _, p := range modelMonths {
		if err := read(p, meter.Record{Project: project, Period: p.Start}); err != nil {
			return nil, err
		}
	}
	err := read(always, meter.Record{Project: project, Window: 1})
	return all, err
}

// meterModel does everything to a store, and to the model.
func meterModel(a, b meter.Store) func(*rapid.T) {
	return func(t *rapid.T) {
		ctx := context.Background()
		projects := []string{"p" + rand.Text(), "q" + rand.Text()}
		model := &modelStore{map[meter.Record]time.Time{}, map[modelChain][]modelMark{}, map[string]time.Time{}, map[meter.ID]*modelSlot{}}
		now := meterNoon
		store := func(t *rapid.T) meter.Store { return rapid.SampledFrom([]meter.Store{a, b}).Draw(t, "handle") }
		record := func(t *rapid.T) meter.Record {
			project := rapid.SampledFrom(projects).Draw(t, "project")
			id := rapid.IntRange(1, 6).Draw(t, "id")
			if rapid.Bool().Draw(t, "sighting") {
				at := october.Start.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "day")) * 24 * time.Hour)
				r := seen(project, at, id%2, modelWindow)
				r.Metric = "sightings"
				return r
			}
			return plain(project, rapid.SampledFrom(modelMonths).Draw(t, "month"), id)
		}
		check := func(t *rapid.T, what string, got int, err error, want int) {
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if got != want {
				t.Fatalf("%s returns %d; it should return %d", what, got, want)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"Insert": func(t *rapid.T) {
				batch := rapid.SliceOfN(rapid.Custom(record), 0, 12).Draw(t, "batch")
				fresh, err := store(t).Insert(ctx, batch)
				check(t, "Insert", fresh, err, model.insert(batch...))
			},
			"Take": func(t *rapid.T) {
				token := meter.NewID(projects[0], rapid.StringMatching("[a-f]").Draw(t, "token"))
				s, known := model.slots[token]
				if !known {
					// Most are about a few things that Insert does not know.
					r := plain(projects[0], january, rapid.IntRange(7, 10).Draw(t, "id"))
					if rapid.IntRange(0, 3).Draw(t, "other") == 0 {
						r = record(t)
					}
					s = &modelSlot{slot: meter.Slot{Record: r, Token: token, Limit: int64(rapid.IntRange(1, 4).Draw(t, "limit"))}}
					model.slots[token] = s
				}
				s.slot.Expires = now.Add(time.Duration(rapid.IntRange(-1, 3).Draw(t, "ttl")) * time.Minute)
				err := store(t).Take(ctx, s.slot, now)
				switch {
				case model.known(s.slot.Record):
					check(t, "Take of what is known", 0, err, 0)
				case model.room(s.slot.Record, s.slot.Limit, now):
					check(t, "Take", 0, err, 0)
					s.held, s.expires = true, s.slot.Expires
				default:
					if err := refuses(err, meter.ErrFull, "Take without room"); err != nil {
						t.Fatal(err)
					}
				}
			},
			"Settle": func(t *rapid.T) {
				s := model.slots[meter.NewID(projects[0], rapid.StringMatching("[a-f]").Draw(t, "token"))]
				if s == nil {
					t.Skip("never taken")
				}
				r, rendered := s.slot.Record, rapid.Bool().Draw(t, "rendered")
				fresh, err := store(t).Settle(ctx, s.slot, now, rendered)
				if !rendered {
					check(t, "Settle", fresh, err, 0)
					s.held = false
					return
				}
				if !(s.held && s.expires.After(now)) && !model.known(r) && !model.room(r, s.slot.Limit, now) {
					if err := refuses(err, meter.ErrFull, "Settle without room"); err != nil {
						t.Fatal(err)
					}
					return
				}
				check(t, "Settle", fresh, err, model.insert(r))
				for _, o := range model.slots {
					if q := o.slot.Record; q.Project == r.Project && q.Metric == r.Metric && q.Period == r.Period && q.ID == r.ID {
						o.held = false
					}
				}
			},
			"Wait": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 120).Draw(t, "seconds")) * time.Second)
			},
			"Seal": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "seldom") > 0 {
					t.Skip("seldom")
				}
				project, before := rapid.SampledFrom(projects).Draw(t, "project"), rapid.SampledFrom(modelMonths[:3]).Draw(t, "month").End
				if err := store(t).Seal(ctx, project, before); err != nil {
					t.Fatal(err)
				}
				if before.After(model.sealed[project]) {
					model.sealed[project] = before
				}
			},
			"Scan": func(t *rapid.T) {
				project := rapid.SampledFrom(projects).Draw(t, "project")
				got, err := elementsOf(ctx, store(t), project)
				if want := model.elements(project); err != nil || !slices.Equal(got, want) {
					t.Fatalf("Scan returns %v and error %v; there are %v", got, err, want)
				}
			},
			"": func(t *rapid.T) {
				project := rapid.SampledFrom(projects).Draw(t, "project")
				if err := counted(ctx, store(t), project, always, model.counts(project)...); err != nil {
					t.Fatal(err)
				}
			},
		})
	}
}
