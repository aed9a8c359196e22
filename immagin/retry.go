package immagin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	defaultRetries = 2
	backoffBase    = 100 * time.Millisecond
	backoffCap     = 5 * time.Second
	// maxRetryAfter is the longest wait that a server may ask for; where it
	// asks for more, the caller knows better than we what to do.
	maxRetryAfter = 30 * time.Second
)

// retries counts what one call of the client, all parts of an upload together,
// may still repeat. A nil one repeats nothing.
type retries struct {
	left   int
	done   int
	jitter func(most time.Duration) time.Duration
	// unsure says that a request that failed may have done its work.
	unsure bool
}

func (c *Client) retries() *retries { return &retries{left: c.maxRetries, jitter: c.jitter} }

// fullJitter spreads clients that failed together over the whole pause, as
// in Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
func fullJitter(most time.Duration) time.Duration { return rand.N(most + 1) }

// wait returns nil, after a pause, where what failed with err is to be sent
// again, and otherwise the error that the caller gets.
func (r *retries) wait(ctx context.Context, err error) error {
	if r == nil || r.left <= 0 || ctx.Err() != nil || !temporary(err) {
		return err
	}
	pause := r.jitter(min(backoffCap, backoffBase<<min(r.done, 10)))
	if e, ok := errors.AsType[*Error](err); ok {
		if e.RetryAfter > maxRetryAfter {
			return err
		}
		pause += e.RetryAfter
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return err // which says more than that the time was over
	}
	r.left--
	r.done++
	r.unsure = r.unsure || !refused(err)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("immagin: %w before a retry after: %w", ctx.Err(), err)
	}
}

// temporary reports whether the same request may succeed later.
func temporary(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		switch e.Status {
		case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	f, ok := errors.AsType[*failure](err)
	return ok && !f.final
}

// refused reports whether err shows that the server did nothing of what it was
// asked for: it said so, or was never reached.
func refused(err error) bool {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
	}
	f, ok := errors.AsType[*failure](err)
	return ok && f.unreached
}

// retryAfter reads a Retry-After (RFC 9110, section 10.2.3), in seconds or as
// a date, which is held against the answer's own Date: the clocks may differ.
// It is 0 where there is none, or none that is well-formed, or one that has
// passed.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.Trim(header.Get("Retry-After"), " \t")
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			seconds = 1<<31 - 1 // decades are enough
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return max(0, at.Sub(now))
}
