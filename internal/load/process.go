package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A process is what the system says of the server: resident bytes as the
// medians of the time after the warm-up, which is the first third of a run but
// at most two minutes, cut into quarters. All is zero where there is no /proc,
// and Goroutines where the server's metrics do not tell.
type process struct {
	Warmup     float64  `json:"warmupSeconds"`
	Resident   [4]int64 `json:"residentBytes"`
	Peak       int64    `json:"peakBytes"`
	Files      [2]int   `json:"openFiles"` // median of the first quarter, of the last
	Goroutines [2]int   `json:"goroutines"`
}

// growth is that from the first to the last quarter, in parts of the first.
func (p process) growth() float64 {
	if p.Resident[0] == 0 {
		return 0
	}
	return float64(p.Resident[3])/float64(p.Resident[0]) - 1
}

type sample struct {
	at                time.Duration
	resident          int64
	files, goroutines int
}

// watchProcess looks at the server every half a second until the function
// returned is called.
func watchProcess(t *target, long time.Duration) (end func() process) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan process)
	warmup := min(long/3, 2*time.Minute)
	go func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		begin := time.Now()
		var samples []sample
		for {
			select {
			case <-tick.C:
				if at := time.Since(begin); at >= warmup {
					samples = append(samples, sample{at, residentBytes(t.pid), openFiles(t.pid), t.goroutines(ctx)})
				}
			case <-ctx.Done():
				done <- summary(samples, warmup)
				return
			}
		}
	}()
	return func() process {
		cancel()
		return <-done
	}
}

func summary(samples []sample, warmup time.Duration) process {
	p := process{Warmup: warmup.Seconds()}
	if len(samples) < 4 {
		return p
	}
	for q := range 4 {
		part := samples[q*len(samples)/4 : (q+1)*len(samples)/4]
		p.Resident[q] = middle(part, func(s sample) int64 { return s.resident })
		if q%3 == 0 {
			p.Files[q/3] = middle(part, func(s sample) int { return s.files })
			p.Goroutines[q/3] = middle(part, func(s sample) int { return s.goroutines })
		}
	}
	for _, s := range samples {
		p.Peak = max(p.Peak, s.resident)
	}
	return p
}

func middle[T cmp.Ordered](part []sample, of func(sample) T) T {
	values := make([]T, len(part))
	for i, s := range part {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// residentBytes reads /proc, and is 0 where there is none.
func residentBytes(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// processorTime is the seconds that a process has taken of all cores, by /proc,
// and 0 where there is none.
func processorTime(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// After the name, which is in parentheses and may hold anything: the 12th
	// and 13th, in hundredths of a second.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	sum := 0.0
	for _, f := range fields[11:13] {
		ticks, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return 0
		}
		sum += ticks / 100
	}
	return sum
}

func openFiles(pid int) int {
	list, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		return 0
	}
	return len(list)
}

// goroutines asks the server's metrics.
func (t *target) goroutines(ctx context.Context) (n int) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/metrics", nil)
	if err != nil {
		return 0
	}
	a, err := t.client.Do(r)
	if err != nil {
		return 0
	}
	defer a.Body.Close()
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "go_goroutines %d", &n); err == nil {
			return n
		}
	}
	return 0
}
