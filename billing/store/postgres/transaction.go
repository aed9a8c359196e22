package postgres

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A transaction sends its statements in as few round trips as it can, the
// first together with BEGIN and the last with COMMIT.
type transaction struct {
	conn      *pgx.Conn
	begin     string // not sent yet
	committed bool   // or on the way to it
	once      bool   // not to be run again
}

const (
	readCommitted = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
	snapshot      = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// send runs the statements of a batch in order. Each sees what the earlier
// ones waited for.
func (t *transaction) send(ctx context.Context, b *pgx.Batch) error {
	if t.begin != "" {
		queued := b.QueuedQueries
		b.QueuedQueries = nil
		b.Queue(t.begin)
		b.QueuedQueries = append(b.QueuedQueries, queued...)
		t.begin = ""
	}
	return t.conn.SendBatch(ctx, b).Close()
}

// commit sends the last statements.
func (t *transaction) commit(ctx context.Context, b *pgx.Batch) error {
	b.Queue("COMMIT")
	t.committed = true
	return t.send(ctx, b)
}

// attempts is how often a transaction is run at most. Nothing here is made to
// conflict, so that the second one is rare.
const attempts = 8

// transact runs fn, which commits what it wants to keep, in a transaction, and
// again after a conflict or where a connection broke before anything can have
// been committed.
func (s *Store) transact(ctx context.Context, begin string, fn func(*transaction) error) error {
	for try := 1; ; try++ {
		again, err := s.attempt(ctx, begin, fn)
		if err == nil || !again || try == attempts || ctx.Err() != nil {
			return err
		}
		wait := time.NewTimer(rand.N(time.Millisecond << try))
		select {
		case <-ctx.Done():
			wait.Stop()
			return err
		case <-wait.C:
		}
	}
}

func (s *Store) attempt(ctx context.Context, begin string, fn func(*transaction) error) (again bool, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	// One that is left within a transaction is closed, not used again.
	defer conn.Release()
	t := &transaction{conn: conn.Conn(), begin: begin}
	err = fn(t)
	if !t.conn.IsClosed() && t.conn.PgConn().TxStatus() != 'I' {
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if _, fault := t.conn.Exec(undo, "ROLLBACK"); fault != nil && err == nil {
			err = fault
		}
	}
	if err == nil {
		return false, nil
	}
	if t.once {
		return false, err
	}
	if fault, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch fault.Code {
		case "40001", "40P01": // serialization failure, deadlock
			return true, err
		case "57P01", "57P02", "57P03": // the server stops, or starts
			return !t.committed, err
		}
		return false, err
	}
	return t.conn.IsClosed() && !t.committed, err
}
