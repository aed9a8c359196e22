package luna

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
)

// A Cache is a store of derived images that outlives the process and may be
// shared by many. It must be safe for concurrent use. The handler never asks
// for what it cannot make again, so a Cache may forget anything.
type Cache interface {
	// Get returns what was put under that id for the original of that key:
	// the header, the body, which the handler closes, and its size. Where
	// there is nothing the error is [fs.ErrNotExist].
	Get(ctx context.Context, tenant, key, id string) (header map[string]string, body io.ReadCloser, size int64, err error)
	// Put stores a derived image, whole or not at all. The id is 64
	// hexadecimal digits, the header's names are lowercase ASCII letters and
	// hyphens, its values printable ASCII. Whatever is put under one id is the
	// same image.
	Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error
}

// cached is step 5: the answer from memory, or the proof from the derived
// store's header that the client has it.
func (h *Handler) cached(ctx context.Context, x *exchange) error {
	if r := h.memory.get(x.id); r != nil {
		h.telemetry.looked(ctx, tierMemory, lookupHit)
		x.record, x.source = r, sourceHit
		return nil
	}
	h.telemetry.looked(ctx, tierMemory, lookupMiss)
	head := x.request.Method == http.MethodHead
	conditions := x.request.Header.Values("If-None-Match")
	if h.opts.Cache == nil || x.ask.Metadata != nil || !head && len(conditions) == 0 {
		return nil
	}
	r, err := h.derived(ctx, x.tenant, x.ask.Key, x.id, false)
	if err != nil {
		return nil // logged; the flight finds out for itself
	}
	if head || matchesETag(conditions, r.etag) {
		x.record, x.source = r, sourceHit
	}
	return nil
}

// stored is the first step of a flight: the answer from the derived store.
func (h *Handler) stored(ctx context.Context, j *job) error {
	// Another flight may have landed between our look into the memory and the
	// start of this one.
	if r := h.memory.get(j.id); r != nil {
		j.record, j.source = r, sourceHit
		return nil
	}
	if h.opts.Cache == nil || j.ask.Metadata != nil {
		return nil
	}
	r, err := h.derived(ctx, j.tenant, j.ask.Key, j.id, true)
	if err != nil {
		return ctx.Err()
	}
	h.memory.put(j.id, r)
	j.record, j.source = r, sourceHit
	return nil
}

// derived reads a record from the derived store, with its body or without. A
// store that fails, or that has a torn object, is as good as one that has
// none; it is logged.
func (h *Handler) derived(ctx context.Context, tenant, key, id string, whole bool) (*record, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.opts.FetchTimeout, errFetchTimeout)
	defer cancel()
	r, err := h.readDerived(ctx, tenant, key, id, whole)
	switch {
	case err == nil:
		h.telemetry.looked(ctx, tierDerived, lookupHit)
	case errors.Is(err, fs.ErrNotExist):
		h.telemetry.looked(ctx, tierDerived, lookupMiss)
	default:
		h.telemetry.looked(ctx, tierDerived, lookupFailed)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, context.Canceled) {
		h.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "derived image not read", slog.String("tenant", tenant), slog.String("key", key), slog.String("id", id), slog.Any("error", err))
	}
	return r, err
}

func (h *Handler) readDerived(ctx context.Context, tenant, key, id string, whole bool) (*record, error) {
	header, body, size, err := h.opts.Cache.Get(ctx, tenant, key, id)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if !whole {
		return storedRecord(header, size, nil)
	}
	if size < 0 || size > h.opts.MaxOutputBytes {
		return nil, fmt.Errorf("a derived image of %d bytes", size)
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(body, content); err != nil {
		return nil, err
	}
	return storedRecord(header, size, content)
}

// publish is step 16: the record is kept in memory, and later in the derived
// store. What is returned puts it there.
func (h *Handler) publish(ctx context.Context, j *job) (put func()) {
	h.memory.put(j.id, j.record)
	if h.opts.Cache == nil {
		return nil
	}
	// What is paid for is stored, whether or not anybody still waits for it.
	// Only so many may be on their way there: then the worker waits.
	ctx = context.WithoutCancel(ctx)
	h.putting <- struct{}{}
	tenant, key, id, r := j.tenant, j.ask.Key, j.id, j.record
	return func() {
		defer func() { <-h.putting }()
		ctx, cancel := context.WithTimeout(ctx, h.opts.StoreTimeout)
		defer cancel()
		_, err := h.telemetry.stage(ctx, "store", func(ctx context.Context) error {
			return protect(func() error { return h.opts.Cache.Put(ctx, tenant, key, id, r.header(), r.body) })
		})
		if err != nil {
			h.opts.Logger.LogAttrs(ctx, slog.LevelWarn, "derived image not stored", slog.String("tenant", tenant), slog.String("key", key), slog.String("id", id), slog.Any("error", err))
		}
	}
}

// protect turns a panic of f into an error.
func protect(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = newPanicError(v)
		}
	}()
	return f()
}
