package luna_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	nometric "go.opentelemetry.io/otel/metric/noop"
	notrace "go.opentelemetry.io/otel/trace/noop"

	"github.com/immagin/immagin-go/luna"
)

// A discarded answer is only looked at.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) WriteHeader(status int)      { d.status = status }
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

// hits returns a function that asks for an image in memory.
func hits(t *testing.T, opts *luna.HandlerOptions) func() {
	s := newSite(t, nil, opts)
	r := httptest.NewRequest(http.MethodGet, signed(thumb), nil)
	hit := func() {
		w := &discarded{header: http.Header{}}
		s.handler.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			t.Fatal(w.status)
		}
	}
	hit()
	return hit
}

// TestUnheardTelemetryIsFree: a hit allocates as much with providers that do
// nothing as without any.
func TestUnheardTelemetryIsFree(t *testing.T) {
	without := testing.AllocsPerRun(200, hits(t, nil))
	with := testing.AllocsPerRun(200, hits(t, &luna.HandlerOptions{
		TracerProvider: notrace.NewTracerProvider(),
		MeterProvider:  nometric.NewMeterProvider(),
	}))
	require.InDelta(t, without, with, 1)
}
