package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

// Options of a [Store]. Nil and zero fields are the defaults.
type Options struct {
	// Connections is the most that Open's pool has; 16 by default. A pool that
	// [New] is given keeps its own.
	Connections int
	// Timeout is how long one transaction of the ledger, which may be that of
	// many callers, goes on at most; 10 seconds by default.
	Timeout time.Duration
	// Combine is the most callers of one account of the ledger whose updates
	// share a transaction; 128 by default, and 1 for none.
	Combine int
}

func (o *Options) withDefaults() (Options, error) {
	var v Options
	if o != nil {
		v = *o
	}
	switch {
	case v.Connections < 0 || v.Connections > 10_000:
		return v, fmt.Errorf("postgres: options: Connections is %d; 1 to 10000 are possible", v.Connections)
	case v.Timeout < 0:
		return v, errors.New("postgres: options: Timeout must not be negative")
	case v.Combine < 0:
		return v, errors.New("postgres: options: Combine must not be negative")
	}
	if v.Connections == 0 {
		v.Connections = 16
	}
	if v.Timeout == 0 {
		v.Timeout = 10 * time.Second
	}
	if v.Combine == 0 {
		v.Combine = 128
	}
	return v, nil
}

// A Store is a database with what [Open] made in it. It is safe for concurrent
// use.
type Store struct {
	pool   *pgxpool.Pool
	opened bool // by us
	opts   Options
	meter  Meter
	ledger Ledger
}

var (
	_ meter.Store  = (*Meter)(nil)
	_ ledger.Store = (*Ledger)(nil)
)

// Open connects to a database, such as "postgres://user@host/billing", and
// makes its tables or brings them up to date, which servers may do at the same
// time. The URL, or "key=value" text, is as of pgx's pgxpool.ParseConfig.
func Open(ctx context.Context, url string, o *Options) (*Store, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err) // pgx leaves the password out
	}
	config.MaxConns = int32(opts.Connections)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	s, err := New(ctx, pool, &opts)
	if err != nil {
		pool.Close()
		return nil, err
	}
	s.opened = true
	return s, nil
}

// New is Open for a pool of connections, which stays the caller's to close.
func New(ctx context.Context, pool *pgxpool.Pool, o *Options) (*Store, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Store{pool: pool, opts: opts}
	s.meter = Meter{store: s, streams: map[stream]int32{}, months: map[int32]bool{}}
	s.ledger = Ledger{store: s, queues: map[string]*queue{}}
	if err := s.migrate(ctx); err != nil {
		return nil, fmt.Errorf("postgres: migrate: %w", err)
	}
	return s, nil
}

// Meter is the store of usage. Closing it does nothing; close the Store.
func (s *Store) Meter() *Meter { return &s.meter }

// Ledger is the store of prepaid credits.
func (s *Store) Ledger() *Ledger { return &s.ledger }

// Close closes the connections that Open made, once those in use are free. No
// method is called after it.
func (s *Store) Close() error {
	if s.opened {
		s.pool.Close()
	}
	return nil
}
