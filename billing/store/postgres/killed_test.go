package postgres_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
)

// killings is how many processes to kill: IMMAGIN_TEST_COUNT, or 5.
func killings(t *testing.T) int {
	text := os.Getenv("IMMAGIN_TEST_COUNT")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	return n
}

// fresh is after how many processes there is a new database: after each of
// them all that is in it is looked at.
const fresh = 10

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

// TestKilledMeter: what was acknowledged is there, each batch is there whole
// or not at all, the counters say how many elements there are, and no batch
// counts twice.
func TestKilledMeter(t *testing.T) {
	if url, round := process(t); url != "" {
		s := open(t, url, nil).Meter()
		write(func(worker, n int) error {
			_, err := s.Insert(t.Context(), batchOf(round, worker, n))
			return err
		})
		return
	}
	url, acknowledged := "", 0
	for round := range killings(t) {
		if round%fresh == 0 {
			url = database(t)
			require.NoError(t, open(t, url, nil).Close())
		}
		done := kill(t, url, round)
		s := open(t, url, nil)
		all := elements(t, s.Meter())
		require.Equal(t, len(all), sum(t, s.Meter()))
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
				added, err := s.Meter().Insert(t.Context(), batch)
				require.NoError(t, err)
				for _, r := range batch {
					all[r] = true
				}
				require.Equal(t, len(all)-before, added)
			}
		}
		require.Equal(t, len(all), sum(t, s.Meter()))
		require.NoError(t, s.Close())
	}
	t.Logf("%d batches were acknowledged to processes that were killed", acknowledged)
}

// TestKilledLedger: after each death the books balance, and every operation,
// done again from its beginning under the same keys, is charged once.
func TestKilledLedger(t *testing.T) {
	if url, round := process(t); url != "" {
		l := books(t, open(t, url, nil).Ledger())
		write(func(worker, n int) error {
			return operate(t.Context(), l, fmt.Sprint(round, "-", worker, "-", n), n)
		})
		return
	}
	url, charges, acknowledged := "", 0, 0
	for round := range killings(t) {
		if round%fresh == 0 {
			url, charges = database(t), 0
		}
		done := kill(t, url, round)
		s := open(t, url, nil)
		l := books(t, s.Ledger()) // the top-up, again under its key
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
		require.LessOrEqual(t, spent, (told+workers)*charge, "a commit was charged twice")
		for worker, last := range done {
			for n := 1; n <= last+1; n++ {
				require.NoError(t, operate(t.Context(), l, fmt.Sprint(round, "-", worker, "-", n), n))
				if n%3 != 0 {
					charges++
				}
			}
		}
		settled(t, l, charges)
		require.NoError(t, s.Close())
	}
	t.Logf("%d operations were acknowledged to processes that were killed", acknowledged)
}
