package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// What [Options.Guard] returns, wrapped or not, to refuse an upload.
var (
	// ErrBalanceOutstanding is answered by 402, code "balance_outstanding".
	ErrBalanceOutstanding = errors.New("api: balance outstanding")
	// ErrProjectLimit is answered by 403, code "project_limit".
	ErrProjectLimit = errors.New("api: project limit reached")
)

// A problem is an error that says what the client is told. The cause is for
// the log alone.
type problem struct {
	status int
	code   string
	detail string
	cause  error
}

func (p *problem) Error() string {
	if p.cause != nil {
		return fmt.Sprintf("api: %s: %v", p.code, p.cause)
	}
	return "api: " + p.code + ": " + p.detail
}

func (p *problem) Unwrap() error { return p.cause }

func invalid(format string, args ...any) *problem {
	return &problem{status: http.StatusBadRequest, code: "invalid_request", detail: fmt.Sprintf(format, args...)}
}

func tooLarge(max int64) *problem {
	return &problem{status: http.StatusRequestEntityTooLarge, code: "too_large", detail: fmt.Sprintf("the object may have at most %d bytes", max)}
}

func keyExists() *problem {
	return &problem{status: http.StatusConflict, code: "key_exists", detail: "there is an object of that key, and this upload may not overwrite"}
}

func notImage() *problem {
	return &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", detail: "objects must be JPEG, PNG, GIF, WebP, AVIF, TIFF, JPEG 2000 or HEIF images"}
}

// storeFailed is for an error of [Store] that is none of those it has words
// for.
func storeFailed(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return &problem{status: http.StatusGatewayTimeout, code: "store_timeout", detail: "the store took too long", cause: err}
	}
	return &problem{status: http.StatusBadGateway, code: "store_failed", detail: "the store failed", cause: err}
}

// problemOf is the one place that gives an error its status.
func problemOf(err error) *problem {
	p, ok := errors.AsType[*problem](err)
	switch {
	case ok:
		return p
	case errors.Is(err, ErrBalanceOutstanding):
		return &problem{status: http.StatusPaymentRequired, code: "balance_outstanding", detail: "the account has an outstanding balance"}
	case errors.Is(err, ErrProjectLimit):
		return &problem{status: http.StatusForbidden, code: "project_limit", detail: "the project has reached its limit"}
	default:
		return &problem{status: http.StatusInternalServerError, code: "internal", detail: "internal error", cause: err}
	}
}

func (h *Handler) refuse(c *call, err error) {
	p := problemOf(err)
	// A client that leaves ends what it waited for, which is no failure; what
	// fails of what goes on without it, nobody else hears of.
	ctx := c.r.Context()
	if left := ctx.Err() != nil && errors.Is(err, context.Canceled); p.status >= 500 && !left {
		h.opts.Logger.ErrorContext(context.WithoutCancel(ctx), "management API failed", "method", method(c.r), "route", c.route, "status", p.status, "code", p.code, "tenant", c.tenant, "request", c.id, "error", p.cause)
	}
	if p.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="immagin"`)
	}
	respond(c.w, p.status, "application/problem+json", map[string]any{
		"type": "about:blank", "title": http.StatusText(p.status), "status": p.status, "code": p.code, "detail": p.detail,
	})
}

// respond writes v as JSON. Answers hold secrets or upload rights: nobody
// keeps them.
func respond(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own plain types only
	}
	body = append(body, '\n')
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may be gone
}

// noContent answers 204, to a client that may not keep that either.
func noContent(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusNoContent)
}
