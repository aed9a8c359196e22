//go:build linux

package codecs_test

import (
	"io"
	"os"
	"path"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// threadTime is the processor time of this thread.
func threadTime() time.Duration {
	var u syscall.Rusage
	const thread = 1
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCancelGaps tells for how long, in the time of its processor, each long
// task never looks at its context: how late it may hear that it is to stop. It
// is what the figures come from, and asserts nothing, since times depend on the
// machine.
func TestCancelGaps(t *testing.T) {
	if os.Getenv("IMMAGIN_TEST_SIDE") == "" {
		t.Skip("set IMMAGIN_TEST_SIDE to the side of the pictures, such as 4000")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	side := longSide()
	l := newLongEngine(t, side, side*3/4)
	thread := syscall.Gettid()
	for _, task := range longTasks() {
		if slow := strings.Contains(task.name, "avif") || strings.Contains(task.name, "heif"); slow && side > 1000 || !l.has(task.from) {
			continue
		}
		ctx := newPollContext(0)
		start := threadTime()
		worst, last, at, from, to := time.Duration(0), start, "the beginning", "", ""
		look := func(who string) {
			now := threadTime()
			if d := now - last; d > worst {
				worst, from, to = d, at, who
			}
			last, at = now, who
		}
		ctx.polled = func() {
			if syscall.Gettid() == thread {
				look(caller())
			}
		}
		require.NoError(t, l.run(ctx, io.Discard, task), task.name)
		look("the end")
		t.Logf("%-70s %8.1f ms of %8.1f, from %s to %s", task.name, milliseconds(worst), milliseconds(last-start), from, to)
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// caller names who polls, beyond the helpers.
func caller() string {
	pcs := make([]uintptr, 4)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, path.Base(f.Function))
		if !more {
			return strings.Join(names, " < ")
		}
	}
}
