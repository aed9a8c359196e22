package api

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"
)

const (
	touchEvery   = time.Minute
	touchTimeout = 2 * time.Second
	touchMost    = 1 << 16 // keys to remember
)

// touches remembers which keys' last-used times were written lately, so that
// a request does not cost a write.
type touches struct {
	mu    sync.Mutex
	last  map[touchedKey]time.Time
	swept time.Time
}

type touchedKey struct{ tenant, id string }

// due reports whether to write the time of a key now, and remembers that it
// was. While more keys than it can remember are in use, it leaves the rest
// out.
func (t *touches) due(k touchedKey, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[k]; ok && now.Sub(last) < touchEvery {
		return false
	}
	if len(t.last) >= touchMost && now.Sub(t.swept) >= touchEvery {
		maps.DeleteFunc(t.last, func(_ touchedKey, last time.Time) bool { return now.Sub(last) >= touchEvery })
		t.swept = now
	}
	if _, ok := t.last[k]; !ok && len(t.last) >= touchMost {
		return false
	}
	if t.last == nil {
		t.last = map[touchedKey]time.Time{}
	}
	t.last[k] = now
	return true
}

// touch sets the key's last-used time, at most once a minute. A store that
// fails is logged, and fails no request; one that keeps no times is neither.
func (h *Handler) touch(ctx context.Context, k Key) {
	now := h.opts.Now()
	if k.ID == "" || !h.touches.due(touchedKey{k.Tenant, k.ID}, now) {
		return
	}
	// The request's end must not undo what is only done once a minute.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), touchTimeout)
	defer cancel()
	if err := h.keys.Used(ctx, k.Tenant, k.ID, now); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		h.opts.Logger.WarnContext(ctx, "management API: last-used time of an API key", "key", k.ID, "error", err)
	}
}
