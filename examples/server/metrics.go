package main

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
)

// metrics are those of luna, of this server's parts and of the Go runtime, as
// Prometheus reads them.
type metrics struct {
	provider *metric.MeterProvider // of luna's
	page     http.Handler
	requests *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	inFlight prometheus.Gauge
}

func newMetrics() (*metrics, error) {
	registry := prometheus.NewRegistry()
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, err
	}
	m := &metrics{
		provider: metric.NewMeterProvider(metric.WithReader(exporter)),
		page:     promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "immagin_http_requests_total", Help: "Requests answered, by part of the server and status."}, []string{"part", "code"}),
		bytes:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "immagin_http_response_bytes_total", Help: "Bytes of response bodies, by part of the server."}, []string{"part"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "immagin_http_in_flight", Help: "Requests being answered."}),
	}
	registry.MustRegister(m.requests, m.bytes, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m, nil
}

func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	m.page.ServeHTTP(w, r)
}

// observe counts and logs what h answers. Neither query nor header is logged:
// they hold signatures and keys.
func (m *metrics) observe(part string, log *slog.Logger, h http.Handler) http.Handler {
	bytes := m.bytes.WithLabelValues(part)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		begin := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			status := rec.status
			if status == 0 {
				status = http.StatusOK
			}
			m.requests.WithLabelValues(part, strconv.Itoa(status)).Inc()
			bytes.Add(float64(rec.bytes))
			attrs := []any{"part", part, "method", r.Method, "host", r.Host, "path", logged(r), "status", status, "bytes", rec.bytes, "took", time.Since(begin)}
			if cache := rec.Header().Get("X-Luna-Cache"); cache != "" {
				attrs = append(attrs, "cache", cache)
			}
			log.Info("request", attrs...)
		}()
		h.ServeHTTP(rec, r)
	})
}

// logged is the path, or its beginning.
func logged(r *http.Request) string {
	p := r.URL.EscapedPath()
	if len(p) > 256 {
		p = p[:256] + "…"
	}
	return p
}

// A recorder remembers the status and counts the bytes of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
