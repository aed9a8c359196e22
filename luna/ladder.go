package luna

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// errTooSlow says that the best format that a client accepts cannot be made in
// time, so that the next best is to be answered.
var errTooSlow = fmt.Errorf("the format takes too long: %w", context.DeadlineExceeded)

// descend takes the next step of the ladder: from AVIF, which takes long to
// encode, to what is made quickly. It reports whether there is one.
func (h *Handler) descend(x *exchange) bool {
	if !x.choice.onLadder() {
		return false
	}
	if x.choice.class == classAVIFAndWebP {
		x.choice.class = classWebP
	} else {
		x.choice.class = classBase
	}
	x.choice.age = h.opts.AutoAge
	return true
}

// onLadder reports whether there is a step below. A client that wants AVIF by
// name wants no other.
func (c choice) onLadder() bool {
	return c.varies && (c.class == classAVIFAndWebP || c.class == classAVIF)
}

// onLadder reports whether the job makes what the step below would not: the
// original's pictures may move, or AVIF refuse them.
func (j *job) onLadder() bool {
	return j.choice.onLadder() && j.plan.Format.Name == string(edit.FormatAVIF)
}

// board joins the flight for an exchange. One that may descend waits for
// AutoTimeout at the most, and leaves the flight in the air then: it lands for
// those who come later. But where that makes no AVIF, the step below would make
// the same once more, and it waits on.
func (h *Handler) board(ctx context.Context, x *exchange, run func(context.Context) (outcome, func(), error)) (outcome, bool, error) {
	if !x.choice.onLadder() || x.patient {
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
	if ctx.Err() != nil || !errors.Is(err, errTooSlow) {
		return made, joined, err
	}
	if _, ok := h.grounded.Load(x.id); ok {
		made, _, err = h.flights.do(ctx, x.id, run)
		return made, joined, err
	}
	h.slow.add(x.id, h.opts.AutoAge)
	return made, joined, errTooSlow
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
