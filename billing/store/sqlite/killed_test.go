package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/sqlite"
)

// The tests of this file kill processes that write: IMMAGIN_TEST_COUNT of
// them, or 5. The process is this test itself, told by the environment to
// write to a file until it is killed. It says what was acknowledged to it on
// its standard output, which outlives it.
const (
	killedFile  = "IMMAGIN_TEST_KILLED_FILE"
	killedRound = "IMMAGIN_TEST_KILLED_ROUND"
	workers     = 4
)

// killings is how many processes to kill.
func killings(t *testing.T) int {
	text := os.Getenv("IMMAGIN_TEST_COUNT")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	return n
}

// writing returns the file and the round if this is a process to be killed.
func writing(t *testing.T) (path string, round int) {
	if path = os.Getenv(killedFile); path != "" {
		var err error
		round, err = strconv.Atoi(os.Getenv(killedRound))
		require.NoError(t, err)
	}
	return path, round
}

// said is what a worker of a killed process was told last, in a round.
func said(worker, n int) { fmt.Printf("done %d %d\n", worker, n) }

// kill starts this test as another process, kills it at a random moment, and
// returns how often each worker said that it was done. Most have said
// something by then; one in four may be killed while it opens the file.
func kill(t *testing.T, path string, round int) (done [workers]int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killedFile+"="+path, fmt.Sprint(killedRound, "=", round))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	first, early := make(chan struct{}), round%4 == 3
	if early {
		close(first)
	}
	go func() {
		<-first
		time.Sleep(time.Duration(rand.IntN(40_000)) * time.Microsecond)
		_ = cmd.Process.Kill()
	}()
	started := false
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if !started && !early {
			close(first)
		}
		started = true
		var worker, n int
		_, err := fmt.Sscanf(lines.Text(), "done %d %d", &worker, &n)
		require.NoError(t, err, "the process says %q", lines.Text())
		require.Equal(t, done[worker]+1, n)
		done[worker] = n
	}
	if !started && !early {
		close(first)
	}
	require.Error(t, cmd.Wait(), "it was killed")
	require.True(t, started || early, "it wrote something")
	return done
}

// writers run until the process is killed.
func writers(t *testing.T, write func(worker, n int) error) {
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for n := 1; ; n++ {
				if err := write(worker, n); err != nil {
					fmt.Println("error:", err)
					return
				}
				said(worker, n)
			}
		})
	}
	group.Wait()
}

// batchOf is the n-th batch of a worker: between 1 and 300 records, of two
// projects, among which every other batch has some of the batch before.
func batchOf(round, worker, n int) []meter.Record {
	size := 1 + (n*7919+worker*104729)%300
	from := 0
	if n > 1 && n%2 == 0 {
		from = -min(5, len(batchOf(round, worker, n-1)))
	}
	var batch []meter.Record
	for i := from; i < size; i++ {
		id := meter.NewID(fmt.Sprint(round, worker, n, i))
		if i < 0 {
			id = meter.NewID(fmt.Sprint(round, worker, n-1, -i-1))
		}
		project := "even"
		if id[0]%2 == 1 {
			project = "odd"
		}
		batch = append(batch, meter.Record{Project: project, Metric: billing.TransformsUnique, Period: month.Start, ID: id})
	}
	return batch
}

// elements are all elements of a store.
func elements(t *testing.T, s meter.Store) map[meter.Record]bool {
	all := map[meter.Record]bool{}
	var after meter.Record
	for {
		page, err := s.Scan(t.Context(), billing.Period{}, after, 5000)
		require.NoError(t, err)
		for _, r := range page {
			require.False(t, all[r], "twice: %v", r)
			all[r] = true
		}
		if len(page) < 5000 {
			return all
		}
		after = page[len(page)-1]
	}
}

// sums are the counters of a store, added up.
func sums(t *testing.T, s meter.Store) (n int) {
	counts, err := s.Counts(t.Context(), "", billing.Period{})
	require.NoError(t, err)
	for _, c := range counts {
		n += int(c.N)
	}
	return n
}

