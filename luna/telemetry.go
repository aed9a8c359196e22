package luna

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	nometric "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	notrace "go.opentelemetry.io/otel/trace/noop"
)

// scope is the instrumentation scope of all spans and metrics.
const scope = "github.com/immagin/immagin-go/luna"

// The attributes of spans and metrics. The general ones are those of
// OpenTelemetry's semantic conventions.
const (
	keyMethod       = attribute.Key("http.request.method")
	keyStatus       = attribute.Key("http.response.status_code")
	keyError        = attribute.Key("error.type") // as ErrorCode
	keyClass        = attribute.Key("luna.status_class")
	keyCache        = attribute.Key("luna.cache.status") // as X-Luna-Cache
	keyTier         = attribute.Key("luna.cache.tier")
	keyResult       = attribute.Key("luna.cache.result")
	keyFormat       = attribute.Key("luna.format")
	keyStage        = attribute.Key("luna.stage")
	keyTenant       = attribute.Key("luna.tenant")
	keyOriginal     = attribute.Key("luna.key")
	keyWidth        = attribute.Key("luna.width")
	keyHeight       = attribute.Key("luna.height")
	keySize         = attribute.Key("luna.size")
	keyReserved     = attribute.Key("luna.memory.reserved")
	keySourceFormat = attribute.Key("luna.source.format")
	keySourceWidth  = attribute.Key("luna.source.width")
	keySourceHeight = attribute.Key("luna.source.height")
	keySourceFrames = attribute.Key("luna.source.frames")
)

// none is the attribute of what a request has not got.
const none = "none"

// telemetry tells OpenTelemetry what a handler does. Where nobody listens, it
// costs no allocation.
type telemetry struct {
	tracer  trace.Tracer // nil for none
	keys    bool         // spans tell the keys of originals
	meters  bool
	formats map[string]string // names by MIME type

	active atomic.Int64 // requests being answered

	requestDuration, stageDuration                 metric.Float64Histogram
	requestsRefused, lookups, sourceIO, responseIO metric.Int64Counter

	requests attributeSets[requestClass]
	stages   attributeSets[string]
	refusals attributeSets[refusal]
	tiers    attributeSets[lookup]

	registration metric.Registration // nil for none
}

// What metrics are told apart by, each of few values.
type (
	requestClass struct {
		status        int // its hundreds
		cache, format string
	}
	refusal struct {
		status int
		code   string
	}
	lookup struct{ tier, result string }
)

// Where a derived image is looked for, and what comes of it.
const (
	tierMemory   = "memory"
	tierDerived  = "derived"
	lookupHit    = "hit"
	lookupMiss   = "miss"
	lookupFailed = "error"
)

func newTelemetry(e *Engine, o *HandlerOptions) (*telemetry, error) {
	t := &telemetry{keys: o.TraceKeys, formats: map[string]string{"application/json": "json"}}
	for _, f := range e.formats {
		t.formats[f.MIME] = f.Name
	}
	if _, is := o.TracerProvider.(notrace.TracerProvider); o.TracerProvider != nil && !is {
		t.tracer = o.TracerProvider.Tracer(scope)
	}
	if _, is := o.MeterProvider.(nometric.MeterProvider); o.MeterProvider == nil || is {
		return t, nil
	}
	t.meters = true
	t.requests.of = func(c requestClass) []attribute.KeyValue {
		class := string([]byte{'0' + byte(c.status), 'x', 'x'})
		return []attribute.KeyValue{keyClass.String(class), keyCache.String(c.cache), keyFormat.String(c.format)}
	}
	t.stages.of = func(name string) []attribute.KeyValue {
		return []attribute.KeyValue{keyStage.String(name)}
	}
	t.refusals.of = func(r refusal) []attribute.KeyValue {
		return []attribute.KeyValue{keyStatus.Int(r.status), keyError.String(r.code)}
	}
	t.tiers.of = func(l lookup) []attribute.KeyValue {
		return []attribute.KeyValue{keyTier.String(l.tier), keyResult.String(l.result)}
	}
	return t, t.instrument(o.MeterProvider.Meter(scope))
}

