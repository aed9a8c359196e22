package luna

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/immagin/immagin-go/immagin/edit"
)

// HandlerOptions set what a [Handler] works with beside its engine. A nil
// *HandlerOptions is all defaults, and so is the zero value of every field.
type HandlerOptions struct {
	// Tenant names the tenant of a request; FixedTenant("") by default.
	Tenant TenantFunc
	// Cache keeps derived images beyond the life of the process; none by
	// default.
	Cache Cache
	// MemoryCacheBytes bounds the derived images that are kept in memory;
	// 64 MiB by default, none if negative.
	MemoryCacheBytes int64
	// Admitter knows plan limits and meters what is rendered; nil admits all.
	Admitter Admitter
	// Logger is told what fails here rather than at the client; slog.Default
	// at the time of NewHandler by default.
	Logger *slog.Logger

	// TracerProvider is told the spans of requests: one for each, with one for
	// each of its stages below it. It joins a span that is in the request's
	// context, but reads no header. Nil is none: what OpenTelemetry has as the
	// global provider is not used unless it is named here.
	TracerProvider trace.TracerProvider
	// MeterProvider is told the metrics, which are listed in
	// examples/docs/observability.md. Shutdown ends that. Nil is none.
	MeterProvider metric.MeterProvider
	// TraceKeys adds the keys of originals to the spans of requests. They are
	// left out by default: keys may be names of people. Signatures and URLs
	// are in no span and no metric.
	TraceKeys bool

	// Usage is told of every request, once, after its answer was written: a
	// [UsageLog] is one. The connection waits for it, so that it should hand
	// the record on rather than do something with it. It must be safe for
	// concurrent use. Its context is not cancelled with the request. Nil is
	// none.
	Usage func(ctx context.Context, r UsageRecord)
	// UsagePlace says from which country a request came and which edge
	// location of a CDN took it, for Usage, such as from the headers
	// CF-IPCountry or CloudFront-Viewer-Country: clients can send those as
	// well, so that only who is behind that CDN should read them. Of each
	// answer at most 64 bytes are taken. Nil says nothing; no header is read.
	UsagePlace func(r *http.Request) (country, edge string)

	// VersionAge is for how long the content version of an original is
	// remembered, and so for how long a replaced original may be served from
	// caches; 10 seconds by default, not at all if negative. Requests with
	// If-None-Match always look.
	VersionAge time.Duration
	// NegativeAge is for how long it is remembered that an original is missing
	// (404; never longer than VersionAge), or that a version of it cannot be
	// read or cannot be made into what was asked for (413, 415, 422), so that
	// asking again costs no look into it; 5 seconds by default, not at all if
	// negative. What a store, a timeout or the Admitter is the cause of is
	// never remembered. At most 2 MiB are taken by it.
	NegativeAge time.Duration
	// RequestTimeout bounds a whole request; 10 seconds by default.
	RequestTimeout time.Duration
	// FetchTimeout bounds the time that is spent waiting for the origin, and
	// for an answer of Cache.Get; 5 seconds by default.
	FetchTimeout time.Duration
	// RenderTimeout bounds decoding, edits and encoding together; 5 seconds
	// by default. A codec that is not Go may overstay: its result is dropped.
	RenderTimeout time.Duration
	// StoreTimeout bounds Cache.Put and metering; 10 seconds by default.
	StoreTimeout time.Duration

	// AutoTimeout bounds how long a request whose output format is auto waits
	// for AVIF, the work before it included. Then it is answered with the next
	// best format that it accepts, which caches may keep for AutoAge only; the
	// AVIF is finished for those who come later, within RenderTimeout. It is
	// never cached in the other's place, nor the other in its. Half of
	// RenderTimeout by default; not bounded if negative.
	AutoTimeout time.Duration
	// AutoPixels is how many pixels an AVIF that is chosen under auto may
	// have: of more it is known beforehand that it cannot be made in time, and
	// they are answered as after AutoTimeout. 4 million by default, which
	// takes some five seconds of one core; not bounded if negative.
	AutoPixels int64
	// AutoAge is for how long caches may keep an answer that stands in for a
	// better one, and for how long the better one is not tried again; a minute
	// by default.
	AutoAge time.Duration

	// Workers is how many originals are fetched and rendered at a time; twice
	// the number of CPUs by default. Hits need no worker.
	Workers int
	// Queue is how many requests may wait for a worker before more are
	// refused with 503; four times Workers by default, none if negative. One
	// that waits for half of RequestTimeout is refused as well.
	Queue int
	// MaxOutputBytes bounds an encoded result; 64 MiB by default.
	MaxOutputBytes int64
	// Limits tighten what a payload may ask for. The engine has limits of its
	// own, which this does not widen; nil is those.
	Limits *edit.Limits
}

