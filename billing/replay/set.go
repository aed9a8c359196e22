package replay

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// ErrFull is the error of [Tally.Read] where a log has more different
// transforms than Options.MaxIDs lets it keep.
var ErrFull = errors.New("replay: no room for more transforms")

// set keeps the records that a meter makes. It is only ever inserted into, by
// one goroutine.
type set struct {
	meter.Store // nil: a Meter that records calls nothing but Insert

	max   int
	ids   int
	cells map[cell]map[meter.ID]struct{}
	marks map[string]*marks // by project
}

type cell struct {
	project string
	period  int64 // when it starts, in Unix nanoseconds
}

// marks are the sightings of one project under a policy with a window.
type marks struct {
	list   []mark
	tidied int // how many there were when they were last tidied
	window time.Duration
}

type mark struct {
	id meter.ID
	at int64 // Unix nanoseconds
}

func (m mark) compare(o mark) int {
	return cmp.Or(bytes.Compare(m.id[:], o.id[:]), cmp.Compare(m.at, o.at))
}

func newSet(most int) *set {
	return &set{max: most, cells: map[cell]map[meter.ID]struct{}{}, marks: map[string]*marks{}}
}

// Insert makes a set a [meter.Store] for recording. It does not know how many
// were fresh, and returns 0.
func (s *set) Insert(_ context.Context, batch []meter.Record) (int, error) {
	for _, r := range batch {
		var err error
		if r.Window > 0 {
			err = s.sight(r)
		} else {
			err = s.add(r)
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func (s *set) add(r meter.Record) error {
	c := cell{r.Project, r.Period.UnixNano()}
	ids := s.cells[c]
	if _, ok := ids[r.ID]; ok {
		return nil
	}
	if s.ids >= s.max {
		return s.full()
	}
	if ids == nil {
		ids = map[meter.ID]struct{}{}
		s.cells[c] = ids
	}
	ids[r.ID] = struct{}{}
	s.ids++
	return nil
}

func (s *set) full() error {
	return fmt.Errorf("%w: %d are kept, which is MaxIDs", ErrFull, s.max)
}

func (s *set) sight(r meter.Record) error {
	m := s.marks[r.Project]
	if m == nil {
		m = &marks{window: r.Window}
		s.marks[r.Project] = m
	}
	// Not for every sighting where there is no room, which would take for ever.
	full := s.ids >= s.max
	if fresh := len(m.list) - m.tidied; full && fresh > m.tidied/16 || fresh >= max(m.tidied, 1<<15) {
		s.ids -= m.tidy()
		full = s.ids >= s.max
	}
	if full {
		return s.full()
	}
	m.list = append(m.list, mark{r.ID, r.At.UnixNano()})
	s.ids++
	return nil
}

// tidy sorts, drops what cannot change any count, and returns how many that
// were.
func (m *marks) tidy() int {
	before := len(m.list)
	slices.SortFunc(m.list, mark.compare)
	m.list = slices.CompactFunc(m.list, func(a, b mark) bool {
		return a.id == b.id && (a.at == b.at || m.window == meter.Ever)
	})
	m.tidied = len(m.list)
	return before - m.tidied
}

// each calls f for the number that counts of each project and period.
func (s *set) each(cycle billing.Cycle, f func(project string, start time.Time, n int64)) {
	for c, ids := range s.cells {
		f(c.project, time.Unix(0, c.period).UTC(), int64(len(ids)))
	}
	for project, m := range s.marks {
		s.ids -= m.tidy()
		var chain []meter.Sighting
		for i := range m.list {
			at := time.Unix(0, m.list[i].at).UTC()
			start := cycle(at).Start
			chain = append(chain, meter.Sighting{At: at, Period: start, Billed: start, Window: m.window})
			if i+1 < len(m.list) && m.list[i+1].id == m.list[i].id {
				continue
			}
			meter.Recount(chain, time.Time{})
			for _, c := range chain {
				if c.Counted {
					f(project, c.Period, 1)
				}
			}
			chain = chain[:0]
		}
	}
}

// plus adds without running over: a log may claim any number of bytes.
func plus(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
