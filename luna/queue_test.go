package luna

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestQueueBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2, 3)
		var running, most, refused, served atomic.Int32
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				start := time.Now()
				if err := q.acquire(t.Context(), "a"); err != nil {
					if err != ErrOverloaded || time.Since(start) != 0 {
						t.Errorf("%v after %v", err, time.Since(start))
					}
					refused.Add(1)
					return
				}
				if n := running.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Second)
				running.Add(-1)
				served.Add(1)
				q.release()
			})
		}
		callers.Wait()
		require.EqualValues(t, 2, most.Load())
		require.EqualValues(t, 5, served.Load())
		require.EqualValues(t, 5, refused.Load(), "at once, with ErrOverloaded")
		require.Equal(t, 2, q.free)
		require.Equal(t, 3, q.room)
	})
}

func TestQueueIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 6)
		require.NoError(t, q.acquire(t.Context(), "greedy"))
		var mu sync.Mutex
		var order []string
		refused := map[string]int{}
		ask := func(tenant string) {
			go func() {
				err := q.acquire(t.Context(), tenant)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					refused[tenant]++
					return
				}
				order = append(order, tenant)
			}()
			synctest.Wait()
		}
		for range 6 {
			ask("greedy") // fills the queue
		}
		ask("modest") // at the cost of greedy
		ask("other")
		ask("modest")
		ask("greedy") // has more than its share already
		for range 6 {
			q.release()
			synctest.Wait()
		}
		require.Equal(t, []string{"greedy", "modest", "other", "greedy", "modest", "greedy"}, order)
		require.Equal(t, map[string]int{"greedy": 4}, refused)
		q.release()
		require.Equal(t, 1, q.free)
		require.Equal(t, 6, q.room)
		require.Empty(t, q.lines)
		require.Empty(t, q.tenants)
	})
}

func TestQueueCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 1)
		require.NoError(t, q.acquire(t.Context(), "a"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, q.acquire(ctx, "a"), context.DeadlineExceeded)
		require.Equal(t, 1, q.room, "who leaves gives its place back")
		q.release()
		require.Equal(t, 1, q.free)
	})
}

// TestQueueLosesNothing lets callers give up while they are being called.
func TestQueueLosesNothing(t *testing.T) {
	q := newQueue(3, 5)
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 300 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(50))*time.Microsecond)
				if q.acquire(ctx, string(rune('a'+i%3))) == nil {
					q.release()
				}
				cancel()
			}
		})
	}
	callers.Wait()
	require.Equal(t, 3, q.free)
	require.Equal(t, 5, q.room)
	require.Empty(t, q.lines)
	require.Empty(t, q.tenants)
}
