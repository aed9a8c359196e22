package luna_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

// observed returns a mux with a handler at /img/ and its metrics at /metrics.
// Its spans go to exporter until closed is called.
func observed(ctx context.Context, engine *luna.Engine, origin luna.Origin, keys sign.Tenants, exporter sdktrace.SpanExporter) (mux *http.ServeMux, closed func(), err error) {
	registry := prometheus.NewRegistry()
	reader, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, nil, err
	}
	metrics := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader))
	traces := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(1))), // in production 0.01 or so
	)
	handler, err := luna.NewHandler(engine, origin, keys, &luna.HandlerOptions{
		Tenant:         luna.FixedTenant("demo"),
		MeterProvider:  metrics,
		TracerProvider: traces,
	})
	if err != nil {
		return nil, nil, err
	}
	mux = http.NewServeMux()
	mux.Handle("/img/", http.StripPrefix("/img", handler))
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux, func() {
		handler.Shutdown(ctx)
		traces.Shutdown(ctx) // sends what is left
		metrics.Shutdown(ctx)
	}, nil
}

func ExampleHandlerOptions_observed() {
	engine, err := luna.New([]codec.Codec{jpeg.Codec{}, png.Codec{}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := sign.NewKeyring("test-secret-0123456789")
	if err != nil {
		log.Fatal(err)
	}
	exporter := tracetest.NewInMemoryExporter() // in a program: otlptracehttp.New(ctx)
	mux, closed, err := observed(context.Background(), engine, folder{exampleFiles()}, sign.Tenants{"demo": keys}, exporter)
	if err != nil {
		log.Fatal(err)
	}
	defer closed()
	server := httptest.NewServer(mux)
	defer server.Close()

	if _, err := http.Get(server.URL + "/img/eyJrZXkiOiJhIn0?sig=" + strings.Repeat("0", 64)); err != nil {
		log.Fatal(err)
	}
	response, err := http.Get(server.URL + "/metrics")
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "luna_request_refused") {
			fmt.Print(line)
		}
	}
	// Output: luna_request_refused_total{error_type="signature_invalid",http_response_status_code="403"} 1
}
