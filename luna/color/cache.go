package color

import (
	"crypto/sha256"
	"slices"
	"sync"
)

// A Cache keeps the transforms of the profiles that were used last, so that
// their tables are made once. It is safe for concurrent use; it holds at most
// about 700 KiB a transform.
type Cache struct {
	size int

	mu    sync.Mutex
	known []*known // the last used first
}

type known struct {
	key       [sha256.Size]byte
	once      sync.Once
	transform *Transform
	err       error
}

// NewCache returns a cache of at most size transforms; size is at least 1.
func NewCache(size int) *Cache { return &Cache{size: max(size, 1)} }

// Transform returns the transform of an ICC profile to sRGB. Errors are those
// of [Parse].
func (c *Cache) Transform(profile []byte) (*Transform, error) {
	k := c.find(sha256.Sum256(profile))
	k.once.Do(func() {
		var p *Profile
		if p, k.err = Parse(profile); k.err == nil {
			k.transform = New(p)
		}
	})
	return k.transform, k.err
}

func (c *Cache) find(key [sha256.Size]byte) *known {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.known, func(k *known) bool { return k.key == key })
	var k *known
	if i >= 0 {
		k = c.known[i]
		c.known = slices.Delete(c.known, i, i+1)
	} else {
		k = &known{key: key}
		c.known = c.known[:min(len(c.known), c.size-1)]
	}
	c.known = slices.Insert(c.known, 0, k)
	return k
}
