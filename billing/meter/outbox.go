package meter

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/billing"
)

// OutboxOptions of an [Outbox]. Nil and zero fields are the defaults.
type OutboxOptions struct {
	// Batch is the most records that are forwarded in one transaction; 1000
	// by default.
	Batch int
	// Timeout of one attempt to forward; 30 seconds by default.
	Timeout time.Duration
	// After an attempt that fails, the next is Backoff later, then twice
	// that, and so on up to MaxBackoff, each shortened by a random half at
	// most; 100 milliseconds and 30 seconds by default.
	Backoff, MaxBackoff time.Duration
	// Failed is told of each attempt that fails; for logs.
	Failed func(err error)
	// Refused is given records that cannot be counted any more, because the
	// outage lasted until their periods were dropped; err is a
	// *[DroppedError]. When it returns they leave the queue. Where it is nil
	// they stay, and nothing behind them is forwarded: that is an error of
	// Pending and Flush for somebody to decide about.
	Refused func(records []Record, err error)
}

// An Outbox is a [Store] whose Insert needs only the local disk: records go
// into a durable queue, and from there in batches to a remote store, in the
// background, as soon as that can be reached. An outage of the remote store
// loses nothing and stops nothing that has no hard limit. What is in the
// queue when the process ends is forwarded by the next one that opens it.
//
// It is safe for concurrent use. It is one process's: two outboxes must not
// share a queue.
type Outbox struct {
	queue  Queue
	remote Store
	opts   OutboxOptions

	wake   chan struct{} // holds one at most
	turn   chan struct{} // whoever holds its one forwards
	stop   context.CancelFunc
	done   chan struct{}
	closed atomic.Bool

	mu   sync.Mutex
	last error // of the last attempt to forward
}

var _ Store = (*Outbox)(nil)

var errClosed = errors.New("meter: outbox closed")

// NewOutbox returns an outbox that forwards what is in the queue, beginning
// at once, until it is closed. The queue and the remote store are the
// caller's to close after it.
func NewOutbox(queue Queue, remote Store, o *OutboxOptions) (*Outbox, error) {
	b := &Outbox{queue: queue, remote: remote, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1), done: make(chan struct{})}
	if o != nil {
		b.opts = *o
	}
	if b.opts.Batch < 0 || b.opts.Timeout < 0 || b.opts.Backoff < 0 || b.opts.MaxBackoff < 0 {
		return nil, errors.New("meter: outbox options must not be negative")
	}
	if b.opts.Batch == 0 {
		b.opts.Batch = 1000
	}
	if b.opts.Timeout == 0 {
		b.opts.Timeout = 30 * time.Second
	}
	if b.opts.Backoff == 0 {
		b.opts.Backoff = 100 * time.Millisecond
	}
	if b.opts.MaxBackoff == 0 {
		b.opts.MaxBackoff = 30 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.wake <- struct{}{}
	go b.run(ctx)
	return b, nil
}

// run forwards whenever something was added, until the outbox is closed.
func (b *Outbox) run(ctx context.Context) {
	defer close(b.done)
	backoff := b.opts.Backoff
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	var retry <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
			if retry != nil {
				continue // what came meanwhile waits too
			}
		case <-retry:
		}
		err := b.forwardAll(ctx)
		if err == nil || ctx.Err() != nil {
			retry, backoff = nil, b.opts.Backoff
			continue
		}
		if b.opts.Failed != nil {
			b.opts.Failed(err)
		}
		timer.Reset(backoff - rand.N(backoff/2+1))
		retry, backoff = timer.C, min(2*backoff, max(b.opts.MaxBackoff, b.opts.Backoff))
	}
}

