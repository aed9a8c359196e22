package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CORS says which web pages of other origins may call the handler from a
// browser. Cookies and other credentials of the browser are never let in:
// calls bear a key or a ticket. Uploads that a store presigned itself go to
// the store, which has CORS rules of its own.
//
// https://fetch.spec.whatwg.org/#http-cors-protocol
type CORS struct {
	// Origins that may upload to the URLs of this handler's own uploads, each
	// exactly as a browser writes it ("https://www.example.com", no slash at
	// the end), or "*" for all. None by default.
	Origins []string
	// API lets those origins make all other calls too, which need an API key:
	// not one that is part of a public web page.
	API bool
	// MaxAge is how long a browser may remember the answer to a preflight
	// request; 5 seconds, the standard's own, by default.
	MaxAge time.Duration
}

func (c CORS) check() error {
	for _, origin := range c.Origins {
		u, err := url.Parse(origin)
		if origin == "*" || err == nil && u.Scheme != "" && u.Host != "" && origin == strings.ToLower(u.Scheme+"://"+u.Host) {
			continue
		}
		return fmt.Errorf("api: CORS.Origins has %.100q, must be like https://www.example.com, or *", origin)
	}
	if c.MaxAge < 0 {
		return fmt.Errorf("api: CORS.MaxAge is %v, must not be negative", c.MaxAge)
	}
	return nil
}

// covers reports whether browsers may use a route at all.
func (c CORS) covers(r *route) bool { return len(c.Origins) > 0 && (c.API || r.ticket) }

// allow tells a browser that its page may see the answer, whatever that is.
func (c CORS) allow(header http.Header, origins []string) (allowed bool) {
	if slices.Contains(c.Origins, "*") {
		header.Set("Access-Control-Allow-Origin", "*")
		allowed = true
	} else {
		header.Add("Vary", "Origin") // also where the request has none
		if len(origins) == 1 && slices.Contains(c.Origins, origins[0]) {
			header.Set("Access-Control-Allow-Origin", origins[0])
			allowed = true
		}
	}
	if allowed {
		header.Set("Access-Control-Expose-Headers", "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id")
	}
	return allowed
}

// preflight answers a browser that asks whether it may make a call with one of
// methods.
func (c CORS) preflight(w http.ResponseWriter, origins []string, methods []string) error {
	header := w.Header()
	if !c.allow(header, origins) {
		return &problem{status: http.StatusForbidden, code: "origin_not_allowed", detail: "pages of this origin may not make this call"}
	}
	header.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id")
	if c.MaxAge > 0 {
		header.Set("Access-Control-Max-Age", strconv.FormatInt(int64(c.MaxAge/time.Second), 10))
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
