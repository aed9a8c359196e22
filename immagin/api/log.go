package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// A recorder sees what is answered.
type recorder struct {
	http.ResponseWriter
	status int   // 0 as long as nothing is
	bytes  int64 // of the body
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

// Unwrap is for [http.ResponseController].
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// record logs a call that began at start. It says nothing that a client made
// up, but for the request's id: neither path nor query, which may hold keys of
// images, tickets or signatures.
func (h *Handler) record(c *call, start time.Time) {
	if c.r.Method == http.MethodHead {
		c.w.bytes = 0 // net/http takes a body and sends none
	}
	h.opts.Logger.LogAttrs(context.WithoutCancel(c.r.Context()), slog.LevelInfo, "management API",
		slog.String("method", method(c.r)),
		slog.String("route", c.route),
		slog.Int("status", c.w.status),
		slog.Duration("duration", h.opts.Now().Sub(start)),
		slog.Int64("bytes", c.w.bytes),
		slog.String("tenant", c.tenant),
		slog.String("key", c.key.Prefix),
		slog.String("request", c.id),
	)
}

// method is r's, if it is one that anybody uses.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "OTHER"
}

// requestID is the X-Request-Id that a proxy in front gave the request, if it
// is short, plain and does not look like a key; a random one otherwise.
func requestID(header http.Header) string {
	const plain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"
	given := header.Values("X-Request-Id")
	if len(given) == 1 && len(given[0]) >= 8 && len(given[0]) <= 36 && strings.Trim(given[0], plain) == "" {
		return given[0]
	}
	return rand.Text()
}
