//go:build linux

package codecs_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/magic"
	"github.com/immagin/immagin-go/luna"
)

// An outcome is what became of a file.
type outcome struct {
	Name string
	// Begin is set when the file's turn comes; all else once it is over.
	Begin  bool `json:",omitempty"`
	Format string
	Status int
	Error  string `json:",omitempty"`
	// CPU is the processor time of the whole process meanwhile.
	CPU time.Duration
	// Peak is the most memory that the process has had resident so far.
	Peak int64
	// Peer is the package that reads it, where that was asked.
	Peer string `json:",omitempty"`
}

const (
	renderTask = "render"
	raisedTask = "raised"
	peerTask   = "peer"
	// childVariable makes this program a child of TestCorpus's: task, workers
	// and folder.
	childVariable = "IMMAGIN_TEST_CORPUS_CHILD"
	// childSpace is how much a child may map, so that one that runs away does
	// not take the machine with it; raisedSpace is for raised limits.
	childSpace, raisedSpace = 4 << 30, 6 << 30
	// hang is how long a file may take by the clock, on a machine that others
	// work on as well.
	hang = 3 * time.Minute
)

// run has children of this program do a task on the files. One that dies, or
// hangs, is followed by another; the files that it died of are tried alone.
func run(t *testing.T, folder, task string, names []string, workers int) []outcome {
	t.Helper()
	done := map[string]outcome{}
	remaining := names
	for len(remaining) > 0 {
		open, fate := child(t, folder, task, remaining, workers, done)
		if len(open) == 0 {
			require.Empty(t, fate)
			break
		}
		for _, name := range open {
			if workers == 1 {
				done[name] = outcome{Name: name, Error: fate}
			} else {
				done[name] = run(t, folder, task, []string{name}, 1)[0]
			}
		}
		remaining = slices.DeleteFunc(slices.Clone(remaining), func(name string) bool {
			_, ok := done[name]
			return ok
		})
	}
	var all []outcome
	for _, name := range names {
		if o, ok := done[name]; ok {
			all = append(all, o)
		}
	}
	return all
}

// TestCorpusSurvivesDeaths has children that die of a file, of which there is
// none: it is named, and all others are worked on.
func TestCorpusSurvivesDeaths(t *testing.T) {
	folder := t.TempDir()
	var names []string
	for i := range 20 {
		name := strconv.Itoa(i)
		names = append(names, name)
		if i != 7 && i != 8 {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\xff\xff\xff\x02\x02D\x01\x00;"), 0o600))
		}
	}
	for _, workers := range []int{1, 4} {
		outcomes := run(t, folder, peerTask, names, workers)
		require.Len(t, outcomes, len(names))
		for i, o := range outcomes {
			require.Equal(t, names[i], o.Name)
			if i == 7 || i == 8 {
				require.Contains(t, o.Error, "no such file")
			} else {
				require.Empty(t, o.Error)
				require.Equal(t, "image/gif", o.Peer)
				require.Positive(t, o.Peak)
			}
		}
	}
}

// child runs one process, and puts what is over into done. It returns the
// files that it was at when it ended before its time, and how it ended.
func child(t *testing.T, folder, task string, names []string, workers int, done map[string]outcome) (open []string, fate string) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program, "-test.run=^TestCorpusChild$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), childVariable+"="+task+" "+strconv.Itoa(workers)+" "+folder)
	cmd.Stdin = strings.NewReader(strings.Join(names, "\n"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	silence := time.AfterFunc(2*hang, func() { cmd.Process.Signal(syscall.SIGQUIT) })
	defer silence.Stop()
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o outcome
		if !bytes.HasPrefix(lines.Bytes(), []byte("{")) || json.Unmarshal(lines.Bytes(), &o) != nil {
			continue
		}
		silence.Reset(2 * hang)
		if o.Begin {
			open = append(open, o.Name)
			continue
		}
		done[o.Name] = o
		open = slices.DeleteFunc(open, func(name string) bool { return name == o.Name })
	}
	require.NoError(t, lines.Err())
	if err := cmd.Wait(); err != nil {
		tail := stderr.Bytes()
		return open, fmt.Sprintf("%v: %s", err, tail[:min(len(tail), 3000)])
	}
	return open, ""
}

// TestCorpusChild is the child.
func TestCorpusChild(t *testing.T) {
	settings := strings.SplitN(os.Getenv(childVariable), " ", 3)
	if len(settings) != 3 {
		t.Skip("runs in a process of its own that TestCorpus starts")
	}
	task, folder := settings[0], settings[2]
	workers, err := strconv.Atoi(settings[1])
	require.NoError(t, err)
	space := uint64(childSpace)
	if task == raisedTask {
		space = raisedSpace
	}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: space, Max: space}))
	names, err := io.ReadAll(os.Stdin)
	require.NoError(t, err)
	work := func(o *outcome, file []byte) { o.Peer = peer(file) }
	if task != peerTask {
		var options *luna.Options
		if task == raisedTask {
			options = &luna.Options{MaxPixels: 500_000_000, MaxSide: 1 << 24, MaxRequestBytes: 1 << 30, MaxBytes: 2 << 30}
		}
		engine, err := luna.New(everyCodec(t), options)
		require.NoError(t, err)
		work = func(o *outcome, file []byte) { render(t.Context(), engine, o, file) }
	}
	queue := make(chan string)
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
	)
	tell := func(o outcome) {
		line, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		os.Stdout.Write(append(line, '\n'))
	}
	for range workers {
		wait.Go(func() {
			for name := range queue {
				tell(outcome{Name: name, Begin: true})
				o := outcome{Name: name}
				file, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil {
					panic(err)
				}
				begin := processorTime()
				work(&o, file)
				o.CPU, o.Peak = processorTime()-begin, resident()
				tell(o)
			}
		})
	}
	for name := range strings.SplitSeq(string(names), "\n") {
		queue <- name
	}
	close(queue)
	wait.Wait()
}

// render makes the preview.
func render(ctx context.Context, engine *luna.Engine, o *outcome, file []byte) {
	ctx, cancel := context.WithTimeout(ctx, hang)
	defer cancel()
	if o.Format = magic.Name(file); o.Format == "" {
		o.Format = "none"
	}
	_, err := engine.Transform(ctx, io.Discard, bytes.NewReader(file), []edit.Edit{edit.Resize{Width: 256}}, nil)
	o.Status = luna.StatusCode(err)
	if err != nil {
		o.Error = err.Error()
		if p := (*luna.PanicError)(nil); errors.As(err, &p) {
			o.Status, o.Error = 500, string(p.Stack)
		}
	}
}

// processorTime reports what this process has taken.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resident reports the most memory that this process has had.
func resident() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	var kilobytes int64
	if _, err := fmt.Sscan(string(rest), &kilobytes); err != nil {
		panic(err)
	}
	return kilobytes << 10
}
