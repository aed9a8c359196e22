package api

import (
	"context"
	"io/fs"
	"sync"
	"time"
)

// Nonces remembers which upload tickets were used. It must be safe for
// concurrent use, and shared by the servers that take uploads for one project.
type Nonces interface {
	// Use remembers a tenant's nonce for at least life. It returns an error
	// that is [fs.ErrExist] if it remembers it already: of any number of
	// concurrent calls, one succeeds.
	Use(ctx context.Context, tenant, nonce string, life time.Duration) error
}

// MemoryNonces keeps nonces in memory, and drops them when their life is
// over. The zero value is empty and ready.
type MemoryNonces struct {
	mu    sync.Mutex
	until map[nonce]time.Time
	sweep int // size at which to look for what is over
}

type nonce struct{ tenant, text string }

// Use is [Nonces.Use].
func (m *MemoryNonces) Use(ctx context.Context, tenant, text string, life time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now, n := time.Now(), nonce{tenant, text}
	if until, ok := m.until[n]; ok && now.Before(until) {
		return fs.ErrExist
	}
	// Sweeping at twice what the last sweep left costs each call a constant.
	if len(m.until) >= m.sweep {
		for n, until := range m.until {
			if !now.Before(until) {
				delete(m.until, n)
			}
		}
		m.sweep = max(1024, 2*len(m.until))
	}
	if m.until == nil {
		m.until = map[nonce]time.Time{}
	}
	m.until[n] = now.Add(life)
	return nil
}
