// Package storetest has what the tests of several stores share: processes that
// are killed while they write, and what is to be there after it.
package storetest

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Tests start themselves as other processes, told by the environment which
// store to write to, and which of them they are. Those say what was
// acknowledged to them on their standard output, which outlives them.
const (
	processPlace  = "IMMAGIN_TEST_PROCESS_PLACE"
	processNumber = "IMMAGIN_TEST_PROCESS_NUMBER"
)

// Workers is how many goroutines of each process write.
const Workers = 4

// Process returns the store's place and the number if this is another process.
func Process(t *testing.T) (place string, number int) {
	if place = os.Getenv(processPlace); place != "" {
		var err error
		number, err = strconv.Atoi(os.Getenv(processNumber))
		require.NoError(t, err)
	}
	return place, number
}

// Another is this test as another process, to be started.
func Another(t *testing.T, place string, number int) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), processPlace+"="+place, fmt.Sprint(processNumber, "=", number))
	cmd.Stderr = os.Stderr
	return cmd
}

// Killings is how many processes to kill: IMMAGIN_TEST_COUNT, or 5.
func Killings(t *testing.T) int {
	text := os.Getenv("IMMAGIN_TEST_COUNT")
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	return n
}

// Kill starts this test as another process, kills it at a random moment, and
// returns how often each worker said that it was done. Most have said
// something by then; one in four may be killed while it opens the store.
func Kill(t *testing.T, place string, round int) (done [Workers]int) {
	t.Helper()
	cmd := Another(t, place, round)
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
	return done
}

// Write has workers work until the process is killed.
func Write(work func(worker, n int) error) {
	var group sync.WaitGroup
	for worker := range Workers {
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