// TestKilledMeter: what was acknowledged is there, each batch is there whole
// or not at all, and the counters say how many elements there are.
func TestKilledMeter(t *testing.T) {
	if path, round := writing(t); path != "" {
		s := open(t, path, nil).Meter()
		writers(t, func(worker, n int) error {
			_, err := s.Insert(t.Context(), batchOf(round, worker, n))
			return err
		})
		return
	}
	path, acknowledged := file(t), 0
	for round := range killings(t) {
		done := kill(t, path, round)
		s := open(t, path, nil)
		all := elements(t, s.Meter())
		require.Equal(t, len(all), sums(t, s.Meter()))
		for worker, last := range done {
			for n := 1; n <= last+1; n++ {
				there := 0
				batch := batchOf(round, worker, n)
				for _, r := range batch {
					there += has(all, r)
				}
				if n <= last {
					require.Equal(t, len(batch), there, "an acknowledged batch was lost")
					acknowledged++
				} else if whole := there == len(batch); !whole {
					// What it shares with the batch before may be there.
					require.LessOrEqual(t, there, 5, "half a batch was written")
				}
				// Delivered again, nothing counts twice.
				before := len(all)
				fresh, err := s.Meter().Insert(t.Context(), batch)
				require.NoError(t, err)
				for _, r := range batch {
					all[r] = true
				}
				require.Equal(t, len(all)-before, fresh)
			}
		}
		require.Equal(t, len(all), sums(t, s.Meter()))
		require.NoError(t, s.Close())
	}
	t.Logf("%d batches were acknowledged to processes that were killed", acknowledged)
}

func has(all map[meter.Record]bool, r meter.Record) int {
	if all[r] {
		return 1
	}
	return 0
}

// TestKilledBatched: what is lost is no more than one transaction.
func TestKilledBatched(t *testing.T) {
	one := func(round, worker, n int) []meter.Record {
		return []meter.Record{{Project: "p", Metric: billing.TransformsUnique, Period: month.Start, ID: meter.NewID(fmt.Sprint(round, worker, n))}}
	}
	if path, round := writing(t); path != "" {
		s := open(t, path, &sqlite.Options{Durability: sqlite.Batched}).Meter()
		writers(t, func(worker, n int) error {
			_, err := s.Insert(t.Context(), one(round, worker, n))
			return err
		})
		return
	}
	path, most := file(t), 0
	for round := range killings(t) {
		done := kill(t, path, round)
		s := open(t, path, nil)
		all := elements(t, s.Meter())
		require.Equal(t, len(all), sums(t, s.Meter()))
		lost := 0
		for worker, last := range done {
			gone := false
			for n := 1; n <= last; n++ {
				there := has(all, one(round, worker, n)[0]) == 1
				require.False(t, gone && there, "what came after something lost is there")
				if gone = !there; gone {
					lost++
				}
			}
		}
		require.LessOrEqual(t, lost, 1000)
		most = max(most, lost)
		require.NoError(t, s.Close())
	}
	t.Logf("at most %d records were lost", most)
}

// TestKilledLedger: after each death the books balance, and every operation,
// done again from its beginning under the same keys, is charged once.
func TestKilledLedger(t *testing.T) {
	cost, err := billing.ParseMoney("0.0001", "USD")
	require.NoError(t, err)
	operation := func(ctx context.Context, l *ledger.Ledger, round, worker, n int) error {
		r, err := l.Reserve(ctx, ledger.Request{Account: "bench", Key: fmt.Sprint(round, "-", worker, "-", n), Upstream: cost})
		if err != nil {
			return err
		}
		if n%3 == 0 {
			return r.Release(ctx)
		}
		s, err := r.Commit(ctx, ledger.Succeeded, cost)
		if err == nil && s.Charged.NanoUnits() != 120_000 {
			return errors.New("charged " + s.Charged.String())
		}
		return err
	}
	if path, round := writing(t); path != "" {
		l := books(t, open(t, path, nil).Ledger())
		writers(t, func(worker, n int) error { return operation(t.Context(), l, round, worker, n) })
		return
	}
	path, charged, acknowledged := file(t), int64(0), 0
	for round := range killings(t) {
		done := kill(t, path, round)
		s := open(t, path, nil)
		l := books(t, s.Ledger()) // the top-up, again under its key
		require.NoError(t, l.Verify(t.Context()))
		balance, err := l.Balance(t.Context(), "bench")
		require.NoError(t, err)
		spent := 10_000_000_000_000 - balance.Paid.NanoUnits() - charged
		told := 0
		for _, last := range done {
			told += last - last/3
			acknowledged += last
		}
		require.GreaterOrEqual(t, spent, int64(told)*120_000, "a commit that was acknowledged was lost")
		require.LessOrEqual(t, spent, int64(told+workers)*120_000, "a commit was charged twice")
		for worker, last := range done {
			for n := 1; n <= last+1; n++ {
				require.NoError(t, operation(t.Context(), l, round, worker, n))
				if n%3 != 0 {
					charged += 120_000
				}
			}
		}
		balance, err = l.Balance(t.Context(), "bench")
		require.NoError(t, err)
		require.Equal(t, 10_000_000_000_000-charged, balance.Paid.NanoUnits())
		require.Zero(t, balance.Held.NanoUnits())
		require.NoError(t, l.Verify(t.Context()))
		require.NoError(t, s.Close())
	}
	t.Logf("%d operations were acknowledged to processes that were killed", acknowledged)
}