func (o *HandlerOptions) withDefaults() HandlerOptions {
	var r HandlerOptions
	if o != nil {
		r = *o
	}
	if r.Tenant == nil {
		r.Tenant = FixedTenant("")
	}
	if r.Logger == nil {
		r.Logger = slog.Default()
	}
	for _, f := range []struct {
		value *time.Duration
		zero  time.Duration
	}{
		{&r.VersionAge, 10 * time.Second},
		{&r.NegativeAge, 5 * time.Second},
		{&r.RequestTimeout, 10 * time.Second},
		{&r.FetchTimeout, 5 * time.Second},
		{&r.RenderTimeout, 5 * time.Second},
		{&r.StoreTimeout, 10 * time.Second},
	} {
		if *f.value == 0 {
			*f.value = f.zero
		}
	}
	if r.AutoTimeout == 0 {
		r.AutoTimeout = r.RenderTimeout / 2
	}
	if r.AutoPixels == 0 {
		r.AutoPixels = 4_000_000
	}
	if r.AutoAge == 0 {
		r.AutoAge = time.Minute
	}
	if r.MemoryCacheBytes == 0 {
		r.MemoryCacheBytes = 64 << 20
	}
	if r.MaxOutputBytes == 0 {
		r.MaxOutputBytes = 64 << 20
	}
	if r.Workers == 0 {
		r.Workers = 2 * runtime.GOMAXPROCS(0)
	}
	if r.Queue == 0 {
		r.Queue = 4 * r.Workers
	}
	return r
}

// check says which option has no meaning.
func (o *HandlerOptions) check() error {
	for name, value := range map[string]int64{
		"RequestTimeout": int64(o.RequestTimeout),
		"FetchTimeout":   int64(o.FetchTimeout),
		"RenderTimeout":  int64(o.RenderTimeout),
		"StoreTimeout":   int64(o.StoreTimeout),
		"AutoAge":        int64(o.AutoAge),
		"Workers":        int64(o.Workers),
		"MaxOutputBytes": o.MaxOutputBytes,
	} {
		if value < 0 {
			return fmt.Errorf("luna: HandlerOptions.%s must not be negative", name)
		}
	}
	return nil
}

// A Handler answers GET and HEAD of /{payload}?sig={signature} with images:
// it checks the signature, fetches the original, transforms it, and keeps the
// result. It is safe for concurrent use, and may be mounted below any path
// with [http.StripPrefix].
//
// Answers are images that caches may keep for a year, 304 without a body, the
// metadata of an original as JSON, or a problem (RFC 9457) with the status that
// [StatusCode] and the code that [ErrorCode] give its error. A request whose
// client has left gets no answer; servers may log it as 499.
//
// X-Luna-Cache says whether an image was a miss, a hit or coalesced, and
// X-Luna-Missing-Glyphs which characters of a text no font had.
//
// What several requests ask for at once is made once, for as long as one of
// them waits. That work, and the writes to the derived store that follow it,
// run in goroutines of the handler: Shutdown waits for them.
type Handler struct {
	engine   *Engine
	origin   Origin
	verifier Verifier
	opts     HandlerOptions
	limits   *edit.Limits

	versions  *versions
	memory    *memoryCache
	negatives *negatives
	flights   flights[outcome]
	slow      slowness
	grounded  sync.Map // the ids of jobs under way that look for AVIF and make another
	workers   *queue
	putting   chan struct{} // as many as may write to the derived store
	buffers   sync.Pool     // of *bytes.Buffer, for encoded images

	imageSteps, metadataSteps []step[*job]

	telemetry *telemetry
}