func (t *telemetry) instrument(m metric.Meter) error {
	var errs [6]error
	t.requestDuration, errs[0] = m.Float64Histogram("luna.request.duration", metric.WithUnit("s"),
		metric.WithDescription("How long requests took, by class of status, what the caches said, and format."),
		metric.WithExplicitBucketBoundaries(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	t.stageDuration, errs[1] = m.Float64Histogram("luna.stage.duration", metric.WithUnit("s"),
		metric.WithDescription("How long the stages of requests took."),
		metric.WithExplicitBucketBoundaries(.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	t.requestsRefused, errs[2] = m.Int64Counter("luna.request.refused", metric.WithUnit("{request}"),
		metric.WithDescription("Requests that were answered with a problem, by its status and code."))
	t.lookups, errs[3] = m.Int64Counter("luna.cache.lookups", metric.WithUnit("{lookup}"),
		metric.WithDescription("Looks into the caches of derived images, by cache and what came of them."))
	t.sourceIO, errs[4] = m.Int64Counter("luna.source.io", metric.WithUnit("By"),
		metric.WithDescription("Bytes of originals read from their store."))
	t.responseIO, errs[5] = m.Int64Counter("luna.response.io", metric.WithUnit("By"),
		metric.WithDescription("Bytes of response bodies, by class of status, what the caches said, and format."))
	return errors.Join(errs[:]...)
}

// traced reports whether ctx is in a span that is recorded, or was: what many
// wait for goes on after the request that has begun it.
func (t *telemetry) traced(ctx context.Context) bool {
	if t.tracer == nil {
		return false
	}
	span := trace.SpanFromContext(ctx)
	return span.IsRecording() || span.SpanContext().IsSampled()
}

// begin is told of a request. What it returns is for end.
func (t *telemetry) begin(ctx context.Context, r *http.Request) (context.Context, trace.Span) {
	t.active.Add(1)
	if t.tracer == nil {
		return ctx, nil
	}
	kind := trace.SpanKindServer
	if trace.SpanFromContext(ctx).SpanContext().IsValid() {
		kind = trace.SpanKindInternal // a middleware has begun the server's
	}
	method := r.Method
	if method != http.MethodGet && method != http.MethodHead {
		method = "_OTHER"
	}
	return t.tracer.Start(ctx, "luna.request", trace.WithSpanKind(kind), trace.WithAttributes(keyMethod.String(method)))
}

// end is told what became of the request.
func (t *telemetry) end(ctx context.Context, span trace.Span, x *exchange, took time.Duration) {
	t.active.Add(-1)
	status, code := x.status, x.code
	if status == 0 { // a panic on its way to http.Server
		status, code = http.StatusInternalServerError, "panic"
	}
	if span != nil {
		t.endRequest(span, x, status, code)
	}
	if !t.meters {
		return
	}
	class := requestClass{status: status / 100, cache: none, format: none}
	if x.record != nil {
		class.cache, class.format = x.source, t.format(x.record)
	}
	set := t.requests.get(class)
	t.requestDuration.Record(ctx, took.Seconds(), set.record...)
	t.responseIO.Add(ctx, x.sent, set.add...)
	if code != "" {
		t.requestsRefused.Add(ctx, 1, t.refusals.get(refusal{status, code}).add...)
	}
}

func (t *telemetry) format(r *record) string {
	if name, ok := t.formats[r.contentType]; ok {
		return name
	}
	return "other" // stored by an engine that had more codecs
}

func (t *telemetry) endRequest(span trace.Span, x *exchange, status int, code string) {
	defer span.End()
	if !span.IsRecording() {
		return
	}
	attributes := []attribute.KeyValue{keyStatus.Int(status), keySize.Int64(x.sent)}
	if x.tenant != "" {
		attributes = append(attributes, keyTenant.String(x.tenant))
	}
	if t.keys && x.ask != nil {
		attributes = append(attributes, keyOriginal.String(x.ask.Key))
	}
	if x.record != nil {
		attributes = append(attributes, keyCache.String(x.source), keyFormat.String(t.format(x.record)))
	}
	span.SetAttributes(attributes...)
	markSpan(span, status, code)
}

// markSpan says in a span which error it ended with. As the conventions have
// it for servers, what the client did wrong is no error of the span.
func markSpan(span trace.Span, status int, code string) {
	if code == "" {
		return
	}
	span.SetAttributes(keyError.String(code))
	if status >= 500 {
		span.SetStatus(codes.Error, code)
	}
}

// stage runs f as one stage of a request. Errors may tell what a client wrote,
// so that spans have their code only.
func (t *telemetry) stage(ctx context.Context, name string, f func(context.Context) error) (took time.Duration, err error) {
	start := time.Now()
	if t.traced(ctx) {
		var span trace.Span
		ctx, span = t.tracer.Start(ctx, "luna."+name)
		defer func() {
			if err != nil {
				k := classify(err)
				markSpan(span, k.status, k.code)
			}
			span.End()
		}()
	}
	err = f(ctx)
	took = time.Since(start)
	t.spent(ctx, name, took)
	return took, err
}

// spent is told how long a stage took.
func (t *telemetry) spent(ctx context.Context, name string, took time.Duration) {
	if t.meters {
		t.stageDuration.Record(ctx, took.Seconds(), t.stages.get(name).record...)
	}
}

// looked is told what came of a look into a cache.
func (t *telemetry) looked(ctx context.Context, tier, result string) {
	if t.meters {
		t.lookups.Add(ctx, 1, t.tiers.get(lookup{tier, result}).add...)
	}
}

// read is told how many bytes of an original the store has sent.
func (t *telemetry) read(ctx context.Context, bytes int64) {
	if t.meters && bytes > 0 {
		t.sourceIO.Add(ctx, bytes)
	}
}

// rendered describes a render in its span. Decoding, edits and encoding run
// interleaved, so that the spans of the three are as long as each took in all,
// and laid end to end.
func (t *telemetry) rendered(ctx context.Context, start time.Time, r *Result) {
	if !t.traced(ctx) {
		return
	}
	for _, part := range r.parts() {
		_, span := t.tracer.Start(ctx, "luna."+part.name, trace.WithTimestamp(start))
		start = start.Add(part.took)
		span.End(trace.WithTimestamp(start))
	}
	source := r.Plan.Source
	trace.SpanFromContext(ctx).SetAttributes(
		keySourceFormat.String(r.Plan.from.Name),
		keySourceWidth.Int(source.Shape.Width), keySourceHeight.Int(source.Shape.Height), keySourceFrames.Int(source.Frames),
		keyFormat.String(r.Format), keyWidth.Int(r.Width), keyHeight.Int(r.Height), keySize.Int64(r.Bytes),
		keyReserved.Int64(r.Plan.Bytes),
	)
}

// joined links the span of a request to that of the work that another's has
// begun.
func (t *telemetry) joined(ctx context.Context, work trace.SpanContext) {
	if t.traced(ctx) && work.IsValid() {
		trace.SpanFromContext(ctx).AddLink(trace.Link{SpanContext: work})
	}
}

// attributeSets makes the attributes of each K once, so that measuring
// allocates nothing.
type attributeSets[K comparable] struct {
	of func(K) []attribute.KeyValue

	mu    sync.RWMutex
	known map[K]*attributeSet
}

type attributeSet struct {
	record []metric.RecordOption
	add    []metric.AddOption
}

// mostSets bounds what is kept, where an [Admitter] has a code for everyone.
const mostSets = 1024

func (s *attributeSets[K]) get(k K) *attributeSet {
	s.mu.RLock()
	set := s.known[k]
	s.mu.RUnlock()
	if set != nil {
		return set
	}
	option := metric.WithAttributeSet(attribute.NewSet(s.of(k)...))
	set = &attributeSet{[]metric.RecordOption{option}, []metric.AddOption{option}}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[K]*attributeSet)
	}
	if len(s.known) < mostSets {
		s.known[k] = set
	}
	return set
}
