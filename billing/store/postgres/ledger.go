package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/immagin/immagin-go/billing/ledger"
)

// Ledger is the [ledger.Store] of a [Store]. Callers who update one account at
// the same time share a transaction, which is what makes a busy account fast:
// one of them leads, runs the functions of all, one after the other, and
// commits what they wrote together. Accounts do not wait for each other.
type Ledger struct {
	store *Store

	mu     sync.Mutex
	queues map[string]*queue // of accounts that somebody updates
}

// queue has those who wait, in order. Whoever leads is working already, or is
// its first.
type queue struct{ waiting []*call }

// call is an update that somebody waits for.
type call struct {
	ctx  context.Context
	fn   func(ledger.Tx) error
	lead chan struct{} // closed when it is to lead
	done chan struct{} // closed when err is its answer
	err  error
	told any // what fn panicked with
}

// Update is [ledger.Store]'s. Where others share its transaction it may outlast
// its context, by Options.Timeout at most.
func (l *Ledger) Update(ctx context.Context, account string, fn func(ledger.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call{ctx: ctx, fn: fn, lead: make(chan struct{}), done: make(chan struct{})}
	l.mu.Lock()
	q, busy := l.queues[account]
	if !busy {
		q = &queue{}
		l.queues[account] = q
		close(c.lead)
	}
	q.waiting = append(q.waiting, c)
	l.mu.Unlock()
	select {
	case <-c.lead:
		l.work(account, q)
	case <-c.done:
	case <-ctx.Done():
		if l.leave(q, c) {
			return ctx.Err()
		}
		select {
		case <-c.lead:
			l.work(account, q)
		case <-c.done:
		}
	}
	<-c.done
	if c.told != nil {
		panic(c.told)
	}
	return c.err
}

// leave takes a call out of the queue, unless it is to lead or runs already.
func (l *Ledger) leave(q *queue, c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-c.lead:
		return false
	default:
	}
	i := slices.Index(q.waiting, c)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// errAbandoned is the answer of calls whose leader's goroutine ended, by
// runtime.Goexit for one.
var errAbandoned = errors.New("the goroutine that ran the transaction ended")

// work runs those who wait, up to a number, and has the next one lead.
func (l *Ledger) work(account string, q *queue) {
	l.mu.Lock()
	n := min(len(q.waiting), l.store.opts.Combine)
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	l.mu.Unlock()
	err := errAbandoned
	defer func() {
		for _, c := range batch {
			if err != nil && c.err == nil {
				c.err = err
			}
			close(c.done)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(q.waiting) == 0 {
			delete(l.queues, account)
		} else {
			close(q.waiting[0].lead)
		}
	}()
	err = l.run(account, batch)
}

// run answers the calls whose functions failed by themselves. Its error is the
// answer of the others.
func (l *Ledger) run(account string, batch []*call) error {
	live := batch[:0:0]
	for _, c := range batch {
		if c.err = c.ctx.Err(); c.err == nil {
			live = append(live, c)
		}
	}
	if len(live) == 0 {
		return nil
	}
	// Nobody's context ends the transaction of the others, but all together do.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(live[0].ctx), l.store.opts.Timeout)
	defer cancel()
	var left atomic.Int64
	left.Store(int64(len(live)))
	for _, c := range live {
		defer context.AfterFunc(c.ctx, func() {
			if left.Add(-1) == 0 {
				cancel()
			}
		})()
	}
	errs := make([]error, len(live)) // of the functions, in the last try
	err := l.store.transact(ctx, readCommitted, func(t *transaction) error {
		return runAll(ctx, t, account, live, errs)
	})
	if err != nil {
		if ended := context.Cause(live[0].ctx); ended != nil && len(live) == 1 {
			err = errors.Join(ended, err)
		}
		return failed(fmt.Sprintf("update account %q", account), err)
	}
	for i, c := range live {
		c.err = errs[i]
	}
	return nil
}

// guesses is how often the functions of a batch are run to find out what they
// want to read. After that, what is missing is read when it is asked for.
const guesses = 3

// runAll runs the functions of all calls in a transaction. What one of them
// wrote is seen by those after it, or forgotten if it failed.
//
// Functions may be run again. So all are run first with what is known of the
// account, to see which rows they ask for; then those are read, all at once.
func runAll(ctx context.Context, t *transaction, account string, batch []*call, errs []error) error {
	r := newRows(ctx, t, account)
	if err := r.lock(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		r.direct = try > guesses || len(batch) == 1
		r.written = changes{}
		again := false
		for i, c := range batch {
			x := &accountTx{rows: r}
			errs[i] = c.run(x)
			x.dead = true
			switch {
			case x.fault != nil:
				return x.fault
			case x.missed:
				again = true
			case errs[i] == nil:
				r.written.add(x.mine)
			}
		}
		if !again {
			break
		}
		if err := r.load(); err != nil {
			return err
		}
	}
	if !slices.Contains(errs, nil) {
		return nil // nothing to keep, the account neither
	}
	return r.commit()
}

// run calls the function. A panic is the caller's to see, in its own
// goroutine.
func (c *call) run(x *accountTx) (err error) {
	c.told = nil
	defer func() {
		if v := recover(); v != nil {
			c.told, err = v, fmt.Errorf("panic: %v", v)
		}
	}()
	return c.fn(x)
}

// View is [ledger.Store]'s.
func (l *Ledger) View(ctx context.Context, account string, fn func(ledger.Snapshot) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error // of fn, and its own
	fault := l.store.transact(ctx, snapshot, func(t *transaction) error {
		v := &view{ctx: ctx, t: t, account: account}
		if v.fault = t.send(ctx, new(pgx.Batch)); v.fault != nil {
			return v.fault
		}
		t.once = true // whoever reads is not told to expect to be called twice
		err = fn(v)
		return v.fault
	})
	if fault != nil {
		return failed(fmt.Sprintf("read account %q", account), fault)
	}
	return err
}

// Accounts is [ledger.Store]'s.
func (l *Ledger) Accounts(ctx context.Context, after string, limit int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := l.store.pool.Query(ctx, "SELECT id FROM immagin_ledger_accounts WHERE id > $1 ORDER BY id LIMIT $2", after, max(limit, 0))
	if err != nil {
		return nil, failed("list accounts", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return ids, failed("list accounts", err)
}

// never is the zero time, as it is kept.
var never = time.Time{}

// Due is [ledger.Store]'s.
func (l *Ledger) Due(ctx context.Context, what ledger.Due, now time.Time, limit int) ([]ledger.Ref, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	args := []any{now, max(limit, 0)}
	var query string
	switch what {
	case ledger.DueHolds:
		query = "SELECT account, key FROM immagin_ledger_holds WHERE state = 1 AND expires <= $1 ORDER BY expires, account, key LIMIT $2"
	case ledger.DuePayments:
		query = "SELECT account, key FROM immagin_ledger_payments WHERE state = 1 AND next <= $1 ORDER BY next, account, key LIMIT $2"
	case ledger.DueGrants:
		query = "SELECT account, key FROM immagin_ledger_grants WHERE free > 0 AND expires > $3 AND expires <= $1 ORDER BY expires, account, key LIMIT $2"
		args = append(args, never)
	default:
		return nil, fmt.Errorf("postgres: due: %d is no kind of row", what)
	}
	rows, err := l.store.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, failed("list what is due", err)
	}
	refs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ledger.Ref])
	return refs, failed("list what is due", err)
}
