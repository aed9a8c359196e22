package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/immagin/immagin-go/sign"
)

// A RateLimit is a token bucket for each API key, in this process. A key that
// is over it gets 429, code "rate_limited", with Retry-After; every answer to a
// key tells how it stands by RateLimit and RateLimit-Policy, as the IETF's
// draft-ietf-httpapi-ratelimit-headers-10 has them. Uploads to tickets bear no
// key, and are bounded by the calls that made the tickets.
type RateLimit struct {
	// PerSecond is how many calls a second a key may go on making; 100 by
	// default, no limit if negative.
	PerSecond float64
	// Burst is how many calls a key may make at once; by default twice
	// PerSecond, and at least 1.
	Burst int
}

func (l RateLimit) withDefaults() (RateLimit, error) {
	switch {
	case math.IsNaN(l.PerSecond) || math.IsInf(l.PerSecond, 0):
		return l, errors.New("api: RateLimit.PerSecond must be a number of calls, negative for no limit")
	case l.Burst < 0:
		return l, errors.New("api: RateLimit.Burst must be at least 1")
	}
	if l.PerSecond == 0 {
		l.PerSecond = 100
	}
	if l.Burst == 0 {
		l.Burst = int(min(max(1, 2*l.PerSecond), math.MaxInt32))
	}
	return l, nil
}

// seconds rounds up, to at least 1 and at most about 68 years.
func seconds(s float64) int64 { return int64(min(max(1, math.Ceil(s)), math.MaxInt32)) }

const maxMeters = 1 << 16 // keys that are remembered

// A meter is what is remembered of one key.
type meter struct {
	tokens float64
	filled time.Time // when tokens was right
}

// meters are the keys seen lately, by the hashes of the keys. Only valid keys
// come here. The zero value is empty and ready.
type meters struct {
	mu    sync.Mutex
	keys  map[sign.KeyHash]*meter
	sweep int // size at which to look for what need not be remembered
}

// take takes one token for a call at now, and reports how many whole ones are
// left, or how long to wait for the next if ok is false.
func (m *meters) take(l RateLimit, key sign.KeyHash, now time.Time) (ok bool, left int, wait time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[key]
	if k == nil {
		m.makeRoom(l, now)
		k = &meter{tokens: float64(l.Burst), filled: now}
		m.keys[key] = k
	}
	k.fill(l, now)
	if k.tokens < 1-1e-9 { // who waits as long as told is not refused for rounding
		return false, 0, time.Duration(min((1-k.tokens)/l.PerSecond*float64(time.Second), math.MaxInt64/2))
	}
	k.tokens = max(0, k.tokens-1)
	return true, int(k.tokens), 0
}

// fill adds what came since; a clock that was set back adds nothing.
func (k *meter) fill(l RateLimit, now time.Time) {
	k.tokens = min(float64(l.Burst), k.tokens+max(0, now.Sub(k.filled).Seconds())*l.PerSecond)
	k.filled = now
}

// makeRoom drops full buckets, which are as good as none, and any others
// where that leaves too many. Sweeping at twice what the last sweep left, and
// leaving half of the most at most, costs each call a constant.
func (m *meters) makeRoom(l RateLimit, now time.Time) {
	if m.keys == nil {
		m.keys = map[sign.KeyHash]*meter{}
	}
	if len(m.keys) < max(m.sweep, 1024) {
		return
	}
	for key, k := range m.keys {
		k.fill(l, now)
		if k.tokens >= float64(l.Burst) {
			delete(m.keys, key)
		}
	}
	for key := range m.keys {
		if len(m.keys) <= maxMeters/2 {
			break
		}
		delete(m.keys, key)
	}
	m.sweep = 2 * len(m.keys)
}

// limit counts one call of a key against its limit.
func (h *Handler) limit(header http.Header, key sign.KeyHash) error {
	l := h.opts.RateLimit
	if l.PerSecond < 0 {
		return nil
	}
	ok, left, wait := h.meters.take(l, key, h.opts.Now())
	header.Set("RateLimit-Policy", fmt.Sprintf(`"key";q=%d;w=%d`, l.Burst, seconds(float64(l.Burst)/l.PerSecond)))
	header.Set("RateLimit", fmt.Sprintf(`"key";r=%d;t=%d`, left, seconds(float64(l.Burst-left)/l.PerSecond)))
	if !ok {
		header.Set("Retry-After", strconv.FormatInt(seconds(wait.Seconds()), 10))
		return &problem{status: http.StatusTooManyRequests, code: "rate_limited", detail: "the API key has made too many calls: wait as long as Retry-After says"}
	}
	return nil
}
