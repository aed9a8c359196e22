package vp8l

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPanicsAreTheCallers has every worker panic, or the one that is none of the
// caller's goroutine.
func TestPanicsAreTheCallers(t *testing.T) {
	const parts, workers = 100, 3
	e := Encoder{job: job{ctx: context.Background(), s: &settings{workers: workers}}}
	var begun atomic.Int64
	require.PanicsWithValue(t, "broken", func() {
		_ = e.each(parts, func(*Encoder, int, int) {
			begun.Add(1)
			panic("broken")
		})
	})
	require.LessOrEqual(t, begun.Load(), int64(workers), "no part is begun after a panic")
	var once sync.Once
	others := make(chan struct{})
	require.PanicsWithValue(t, "broken", func() {
		_ = e.each(parts, func(_ *Encoder, worker, _ int) {
			if worker > 0 {
				defer once.Do(func() { close(others) })
				panic("broken")
			}
			<-others
		})
	})
}
