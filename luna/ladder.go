package luna

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"
)

// errTooSlow says that the best format that a client accepts cannot be made in
// time, so that the next best is to be answered.
var errTooSlow = fmt.Errorf("the format takes too long: %w", context.DeadlineExceeded)

// descend takes the next step of the ladder: from AVIF, which takes long to
// encode, to what is made quickly. It reports whether there is one.
func (h *Handler) descend(x *exchange) bool {
	switch x.choice.class {
	case classAVIFAndWebP:
		x.choice.class = classWebP
	case classAVIF:
		x.choice.class = classBase
	default:
		return false
	}
	if !x.choice.varies {
		return false // the client wants that format and no other
	}
	x.choice.age = h.opts.AutoAge
	return true
}

// onLadder reports whether an exchange may descend.
func (x *exchange) onLadder() bool {
	return x.choice.varies && (x.choice.class == classAVIFAndWebP || x.choice.class == classAVIF)
}

// board joins the flight for an exchange. One that may descend waits for
// AutoTimeout at the most, and leaves the flight in the air then: it lands for
// those who come later.
func (h *Handler) board(ctx context.Context, x *exchange, run func(context.Context) (outcome, func(), error)) (outcome, bool, error) {
	if !x.onLadder() {
		return h.flights.do(ctx, x.id, run)
	}
	if h.slow.has(x.id) {
		return outcome{}, false, errTooSlow
	}
	within, cancel := ctx, context.CancelFunc(func() {})
	if h.opts.AutoTimeout > 0 {
		within, cancel = context.WithTimeoutCause(ctx, h.opts.AutoTimeout, errTooSlow)
	}
	defer cancel()
	made, joined, err := h.flights.do(within, x.id, run)
	// A render that has run into its own deadline was too slow as well.
	if ctx.Err() == nil && (errors.Is(err, errTooSlow) || errors.Is(err, errRenderTimeout)) {
		h.slow.add(x.id, h.opts.AutoAge)
		err = errTooSlow
	}
	return made, joined, err
}

// A slowness remembers for a while what was too slow, so that not everybody
// waits for it. The zero value is ready for use.
type slowness struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// mostSlow is how many are remembered; beyond it none is, so that memory is
// bounded at little cost.
const mostSlow = 4096

func (s *slowness) has(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.until[id])
}

func (s *slowness) add(id string, age time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if len(s.until) >= mostSlow {
		maps.DeleteFunc(s.until, func(_ string, t time.Time) bool { return !now.Before(t) })
	}
	if s.until == nil || len(s.until) >= mostSlow {
		s.until = map[string]time.Time{}
	}
	s.until[id] = now.Add(age)
}
