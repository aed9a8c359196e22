package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

var november = billing.Month(time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC))

func records(from, to int) []meter.Record {
	var batch []meter.Record
	for i := from; i < to; i++ {
		batch = append(batch, meter.Record{Project: "p", Metric: billing.TransformsUnique, Period: november.Start, ID: meter.NewID(fmt.Sprint(i))})
	}
	return batch
}

// total is a project's one counter.
func total(t *testing.T, s *Store) int64 {
	t.Helper()
	counts, err := s.Meter().Counts(t.Context(), "p", billing.Period{})
	require.NoError(t, err)
	if len(counts) == 0 {
		return 0
	}
	require.Len(t, counts, 1)
	return counts[0].N
}

// within runs fn on the connection that writes, between transactions of
// others.
func within(t *testing.T, s *Store, fn func(c *conn) error) {
	t.Helper()
	require.NoError(t, s.writer.do(t.Context(), 0, false, func(g *group) error { return fn(g.c) }))
}

// full makes the file so small that it has no room for more.
func full(t *testing.T, s *Store) {
	within(t, s, func(c *conn) error {
		pages, _, err := c.number("PRAGMA page_count")
		if err == nil {
			_, _, err = c.number(fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		}
		return err
	})
}

func roomy(t *testing.T, s *Store) {
	within(t, s, func(c *conn) error {
		_, _, err := c.number("PRAGMA max_page_count = 1000000")
		return err
	})
}

// TestFull: where the disk is full nothing of the transaction is written, all
// of its callers hear of it, and what is known of the file is read again.
func TestFull(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "f"), nil)
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Meter().Insert(t.Context(), records(0, 100))
	require.NoError(t, err)
	full(t, s)
	var group sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		group.Go(func() { _, errs[i] = s.Meter().Insert(t.Context(), records(i*1000, i*1000+1000)) })
	}
	group.Wait()
	for _, err := range errs {
		require.ErrorContains(t, err, "full")
	}
	require.EqualValues(t, 100, total(t, s))
	err = s.Ledger().Update(t.Context(), "a", func(tx ledger.Tx) error {
		for i := range int64(2000) {
			if err := tx.Post(ledger.Transaction{Seq: i + 1, Kind: ledger.KindReserve, Memo: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	require.ErrorContains(t, err, "full")
	roomy(t, s)
	ids, err := s.Ledger().Accounts(t.Context(), "", 10)
	require.NoError(t, err)
	require.Empty(t, ids)
	// What the failed transactions had thought of is forgotten.
	require.NoError(t, s.Ledger().Update(t.Context(), "a", func(tx ledger.Tx) error {
		return tx.Post(ledger.Transaction{Seq: 1, Kind: ledger.KindReserve})
	}))
	fresh, err := s.Meter().Insert(t.Context(), records(0, 1000))
	require.NoError(t, err)
	require.Equal(t, 900, fresh)
	require.EqualValues(t, 1000, total(t, s))
}

// TestLost: who was answered before the commit failed cannot be told, so the
// next one is.
func TestLost(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "f"), &Options{Durability: Batched})
	require.NoError(t, err)
	broken := errors.New("disk on fire")
	fail := func() {
		require.NoError(t, s.writer.do(t.Context(), 1, true, func(g *group) error {
			_ = g.c.fail(broken)
			return nil
		}))
	}
	fail()
	_, err = s.Meter().Insert(t.Context(), records(0, 1))
	require.ErrorIs(t, err, broken)
	fresh, err := s.Meter().Insert(t.Context(), records(0, 1))
	require.NoError(t, err)
	require.Equal(t, 1, fresh)
	require.EqualValues(t, 1, total(t, s))
	fail()
	require.ErrorIs(t, s.Close(), broken)
}

// locked opens a file and holds its lock, as another process would.
func locked(t *testing.T, o *Options) (s *Store, unlock func()) {
	path := filepath.Join(t.TempDir(), "f")
	s, err := Open(t.Context(), path, o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	name, err := dsn(path)
	require.NoError(t, err)
	c, err := open(name, time.Second)
	require.NoError(t, err)
	require.NoError(t, c.run("BEGIN IMMEDIATE"))
	return s, sync.OnceFunc(func() { require.NoError(t, errors.Join(c.run("ROLLBACK"), c.close())) })
}

func TestBusy(t *testing.T) {
	s, unlock := locked(t, &Options{Busy: 20 * time.Millisecond})
	defer unlock()
	_, err := s.Meter().Insert(t.Context(), records(0, 1))
	require.ErrorContains(t, err, "other processes have held")
	require.True(t, busy(err))
	unlock()
	_, err = s.Meter().Insert(t.Context(), records(0, 1))
	require.NoError(t, err)
}

// TestLeave: whose context ends while another process has the lock is not
// waited for, and has written nothing.
func TestLeave(t *testing.T) {
	s, unlock := locked(t, nil)
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() { _, errs[i] = s.Meter().Insert(ctx, records(i, i+1)) })
	}
	cancel()
	group.Wait()
	for _, err := range errs {
		require.ErrorIs(t, err, context.Canceled)
	}
	unlock()
	require.Zero(t, total(t, s))
}

// TestCloseWhileBusy: closing does not wait for other processes.
func TestCloseWhileBusy(t *testing.T) {
	s, unlock := locked(t, &Options{Busy: time.Hour})
	defer unlock()
	failed := make(chan error)
	go func() {
		_, err := s.Meter().Insert(t.Context(), records(0, 1))
		failed <- err
	}()
	require.NoError(t, s.Close())
	require.ErrorIs(t, <-failed, ErrClosed)
}

// TestClose: each call either returned before, and is kept, or is refused.
func TestClose(t *testing.T) {
	for _, d := range []Durability{Synced, Batched} {
		path := filepath.Join(t.TempDir(), d.String())
		s, err := Open(t.Context(), path, &Options{Durability: d})
		require.NoError(t, err)
		var group sync.WaitGroup
		var kept [8]int
		some := make(chan struct{}, 1)
		for i := range kept {
			group.Go(func() {
				for n := 0; ; n++ {
					from := i*1_000_000 + n
					if _, err := s.Meter().Insert(t.Context(), records(from, from+1)); err != nil {
						if !errors.Is(err, ErrClosed) {
							t.Error(err)
						}
						return
					}
					kept[i]++
					select {
					case some <- struct{}{}:
					default:
					}
				}
			})
		}
		<-some
		require.NoError(t, s.Close())
		group.Wait()
		require.NoError(t, s.Close(), "again")
		sum := 0
		for _, n := range kept {
			sum += n
		}
		_, err = s.Meter().Counts(t.Context(), "", billing.Period{})
		require.ErrorIs(t, err, ErrClosed)
		require.ErrorIs(t, s.Ledger().Update(t.Context(), "a", nil), ErrClosed)
		s, err = Open(t.Context(), path, nil)
		require.NoError(t, err)
		require.EqualValues(t, sum, total(t, s))
		require.NoError(t, s.Close())
	}
}

// TestForget: what another process writes is seen by one that has known
// better.
func TestForget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var stores [2]*Store
	for i := range stores {
		s, err := Open(t.Context(), path, nil)
		require.NoError(t, err)
		defer s.Close()
		stores[i] = s
	}
	for seq := range int64(10) {
		require.NoError(t, stores[seq%2].Ledger().Update(t.Context(), "a", func(tx ledger.Tx) error {
			a, err := tx.Account()
			if err != nil {
				return err
			}
			if a.Paid != seq {
				return fmt.Errorf("paid is %d, not %d", a.Paid, seq)
			}
			a.Paid++
			if err := tx.PutAccount(a); err != nil {
				return err
			}
			return tx.Post(ledger.Transaction{Seq: seq + 1, Kind: ledger.KindTopUp})
		}))
	}
}

