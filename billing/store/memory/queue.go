package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing/meter"
)

// Queue is a [meter.Queue] in memory, which is good for tests only: what is
// in it when the process ends is lost.
type Queue struct {
	mu      sync.Mutex
	records []meter.Record
	first   int64 // the position of the first of them
}

// NewQueue returns an empty queue.
func NewQueue() *Queue { return new(Queue) }

// Append is [meter.Queue]'s.
func (q *Queue) Append(ctx context.Context, batch []meter.Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := meter.Normalize(batch); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range batch {
		r.Period = r.Period.UTC().Round(0)
		if r.At = r.At.UTC().Round(0); r.Window == 0 {
			r.At = time.Time{}
		}
		q.records = append(q.records, r)
	}
	return nil
}

// Peek is [meter.Queue]'s.
func (q *Queue) Peek(ctx context.Context, limit int) ([]meter.Record, int64, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(limit, len(q.records))
	return slices.Clone(q.records[:n]), q.first + int64(n), nil
}

// Discard is [meter.Queue]'s.
func (q *Queue) Discard(ctx context.Context, position int64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := min(position-q.first, int64(len(q.records))); n > 0 {
		q.records = slices.Delete(q.records, 0, int(n))
		q.first += n
	}
	return nil
}

// Len is [meter.Queue]'s.
func (q *Queue) Len(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return int64(len(q.records)), nil
}

var (
	_ meter.Store = (*Meter)(nil)
	_ meter.Queue = (*Queue)(nil)
)
