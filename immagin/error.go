package immagin

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// An Error is an answer of the API, of the delivery, or of the store behind an
// upload URL, that is no success. Find it with errors.As. It never holds the
// API key, nor an upload URL, even where the server sent them back.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Message says what is wrong, for people.
	Message string
	// Code says what is wrong, for programs, and is stable: "key_exists" and
	// the like. Empty where the answer is not the API's.
	Code string
	// Body of the answer, its first 64 KiB.
	Body []byte
	// RetryAfter is how long the server asks to wait before the next try; 0
	// where it does not ask. The client has waited up to 30 seconds by
	// itself, see [Options].MaxRetries.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("immagin: %d: %s", e.Status, e.Message)
	}
	return fmt.Sprintf("immagin: %d %s: %s", e.Status, e.Code, e.Message)
}

const maxErrorBody = 64 << 10

// errorOf reads the answer, of which a server may have made an echo of the
// request.
func (c *Client) errorOf(r *http.Response, rights ...string) *Error {
	text, _ := io.ReadAll(io.LimitReader(r.Body, maxErrorBody)) // what there is of it
	hide := c.hide(rights...)
	body := hide.Replace(string(text))
	e := &Error{Status: r.StatusCode, Body: []byte(body[:min(len(body), maxErrorBody)]), RetryAfter: retryAfter(r.Header, time.Now())}
	// Decoded, an escape may have become what is to be hidden.
	e.Message, e.Code = problem(e.Body)
	e.Message, e.Code = hide.Replace(e.Message), hide.Replace(e.Code)
	if e.Message == "" {
		e.Message = http.StatusText(e.Status)
	}
	if e.Message == "" {
		e.Message = "unknown status"
	}
	return e
}

// problem reads application/problem+json (RFC 9457) with our member "code".
// Members of the wrong type are left out.
func problem(body []byte) (message, code string) {
	var p map[string]json.RawMessage
	if json.Unmarshal(body, &p) != nil {
		return "", ""
	}
	text := func(name string) (s string) {
		if json.Unmarshal(p[name], &s) != nil {
			return ""
		}
		return s
	}
	if message = text("detail"); message == "" {
		message = text("title")
	}
	return message, text("code")
}

// A failure is a request that got no answer, or not the whole of one.
type failure struct {
	text  string
	cause func() error // a closure, so that fmt cannot see through it
	// unreached says that the server never heard of it.
	unreached bool
	// final says that a retry would fail as well.
	final bool
}

func (f *failure) Error() string { return f.text }

func (f *failure) Unwrap() error { return f.cause() }

// failed describes err, of a request of ctx, without what nobody may see.
func (c *Client) failed(ctx context.Context, what string, err error, rights ...string) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("immagin: %s: %w", what, ended) // rather than what that did to the request
	}
	err = withoutURL(err)
	text := "immagin: " + what + ": " + err.Error()
	f := &failure{text: c.hide(rights...).Replace(text), cause: func() error { return err }}
	if dial, ok := errors.AsType[*net.OpError](err); ok {
		f.unreached = dial.Op == "dial"
	}
	_, f.final = errors.AsType[*tls.CertificateVerificationError](err)
	if f.text != text {
		f.cause = func() error { return nil } // it would show what we hide
	}
	return f
}

// hide takes out of a text the API key and rights.
func (c *Client) hide(rights ...string) *strings.Replacer {
	var pairs []string
	if key := c.key.Reveal(); key != "" {
		pairs = append(pairs, key, c.key.String())
	}
	for _, right := range rights {
		if right != "" {
			pairs = append(pairs, right, "…")
		}
	}
	return strings.NewReplacer(pairs...)
}

// minRight is the least length, in bytes, of what might be a right to upload
// rather than a word of a message.
const minRight = 16

// rights lists what is to be hidden of an upload URL: the whole, a ticket at
// the end of its path, a signature in its query, and the headers' values.
func (s *SignedURL) rights(u *url.URL) []string {
	var found []string
	add := func(text string) {
		if len(text) >= minRight {
			found = append(found, text, url.QueryEscape(text))
		}
	}
	// Longest first: of what begins alike, the first is replaced.
	for _, whole := range []string{s.UploadURL, u.String(), u.RequestURI(), u.RawQuery} {
		add(whole)
	}
	if head, ticket, ok := cutLast(u.EscapedPath(), "/"); ok && strings.Contains(head, "/v1/uploads/") {
		add(ticket)
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		_, value, _ := strings.Cut(pair, "=")
		add(value)
		if plain, err := url.QueryUnescape(value); err == nil {
			add(plain)
		}
	}
	for _, value := range s.Headers {
		add(value)
	}
	return found
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// withoutURL takes the URL out of an error of net/http: that of an upload is
// a right to upload.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}
