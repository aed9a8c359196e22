package luna

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A problem is the body of an error's answer (RFC 9457). Its type is
// about:blank, so the title is the status's own.
type problem struct {
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail,omitempty"`
	Code   string  `json:"code"`
	Faults []fault `json:"faults,omitempty"`
}

// A fault is one thing that is wrong with a payload.
type fault struct {
	Path    string `json:"path"`
	Message string `json:"message"`
}

// fail answers with an error. Of what went wrong inside, the client sees no
// more than a status, a code and a sentence; the log has the rest.
func (h *Handler) fail(w http.ResponseWriter, x *exchange, err error) {
	k := classify(err)
	h.report(x, k, err)
	x.status, x.code = k.status, k.code
	if k.status == statusClientClosed {
		w.WriteHeader(k.status) // nobody reads it
		return
	}
	p := problem{Title: http.StatusText(k.status), Status: k.status, Detail: k.detail, Code: k.code}
	if e := (*edit.Error)(nil); errors.As(err, &e) {
		for _, f := range e.Faults {
			p.Faults = append(p.Faults, fault(f))
		}
	}
	text, err2 := json.Marshal(p)
	if err2 != nil {
		panic(err2) // strings and integers always marshal
	}
	head := w.Header()
	secure(head)
	head.Set("Content-Type", "application/problem+json")
	head.Set("Content-Length", strconv.Itoa(len(text)))
	head.Set("Cache-Control", errorCacheControl(k.status))
	if x.choice.varies {
		head.Add("Vary", "Accept") // a wrapper may vary by more
	}
	if k.status == http.StatusMethodNotAllowed {
		head.Set("Allow", "GET, HEAD")
	}
	if s := retryAfter(k.status, err); s > 0 {
		head.Set("Retry-After", strconv.Itoa(s))
	}
	w.WriteHeader(k.status)
	if x.request.Method != http.MethodHead {
		n, _ := w.Write(text) // the client has gone
		x.sent = int64(n)
	}
}

// errorCacheControl lets caches keep for a minute what stays wrong until the
// original or the URL changes, and a missing original for the seconds that an
// upload may take. Other errors end any time.
func errorCacheControl(status int) string {
	switch status {
	case http.StatusBadRequest, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return "public, max-age=60"
	case http.StatusNotFound:
		return "public, max-age=5"
	}
	return "no-store"
}

// retryAfter reports the seconds after which trying again may help, or 0.
func retryAfter(status int, err error) int {
	if e := (*Refusal)(nil); errors.As(err, &e) && e.RetryAfter > 0 {
		return int((e.RetryAfter + time.Second - 1) / time.Second)
	}
	if status == http.StatusServiceUnavailable {
		return 1
	}
	return 0
}

// report logs what its operator should know: what failed here, but not what
// clients got wrong.
func (h *Handler) report(x *exchange, k kind, err error) {
	level := slog.LevelDebug
	switch {
	case k.status == http.StatusInternalServerError:
		level = slog.LevelError
	case k.status >= 500:
		level = slog.LevelWarn
	}
	ctx := x.request.Context()
	if !h.opts.Logger.Enabled(ctx, level) {
		return
	}
	attributes := []slog.Attr{
		slog.Int("status", k.status), slog.String("code", k.code),
		slog.String("tenant", x.tenant), slog.Any("error", err),
	}
	if x.ask != nil {
		attributes = append(attributes, slog.String("key", x.ask.Key))
	}
	if e := (*PanicError)(nil); errors.As(err, &e) {
		attributes = append(attributes, slog.String("stack", string(e.Stack)))
	}
	h.opts.Logger.LogAttrs(ctx, level, "request failed", attributes...)
}
