package luna_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/immagin/immagin-go/luna"
)

// A listener is OpenTelemetry's own SDK, in memory.
type listener struct {
	t       *testing.T
	spans   *tracetest.SpanRecorder
	tracer  *sdktrace.TracerProvider
	reader  *sdkmetric.ManualReader
	metrics *sdkmetric.MeterProvider
}

func newListener(t *testing.T) *listener {
	w := &listener{t: t, spans: tracetest.NewSpanRecorder(), reader: sdkmetric.NewManualReader()}
	w.tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(w.spans))
	w.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(w.reader))
	return w
}

func (w *listener) options() *luna.HandlerOptions {
	return &luna.HandlerOptions{TracerProvider: w.tracer, MeterProvider: w.metrics}
}

// series returns every series by name and attributes: of histograms the count.
func (w *listener) series() map[string]int64 {
	w.t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(w.t, w.reader.Collect(context.Background(), &all))
	found := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			switch d := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range d.DataPoints {
					found[seriesName(m.Name, p.Attributes.MarshalLog())] = p.Value
				}
			case metricdata.Histogram[float64]:
				for _, p := range d.DataPoints {
					found[seriesName(m.Name, p.Attributes.MarshalLog())] = int64(p.Count)
				}
			default:
				w.t.Fatalf("%s is %T", m.Name, d)
			}
		}
	}
	return found
}

