package pixel

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

type firstKey struct{}
type secondKey struct{}

func TestPoolKeepsValuesByKey(t *testing.T) {
	pool := NewPool()
	require.Nil(t, pool.Take(firstKey{}))
	a, b := new(int), new(string)
	pool.Keep(firstKey{}, a)
	pool.Keep(secondKey{}, b)
	require.Same(t, a, pool.Take(firstKey{}))
	require.Nil(t, pool.Take(firstKey{}), "it is lent once")
	require.Same(t, b, pool.Take(secondKey{}))
	require.Zero(t, pool.Size())
}

func TestNilPoolKeepsNothing(t *testing.T) {
	var pool *Pool
	pool.Keep(firstKey{}, 1)
	require.Nil(t, pool.Take(firstKey{}))
}

func TestValuesThatNobodyTakesAreLetGo(t *testing.T) {
	var s shelf
	for i := range 3 {
		s.keep(firstKey{}, i)
	}
	s.trim() // all came since
	s.keep(firstKey{}, s.take(firstKey{}))
	s.trim()
	require.Len(t, s.kept[firstKey{}].free, 1)
	s.trim()
	require.Empty(t, s.kept)

	pool := NewPool()
	pool.Keep(firstKey{}, 1)
	require.Eventually(t, func() bool {
		runtime.GC()
		pool.values.mu.Lock()
		defer pool.values.mu.Unlock()
		return len(pool.values.kept) == 0
	}, time.Minute, time.Millisecond)
}

func TestTakeAndKeepDoNotAllocate(t *testing.T) {
	pool := NewPool()
	v := new(int)
	pool.Keep(firstKey{}, v)
	require.Zero(t, testing.AllocsPerRun(100, func() { pool.Keep(firstKey{}, pool.Take(firstKey{})) }))
}
