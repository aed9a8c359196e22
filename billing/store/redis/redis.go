// Package redis puts a Redis in front of a store of usage, which remembers what was
// counted, so that the store need not be asked again when a picture is made a
// second time. It is for servers that count more than their database takes.
//
//	store, err := redis.Open(database.Meter(), "redis://host:6379/0", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//	m, err := meter.New(store, nil)
//
// Redis is never the truth. A record is told to it after the store has committed
// it; what it does not know is asked of the store. A Redis that is away, slow, full
// or flushed makes counting slower, and nothing else. There is one thing that it
// must not outlive: flush it where the store's database is restored from a backup,
// and give every database a Prefix of its own.
package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/immagin/immagin-go/billing/meter"
)

// Options of a [Meter]. Nil and zero fields are the defaults.
type Options struct {
	// Prefix is what all keys in Redis begin with; "immagin:meter:" by default.
	Prefix string
	// TTL is how long a record is remembered; 35 days by default, by when its
	// month is over.
	TTL time.Duration
	// Timeout is how long Redis may take to answer; 100 ms by default. It is
	// exact for [Open]; clients that [New] is given have timeouts too, and may
	// ignore this one.
	Timeout time.Duration
	// Pause is how long Redis is not asked after it did not answer; 1 second
	// by default.
	Pause time.Duration
}

func (o *Options) withDefaults() (Options, error) {
	var v Options
	if o != nil {
		v = *o
	}
	for _, f := range []struct {
		name  string
		value *time.Duration
		usual time.Duration
	}{{"TTL", &v.TTL, 35 * 24 * time.Hour}, {"Timeout", &v.Timeout, 100 * time.Millisecond}, {"Pause", &v.Pause, time.Second}} {
		if *f.value < 0 {
			return v, fmt.Errorf("redis: options: %s must not be negative", f.name)
		}
		if *f.value == 0 {
			*f.value = f.usual
		}
	}
	if v.TTL < time.Millisecond {
		return v, fmt.Errorf("redis: options: TTL is %v; 1ms is the least", v.TTL)
	}
	if v.Prefix == "" {
		v.Prefix = "immagin:meter:"
	}
	return v, nil
}

// A Meter is a [meter.Store] that asks Redis before it asks the store. Only
// Insert of records without a window is faster by it; the rest is the store's.
// It is safe for concurrent use if the store is.
type Meter struct {
	meter.Store
	client redis.UniversalClient
	opened bool // by us
	opts   Options
	asleep atomic.Int64 // Redis is not asked before, in nanoseconds since 1970
}

var _ meter.Store = (*Meter)(nil)

// Open connects to a Redis, such as "redis://host:6379/0", when it is first
// asked. The URL is as of go-redis' ParseURL. The store stays the caller's to
// close.
func Open(store meter.Store, url string, o *Options) (*Meter, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	config, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis: not a URL of a Redis, such as redis://host:6379/0") // the cause may have a password
	}
	config.ContextTimeoutEnabled = true
	config.MaxRetries, config.DialerRetries = -1, 1
	config.DialTimeout, config.ReadTimeout, config.WriteTimeout, config.PoolTimeout = opts.Timeout, opts.Timeout, opts.Timeout, opts.Timeout
	config.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	m, err := New(store, redis.NewClient(config), &opts)
	if err != nil {
		return nil, err
	}
	m.opened = true
	return m, nil
}

// New is Open for a client, be it of one server, of a cluster or of sentinels,
// which stays the caller's to close.
func New(store meter.Store, client redis.UniversalClient, o *Options) (*Meter, error) {
	opts, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Meter{Store: store, client: client, opts: opts}, nil
}

// Close closes the connections that Open made, and not the store.
func (m *Meter) Close() error {
	if m.opened {
		return m.client.Close()
	}
	return nil
}

// Insert is [meter.Store]'s. What Redis knows to be counted does not reach the
// store.
func (m *Meter) Insert(ctx context.Context, batch []meter.Record) (fresh int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if batch, err = meter.Normalize(batch); err != nil {
		return 0, err
	}
	unknown := m.unknown(ctx, batch)
	if len(unknown) == 0 {
		return 0, nil
	}
	if fresh, err = m.Store.Insert(ctx, unknown); err != nil {
		return fresh, err
	}
	m.remember(ctx, unknown)
	return fresh, nil
}

