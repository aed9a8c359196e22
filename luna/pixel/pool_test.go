package pixel

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestClassesHoldWhatTheyPromise(t *testing.T) {
	last := -1
	for n := 1; n < 1<<16; n++ {
		index, size := class(n)
		require.GreaterOrEqual(t, size, n)
		require.GreaterOrEqual(t, index, last)
		last = index
		again, same := class(size)
		require.Equal(t, index, again, "a buffer of %d goes back to its own class", size)
		require.Equal(t, size, same)
		if n > 1<<10 {
			require.LessOrEqual(t, size-n, n/4, "slack at %d", n)
		}
	}
}

func TestPoolLendsTheLengthAsked(t *testing.T) {
	for _, pool := range []*Pool{nil, NewPool()} {
		for _, n := range []int{0, 1, 1023, 1024, 1025, 5000, 1 << 20} {
			for range 3 {
				b, w := pool.Get(n), pool.Get16(n)
				require.Len(t, b, n)
				require.Len(t, w, n)
				pool.Put(b)
				pool.Put16(w)
			}
		}
	}
}

func TestPoolDropsForeignBuffers(t *testing.T) {
	pool := NewPool()
	pool.Put(make([]uint8, 100, 1500))
	require.Len(t, pool.Get(1400), 1400)
}

func TestPoolLendsLargeBuffersAgain(t *testing.T) {
	pool := NewPool()
	for _, n := range []int{40 << 10, 1 << 20} {
		a, b := pool.Get(n), pool.Get(n)
		pool.Put(a)
		pool.Put(b)
		done := make(chan []uint8)
		for range 2 { // wherever it runs
			go func() { done <- pool.Get(n) }()
		}
		got := []*uint8{&(<-done)[0], &(<-done)[0]}
		require.ElementsMatch(t, []*uint8{&a[0], &b[0]}, got)
	}
}

func TestPoolIsTrimmedToWhatIsMissed(t *testing.T) {
	var r rack[uint16]
	const n = 100_000
	held := [][]uint16{r.get(n), r.get(n), r.get(n)}
	for _, b := range held {
		require.True(t, r.put(b))
	}
	c, _ := class(n)
	count := func() int { return len(r.piles[c-large].free) }
	r.trim()
	require.Equal(t, 3, count(), "all were missed before they came back")
	r.put(r.get(n))
	r.trim()
	require.Equal(t, 1, count())
	r.trim()
	require.Zero(t, count())
}

// TestPoolLetsGo of what nobody uses, and of itself.
func TestPoolLetsGo(t *testing.T) {
	gone := make(chan string, 2)
	pool := NewPool()
	b := pool.Get(1 << 20)
	runtime.AddCleanup(&b[0], func(what string) { gone <- what }, "buffer")
	runtime.AddCleanup(pool, func(what string) { gone <- what }, "pool")
	pool.Put(b)
	b = nil
	wait := func() string {
		for {
			runtime.GC()
			select {
			case what := <-gone:
				return what
			case <-time.After(time.Millisecond):
			}
		}
	}
	require.Equal(t, "buffer", wait())
	runtime.KeepAlive(pool)
	require.Equal(t, "pool", wait())
}
