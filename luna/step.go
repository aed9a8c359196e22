package luna

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A step is one line of a request's way through the handler; T is what the
// steps work on.
type step[T progress] struct {
	name string
	run  func(context.Context, T) error
}

type progress interface {
	// answered reports whether the steps that follow are not needed.
	answered() bool
	// spent is told how long a step took.
	spent(step string, took time.Duration)
}

// inOrder runs the steps until the answer is there, or one of them fails.
func inOrder[T progress](ctx context.Context, observer *telemetry, t T, steps ...step[T]) error {
	for _, s := range steps {
		took, err := observer.stage(ctx, s.name, func(ctx context.Context) error { return s.run(ctx, t) })
		t.spent(s.name, took)
		if err != nil {
			return wrap(s.name, because(ctx, err))
		}
		if t.answered() {
			return nil
		}
	}
	return nil
}

// because returns the cause of ctx's end where err is about that end.
func because(ctx context.Context, err error) error {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	stage := "request"
	if e := (*Error)(nil); errors.As(err, &e) {
		stage = e.Stage
	} else {
		return context.Cause(ctx)
	}
	return &Error{Stage: stage, Err: context.Cause(ctx)}
}

// timings are the steps that a request went through, as the Server-Timing
// header tells them.
type timings []timing

type timing struct {
	name string
	took time.Duration
}

func (t *timings) spent(name string, took time.Duration) {
	*t = append(*t, timing{name, took})
}

func (t timings) String() string {
	var b strings.Builder
	for i, s := range t {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s;dur=%.3f", s.name, float64(s.took)/float64(time.Millisecond))
	}
	return b.String()
}
