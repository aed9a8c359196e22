package pixel

import (
	"testing"

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
