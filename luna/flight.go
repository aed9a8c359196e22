package luna

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

var (
	errShutdown  = errors.New("the handler is shut down")
	errAbandoned = fmt.Errorf("nobody waits any more: %w", context.Canceled)
)

// flights runs work once per key, however many ask for it at a time. It
// differs from golang.org/x/sync/singleflight in whose context counts: a run
// is cancelled when its last caller has left, not when its first one has, and
// a caller that leaves does not wait for the run.
//
// The zero value is ready for use.
type flights[V any] struct {
	mu     sync.Mutex
	byKey  map[string]*flight[V]
	aloft  int           // runs whose goroutine has not ended
	closed bool          // no new runs
	idle   chan struct{} // made by drain; closed when aloft is 0
}

type flight[V any] struct {
	cancel  context.CancelCauseFunc
	waiting int           // callers, guarded by flights.mu
	landed  bool          // value and err are set, guarded by flights.mu
	finish  bool          // also if nobody waits, guarded by flights.mu
	done    chan struct{} // closed then
	ended   chan struct{} // closed after what follows the landing
	value   V
	err     error
}

// do returns what run returned for key, and whether another caller's run was
// joined. When ctx ends first, do returns its cause.
//
// The context of run carries the values of the ctx that started it, and no
// deadline; it ends when no caller is left, but not where one has left because
// of errTooSlow. If run returns a function, that is called once the callers
// have their value, and before key is free for another run. A panic in run is
// the error of all callers, and nobody's crash.
func (g *flights[V]) do(ctx context.Context, key string, run func(context.Context) (V, func(), error)) (value V, joined bool, err error) {
	f, joined, err := g.board(ctx, key, run)
	if err != nil {
		return value, false, err
	}
	select {
	case <-f.done:
		return f.value, joined, f.err
	case <-ctx.Done():
		g.leave(key, f, errors.Is(context.Cause(ctx), errTooSlow))
		return value, joined, context.Cause(ctx)
	}
}

func (g *flights[V]) board(ctx context.Context, key string, run func(context.Context) (V, func(), error)) (f *flight[V], joined bool, err error) {
	if ctx.Err() != nil {
		return nil, false, context.Cause(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if f, ok := g.byKey[key]; ok {
		f.waiting++
		return f, true, nil
	}
	if g.closed {
		return nil, false, errShutdown
	}
	if g.byKey == nil {
		g.byKey = make(map[string]*flight[V])
	}
	runCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	f = &flight[V]{cancel: cancel, waiting: 1, done: make(chan struct{}), ended: make(chan struct{})}
	g.byKey[key] = f
	g.aloft++
	go g.fly(runCtx, key, f, run)
	return f, false, nil
}

// leave cancels a run that nobody waits for, unless it is to be finished for
// those who come later.
func (g *flights[V]) leave(key string, f *flight[V], finish bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f.waiting--
	f.finish = f.finish || finish
	if f.waiting > 0 || f.landed || f.finish {
		return
	}
	f.cancel(errAbandoned)
	g.free(key, f) // who comes now starts afresh
}

func (g *flights[V]) fly(ctx context.Context, key string, f *flight[V], run func(context.Context) (V, func(), error)) {
	defer g.end(key, f)
	if after := g.land(ctx, key, f, run); after != nil {
		after()
	}
}

// land gives the callers their value, also where run panics or calls
// runtime.Goexit.
func (g *flights[V]) land(ctx context.Context, key string, f *flight[V], run func(context.Context) (V, func(), error)) (after func()) {
	returned := false
	defer func() {
		if !returned {
			f.err = newPanicError(recover())
		}
		g.mu.Lock()
		f.landed = true
		if after == nil {
			g.free(key, f) // whoever has seen the error can try again
		}
		g.mu.Unlock()
		close(f.done)
	}()
	f.value, after, f.err = run(ctx)
	returned = true
	return after
}

// free lets key start another run, if it is still f's.
func (g *flights[V]) free(key string, f *flight[V]) {
	if g.byKey[key] == f {
		delete(g.byKey, key)
	}
}

func (g *flights[V]) end(key string, f *flight[V]) {
	f.cancel(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.free(key, f)
	close(f.ended)
	g.aloft--
	if g.aloft == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
}

// after waits for the end of the run under way for key, if there is one, and of
// what follows its landing. When ctx ends first, it returns the cause.
func (g *flights[V]) after(ctx context.Context, key string) error {
	g.mu.Lock()
	f := g.byKey[key]
	g.mu.Unlock()
	if f == nil {
		return nil
	}
	select {
	case <-f.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// count reports how many runs are under way.
func (g *flights[V]) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.aloft
}

// drain lets no new run start and waits for those under way. When ctx ends
// first, it cancels them and returns the context's cause.
func (g *flights[V]) drain(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	if g.aloft == 0 {
		g.mu.Unlock()
		return nil
	}
	if g.idle == nil {
		g.idle = make(chan struct{})
	}
	idle := g.idle
	g.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.byKey {
		if !f.landed {
			f.cancel(errShutdown)
		}
	}
	return context.Cause(ctx)
}
