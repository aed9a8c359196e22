package luna

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// An Admitter is asked before an image is rendered, and told what became of
// it: the place for plan limits and metering. Hits, metadata and failures are
// not its business. It must be safe for concurrent use.
//
// The four arguments are the unique transform: equal ones make the same image,
// and are to be billed once, however often a process renders it because a
// cache has forgotten it. Version is that of the original and of its image
// layers. Canonical is the encoding of [edit.Request.Canonical]; an output
// format that is left to negotiation stands there as the best that the client
// takes, with the options that it gets, and as auto where that is none but
// PNG or JPEG.
type Admitter interface {
	// Admit returns an error to refuse the transform: a *[Refusal] tells the
	// client why. Otherwise it returns a function that is called exactly
	// once, with nil when the image is rendered, and before it is published
	// anywhere: then it must make the usage durable, and where it returns an
	// error, the image is thrown away. It is called with the reason when
	// nothing was rendered, and gives back what Admit has reserved. Its
	// context is not cancelled with the request.
	Admit(ctx context.Context, tenant, key, version, canonical string) (settle func(ctx context.Context, failure error) error, err error)
}

// A Refusal is the error by which an [Admitter] tells the client that a
// transform is over its plan.
type Refusal struct {
	// Status of the answer: 402, 403, 429 or 503. Others count as 403.
	Status int
	// Code is the stable word for clients, such as "plan_limit".
	Code string
	// Detail is a sentence for people. It is sent to the client.
	Detail string
	// RetryAfter is when trying again may help, in whole seconds rounded up;
	// 0 says nothing of it.
	RetryAfter time.Duration
	// Err is the cause, for logs; it may be nil.
	Err error
}

func (e *Refusal) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("refused as %s: %v", e.Code, e.Err)
	}
	return fmt.Sprintf("refused as %s: %s", e.Code, e.Detail)
}

func (e *Refusal) Unwrap() error { return e.Err }

// wait is the step before 7: a worker, or a place among those that wait for
// one.
func (h *Handler) wait(ctx context.Context, j *job) error {
	waiting, cancel := context.WithTimeoutCause(ctx, h.opts.RequestTimeout/2, ErrOverloaded)
	defer cancel()
	if err := h.workers.acquire(waiting, j.tenant); err != nil {
		return err
	}
	j.working = true
	return nil
}

// admit is step 7: the integrator's word.
func (h *Handler) admit(ctx context.Context, j *job) error {
	if h.opts.Admitter == nil {
		return nil
	}
	version, canonical, err := h.unique(j)
	if err != nil {
		return err
	}
	settle, err := h.opts.Admitter.Admit(ctx, j.tenant, j.ask.Key, version, canonical)
	if err != nil {
		return refused(ctx, err)
	}
	j.settle = settle
	return nil
}

// unique is what tells the image of a job from all others of its original.
func (h *Handler) unique(j *job) (version, canonical string, err error) {
	version = j.version
	if len(j.layers) > 0 {
		parts := []string{j.version}
		for _, key := range slices.Sorted(maps.Keys(j.layers)) {
			parts = append(parts, j.layers[key])
		}
		version = cacheKey(parts...)
	}
	var best edit.Format
	switch j.choice.class {
	case classAVIF, classAVIFAndWebP:
		best = edit.FormatAVIF
	case classWebP:
		best = edit.FormatWebP
	}
	if !j.choice.varies || best == "" {
		return version, j.canonical, nil
	}
	ask := *j.ask
	ask.Output = new(h.negotiated(*j.ask.Output, best).WithDefaults())
	text, err := ask.Encode()
	return version, string(text), err
}

// meter is step 15: the image is paid for before anybody has it.
func (h *Handler) meter(ctx context.Context, j *job) error {
	if err := h.settle(ctx, j, nil); err != nil {
		return refused(ctx, err)
	}
	return nil
}

var errMetering = errors.New("metering failed")

// refused tells an Admitter that refuses from one that fails.
func refused(ctx context.Context, err error) error {
	if e := (*Refusal)(nil); errors.As(err, &e) || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: %w", errMetering, err)
}

// settle ends what admit began, if it has not ended.
func (h *Handler) settle(ctx context.Context, j *job, failure error) error {
	settle := j.settle
	if settle == nil {
		return nil
	}
	j.settle = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.opts.StoreTimeout)
	defer cancel()
	return settle(ctx, failure)
}