func seriesName(name string, attributes any) string {
	var list []string
	for k, v := range attributes.(map[string]string) {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	return name + "{" + strings.Join(list, ",") + "}"
}

// tree writes the spans that have ended as name(children), sorted by name.
func (w *listener) tree() string {
	w.t.Helper()
	ended := w.spans.Ended()
	require.Len(w.t, ended, len(w.spans.Started()), "every span ends")
	children := map[trace.SpanID][]sdktrace.ReadOnlySpan{}
	for _, s := range ended {
		children[s.Parent().SpanID()] = append(children[s.Parent().SpanID()], s)
	}
	var write func(id trace.SpanID) string
	write = func(id trace.SpanID) string {
		var names []string
		for _, s := range children[id] {
			name := strings.TrimPrefix(s.Name(), "luna.")
			if under := write(s.SpanContext().SpanID()); under != "" {
				name += "(" + under + ")"
			}
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	return write(trace.SpanID{})
}

func (w *listener) span(name string) sdktrace.ReadOnlySpan {
	w.t.Helper()
	var found []sdktrace.ReadOnlySpan
	for _, s := range w.spans.Ended() {
		if s.Name() == name {
			found = append(found, s)
		}
	}
	require.Len(w.t, found, 1, name)
	return found[0]
}

func attributesOf(s sdktrace.ReadOnlySpan) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes() {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

func TestSpans(t *testing.T) {
	w := newListener(t)
	o := w.options()
	answered := make(chan struct{})
	o.Cache, o.Admitter = &cache{put: func(context.Context) error { <-answered; return nil }}, admitAll{}
	s := newSite(t, nil, o)
	miss := s.get(signed(thumb))
	close(answered) // the image is stored after the request's span has ended
	require.Equal(t, http.StatusOK, miss.StatusCode)
	body := content(t, miss)
	require.NoError(t, s.handler.Shutdown(t.Context())) // the derived image is stored
	require.Equal(t, "request(cache flight(admit fetch meter plan probe queue refused render(decode edit encode) room store stored) key negotiate payload refused respond verify)", w.tree())

	request := w.span("luna.request")
	require.Equal(t, trace.SpanKindServer, request.SpanKind())
	require.Equal(t, map[string]string{
		"http.request.method": "GET", "http.response.status_code": "200", "luna.tenant": "demo",
		"luna.cache.status": "miss", "luna.format": "png", "luna.size": fmt.Sprint(len(body)),
	}, attributesOf(request))
	render := attributesOf(w.span("luna.render"))
	require.Regexp(t, `^[1-9]\d+$`, render["luna.memory.reserved"])
	delete(render, "luna.memory.reserved")
	require.Equal(t, map[string]string{
		"luna.source.format": "jpeg", "luna.source.width": "64", "luna.source.height": "48", "luna.source.frames": "1",
		"luna.format": "png", "luna.width": "32", "luna.height": "16", "luna.size": fmt.Sprint(len(body)),
	}, render)
	decode, edit := w.span("luna.decode"), w.span("luna.edit")
	require.Equal(t, decode.EndTime(), edit.StartTime(), "laid end to end")

	payload, signature, _ := strings.Cut(strings.TrimPrefix(signed(thumb), "/"), "?sig=")
	for _, span := range w.spans.Ended() {
		text := fmt.Sprint(span.Name(), attributesOf(span), span.Status(), span.Events())
		for _, secret := range []string{payload, signature, "hero.jpg"} {
			require.NotContains(t, text, secret)
		}
	}
}

type admitAll struct{}

func (admitAll) Admit(context.Context, string, string, string, string) (func(context.Context, error) error, error) {
	return func(context.Context, error) error { return nil }, nil
}

func TestSpansOfFailures(t *testing.T) {
	failing := errors.New("disk on fire")
	for _, test := range []struct {
		name, target  string
		origin        error
		status, error string
		code          codes.Code
	}{
		{"signature", signed(thumb) + "0", nil, "403", "signature_invalid", codes.Unset},
		{"missing", signed(strings.Replace(thumb, "hero", "none", 1)), nil, "404", "not_found", codes.Unset},
		{"store", signed(thumb), failing, "502", "store_failing", codes.Error},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newListener(t)
			s := newSite(t, nil, w.options())
			s.origin.stat = func(context.Context) error { return test.origin }
			content(t, s.get(test.target))
			w.tree()
			request := w.span("luna.request")
			all := attributesOf(request)
			require.Equal(t, test.status, all["http.response.status_code"])
			require.Equal(t, test.error, all["error.type"])
			require.Equal(t, test.code, request.Status().Code)
			for _, span := range w.spans.Ended() {
				require.NotContains(t, fmt.Sprint(attributesOf(span), span.Status()), "fire")
			}
			require.Equal(t, int64(1), w.series()["luna.request.refused{error.type="+test.error+",http.response.status_code="+test.status+"}"])
			class := test.status[:1] + "xx"
			require.Equal(t, int64(1), w.series()["luna.request.duration{luna.cache.status=none,luna.format=none,luna.status_class="+class+"}"])
		})
	}
}

// TestSpanContext: a span that a middleware has begun is the parent, keys are
// told if that is wished, and what is not sampled is not recorded.
func TestSpanContext(t *testing.T) {
	w := newListener(t)
	o := w.options()
	o.TraceKeys = true
	s := newSite(t, nil, o)
	ctx, outer := w.tracer.Tracer("test").Start(t.Context(), "outer")
	r := httptest.NewRequest(http.MethodGet, signed(thumb), nil).WithContext(ctx)
	s.handler.ServeHTTP(httptest.NewRecorder(), r)
	outer.End()
	require.Regexp(t, `^outer\(request\(.*\)\)$`, w.tree())
	request := w.span("luna.request")
	require.Equal(t, trace.SpanKindInternal, request.SpanKind())
	require.Equal(t, "hero.jpg", attributesOf(request)["luna.key"])

	never := newListener(t)
	never.tracer = sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(never.spans), sdktrace.WithSampler(sdktrace.NeverSample()))
	s = newSite(t, nil, never.options())
	require.Equal(t, http.StatusOK, s.get(signed(thumb)).StatusCode)
	require.Empty(t, never.spans.Started())
}

// TestCoalescedSpansAreLinked: who joins another's work is told whose it was.
func TestCoalescedSpansAreLinked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newListener(t)
		s := newSite(t, nil, w.options())
		first, second := make(chan struct{}), make(chan struct{})
		s.origin.open = func(context.Context) error {
			close(first)
			<-second
			return nil
		}
		var done sync.WaitGroup
		done.Go(func() { content(t, s.get(signed(thumb))) })
		<-first
		// Who comes now waits in the flight that the first has begun.
		done.Go(func() { content(t, s.get(signed(thumb))) })
		synctest.Wait()
		busy := w.series()
		close(second)
		done.Wait()
		for name, value := range map[string]int64{
			"luna.request.active{}": 2, "luna.flight.active{}": 1, "luna.worker.busy{}": 1, "luna.queue.length{}": 0,
		} {
			require.Equal(t, value, busy[name], name)
		}
		w.tree()
		var work trace.SpanContext
		var links []sdktrace.Link
		for _, span := range w.spans.Ended() {
			if span.Name() == "luna.fetch" {
				work = span.Parent()
			}
			links = append(links, span.Links()...)
		}
		require.Len(t, links, 1)
		require.Equal(t, work.SpanID(), links[0].SpanContext.SpanID())
		found := w.series()
		for _, status := range []string{"miss", "coalesced"} {
			require.Equal(t, int64(1), found["luna.request.duration{luna.cache.status="+status+",luna.format=png,luna.status_class=2xx}"])
		}
		require.Equal(t, int64(1), found["luna.stage.duration{luna.stage=render}"], "one work, however many wait")
	})
}

