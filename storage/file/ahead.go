package file

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// aheadStretches and aheadBytes bound what is remembered: so many listings
	// can go on at a time, each with so many bytes of names.
	aheadStretches = 4
	aheadBytes     = 2 << 20
	// settleTime is how long a folder must not have changed before its names
	// are remembered: the resolution of times on the coarsest file system, FAT.
	settleTime = 2 * time.Second
)

// ahead remembers stretches of large folders for the listings that go on in
// them, since finding the next few names of a folder takes reading all of it.
// A stretch holds for as long as the folder's time of modification is the same:
// that changes with every name that comes or goes.
type ahead struct {
	mu        sync.Mutex
	stretches [aheadStretches]*stretch // the latest first

	names atomic.Int64 // that were read in folders so far, which tests look at
}

// A stretch is what a folder holds behind one key, and up to the last entry, in
// the order of keys.
type stretch struct {
	name     string // of the folder
	prefix   string // of the listing
	modified time.Time
	from     string
	entries  []entry // never changed
	rest     bool    // there may be more behind them
}

// find returns the entries of a folder behind floor, where they are known.
func (a *ahead) find(name, prefix string, modified time.Time, floor position) (found []entry, rest, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, s := range a.stretches {
		if s == nil || s.name != name || s.prefix != prefix || !s.modified.Equal(modified) || floor.key < s.from || s.entries[len(s.entries)-1].key <= floor.key {
			continue
		}
		copy(a.stretches[1:i+1], a.stretches[:i])
		a.stretches[0] = s
		at, _ := slices.BinarySearchFunc(s.entries, floor.key, func(e entry, key string) int { return strings.Compare(e.key, key) })
		switch {
		case at < len(s.entries) && s.entries[at].key == floor.key:
			if floor.visited || !s.entries[at].folder {
				at++
			}
		case at > 0 && !floor.visited && s.entries[at-1].folder && strings.HasPrefix(floor.key, s.entries[at-1].key):
			at-- // the walk is to go on in that folder
		}
		return s.entries[at:], s.rest, true
	}
	return nil, false, false
}

// keep remembers a stretch, or as much of it as is allowed.
func (a *ahead) keep(s *stretch) {
	bytes := 0
	for i, e := range s.entries {
		if bytes += len(e.key) + len(e.name); bytes > aheadBytes {
			s.entries, s.rest = s.entries[:i:i], true
			break
		}
	}
	if len(s.entries) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.stretches[:], func(known *stretch) bool {
		return known == nil || known.name == s.name && known.prefix == s.prefix
	})
	if i < 0 {
		i = len(a.stretches) - 1
	}
	copy(a.stretches[1:i+1], a.stretches[:i])
	a.stretches[0] = s
}
