package redis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/billingtest"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/billing/store/redis"
	"github.com/immagin/immagin-go/internal/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var november = billing.Month(time.Date(2031, 11, 1, 0, 0, 0, 0, time.UTC))

func record(i int) meter.Record {
	return meter.Record{Project: "shop", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID(fmt.Sprint(i))}
}

func records(from, to int) (batch []meter.Record) {
	for i := from; i < to; i++ {
		batch = append(batch, record(i))
	}
	return batch
}

func open(t testing.TB, s meter.Store, url string, o *redis.Options) *redis.Meter {
	t.Helper()
	m, err := redis.Open(s, url, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	return m
}

// conformance runs the stores' checks with two servers, each with a Redis in
// front.
func conformance(t *testing.T, url func(t *testing.T) string, o redis.Options) {
	var checks atomic.Int64
	var kept sync.Map // what is behind a store
	type behind struct {
		store meter.Store
		url   string
		opts  *redis.Options
	}
	billingtest.TestMeterStore(t, func(t *testing.T) meter.Store {
		o := o
		o.Prefix = fmt.Sprintf("check %d:", checks.Add(1)) // a server is shared
		b := behind{memory.NewMeter(), url(t), &o}
		m := open(t, b.store, b.url, b.opts)
		kept.Store(m, b)
		return m
	}, &billingtest.MeterOptions{Again: func(t *testing.T, s meter.Store) meter.Store {
		v, _ := kept.Load(s)
		b := v.(behind)
		return open(t, b.store, b.url, b.opts)
	}})
}

func TestMeterStore(t *testing.T) {
	// One that is slow for the machine's sake is not one that is away.
	patient := redis.Options{Timeout: 10 * time.Second}
	t.Run("memory", func(t *testing.T) {
		conformance(t, func(t *testing.T) string { return "redis://" + miniredis.RunT(t).Addr() }, patient)
	})
	t.Run("server", func(t *testing.T) {
		url := servertest.Redis(t)
		conformance(t, func(t *testing.T) string { return url }, patient)
	})
	t.Run("away", func(t *testing.T) {
		s := miniredis.RunT(t)
		url := "redis://" + s.Addr()
		s.Close()
		conformance(t, func(*testing.T) string { return url }, redis.Options{})
	})
	t.Run("failing", func(t *testing.T) {
		s := miniredis.RunT(t)
		s.SetError("OOM command not allowed when used memory > 'maxmemory'.")
		conformance(t, func(*testing.T) string { return "redis://" + s.Addr() }, redis.Options{Timeout: 10 * time.Second, Pause: 1})
	})
}

// counting is a store that says how many records reached it, and fails where
// it is told to.
type counting struct {
	meter.Store
	asked int
	fail  error
}

func (c *counting) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	c.asked += len(batch)
	if c.fail != nil {
		return 0, c.fail
	}
	return c.Store.Insert(ctx, batch)
}

// inserts inserts, and says how many were fresh and how many reached the store.
func inserts(t *testing.T, m *redis.Meter, behind *counting, batch []meter.Record, fresh, asked int) {
	t.Helper()
	behind.asked = 0
	n, err := m.Insert(t.Context(), batch)
	require.NoError(t, err)
	require.Equal(t, fresh, n, "fresh")
	require.Equal(t, asked, behind.asked, "reached the store")
}

func TestKnownRecordsDoNotReachTheStore(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter()}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second})
	inserts(t, m, behind, records(0, 100), 100, 100)
	inserts(t, m, behind, records(0, 100), 0, 0)
	inserts(t, m, behind, records(50, 150), 50, 50)

	other := record(0)
	other.Project = "other"
	inserts(t, m, behind, []meter.Record{other}, 1, 1)
	other.Period = november.End
	inserts(t, m, behind, []meter.Record{other}, 1, 1)
	other.Metric = "more"
	inserts(t, m, behind, []meter.Record{other}, 1, 1)

	sighting := record(0)
	sighting.At, sighting.Window = november.Start, time.Hour
	inserts(t, m, behind, []meter.Record{sighting}, 1, 1)
	inserts(t, m, behind, []meter.Record{sighting}, 0, 1) // windows are the store's affair

	s.FlushAll()
	inserts(t, m, behind, records(0, 150), 0, 150)
	inserts(t, m, behind, records(0, 150), 0, 0)
	s.FastForward(36 * 24 * time.Hour)
	inserts(t, m, behind, records(0, 150), 0, 150)

	prefixed := open(t, behind, "redis://"+s.Addr(), &redis.Options{Prefix: "another:", Timeout: 10 * time.Second})
	inserts(t, prefixed, behind, records(0, 1), 0, 1)
}

