package luna

import (
	"math"

	"github.com/maypok86/otter/v2"
)

// A memoryCache keeps records up to a number of bytes; which ones, W-TinyLFU
// decides. A nil memoryCache keeps nothing.
type memoryCache struct{ records *otter.Cache[string, *record] }

// recordOverhead is what a record weighs without its body.
const recordOverhead = 512

func newMemoryCache(bytes int64) *memoryCache {
	if bytes <= 0 {
		return nil
	}
	return &memoryCache{otter.Must(&otter.Options[string, *record]{
		MaximumWeight: uint64(bytes),
		Weigher: func(_ string, r *record) uint32 {
			return uint32(min(int64(len(r.body))+recordOverhead, math.MaxUint32))
		},
		Executor: func(f func()) { f() }, // no goroutine of its own
	})}
}

func (c *memoryCache) get(id string) *record {
	if c == nil {
		return nil
	}
	r, _ := c.records.GetIfPresent(id)
	return r
}

// bytes reports what is kept, about.
func (c *memoryCache) bytes() int64 {
	if c == nil {
		return 0
	}
	return int64(c.records.WeightedSize())
}

func (c *memoryCache) put(id string, r *record) {
	if c != nil {
		c.records.Set(id, r)
	}
}
