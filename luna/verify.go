package luna

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// A Verifier checks signatures of image URLs. sign.Tenants and
// sign.TenantsFunc are ones. It must be safe for concurrent use.
type Verifier interface {
	// Verify returns nil if signature, 64 lowercase hexadecimal digits, is
	// the tenant's for payload, the characters that stand in the path. An
	// error that is [fs.ErrPermission] says that it is not, in time that
	// depends neither on the right signature nor on whether the tenant
	// exists; any other says that it could not be checked.
	Verify(ctx context.Context, tenant, payload, signature string) error
}

// ErrSignature says that the URL is not one that the tenant has signed, or not
// in the one spelling that it has.
var ErrSignature = errors.New("signature missing or wrong")

const signatureDigits = 64

// verify is step 1: who asks, and whether the tenant has signed it. Nothing
// is decoded.
func (h *Handler) verify(ctx context.Context, x *exchange) error {
	r := copyRequest(x.request)
	tenant, unknown := h.opts.Tenant(r)
	payload, spelled := splitPath(r.URL.EscapedPath())
	query, ok := parseQuery(x.request.URL.RawQuery)
	if !spelled || !ok || !afterSlash(x.request.RequestURI, payload) {
		return ErrSignature
	}
	// A tenant that is not to be had takes as long as one whose signature is
	// wrong.
	err := h.verifier.Verify(ctx, tenant, payload, query.signature)
	switch {
	case unknown != nil, errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return ErrSignature
	case err != nil:
		return storeFailed(ctx, err)
	}
	x.tenant, x.path, x.rung = tenant, payload, query.rung
	return nil
}

// copyRequest gives a TenantFunc a request whose URL it may change.
func copyRequest(r *http.Request) *http.Request {
	c, u := *r, *r.URL
	c.URL = &u
	return &c
}

// splitPath returns the payload of an escaped path: one segment of base64url
// digits, and nothing that could be spelled in another way.
func splitPath(path string) (payload string, ok bool) {
	payload = strings.TrimPrefix(path, "/")
	if payload == "" {
		return "", false
	}
	for i := range len(payload) {
		if !base64urlDigit(payload[i]) {
			return "", false
		}
	}
	return payload, true
}

// afterSlash reports whether the payload stood behind one slash when the
// request came, where that is known: StripPrefix hides a second one, and that
// there was none.
func afterSlash(target, payload string) bool {
	path, _, _ := strings.Cut(target, "?")
	before, is := strings.CutSuffix(path, payload)
	return !is || strings.HasSuffix(before, "/") && !strings.HasSuffix(before, "//")
}

func base64urlDigit(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// A rung is what the query of a ladder's URL chooses. The zero rung is that of
// a URL without a ladder.
type rung struct {
	width   int
	density float64 // 0 where it is not given
	format  string  // empty where it is not given
}

type query struct {
	rung      rung
	signature string
}

// parseQuery reads a raw query: sig=S, or w=N[&dpr=D][&fm=F]&sig=S in that
// order and without escapes. Numbers have one spelling each, JavaScript's.
func parseQuery(raw string) (q query, ok bool) {
	if rest, is := strings.CutPrefix(raw, "w="); is {
		w, rest, _ := strings.Cut(rest, "&")
		n, err := strconv.Atoi(w)
		if err != nil || n <= 0 || strconv.Itoa(n) != w {
			return query{}, false
		}
		q.rung.width = n
		if after, is := strings.CutPrefix(rest, "dpr="); is {
			var d string
			d, rest, _ = strings.Cut(after, "&")
			f, err := strconv.ParseFloat(d, 64)
			if err != nil || !(f > 0) || math.IsInf(f, 0) || strconv.FormatFloat(f, 'f', -1, 64) != d {
				return query{}, false
			}
			q.rung.density = f
		}
		if after, is := strings.CutPrefix(rest, "fm="); is {
			q.rung.format, rest, _ = strings.Cut(after, "&")
			if !word(q.rung.format) {
				return query{}, false
			}
		}
		raw = rest
	}
	q.signature, ok = strings.CutPrefix(raw, "sig=")
	if !ok || len(q.signature) != signatureDigits {
		return query{}, false
	}
	for i := range len(q.signature) {
		if c := q.signature[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return query{}, false
		}
	}
	return q, true
}

func word(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