// TestRememberedAfterTheCommit has a store that fails: Redis must not know
// what it did not keep.
func TestRememberedAfterTheCommit(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter(), fail: errors.New("no disk")}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second})
	_, err := m.Insert(t.Context(), records(0, 10))
	require.ErrorIs(t, err, behind.fail)
	require.Empty(t, s.Keys())
	slot := meter.Slot{Record: record(20), Token: meter.NewID("token"), Limit: 0, Expires: november.End}
	_, err = m.Settle(t.Context(), slot, november.Start, true)
	require.ErrorIs(t, err, meter.ErrFull)
	require.Empty(t, s.Keys())
	behind.fail = nil
	inserts(t, m, behind, records(0, 10), 10, 10)
	require.Len(t, s.Keys(), 10)

	slot.Limit = 100
	require.NoError(t, m.Take(t.Context(), slot, november.Start))
	require.Len(t, s.Keys(), 10)
	_, err = m.Settle(t.Context(), slot, november.Start, true)
	require.NoError(t, err)
	require.Len(t, s.Keys(), 11)
	inserts(t, m, behind, records(20, 21), 0, 0)
}

// TestAwayAndBack closes and starts the Redis: what was counted meanwhile is
// counted once.
func TestAwayAndBack(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter()}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second, Pause: 1})
	inserts(t, m, behind, records(0, 100), 100, 100)
	s.Close()
	inserts(t, m, behind, records(50, 150), 50, 100)
	require.NoError(t, s.Restart())
	inserts(t, m, behind, records(0, 150), 0, 50)
	inserts(t, m, behind, records(0, 150), 0, 0)
	counts, err := m.Counts(t.Context(), "", november)
	require.NoError(t, err)
	require.Equal(t, int64(150), counts[0].N)
}

// TestPause sees that a Redis that failed is left alone for a while.
func TestPause(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter()}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second, Pause: time.Hour})
	s.SetError("LOADING Redis is loading the dataset in memory")
	inserts(t, m, behind, records(0, 10), 10, 10)
	s.SetError("")
	inserts(t, m, behind, records(0, 10), 0, 10)
	require.Empty(t, s.Keys())
}

// TestCanceledCallersDoNotPause has callers give up, which is not the Redis'
// fault.
func TestCanceledCallersDoNotPause(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter()}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second, Pause: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Insert(ctx, records(0, 10))
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, m.Drop(ctx, november.Start), context.Canceled)
	inserts(t, m, behind, records(0, 10), 10, 10)
	require.Len(t, s.Keys(), 10)
}

func TestDrop(t *testing.T) {
	s := miniredis.RunT(t)
	behind := &counting{Store: memory.NewMeter()}
	m := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second})
	inserts(t, m, behind, records(0, 10), 10, 10)
	require.ErrorIs(t, m.Drop(t.Context(), november.End), meter.ErrOpen)
	inserts(t, m, behind, records(0, 10), 0, 0) // what was not dropped is still known
	require.NoError(t, m.Seal(t.Context(), "", november.End))
	require.NoError(t, m.Drop(t.Context(), november.End))
	require.NoError(t, m.Drop(t.Context(), november.Start), "an earlier time changes nothing")
	again := open(t, behind, "redis://"+s.Addr(), &redis.Options{Timeout: 10 * time.Second})
	for _, m := range []*redis.Meter{m, again} {
		_, err := m.Insert(t.Context(), records(0, 10))
		require.ErrorIs(t, err, meter.ErrDropped)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []redis.Options{{TTL: -1}, {TTL: 1}, {Timeout: -1}, {Pause: -1}} {
		_, err := redis.Open(memory.NewMeter(), "redis://127.0.0.1:1", &o)
		require.ErrorContains(t, err, "options")
	}
	_, err := redis.Open(memory.NewMeter(), "http://user:geheim@127.0.0.1", nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "geheim")
}

// TestNew leaves the client to the caller.
func TestNew(t *testing.T) {
	s := miniredis.RunT(t)
	client := goredis.NewClient(&goredis.Options{Addr: s.Addr()})
	defer client.Close()
	m, err := redis.New(memory.NewMeter(), client, nil)
	require.NoError(t, err)
	require.NoError(t, m.Close())
	require.NoError(t, client.Ping(t.Context()).Err())
}
