package luna

import "sync"

// mostCores is how many cores one render can make use of: its entropy decoding
// is split in few parts, and its chain in three.
const mostCores = 4

// cores are those of the engine that no render has taken. There may be more
// renders than cores: then free is negative, and each has one.
type cores struct {
	mu   sync.Mutex
	free int
}

// take returns how many cores a render may keep busy: those that the others
// leave, but at least one. give, which has an effect once, ends that.
func (c *cores) take() (n int, give func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n = min(max(c.free, 1), mostCores)
	c.free -= n
	return n, sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.free += n
	})
}
