package prewarm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"time"

	"gocloud.dev/pubsub"
	"golang.org/x/sync/errgroup"

	"github.com/immagin/immagin-go/luna"
)

// A Renderer makes an image and stores it; *[luna.Handler] is one. It must be
// safe for concurrent use, and return soon after ctx has ended. What its errors
// mean is what [luna.StatusCode] says.
type Renderer interface {
	Render(ctx context.Context, tenant, payload, accept string) error
}

// WorkerOptions set how a [Worker] works. A nil *WorkerOptions is all defaults,
// and so is the zero value of every field.
type WorkerOptions struct {
	// Workers is how many messages are worked on at a time; the number of CPUs
	// by default. They take their turns in the handler's queue, so that as many
	// of its workers may be busy with what nobody waits for.
	Workers int
	// Timeout bounds the work on one message, the handler's own timeouts
	// besides; 30 seconds by default. Let the broker wait longer for an
	// acknowledgement, or it delivers the message to somebody else too.
	Timeout time.Duration
	// Grace is for how long after the end of Run's context the work under way
	// may go on; 10 seconds by default, not at all if negative.
	Grace time.Duration
	// Age is how old a message may be and still be worth its work; an hour by
	// default. It ends all trying again.
	Age time.Duration
	// Pause is the longest time that one of the Workers waits after a failure
	// that may pass; the first time it is a 64th of that, then twice as long
	// each time. 16 seconds by default.
	Pause time.Duration
	// Logger is told what is given up, and of failures that may pass;
	// slog.Default at the time of NewWorker by default.
	Logger *slog.Logger
}

// A Worker renders what a subscription delivers.
type Worker struct {
	subscription *pubsub.Subscription
	renderer     Renderer
	opts         WorkerOptions
}

// NewWorker returns a worker that has r render what s delivers. The
// subscription stays the caller's to shut down, after Run has returned: that
// sends the acknowledgements that are still on their way.
func NewWorker(s *pubsub.Subscription, r Renderer, opts *WorkerOptions) (*Worker, error) {
	if s == nil || r == nil {
		return nil, errors.New("prewarm: NewWorker needs a subscription and a renderer")
	}
	var o WorkerOptions
	if opts != nil {
		o = *opts
	}
	if o.Workers < 0 || o.Timeout < 0 || o.Age < 0 || o.Pause < 0 {
		return nil, errors.New("prewarm: Workers, Timeout, Age and Pause of WorkerOptions must not be negative")
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Age == 0 {
		o.Age = time.Hour
	}
	if o.Pause == 0 {
		o.Pause = 16 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Worker{s, r, o}, nil
}

var (
	errTimeout = fmt.Errorf("the work on the message takes too long: %w", context.DeadlineExceeded)
	errGrace   = fmt.Errorf("the worker stops: %w", context.Canceled)
)

// Run receives and renders until ctx ends, and returns nil then, once the work
// under way has ended: at the latest Grace later, when it is cancelled and its
// messages are left to other workers. Where the subscription fails for good,
// its error is returned in the same way. No goroutine of Run's outlives it.
func (w *Worker) Run(ctx context.Context) error {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	g, receive := errgroup.WithContext(ctx)
	for range w.opts.Workers {
		g.Go(func() error { return w.loop(receive, work) })
	}
	ended := make(chan error, 1)
	go func() { ended <- g.Wait() }()

	var err error
	select {
	case err = <-ended:
	case <-receive.Done():
		grace := time.NewTimer(max(w.opts.Grace, 0))
		defer grace.Stop()
		select {
		case err = <-ended:
		case <-grace.C:
			cancel(errGrace)
			err = <-ended
		}
	}
	if err != nil {
		return fmt.Errorf("prewarm: receive: %w", err)
	}
	return nil
}

// loop is one of the Workers.
func (w *Worker) loop(receive, work context.Context) error {
	pause := pause{longest: w.opts.Pause}
	for {
		m, err := w.subscription.Receive(receive)
		switch {
		case receive.Err() != nil && err != nil:
			return nil
		case err != nil:
			return err
		case receive.Err() != nil && m.Nackable():
			m.Nack() // received as we were about to stop
			return nil
		}
		w.handle(receive, work, m, &pause)
	}
}

// handle works on a message until it is acknowledged, or left to others.
func (w *Worker) handle(receive, work context.Context, m *pubsub.Message, p *pause) {
	asked, err := parse(m.Body)
	if err != nil {
		w.log(work, slog.LevelError, "prewarm: message not understood", m, slog.Any("error", err))
		m.Ack()
		return
	}
	for {
		if asked.stale(time.Now(), w.opts.Age) {
			w.log(work, slog.LevelWarn, "prewarm: message too old", m, slog.String("tenant", asked.Tenant))
			m.Ack()
			return
		}
		err = w.render(work, &asked)
		if err == nil {
			p.reset()
			m.Ack()
			return
		}
		about := []slog.Attr{
			slog.String("tenant", asked.Tenant), slog.Int("status", luna.StatusCode(err)),
			slog.String("code", luna.ErrorCode(err)), slog.Any("error", err),
		}
		if !passes(err) {
			w.log(work, slog.LevelError, "prewarm: image given up", m, about...)
			m.Ack()
			return
		}
		w.log(work, slog.LevelWarn, "prewarm: image not made yet", m, about...)
		if m.Nackable() {
			m.Nack() // at once: others may do better
			p.wait(receive)
			return
		}
		if !p.wait(receive) {
			return // the broker's deadline is all that is left
		}
	}
}

func (w *Worker) render(ctx context.Context, m *message) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.opts.Timeout, errTimeout)
	defer cancel()
	return w.renderer.Render(ctx, m.Tenant, m.Payload, m.Accept)
}

// passes reports whether what went wrong may be right later.
func passes(err error) bool {
	switch luna.StatusCode(err) {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
		499: // the work was cancelled
		return true
	}
	return false
}

func (w *Worker) log(ctx context.Context, level slog.Level, text string, m *pubsub.Message, about ...slog.Attr) {
	w.opts.Logger.LogAttrs(ctx, level, text, append(about, slog.String("message", m.LoggableID))...)
}

// A pause grows from failure to failure.
type pause struct {
	longest, next time.Duration
}

func (p *pause) reset() { p.next = 0 }

// wait waits half to all of the next pause, so that workers do not come back
// all at once. It reports whether ctx has not ended.
func (p *pause) wait(ctx context.Context) bool {
	p.next = min(max(2*p.next, p.longest/64), p.longest)
	timer := time.NewTimer(p.next/2 + rand.N(p.next/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
