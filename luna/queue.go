package luna

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrOverloaded says that more work is waiting than the handler lets wait.
// Clients may try again.
var ErrOverloaded = errors.New("too much work is waiting")

// A queue lets a number of workers run, and a number of callers wait for their
// turn. Turns go round the tenants that wait, one each, so that the burst of
// one does not starve the others (fair queueing, RFC 970). A full queue makes
// room for a newcomer at the cost of the tenant that fills most of it (longest
// queue drop), if that is not the newcomer's own.
type queue struct {
	workers int // in all
	mu      sync.Mutex
	free    int // workers
	room    int // places to wait
	lines   map[string][]*place
	tenants []string // those with a line, whose turn it is first
}

// A place is one waiting caller. Its channel is closed when it may go on, or
// holds the error that says why it may not.
type place struct{ called chan error }

func newQueue(workers, room int) *queue {
	return &queue{workers: workers, free: workers, room: room, lines: make(map[string][]*place)}
}

// load reports how many workers are busy, and how many callers wait for one.
func (q *queue) load() (busy, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, line := range q.lines {
		waiting += len(line)
	}
	return q.workers - q.free, waiting
}

// acquire waits for a worker. The caller gives it back by release, once.
// Errors are ErrOverloaded, at once where there is no place to wait, or the
// cause of ctx.
func (q *queue) acquire(ctx context.Context, tenant string) error {
	t, err := q.enter(tenant)
	if t == nil {
		return err
	}
	select {
	case err := <-t.called:
		return err
	case <-ctx.Done():
	}
	if !q.quit(tenant, t) { // it was called in the meantime
		if err := <-t.called; err != nil {
			return err
		}
		q.release()
	}
	return context.Cause(ctx)
}

// enter takes a free worker and returns nil, or returns the caller's place.
func (q *queue) enter(tenant string) (*place, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.free > 0 {
		q.free--
		return nil, nil
	}
	if q.room == 0 && !q.dropFor(tenant) {
		return nil, ErrOverloaded
	}
	t := &place{called: make(chan error, 1)}
	if len(q.lines[tenant]) == 0 {
		q.tenants = append(q.tenants, tenant)
	}
	q.lines[tenant] = append(q.lines[tenant], t)
	q.room--
	return t, nil
}

// dropFor makes room for one more of tenant and reports whether it could.
func (q *queue) dropFor(tenant string) bool {
	longest := tenant
	for _, other := range q.tenants {
		if len(q.lines[other]) > len(q.lines[longest]) {
			longest = other
		}
	}
	line := q.lines[longest]
	if len(line) <= len(q.lines[tenant])+1 {
		return false
	}
	last := line[len(line)-1]
	q.remove(longest, last)
	last.called <- ErrOverloaded
	return true
}

// quit takes t out of its line and reports whether it still stood there.
func (q *queue) quit(tenant string, t *place) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.remove(tenant, t)
}

func (q *queue) remove(tenant string, t *place) bool {
	line := q.lines[tenant]
	i := slices.Index(line, t)
	if i < 0 {
		return false
	}
	q.room++
	if len(line) > 1 {
		q.lines[tenant] = slices.Delete(line, i, i+1)
		return true
	}
	delete(q.lines, tenant)
	i = slices.Index(q.tenants, tenant)
	q.tenants = slices.Delete(q.tenants, i, i+1)
	return true
}

// release gives a worker to the next in turn.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.tenants) == 0 {
		q.free++
		return
	}
	tenant := q.tenants[0]
	t := q.lines[tenant][0]
	q.remove(tenant, t)
	if len(q.lines[tenant]) > 0 { // to the end of the round
		q.tenants = append(slices.Delete(q.tenants, 0, 1), tenant)
	}
	close(t.called)
}
