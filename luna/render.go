package luna

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/immagin/immagin-go/immagin/edit"
)

var errNoCache = errors.New("luna: Handler.Render needs HandlerOptions.Cache, since nothing else keeps what it makes")

// Render makes the image that GET of /{payload} by a client with that Accept
// header gets, and returns nil once it is in the derived store: for those who
// render ahead of requests. What is there already is not made again.
//
// The way is that of a request, with its limits, queue, timeouts, Admitter and
// caches, except that no signature is asked for, so that the caller must know
// whose wish it is; and that AutoTimeout does not count, since nobody waits.
// An image that was made but could not be stored is an error, although a later
// request may find it in memory. Of errors [StatusCode] and [ErrorCode] say
// more; a payload that asks for metadata is an [*edit.Error].
func (h *Handler) Render(ctx context.Context, tenant, payload, accept string) error {
	if h.opts.Cache == nil {
		return errNoCache
	}
	return protect(func() error { return h.prepare(ctx, tenant, payload, accept) })
}

func (h *Handler) prepare(ctx context.Context, tenant, payload, accept string) error {
	x := &exchange{
		request: &http.Request{Method: http.MethodGet, URL: new(url.URL), Header: http.Header{"Accept": {accept}}},
		tenant:  tenant,
		path:    payload,
		patient: true,
	}
	if err := h.obtainWithin(ctx, x); err != nil {
		return err
	}
	return h.keep(ctx, x)
}

func (h *Handler) obtainWithin(ctx context.Context, x *exchange) error {
	ctx, cancel := context.WithTimeoutCause(ctx, h.opts.RequestTimeout, errRequestTimeout)
	defer cancel()
	err := inOrder(ctx, h.telemetry, x,
		step[*exchange]{"payload", h.picture},
		step[*exchange]{"negotiate", h.negotiate},
	)
	if err != nil {
		return err
	}
	return h.obtain(ctx, x)
}

// picture is step 2 for those who take no metadata.
func (h *Handler) picture(ctx context.Context, x *exchange) error {
	if err := h.payload(ctx, x); err != nil {
		return err
	}
	if x.ask.Metadata != nil {
		return &edit.Error{Faults: []edit.Fault{{Path: "metadata", Message: "must not be asked for: it is not stored"}}}
	}
	return nil
}

// keep makes sure that a record is in the derived store, once the flight that
// may be putting it there has ended.
func (h *Handler) keep(ctx context.Context, x *exchange) error {
	within, cancel := context.WithTimeoutCause(ctx, h.opts.StoreTimeout, errKeepTimeout)
	defer cancel()
	if err := h.flights.after(within, x.id); err != nil {
		return err
	}
	_, err := h.readDerived(within, x.tenant, x.ask.Key, x.id, false)
	if err != nil && within.Err() == nil { // not there, or not whole
		err = h.opts.Cache.Put(within, x.tenant, x.ask.Key, x.id, x.record.header(), x.record.body)
	}
	switch {
	case err == nil:
		return nil
	case within.Err() != nil:
		return context.Cause(within)
	}
	return &storeError{fmt.Errorf("the derived image is not stored: %w", err)}
}

var errKeepTimeout = fmt.Errorf("the derived store is too slow: %w", context.DeadlineExceeded)
