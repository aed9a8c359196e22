package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

// Durability says what calls of the meter wait for.
type Durability uint8

const (
	// Synced calls return when their records are on the disk.
	Synced Durability = iota
	// Batched calls return at once. A crash, of the process too, loses at most
	// one transaction: what came in the last 5 ms, or up to the call that made
	// it 1,000 records.
	Batched
)

// String is the name of the durability.
func (d Durability) String() string {
	switch d {
	case Synced:
		return "Synced"
	case Batched:
		return "Batched"
	}
	return fmt.Sprintf("Durability(%d)", uint8(d))
}

// Options are the settings of a [Store]. The zero value of a field is its
// default.
type Options struct {
	// Durability is for the meter; Synced by default. The ledger and the queue
	// are always synced.
	Durability Durability
	// Busy is how long to wait for other processes that write; 10 s by
	// default.
	Busy time.Duration
	// Readers is the most connections for reading, 1 to 64; 4 by default.
	Readers int
	// Cache is how much of the file each connection keeps in memory, in bytes;
	// 32 MiB by default. Counting is fastest when a month's elements fit into
	// it, at about 30 bytes each.
	Cache int64
}

func (o *Options) withDefaults() (Options, error) {
	var r Options
	if o != nil {
		r = *o
	}
	switch {
	case r.Durability > Batched:
		return r, fmt.Errorf("sqlite: Options.Durability is %v; Synced and Batched are possible", r.Durability)
	case r.Busy < 0:
		return r, fmt.Errorf("sqlite: Options.Busy is %v, below zero", r.Busy)
	case r.Readers < 0 || r.Readers > 64:
		return r, fmt.Errorf("sqlite: Options.Readers is %d; 1 to 64 are possible", r.Readers)
	case r.Cache < 0:
		return r, fmt.Errorf("sqlite: Options.Cache is %d bytes, below zero", r.Cache)
	}
	if r.Busy == 0 {
		r.Busy = 10 * time.Second
	}
	if r.Readers == 0 {
		r.Readers = 4
	}
	if r.Cache == 0 {
		r.Cache = 32 << 20
	}
	return r, nil
}

// A Store is an open file. It is safe for concurrent use.
type Store struct {
	o       Options
	writer  *writer
	readers *readers
	closing sync.Once
	err     error
}

// Open opens a file, and makes it if it is not there. Options may be nil. The
// tables of an earlier version are brought up to this one; those of a later
// one, and other programs' files, are refused with [ErrSchema].
//
// A database in memory, which SQLite calls ":memory:" or nothing, is refused:
// package memory is for that.
func Open(ctx context.Context, path string, options *Options) (*Store, error) {
	o, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	if path == "" || path == ":memory:" || strings.ContainsRune(path, 0) {
		return nil, fmt.Errorf("sqlite: path %q must be the name of a file; package memory is a store in memory", path)
	}
	name, err := dsn(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	c, err := prepareFile(ctx, name, o)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	s := &Store{o: o, readers: newReaders(name, o)}
	s.writer = newWriter(c, o.Busy, newCheckpointer(name, c))
	return s, nil
}

// prepareFile opens the connection that writes, and sees to the schema. SQLite
// does not wait where two processes turn one file into write-ahead mode.
func prepareFile(ctx context.Context, name string, o Options) (*conn, error) {
	for start := time.Now(); ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := openWriter(name, o)
		if err == nil || !busy(err) || time.Since(start) > o.Busy {
			return c, err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func openWriter(name string, o Options) (*conn, error) {
	c, err := open(name, o.Busy, "page_size = 4096", "journal_mode = WAL", "synchronous = FULL", "temp_store = MEMORY",
		"wal_autocheckpoint = 0", fmt.Sprintf("cache_size = -%d", max(1, o.Cache>>10)))
	if err != nil {
		return nil, err
	}
	if err := migrate(c); err != nil {
		return nil, errors.Join(err, c.close())
	}
	// The writer waits by itself, so as to hear of cancellation.
	if err := c.run("PRAGMA busy_timeout = 0"); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// Meter is the half that keeps usage. Its Close does nothing: close the Store.
func (s *Store) Meter() meter.Store { return meterStore{s} }

// Ledger is the half that keeps prepaid credits.
func (s *Store) Ledger() ledger.Store { return ledgerStore{s} }

// Queue is a list of records on their way to another store, for a
// [meter.Outbox].
func (s *Store) Queue() meter.Queue { return queue{s} }

// Close waits for the calls that have begun, commits, and closes the file.
// Closing again returns the same. With Batched, a commit that failed after its
// callers had been answered is the error of the meter's next call, or of Close.
func (s *Store) Close() error {
	s.closing.Do(func() {
		readers := s.readers.close()
		s.err = errors.Join(readers, s.writer.close())
	})
	return s.err
}

// read runs fn on a connection whose reads all see the same moment, at or
// after that of every call that returned before.
func (s *Store) read(ctx context.Context, fn func(*conn) error) error {
	if s.o.Durability == Batched {
		// What is answered is not yet visible to other connections.
		if err := s.writer.do(ctx, 0, false, func(*group) error { return nil }); err != nil {
			return err
		}
	}
	c, err := s.readers.get(ctx)
	if err != nil {
		return err
	}
	defer s.readers.put(c)
	if _, err := c.exec("BEGIN"); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	err = fn(c)
	c.ctx = context.Background()
	if _, end := c.exec("COMMIT"); end != nil && err == nil {
		err = fmt.Errorf("sqlite: %w", end)
	}
	return err
}
