package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

// Store is an open store, and both its halves.
type Store struct {
	Meter  meter.Store
	Ledger ledger.Store
	Close  func() error
}

// Killed is a kind of store whose writers are killed.
type Killed struct {
	Place func(t *testing.T) string              // that of a new and empty store
	Open  func(t *testing.T, place string) Store // at a place
	// Rounds is after how many processes there is a new store: after each of
	// them all that is in it is looked at. Zero is never.
	Rounds int
	// Buried waits until what a dead process sent is committed or undone, if
	// it may yet be.
	Buried func(t *testing.T, place string)
}

func (k *Killed) kill(t *testing.T, place string, round int) (done [Workers]int) {
	t.Helper()
	done = Kill(t, place, round)
	if k.Buried != nil {
		k.Buried(t, place)
	}
	return done
}

func (k *Killed) fresh(round int) bool {
	return round == 0 || k.Rounds > 0 && round%k.Rounds == 0
}

var november = billing.Month(time.Date(2031, 11, 1, 0, 0, 0, 0, time.UTC))

// batchOf is the n-th batch of a worker: between 1 and 300 records, of two
// projects, among which every other batch has some of the batch before.
func batchOf(round, worker, n int) (batch []meter.Record) {
	record := func(n, i int) meter.Record {
		id := meter.NewID(fmt.Sprint(round), fmt.Sprint(worker), fmt.Sprint(n), fmt.Sprint(i))
		project := "even"
		if id[0]%2 == 1 {
			project = "odd"
		}
		return meter.Record{Project: project, Metric: billing.TransformsUnique, Period: november.Start, ID: id}
	}
	size := func(n int) int { return 1 + (n*7919+worker*104729)%300 }
	for i := range size(n) {
		batch = append(batch, record(n, i))
	}
	if n > 1 && n%2 == 0 {
		for i := range min(5, size(n-1)) {
			batch = append(batch, record(n-1, i))
		}
	}
	return batch
}

// TestMeter kills writers of usage: what was acknowledged is there, each batch
// is there whole or not at all, the counters say how many elements there are,
// and no batch counts twice.
func (k *Killed) TestMeter(t *testing.T) {
	if place, round := Process(t); place != "" {
		s := k.Open(t, place).Meter
		Write(func(worker, n int) error {
			_, err := s.Insert(t.Context(), batchOf(round, worker, n))
			return err
		})
		return
	}
	place, acknowledged := "", 0
	for round := range Killings(t) {
		if k.fresh(round) {
			place = k.Place(t)
		}
		done := k.kill(t, place, round)
		s := k.Open(t, place)
		all := Elements(t, s.Meter)
		require.Equal(t, len(all), Sum(t, s.Meter))
		for worker, last := range done {
			for n := 1; n <= last+1; n++ {
				there := 0
				batch := batchOf(round, worker, n)
				for _, r := range batch {
					if all[r] {
						there++
					}
				}
				switch {
				case n <= last:
					require.Equal(t, len(batch), there, "an acknowledged batch was lost")
					acknowledged++
				case there < len(batch):
					// What it shares with the batch before may be there.
					require.LessOrEqual(t, there, 5, "half a batch was written")
				}
				before := len(all)
				added, err := s.Meter.Insert(t.Context(), batch)
				require.NoError(t, err)
				for _, r := range batch {
					all[r] = true
				}
				require.Equal(t, len(all)-before, added)
			}
		}
		require.Equal(t, len(all), Sum(t, s.Meter))
		require.NoError(t, s.Close())
	}
	t.Logf("%d batches were acknowledged to processes that were killed", acknowledged)
}

// TestLedger kills writers of credits: after each death the books balance, and
// every operation, done again from its beginning under the same keys, is
// charged once.
func (k *Killed) TestLedger(t *testing.T) {
	if place, round := Process(t); place != "" {
		l := Books(t, k.Open(t, place).Ledger)
		Write(func(worker, n int) error {
			return Operate(t.Context(), l, fmt.Sprint(round, "-", worker, "-", n), n)
		})
		return
	}
	place, charges, acknowledged := "", 0, 0
	for round := range Killings(t) {
		if k.fresh(round) {
			place, charges = k.Place(t), 0
		}
		done := k.kill(t, place, round)
		s := k.Open(t, place)
		l := Books(t, s.Ledger) // the top-up, again under its key
		require.NoError(t, l.Verify(t.Context()))
		balance, err := l.Balance(t.Context(), "bench")
		require.NoError(t, err)
		spent := int(paid-balance.Paid.NanoUnits()) - charges*charge
		told := 0
		for _, last := range done {
			told += last - last/3
			acknowledged += last
		}
		require.GreaterOrEqual(t, spent, told*charge, "a commit that was acknowledged was lost")
		require.LessOrEqual(t, spent, (told+Workers)*charge, "a commit was charged twice")
		for worker, last := range done {
			for n := 1; n <= last+1; n++ {
				require.NoError(t, Operate(t.Context(), l, fmt.Sprint(round, "-", worker, "-", n), n))
				if n%3 != 0 {
					charges++
				}
			}
		}
		Settled(t, l, charges)
		require.NoError(t, s.Close())
	}
	t.Logf("%d operations were acknowledged to processes that were killed", acknowledged)
}
