package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Bounds of a group: what is in one transaction.
const (
	groupSize = 1000
	groupTime = 5 * time.Millisecond
)

// ErrClosed is the error of calls to a store that is closed or closing.
var ErrClosed = errors.New("sqlite: store closed")

var errAborted = errors.New("sqlite: undone, for a call in the same transaction did not return")

// A job is what one caller wants done within a transaction. Work runs on the
// caller's goroutine, while the writer waits for it.
type job struct {
	ctx   context.Context
	size  int         // records
	early bool        // need not wait for the commit
	turn  chan *group // the writer says: go
	ran   chan error  // the caller says: this came of it
	done  chan error  // the writer says: committed, or not
	work  func(*group) error
}

// A group is one transaction of many callers.
type group struct {
	*writer
	jobs     []*job // that wait for the commit
	size     int
	synced   bool // some wait, or there would be nothing to wait for
	answered bool // some do not wait
	opened   time.Time
}

// A writer owns the connection that writes.
type writer struct {
	c       *conn
	busy    time.Duration
	jobs    chan *job
	closing chan struct{}
	ended   chan struct{}
	version int64 // changes when another process has written
	meter   meterCache
	ledger  ledgerCache
	wal     *checkpointer
	lost    error // a commit that failed after its callers were answered, until somebody is told
	before  int   // how many were in the group before
}

func newWriter(c *conn, busy time.Duration, wal *checkpointer) *writer {
	w := &writer{c: c, busy: busy, wal: wal, jobs: make(chan *job), closing: make(chan struct{}), ended: make(chan struct{})}
	go w.loop()
	return w
}

// do runs work in a transaction, and returns once that is committed. A caller
// whose context ends leaves the queue; once its turn has come it stays.
func (w *writer) do(ctx context.Context, size int, early bool, work func(*group) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, size: size, early: early, work: work, turn: make(chan *group), ran: make(chan error), done: make(chan error, 1)}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrClosed
	}
	select {
	case g := <-j.turn:
		if err := j.run(g); err != nil || early {
			return err
		}
		return <-j.done
	case err := <-j.done:
		return err
	}
}

// run is on the caller's goroutine, so that a panic is the caller's too.
func (j *job) run(g *group) (err error) {
	returned, written := false, g.c.written
	defer func() {
		if !returned && g.c.written != written {
			_ = g.c.fail(errAborted)
		}
		j.ran <- err
	}()
	err = j.ctx.Err()
	if j.early && err == nil {
		err, g.lost = g.lost, nil
	}
	if err == nil {
		err = j.work(g)
	}
	returned = true
	return err
}

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case j := <-w.jobs:
			w.serve(j)
		case <-w.closing:
			return
		}
	}
}

// serve makes one transaction, which begins with j.
func (w *writer) serve(j *job) {
	if err := w.begin(j.ctx); err != nil {
		j.done <- err
		return
	}
	g := &group{writer: w, opened: time.Now()}
	n := 0
	for ; j != nil; j = g.next(n) {
		n++
		j.turn <- g
		err := <-j.ran
		g.size += j.size
		switch {
		case j.early:
			g.answered = g.answered || err == nil
		case err == nil:
			g.jobs = append(g.jobs, j)
			fallthrough
		default:
			g.synced = true
		}
		if w.c.failed != nil {
			break
		}
	}
	w.before = n
	err := w.commit()
	if err != nil && g.answered {
		w.lost = fmt.Errorf("sqlite: records of calls that had returned were lost: %w", err)
	}
	for _, j := range g.jobs {
		j.done <- err
	}
	w.wal.written()
}

// next returns another job for the transaction, or nil to commit it.
func (g *group) next(n int) *job {
	left := groupTime - time.Since(g.opened)
	if g.size >= groupSize || left <= 0 {
		return nil
	}
	select {
	case j := <-g.writer.jobs:
		return j
	default:
	}
	if g.synced {
		// Those who were in the group before are on their way back.
		if n >= g.before {
			return nil
		}
		left = min(left, gatherTime)
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case j := <-g.writer.jobs:
		return j
	case <-timer.C:
	case <-g.closing:
	}
	return nil
}

// gatherTime is how long a transaction waits for those that were in the one
// before: a fraction of what a synchronous write takes.
const gatherTime = 300 * time.Microsecond

// begin takes the write lock of the file, waiting for other processes.
func (w *writer) begin(ctx context.Context) error {
	w.c.failed = nil
	pause, start := 100*time.Microsecond, time.Now()
	for {
		_, err := w.c.exec("BEGIN IMMEDIATE")
		if err == nil {
			break
		}
		w.c.failed = nil
		if !busy(err) {
			return fmt.Errorf("sqlite: %w", err)
		}
		if time.Since(start) >= w.busy {
			return fmt.Errorf("sqlite: other processes have held the file's lock for %v: %w", w.busy, err)
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return ctx.Err()
		case <-w.closing:
			return ErrClosed
		}
		pause = min(2*pause, 4*time.Millisecond)
	}
	version, _, err := w.c.number("PRAGMA data_version")
	if err != nil {
		w.rollback()
		return fmt.Errorf("sqlite: %w", err)
	}
	if version != w.version {
		w.forget()
		w.version = version
	}
	return nil
}

// commit writes what is still in memory, and ends the transaction either way.
func (w *writer) commit() error {
	err := w.c.failed
	if err == nil {
		err = w.flushMeter()
	}
	if err == nil {
		err = w.flushLedger()
	}
	if err == nil {
		_, err = w.c.exec("COMMIT")
	}
	if err != nil {
		w.rollback()
		return fmt.Errorf("sqlite: nothing was written: %w", err)
	}
	return nil
}

func (w *writer) rollback() {
	w.forget()
	// It fails if SQLite has rolled back of its own accord, as for a full disk.
	_ = w.c.run("ROLLBACK")
	w.c.failed = nil
}

// forget empties what is known of the file: it may not be so any more.
func (w *writer) forget() {
	w.meter, w.ledger = meterCache{}, ledgerCache{}
}

// close waits for the transaction that is open, and commits it.
func (w *writer) close() error {
	close(w.closing)
	<-w.ended
	w.wal.wait.Wait()
	return errors.Join(w.lost, w.c.close())
}