// TestSpansOutliveTheirRequest: the client that has begun the work leaves, and
// the stages after that are traced all the same.
func TestSpansOutliveTheirRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newListener(t)
		s := newSite(t, nil, w.options())
		proceed := make(chan struct{})
		s.origin.open = func(context.Context) error {
			<-proceed
			return nil
		}
		ctx, leave := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() {
			r := httptest.NewRequest(http.MethodGet, signed(thumb), nil).WithContext(ctx)
			s.handler.ServeHTTP(httptest.NewRecorder(), r)
		})
		synctest.Wait()
		done.Go(func() { content(t, s.get(signed(thumb))) })
		synctest.Wait()
		leave()
		synctest.Wait()
		close(proceed)
		done.Wait()
		require.Contains(t, w.tree(), "render(decode edit encode)")
		require.Equal(t, int64(1), w.series()["luna.request.refused{error.type=client_closed,http.response.status_code=499}"])
	})
}

var serverTiming = regexp.MustCompile(`([a-z]+);dur=`)

func TestMetrics(t *testing.T) {
	w := newListener(t)
	o := w.options()
	o.Cache = new(cache)
	s := newSite(t, nil, o)
	var reserved int64
	s.origin.wrap = func(_ context.Context, r io.Reader) io.Reader {
		return readerFunc(func(p []byte) (int, error) {
			reserved = max(reserved, w.series()["luna.memory.reserved{}"])
			return r.Read(p[:min(len(p), 100)])
		})
	}
	miss := s.get(signed(thumb))
	body := content(t, miss)
	hit := s.get(signed(thumb))
	content(t, hit)
	content(t, s.get(signed(thumb), "If-None-Match", hit.Header.Get("ETag")))
	require.Equal(t, http.StatusMethodNotAllowed, s.do(http.MethodDelete, signed(thumb)).StatusCode)
	alive := w.series()
	require.NoError(t, s.handler.Shutdown(t.Context()))

	size := int64(len(body))
	problem := alive["luna.response.io{luna.cache.status=none,luna.format=none,luna.status_class=4xx}"]
	require.Positive(t, problem)
	for name, value := range map[string]int64{
		"luna.request.duration{luna.cache.status=miss,luna.format=png,luna.status_class=2xx}":  1,
		"luna.request.duration{luna.cache.status=hit,luna.format=png,luna.status_class=2xx}":   1,
		"luna.request.duration{luna.cache.status=hit,luna.format=png,luna.status_class=3xx}":   1,
		"luna.request.duration{luna.cache.status=none,luna.format=none,luna.status_class=4xx}": 1,
		"luna.response.io{luna.cache.status=miss,luna.format=png,luna.status_class=2xx}":       size,
		"luna.response.io{luna.cache.status=hit,luna.format=png,luna.status_class=2xx}":        size,
		"luna.response.io{luna.cache.status=hit,luna.format=png,luna.status_class=3xx}":        0,
		"luna.request.refused{error.type=method_not_allowed,http.response.status_code=405}":    1,
		"luna.cache.lookups{luna.cache.result=miss,luna.cache.tier=memory}":                    1,
		"luna.cache.lookups{luna.cache.result=hit,luna.cache.tier=memory}":                     2,
		"luna.cache.lookups{luna.cache.result=miss,luna.cache.tier=derived}":                   1,
		"luna.source.io{}":                        int64(len(photo(64, 48))),
		"luna.request.active{}":                   0,
		"luna.memory.reserved{}":                  0,
		"luna.memory.limit{}":                     1 << 30,
		"luna.queue.length{}":                     0,
		"luna.stage.duration{luna.stage=verify}":  3,
		"luna.stage.duration{luna.stage=render}":  1,
		"luna.stage.duration{luna.stage=respond}": 4,
	} {
		require.Contains(t, alive, name)
		require.Equal(t, value, alive[name], name)
	}
	require.Positive(t, reserved, "while the original is decoded")
	require.Greater(t, alive["luna.cache.size{}"], size)
	require.Equal(t, int64(64<<20), alive["luna.cache.limit{}"])

	// Server-Timing has the same stages, but for those that come after it.
	var told, measured []string
	for _, m := range serverTiming.FindAllStringSubmatch(miss.Header.Get("Server-Timing"), -1) {
		told = append(told, m[1])
	}
	after := w.series()
	for name := range after {
		if stage, is := strings.CutPrefix(name, "luna.stage.duration{luna.stage="); is && stage != "respond}" && stage != "store}" {
			measured = append(measured, strings.TrimSuffix(stage, "}"))
		}
	}
	slices.Sort(told)
	slices.Sort(measured)
	require.Equal(t, measured, slices.Compact(told))
	require.Equal(t, int64(1), after["luna.stage.duration{luna.stage=store}"])
	require.NotContains(t, after, "luna.worker.limit{}", "the provider has forgotten a handler that is shut down")
}

