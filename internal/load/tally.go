package main

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A tally counts answers.
type tally struct {
	mu                 sync.Mutex
	hit, miss, refused []time.Duration
	withoutRetry       int // refusals that name no time to come back
	errors             int
	partial            int
	timeouts           int            // 504: the work took longer than it may
	example            string         // of an error
	finished           int            // misses before the end
	formats            map[string]int // misses by MIME type
	end                time.Time
}

// add counts an answer, unless the run was ended from outside.
func (t *tally) add(ctx context.Context, a answer) {
	if ctx.Err() != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case a.err != nil:
		t.errors++
		t.example = a.err.Error()
		if a.status == http.StatusOK {
			t.partial++
		}
	case a.status == http.StatusServiceUnavailable:
		t.refused = append(t.refused, a.took)
		if a.retryAfter == "" {
			t.withoutRetry++
		}
	case a.status == http.StatusGatewayTimeout:
		t.timeouts++
	case a.status != http.StatusOK:
		t.errors++
		t.example = http.StatusText(a.status) + ": " + string(a.body[:min(len(a.body), 200)])
	case a.cache == "hit":
		t.hit = append(t.hit, a.took)
	default:
		t.miss = append(t.miss, a.took)
		if t.formats == nil {
			t.formats = map[string]int{}
		}
		t.formats[a.mime]++
		if t.end.IsZero() || time.Now().Before(t.end) {
			t.finished++
		}
	}
}

// faults are what went wrong. Timeouts are counted apart: on a machine that
// others keep busy, they say nothing of the server.
type faults struct {
	Timeouts int    `json:"timeouts"`
	NoRetry  int    `json:"refusedWithoutRetryAfter"`
	Partial  int    `json:"partial"`
	Errors   int    `json:"errors"` // partial ones too, and any other status
	Example  string `json:"exampleOfAnError,omitempty"`
}

func (t *tally) faults() faults {
	return faults{t.timeouts, t.withoutRetry, t.partial, t.errors, t.example}
}

// A class is how long the answers of one kind took, in milliseconds.
type class struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

func newClass(took []time.Duration) class {
	slices.Sort(took)
	return class{len(took), quantile(took, 0.5), quantile(took, 0.95), quantile(took, 0.99), quantile(took, 1)}
}

// quantile is that of sorted values, by the nearest rank.
func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i].Microseconds()) / 1000
}