// NewHandler returns a handler that answers the URLs which verifier lets pass,
// with images that e makes of the originals in origin. Nil options are all
// defaults. The error names the option that is out of its range, or says which
// of the three is missing.
func NewHandler(e *Engine, origin Origin, verifier Verifier, opts *HandlerOptions) (*Handler, error) {
	if e == nil || origin == nil || verifier == nil {
		return nil, errors.New("luna: NewHandler needs an engine, an origin and a verifier")
	}
	o := opts.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	h := &Handler{
		engine:    e,
		origin:    origin,
		verifier:  verifier,
		opts:      o,
		limits:    o.Limits,
		versions:  newVersions(origin, o.VersionAge, o.NegativeAge, o.FetchTimeout),
		memory:    newMemoryCache(o.MemoryCacheBytes),
		negatives: newNegatives(o.NegativeAge),
		workers:   newQueue(o.Workers, max(o.Queue, 0)),
		putting:   make(chan struct{}, 4*o.Workers),
	}
	if h.limits == nil {
		h.limits = e.opts.requests()
	}
	var err error
	if h.telemetry, err = newTelemetry(e, &o); err != nil {
		return nil, fmt.Errorf("luna: HandlerOptions.MeterProvider: %w", err)
	}
	if err := h.observe(); err != nil {
		return nil, fmt.Errorf("luna: HandlerOptions.MeterProvider: %w", err)
	}
	h.imageSteps = []step[*job]{
		{"stored", h.stored},
		{"refused", h.refuseOriginal},
		{"queue", h.wait},
		{"admit", h.admit},
		{"fetch", h.fetch},
		{"probe", h.probe},
		{"plan", h.lay},
		{"room", h.reserve},
		{"render", h.render},
		{"meter", h.meter},
	}
	h.metadataSteps = []step[*job]{
		{"stored", h.stored},
		{"refused", h.refuseOriginal},
		{"queue", h.wait},
		{"fetch", h.fetch},
		{"probe", h.describe},
	}
	return h, nil
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeoutCause(r.Context(), h.opts.RequestTimeout, errRequestTimeout)
	defer cancel()
	x := &exchange{request: r}
	start := time.Now()
	ctx, span := h.telemetry.begin(ctx, r)
	defer func() {
		took := time.Since(start)
		h.telemetry.end(ctx, span, x, took)
		h.recordUsage(ctx, x, start, took)
	}()
	err := h.answer(ctx, x)
	h.telemetry.stage(ctx, "respond", func(context.Context) error {
		if err != nil {
			h.fail(w, x, err)
		} else {
			h.respond(w, x)
		}
		return nil
	})
}

// replacements is how often a request starts again because its original was
// replaced under it.
const replacements = 3

func (h *Handler) answer(ctx context.Context, x *exchange) error {
	if m := x.request.Method; m != http.MethodGet && m != http.MethodHead {
		return errMethod
	}
	err := inOrder(ctx, h.telemetry, x,
		step[*exchange]{"verify", h.verify},
		step[*exchange]{"payload", h.payload},
		step[*exchange]{"negotiate", h.negotiate},
	)
	if err != nil {
		return err
	}
	return h.obtain(ctx, x)
}

// obtain runs the steps from the cache key to the record, again where the
// original was replaced under them.
func (h *Handler) obtain(ctx context.Context, x *exchange) (err error) {
	for again := 0; again < replacements; again++ {
		err = inOrder(ctx, h.telemetry, x,
			step[*exchange]{"key", h.identify},
			step[*exchange]{"cache", h.cached},
			step[*exchange]{"refused", h.refuse},
			step[*exchange]{"flight", h.fly},
		)
		if errors.Is(err, errTooSlow) && h.descend(x) {
			again-- // it happens once
			continue
		}
		if e := (*changedError)(nil); !errors.As(err, &e) {
			return err
		}
	}
	return err
}

// Forget drops what this process remembers about an original, so that the next
// request sees that it was replaced or deleted. Images made of its earlier
// versions are not found any more then.
func (h *Handler) Forget(tenant, key string) { h.versions.forget(tenant, key) }

// Shutdown waits for the work under way, and answers new work with 503. When
// ctx ends first, the work is cancelled and ctx's error returned. Call it
// after http.Server.Shutdown.
func (h *Handler) Shutdown(ctx context.Context) error {
	err := errors.Join(h.flights.drain(ctx), h.versions.looks.drain(ctx))
	return errors.Join(err, h.telemetry.close())
}