// TestJournalIsFixed: not even by hand.
func TestJournalIsFixed(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "f"), nil)
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Ledger().Update(t.Context(), "a", func(tx ledger.Tx) error {
		return tx.Post(ledger.Transaction{Seq: 1, Kind: ledger.KindTopUp})
	}))
	for _, text := range []string{"DELETE FROM ledger_transactions", "UPDATE ledger_transactions SET memo = 'x'"} {
		err := s.writer.do(t.Context(), 1, false, func(g *group) error {
			_, err := g.c.exec(text)
			return err
		})
		require.ErrorContains(t, err, "the journal is never")
	}
}

// TestLog: the write-ahead log is begun anew, rather than grow.
func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	s, err := Open(t.Context(), path, nil)
	require.NoError(t, err)
	defer s.Close()
	name, err := dsn(path)
	require.NoError(t, err)
	c, err := open(name, time.Second)
	require.NoError(t, err)
	defer c.close()
	within(t, s, func(*conn) error {
		s.writer.wal.long = 2000
		return nil
	})
	last, begun := int64(0), 0
	for i := range 40 {
		_, err := s.Meter().Insert(t.Context(), records(i*2000, i*2000+2000))
		require.NoError(t, err)
		log, _ := s.writer.wal.checkpoint(c, "NOOP")
		require.LessOrEqual(t, log, int64(walMost+2000))
		if log < last {
			begun++
		}
		last = log
	}
	require.Positive(t, begun)
}
