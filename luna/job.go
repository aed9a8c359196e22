package luna

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A job is what one flight works on. It shares nothing that changes with the
// exchanges that wait for it: they may leave before it ends.
type job struct {
	tenant    string
	ask       *edit.Request
	canonical string
	choice    choice
	version   string
	layers    map[string]string // the versions of image layers, by key
	id        string

	working  bool // has a worker of the queue
	late     bool // was not rendered in time
	settle   func(context.Context, error) error
	body     *body
	layer    map[string]*body
	original *original
	plan     *Plan
	record   *record
	source   string

	timings
	cleanup []func()
}

// An outcome is what the callers of a flight share.
type outcome struct {
	record  *record
	source  string
	timings timings
	span    trace.SpanContext // of the work
}

func (j *job) answered() bool { return j.record != nil && j.source == sourceHit }

// later has f called when the original is done with, last in first out.
func (j *job) later(f func()) { j.cleanup = append(j.cleanup, f) }

func (j *job) clean() {
	for _, f := range slices.Backward(j.cleanup) {
		f()
	}
	j.cleanup = nil
}

// produce runs steps 7 to 16 for a job, or finds the image in the derived
// store. The function returned, if any, puts it there.
func (h *Handler) produce(ctx context.Context, j *job) (made outcome, put func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.opts.RequestTimeout, errRequestTimeout)
	defer cancel()
	defer func() {
		if j.working {
			h.workers.release()
		}
	}()
	defer h.grounded.Delete(j.id)
	defer j.clean()
	defer func() {
		// Where meter was not reached there is something to give back, also
		// after a panic.
		if serr := h.settle(ctx, j, cmp.Or(err, errAbandoned)); serr != nil {
			h.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "admission not given back", slog.String("tenant", j.tenant), slog.Any("error", serr))
		}
	}()
	if j.ask.Metadata != nil {
		err = inOrder(ctx, h.telemetry, j, h.metadataSteps...)
	} else {
		err = inOrder(ctx, h.telemetry, j, h.imageSteps...)
	}
	if err != nil {
		h.remember(ctx, j, err)
		return outcome{}, nil, err
	}
	if j.source == sourceMiss && j.ask.Metadata == nil {
		put = h.publish(ctx, j)
	}
	return outcome{j.record, j.source, j.timings, trace.SpanContextFromContext(ctx)}, put, nil
}

// probe is step 9: the headers, compared with the limits.
func (h *Handler) probe(ctx context.Context, j *job) (err error) {
	j.original, err = h.engine.open(ctx, j.body.reader())
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(j.layer)) {
		if err := h.engine.openLayer(ctx, j.original, key, j.layer[key].reader()); err != nil {
			return err
		}
	}
	return nil
}

// lay is step 10: the plan.
func (h *Handler) lay(ctx context.Context, j *job) (err error) {
	if j.plan, err = h.planFor(j); err == nil && j.choice.onLadder() && !j.onLadder() {
		h.grounded.Store(j.id, nil)
	}
	return err
}

// reserve is step 11: room for what the plan says.
func (h *Handler) reserve(ctx context.Context, j *job) error {
	release, err := h.engine.reserve(ctx, j.plan.Bytes)
	if err != nil {
		return err
	}
	j.later(release)
	return nil
}

// render is steps 12 to 14: decode, operate, encode. The image is whole before
// anybody sees a byte of it.
func (h *Handler) render(ctx context.Context, j *job) error {
	ctx, cancel := context.WithTimeoutCause(ctx, h.opts.RenderTimeout, errRenderTimeout)
	defer cancel()
	out := &output{limit: h.opts.MaxOutputBytes}
	if b, ok := h.buffers.Get().(*bytes.Buffer); ok {
		out.Buffer = b
	} else {
		out.Buffer = new(bytes.Buffer)
	}
	defer h.buffers.Put(out.Buffer)
	defer out.Reset()
	start, left := time.Now(), j.body.left
	result, err := h.engine.render(ctx, j.original, j.plan, out)
	if err != nil {
		j.late = ctx.Err() != nil
		err = because(ctx, err)
		switch late := errors.Is(err, errRenderTimeout); {
		case late && left-j.body.left > h.opts.RenderTimeout/2:
			return wrap("fetch", errFetchTimeout) // for that it was, most of the time
		case late && j.onLadder():
			return errTooSlow
		}
		return err
	}
	for _, part := range result.parts() {
		j.spent(part.name, part.took)
		h.telemetry.spent(ctx, part.name, part.took)
	}
	h.telemetry.rendered(ctx, start, result)
	j.clean() // what follows needs neither the original nor the room
	f := j.plan.Format
	j.record, j.source = newRecord(f.MIME, f.Extension, bytes.Clone(out.Bytes())), sourceMiss
	j.record.missing = missingGlyphs(result.MissingGlyphs)
	return nil
}

// describe is what stands for steps 9 to 14 where metadata is asked for.
func (h *Handler) describe(ctx context.Context, j *job) error {
	o, err := h.engine.open(ctx, j.body.reader())
	if err != nil {
		return err
	}
	j.original = o
	m := o.metadata()
	if m.Size == 0 {
		m.Size = max(j.body.size, 0)
	}
	if j.ask.Metadata.Placeholder != nil {
		if m.Placeholder, err = h.placeholder(ctx, o); err != nil {
			return err
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	j.record, j.source = newRecord("application/json", "", text), sourceMiss
	h.memory.put(j.id, j.record)
	return nil
}

// An output buffers an image up to a limit.
type output struct {
	*bytes.Buffer
	limit int64
}

func (o *output) Write(p []byte) (int, error) {
	if int64(o.Len()+len(p)) > o.limit {
		return 0, fmt.Errorf("the result is longer than %d bytes: %w", o.limit, ErrLimit)
	}
	return o.Buffer.Write(p)
}