// forwardAll empties the queue.
func (b *Outbox) forwardAll(ctx context.Context) error {
	for {
		n, err := b.forward(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// forward sends one batch, and returns how many records have left the queue.
// Only then are they forgotten here, and should we die before that, they are
// sent again, which changes nothing.
func (b *Outbox) forward(ctx context.Context) (n int, err error) {
	select {
	case b.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { <-b.turn }()
	ctx, cancel := context.WithTimeout(ctx, b.opts.Timeout)
	defer cancel()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.last = err
	}()
	batch, position, err := b.queue.Peek(ctx, b.opts.Batch)
	if err != nil {
		return 0, fmt.Errorf("meter: outbox's queue: %w", err)
	}
	if len(batch) == 0 {
		return 0, nil
	}
	_, left, err := insertUndropped(ctx, b.remote, batch)
	if len(left) > 0 && errors.Is(err, ErrDropped) && b.opts.Refused != nil {
		b.opts.Refused(left, err)
		err = nil
	}
	if err != nil {
		return 0, fmt.Errorf("meter: outbox forwards: %w", err)
	}
	if err := b.queue.Discard(ctx, position); err != nil {
		return 0, fmt.Errorf("meter: outbox's queue: %w", err)
	}
	return len(batch), nil
}

// Flush forwards all that was added before it is called, now.
func (b *Outbox) Flush(ctx context.Context) error {
	if b.closed.Load() {
		return errClosed
	}
	waiting, err := b.queue.Len(ctx)
	if err != nil {
		return fmt.Errorf("meter: outbox's queue: %w", err)
	}
	for waiting > 0 {
		n, err := b.forward(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil // the one in the background has done it
		}
		waiting -= int64(n)
	}
	return nil
}

// Pending returns how many records wait to be forwarded, and the error of the
// last attempt to do so.
func (b *Outbox) Pending(ctx context.Context) (waiting int64, last error, err error) {
	waiting, err = b.queue.Len(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	return waiting, b.last, err
}

// Insert adds the batch to the queue, durably. Since it does not ask the
// remote store, fresh is the number of elements of the batch, of which some
// may have been counted before.
func (b *Outbox) Insert(ctx context.Context, batch []Record) (fresh int, err error) {
	if b.closed.Load() {
		return 0, errClosed
	}
	if batch, err = Normalize(batch); err != nil {
		return 0, err
	}
	if err := b.queue.Append(ctx, batch); err != nil {
		return 0, err
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return len(batch), nil
}

// Counts is the remote store's, after all that is queued here is forwarded.
func (b *Outbox) Counts(ctx context.Context, project string, p billing.Period) ([]Count, error) {
	if err := b.Flush(ctx); err != nil {
		return nil, err
	}
	return b.remote.Counts(ctx, project, p)
}

// Take is the remote store's, after all that is queued here is forwarded: a
// hard limit cannot be kept by a node on its own.
func (b *Outbox) Take(ctx context.Context, s Slot, now time.Time) error {
	if err := b.Flush(ctx); err != nil {
		return err
	}
	return b.remote.Take(ctx, s, now)
}

// Settle is the remote store's. Should that fail otherwise than with
// [ErrFull], [ErrDropped] or [ErrRecord] after a rendition was made, the record
// is queued, so that what was rendered is counted. Its slot holds room until
// it expires; should the remote store come back only after that, the limit may
// be exceeded by what was being rendered when it went.
func (b *Outbox) Settle(ctx context.Context, s Slot, now time.Time, rendered bool) (fresh int, err error) {
	if b.closed.Load() {
		return 0, errClosed
	}
	remote, cancel := ctx, context.CancelFunc(func() {})
	if end, ok := ctx.Deadline(); ok {
		// Leave some of the time for the disk.
		remote, cancel = context.WithDeadline(ctx, end.Add(-time.Until(end)/4))
	}
	defer cancel()
	fresh, err = b.remote.Settle(remote, s, now, rendered)
	if err == nil || !rendered || ctx.Err() != nil || errors.Is(err, ErrFull) || errors.Is(err, ErrDropped) || errors.Is(err, ErrRecord) {
		return fresh, err
	}
	fresh, queued := b.Insert(ctx, []Record{s.Record})
	if queued != nil {
		return 0, errors.Join(err, queued)
	}
	return fresh, nil
}

// Scan is the remote store's, after all that is queued here is forwarded.
func (b *Outbox) Scan(ctx context.Context, p billing.Period, after Record, limit int) ([]Record, error) {
	if err := b.Flush(ctx); err != nil {
		return nil, err
	}
	return b.remote.Scan(ctx, p, after, limit)
}

// Seal is the remote store's, after all that is queued here is forwarded.
// What other nodes have queued is late for them.
func (b *Outbox) Seal(ctx context.Context, project string, before time.Time) error {
	if err := b.Flush(ctx); err != nil {
		return err
	}
	return b.remote.Seal(ctx, project, before)
}

// Sealed is the remote store's.
func (b *Outbox) Sealed(ctx context.Context, project string) (time.Time, error) {
	return b.remote.Sealed(ctx, project)
}

// Drop is the remote store's, after all that is queued here is forwarded.
func (b *Outbox) Drop(ctx context.Context, before time.Time) error {
	if err := b.Flush(ctx); err != nil {
		return err
	}
	return b.remote.Drop(ctx, before)
}

// Close ends forwarding, and returns when nothing of it is under way. What
// is queued stays in the queue; call Flush before, to leave nothing behind.
// Closing again does nothing.
func (b *Outbox) Close() error {
	b.closed.Store(true)
	b.stop()
	<-b.done
	return nil
}