// Settle is [meter.Store]'s.
func (m *Meter) Settle(ctx context.Context, s meter.Slot, now time.Time, rendered bool) (fresh int, err error) {
	fresh, err = m.Store.Settle(ctx, s, now, rendered)
	if err == nil && rendered {
		if batch, err := meter.Normalize([]meter.Record{s.Record}); err == nil {
			m.remember(ctx, batch)
		}
	}
	return fresh, err
}

// Drop is [meter.Store]'s. Where Redis cannot be told of it, what it remembers
// of the dropped periods goes on being counted, which is so, until the TTL; the
// store would return an error for it.
func (m *Meter) Drop(ctx context.Context, before time.Time) error {
	if err := m.Store.Drop(ctx, before); err != nil {
		return err // Redis goes on answering for what is not dropped
	}
	m.ask(context.WithoutCancel(ctx), func(ctx context.Context) error { return m.drop(ctx, before.UnixNano()) })
	return nil
}

// ask runs f unless Redis did not answer a moment ago. False is that it could
// not be asked.
func (m *Meter) ask(ctx context.Context, f func(context.Context) error) bool {
	if time.Now().UnixNano() < m.asleep.Load() {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, m.opts.Timeout)
	defer cancel()
	if err := f(limited); err != nil {
		if ctx.Err() == nil { // it is not the caller who gave up
			m.asleep.Store(time.Now().Add(m.opts.Pause).UnixNano())
		}
		return false
	}
	return true
}

// key is where Redis remembers a record without a window.
func (m *Meter) key(r meter.Record) string {
	id := meter.NewID(r.Project, string(r.Metric), strconv.FormatInt(r.Period.UnixNano(), 10), string(r.ID[:]))
	return m.opts.Prefix + string(id[:])
}

// dropped is where Redis remembers which periods were dropped. No record's key
// is as long.
func (m *Meter) dropped() string { return m.opts.Prefix + "dropped periods, in ns" }

// unknown is the batch without the records that are counted for certain.
func (m *Meter) unknown(ctx context.Context, batch []meter.Record) []meter.Record {
	var asked []int // in batch
	for i, r := range batch {
		if r.Window == 0 {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return batch
	}
	var dropped int64
	found := make([]*redis.IntCmd, len(asked))
	if !m.ask(ctx, func(ctx context.Context) error {
		pipe := m.client.Pipeline()
		mark := pipe.Get(ctx, m.dropped())
		for i, at := range asked {
			found[i] = pipe.Exists(ctx, m.key(batch[at]))
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		var err error
		if dropped, err = mark.Int64(); errors.Is(err, redis.Nil) {
			err = nil
		}
		return err
	}) {
		return batch
	}
	known := make([]bool, len(batch))
	for i, at := range asked {
		n, err := found[i].Result()
		known[at] = err == nil && n > 0 && batch[at].Period.UnixNano() >= dropped
	}
	unknown := batch[:0:0]
	for i, r := range batch {
		if !known[i] {
			unknown = append(unknown, r)
		}
	}
	return unknown
}

// remember tells Redis what the store has committed.
func (m *Meter) remember(ctx context.Context, batch []meter.Record) {
	m.ask(ctx, func(ctx context.Context) error {
		pipe := m.client.Pipeline()
		for _, r := range batch {
			if r.Window == 0 {
				pipe.Set(ctx, m.key(r), "", m.opts.TTL)
			}
		}
		if pipe.Len() == 0 {
			return nil
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// drop raises what is remembered as dropped, never lowers it.
func (m *Meter) drop(ctx context.Context, before int64) error {
	key := m.dropped()
	raise := func(tx *redis.Tx) error {
		have, err := tx.Get(ctx, key).Int64()
		if err != nil && !errors.Is(err, redis.Nil) || have >= before {
			return err
		}
		_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			return pipe.Set(ctx, key, before, 0).Err()
		})
		return err
	}
	for {
		if err := m.client.Watch(ctx, raise, key); !errors.Is(err, redis.TxFailedErr) || ctx.Err() != nil {
			return err
		}
	}
}