// TestQueueIsMeasured: one waits for the only worker.
func TestQueueIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newListener(t)
		o := w.options()
		o.Workers, o.Queue = 1, 3
		s := newSite(t, nil, o)
		begun, proceed := make(chan struct{}, 2), make(chan struct{})
		s.origin.open = func(context.Context) error {
			begun <- struct{}{}
			<-proceed
			return nil
		}
		var done sync.WaitGroup
		done.Go(func() { content(t, s.get(signed(thumb))) })
		<-begun
		done.Go(func() { content(t, s.get(signed(strings.Replace(thumb, "32", "24", 1)))) })
		synctest.Wait()
		busy := w.series()
		require.Equal(t, int64(1), busy["luna.queue.length{}"])
		close(proceed)
		done.Wait()
		require.Equal(t, int64(1), busy["luna.worker.busy{}"])
		require.Equal(t, int64(1), busy["luna.worker.limit{}"])
		require.Equal(t, int64(3), busy["luna.queue.limit{}"])
		require.Equal(t, int64(2), busy["luna.flight.active{}"])
		require.Zero(t, w.series()["luna.queue.length{}"])
	})
}

// TestPanicIsMeasured: what net/http recovers is seen as an error, and leaves
// nothing behind.
func TestPanicIsMeasured(t *testing.T) {
	w := newListener(t)
	o := w.options()
	o.Tenant = luna.TenantFunc(func(*http.Request) (string, error) { panic("tenant") })
	s := newSite(t, nil, o)
	require.PanicsWithValue(t, "tenant", func() {
		s.handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, signed(thumb), nil))
	})
	require.Equal(t, "request(verify)", w.tree())
	require.Equal(t, int64(1), w.series()["luna.request.refused{error.type=panic,http.response.status_code=500}"])
	require.Zero(t, w.series()["luna.request.active{}"])
}
