package postgres_test

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

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/ledger"
	"github.com/immagin/immagin-go/billing/meter"
)

// Tests start themselves as other processes, told by the environment which
// database to write to, and which of them they are. Those say what was
// acknowledged to them on their standard output, which outlives them.
const (
	processURL    = "IMMAGIN_TEST_PROCESS_URL"
	processNumber = "IMMAGIN_TEST_PROCESS_NUMBER"
	workers       = 4 // of each process
)

// process returns the database and the number if this is another process.
func process(t *testing.T) (url string, number int) {
	if url = os.Getenv(processURL); url != "" {
		var err error
		number, err = strconv.Atoi(os.Getenv(processNumber))
		require.NoError(t, err)
	}
	return url, number
}

// another is this test as another process, to be started.
func another(t *testing.T, url string, number int) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), processURL+"="+url, fmt.Sprint(processNumber, "=", number))
	cmd.Stderr = os.Stderr
	return cmd
}

// kill starts this test as another process, kills it at a random moment, and
// returns how often each worker said that it was done. Most have said
// something by then; one in four may be killed while it opens the database.
func kill(t *testing.T, url string, round int) (done [workers]int) {
	t.Helper()
	cmd := another(t, url, round)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	early := round%4 == 3
	if early {
		begin()
	}
	go func() {
		<-begun
		time.Sleep(rand.N(60 * time.Millisecond))
		_ = cmd.Process.Kill()
	}()
	said := false
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = true
		begin()
		var worker, n int
		_, err := fmt.Sscanf(lines.Text(), "done %d %d", &worker, &n)
		require.NoError(t, err, "the process says %q", lines.Text())
		require.Equal(t, done[worker]+1, n)
		done[worker] = n
	}
	begin()
	require.Error(t, cmd.Wait(), "it was killed")
	require.True(t, said || early, "it wrote something")
	alone(t, url)
	return done
}

// alone waits until what a dead process sent is committed or undone.
func alone(t *testing.T, url string) {
	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer db.Close(context.Background())
	for others := 1; others > 0; time.Sleep(time.Millisecond) {
		err := db.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others)
		require.NoError(t, err)
	}
}

// deadlocks is how many the database has seen.
func deadlocks(t *testing.T, url string) (n int) {
	db, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer db.Close(context.Background())
	require.NoError(t, db.QueryRow(t.Context(), `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&n))
	return n
}

// write has workers work until the process is killed.
func write(work func(worker, n int) error) {
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for n := 1; ; n++ {
				if err := work(worker, n); err != nil {
					fmt.Println("error:", err)
					return
				}
				fmt.Printf("done %d %d\n", worker, n)
			}
		})
	}
	group.Wait()
}

var november = billing.Month(time.Date(2031, 11, 1, 0, 0, 0, 0, time.UTC))

// elements are all elements of a store.
func elements(t testing.TB, s meter.Store) map[meter.Record]bool {
	all := map[meter.Record]bool{}
	source := meter.Export(s, always)
	for {
		page, err := source.Next(t.Context())
		if err != nil {
			require.EqualError(t, err, "EOF")
			return all
		}
		for _, r := range page {
			require.False(t, all[r], "twice: %v", r)
			all[r] = true
		}
	}
}

// sum is all counters of a store, added up.
func sum(t testing.TB, s meter.Store) (n int) {
	counts, err := s.Counts(t.Context(), "", always)
	require.NoError(t, err)
	for _, c := range counts {
		n += int(c.N)
	}
	return n
}

// bank charges everybody.
type bank struct{}

func (bank) Charge(_ context.Context, _, key string, _ billing.Money) (string, error) {
	return "charge-" + key, nil
}

func (bank) Refund(context.Context, string, string, string, billing.Money) error { return nil }

const (
	paid   = 10_000_000_000_000 // of books, in nano-units
	charge = 120_000            // for an operation, with a margin of 20%
)

// books are a ledger with $10,000 on account "bench".
func books(t testing.TB, s ledger.Store) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(s, &ledger.Options{Payments: bank{}, Policy: ledger.Policy{Margin: 2000}})
	require.NoError(t, err)
	amount, err := billing.Nano(paid, "USD")
	require.NoError(t, err)
	_, err = l.TopUp(t.Context(), "bench", "top-up", amount)
	require.NoError(t, err)
	return l
}

// operate reserves, and commits or, one time in three, releases.
func operate(ctx context.Context, l *ledger.Ledger, key string, n int) error {
	cost, err := billing.Nano(charge/12*10, "USD")
	if err != nil {
		return err
	}
	r, err := l.Reserve(ctx, ledger.Request{Account: "bench", Key: key, Upstream: cost})
	if err != nil {
		return err
	}
	if n%3 == 0 {
		return r.Release(ctx)
	}
	s, err := r.Commit(ctx, ledger.Succeeded, cost)
	if err == nil && s.Charged.NanoUnits() != charge {
		return errors.New("charged " + s.Charged.String())
	}
	return err
}

// settled expects a balance that n charges have left, with nothing held and
// books that are right.
func settled(t testing.TB, l *ledger.Ledger, n int) {
	t.Helper()
	balance, err := l.Balance(t.Context(), "bench")
	require.NoError(t, err)
	require.Equal(t, int64(paid)-charge*int64(n), balance.Paid.NanoUnits())
	require.Zero(t, balance.Held.NanoUnits())
	require.NoError(t, l.Verify(t.Context()))
}
