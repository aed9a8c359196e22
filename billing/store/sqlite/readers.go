package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// readers are connections that only read, opened as they are needed.
type readers struct {
	name   string
	busy   time.Duration
	cache  int64
	room   chan struct{} // one for each that is out
	closed chan struct{}
	mu     sync.Mutex
	idle   []*conn
}

func newReaders(name string, o Options) *readers {
	return &readers{name: name, busy: o.Busy, cache: o.Cache, room: make(chan struct{}, o.Readers), closed: make(chan struct{})}
}

func (r *readers) get(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case r.room <- struct{}{}:
	case <-r.closed:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := r.take()
	if err != nil {
		<-r.room
		return nil, err
	}
	c.ctx, c.failed = ctx, nil
	return c, nil
}

func (r *readers) take() (*conn, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.idle); n > 0 {
		c := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return c, nil
	}
	c, err := open(r.name, r.busy, "query_only = ON", fmt.Sprintf("cache_size = -%d", max(1, r.cache>>10)))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	return c, nil
}

// put takes a connection back; one that failed is not used again.
func (r *readers) put(c *conn) {
	r.mu.Lock()
	if c.failed == nil {
		r.idle = append(r.idle, c)
	} else {
		_ = c.close()
	}
	r.mu.Unlock()
	<-r.room
}

// close waits for those that are out.
func (r *readers) close() error {
	close(r.closed)
	for range cap(r.room) {
		r.room <- struct{}{}
	}
	var err error
	for _, c := range r.idle {
		err = errors.Join(err, c.close())
	}
	return err
}
