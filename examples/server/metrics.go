package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// metrics counts requests, and shows the counts as Prometheus reads them.
type metrics struct {
	inFlight atomic.Int64
	mu       sync.Mutex
	series   map[string]int64 // by name and labels
}

// Every family, so that a family without a series yet is listed all the same.
var families = []struct{ name, help string }{
	{"immagin_delivery_cache_total", "Images delivered, by what the caches said."},
	{"immagin_http_requests_total", "Requests answered, by part of the server and status."},
	{"immagin_http_response_bytes_total", "Bytes of response bodies, by part of the server."},
}

func (m *metrics) add(series string, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.series == nil {
		m.series = map[string]int64{}
	}
	m.series[series] += n
}

func (m *metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	m.mu.Lock()
	series := maps.Clone(m.series)
	m.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, f := range families {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s counter\n", f.name, f.help, f.name)
		for _, s := range slices.Sorted(maps.Keys(series)) {
			if strings.HasPrefix(s, f.name+"{") {
				fmt.Fprintf(w, "%s %d\n", s, series[s])
			}
		}
	}
	fmt.Fprintf(w, "# HELP immagin_http_in_flight Requests being answered.\n# TYPE immagin_http_in_flight gauge\nimmagin_http_in_flight %d\n", m.inFlight.Load())
}

// observe counts and logs what h answers. Neither query nor header is logged:
// they hold signatures and keys.
func (m *metrics) observe(part string, log *slog.Logger, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Add(1)
		defer m.inFlight.Add(-1)
		begin := time.Now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			status := rec.status
			if status == 0 {
				status = http.StatusOK
			}
			m.add(fmt.Sprintf("immagin_http_requests_total{part=%q,code=\"%d\"}", part, status), 1)
			m.add(fmt.Sprintf("immagin_http_response_bytes_total{part=%q}", part), rec.bytes)
			attrs := []any{"part", part, "method", r.Method, "host", r.Host, "path", logged(r), "status", status, "bytes", rec.bytes, "took", time.Since(begin)}
			if cache := rec.Header().Get("X-Luna-Cache"); cache != "" {
				m.add(fmt.Sprintf("immagin_delivery_cache_total{result=%q}", cache), 1)
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
