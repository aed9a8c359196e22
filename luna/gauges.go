package luna

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/metric"
)

// observe registers what is not counted but looked at when somebody collects.
// They are sums that go up and down, so that several handlers with one
// provider add up.
func (h *Handler) observe() error {
	if !h.telemetry.meters {
		return nil
	}
	gauges := []struct {
		name, unit, description string
		value                   func() int64
	}{
		{"luna.request.active", "{request}", "Requests being answered.", h.telemetry.active.Load},
		{"luna.flight.active", "{flight}", "Images being made, or read from the derived store, each for all who wait for it.", func() int64 { return int64(h.flights.count()) }},
		{"luna.worker.busy", "{worker}", "Workers that fetch and render.", func() int64 { busy, _ := h.workers.load(); return int64(busy) }},
		{"luna.worker.limit", "{worker}", "HandlerOptions.Workers.", func() int64 { return int64(h.opts.Workers) }},
		{"luna.queue.length", "{flight}", "Images that wait for a worker.", func() int64 { _, waiting := h.workers.load(); return int64(waiting) }},
		{"luna.queue.limit", "{flight}", "HandlerOptions.Queue.", func() int64 { return int64(max(h.opts.Queue, 0)) }},
		{"luna.memory.reserved", "By", "The most that the renders under way may take by their plans.", h.engine.reserved.Load},
		{"luna.memory.limit", "By", "Options.MaxBytes of the engine.", func() int64 { return h.engine.opts.MaxBytes }},
		{"luna.pool.size", "By", "Sample buffers that lie in the engine's pool unused, those under 32 KiB not counted.", h.engine.pool.Size},
		{"luna.cache.size", "By", "Derived images in memory.", h.memory.bytes},
		{"luna.cache.limit", "By", "HandlerOptions.MemoryCacheBytes.", func() int64 { return max(h.opts.MemoryCacheBytes, 0) }},
	}
	meter := h.opts.MeterProvider.Meter(scope)
	var errs []error
	var all []metric.Observable
	var counters []metric.Int64ObservableUpDownCounter
	for _, g := range gauges {
		c, err := meter.Int64ObservableUpDownCounter(g.name, metric.WithUnit(g.unit), metric.WithDescription(g.description))
		errs = append(errs, err)
		all, counters = append(all, c), append(counters, c)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var err error
	h.telemetry.registration, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for i, g := range gauges {
			o.ObserveInt64(counters[i], g.value())
		}
		return nil
	}, all...)
	return err
}

// close lets the provider forget the handler.
func (t *telemetry) close() error {
	if t.registration == nil {
		return nil
	}
	return t.registration.Unregister()
}
