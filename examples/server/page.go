package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/sign"
)

// A page is the playground at "/", the usage page, and the endpoints under
// "/playground/" that describe, sign, presign and count for them, and for
// nobody else: see guard.
type page struct {
	guard   guard
	tenants *tenants
	uploads http.Handler // a management API that knows no key but this one
	key     sign.APIKey  // lives as long as the process, and never leaves it
	usage   *usagePage
	engine  *luna.Engine
	origin  luna.Origin
	samples *samples
	mux     http.ServeMux
}

// maxQuestion is the most that an endpoint reads: the longest payload's JSON,
// with room for white space.
const maxQuestion = 32 << 10

// route makes the page answer, once its fields are set.
func (p *page) route() {
	for name, file := range embedded() {
		path := "/playground/" + name
		if name == "index.html" {
			path = "/{$}"
		}
		p.mux.Handle("GET "+path, file)
	}
	p.mux.HandleFunc("GET /playground/usage", p.usage.page)
	for path, answer := range p.endpoints() {
		p.mux.HandleFunc("POST "+path, answer)
	}
}

// endpoints are what the page asks by POST.
func (p *page) endpoints() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"/playground/describe": p.describe,
		"/playground/sign":     p.sign,
		"/playground/upload":   p.upload,
		"/playground/samples":  p.listSamples,
		"/playground/usage":    p.usage.figures,
		"/playground/costs":    p.usage.costs,
	}
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; img-src 'self' blob: data:; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	check := p.guard.host
	if r.Method == http.MethodPost {
		check = p.guard.page
	}
	if err := check(r); err != nil {
		refuse(w, http.StatusForbidden, "foreign_origin", err)
		return
	}
	p.mux.ServeHTTP(w, r)
}

// sign answers a request of the payload's language, as JSON, with its signed
// URL.
func (p *page) sign(w http.ResponseWriter, r *http.Request) {
	ask, ok := p.readRequest(w, r)
	if !ok {
		return
	}
	url, ok := p.signed(w, r, ask)
	if !ok {
		return
	}
	answer(w, http.StatusOK, "application/json", map[string]string{"url": url})
}

// readRequest reads a request of the payload's language, or answers why it
// will not. An empty list of edits is none: the page always sends one.
func (p *page) readRequest(w http.ResponseWriter, r *http.Request) (ask *edit.Request, ok bool) {
	question, ok := readQuestion(w, r)
	if !ok {
		return nil, false
	}
	ask, err := edit.Parse(question, nil)
	if err != nil {
		refuse(w, http.StatusBadRequest, "payload_invalid", err)
		return nil, false
	}
	if len(ask.Edits) == 0 {
		ask.Edits = nil
	}
	return ask, true
}

// signed returns the URL's path and query, once the samples that it needs are
// drawn, or answers why there is none.
func (p *page) signed(w http.ResponseWriter, r *http.Request, ask *edit.Request) (url string, ok bool) {
	payload, err := ask.Payload()
	if err != nil {
		refuse(w, http.StatusBadRequest, "payload_invalid", err)
		return "", false
	}
	tenant, _ := p.tenants.of(r) // never fails
	keyring, err := p.tenants.keyring(r.Context(), tenant)
	if err != nil {
		refuse(w, http.StatusInternalServerError, "internal", errors.New("the tenant has no secret"))
		return "", false
	}
	p.samples.wait(r.Context(), ask)
	return "/" + payload + "?sig=" + keyring.Sign(payload), true
}

// upload answers the name, type and size of a picture with a presigned URL
// for it, as the management API does.
func (p *page) upload(w http.ResponseWriter, r *http.Request) {
	question, ok := readQuestion(w, r)
	if !ok {
		return
	}
	var picture struct {
		Name        string
		ContentType string
		Size        int64
	}
	if err := json.Unmarshal(question, &picture); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", err)
		return
	}
	body, err := json.Marshal(struct {
		Key         string `json:"key"`
		ContentType string `json:"contentType,omitempty"`
		Size        int64  `json:"size"`
	}{"uploads/" + strings.ToLower(rand.Text()[:8]) + "-" + keyName(picture.Name), picture.ContentType, picture.Size})
	if err != nil {
		panic(err) // strings and integers
	}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodPost, signURLPath, bytes.NewReader(body))
	if err != nil {
		panic(err) // a constant path
	}
	ask.Host, ask.RequestURI = r.Host, signURLPath
	ask.Header.Set("Content-Type", "application/json")
	ask.Header.Set("Authorization", "Bearer "+p.key.Reveal())
	p.uploads.ServeHTTP(w, ask)
}

const signURLPath = "/v1/images/sign-url"

// keyName is a file's name as the end of a key: short, and of letters,
// digits, dots, hyphens and underscores.
func keyName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '-'
	}, name)
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[len(runes)-60:]) // with its extension
	}
	if name == "" {
		return "picture"
	}
	return name
}

// readQuestion reads the JSON that the page sends, or answers why it will not.
func readQuestion(w http.ResponseWriter, r *http.Request) (question []byte, ok bool) {
	// Forms need no permission to be sent across origins, JSON does.
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "not_json", errors.New("send application/json"))
		return nil, false
	}
	question, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge, "too_large", fmt.Errorf("send at most %d bytes", maxQuestion))
		return nil, false
	}
	return question, true
}

// refuse answers with the problem document of err.
func refuse(w http.ResponseWriter, status int, code string, err error) {
	answer(w, status, "application/problem+json", problemOf(status, code, err))
}

// problemOf is a problem document (RFC 9457), with the faults of an
// [edit.Error] one by one.
func problemOf(status int, code string, err error) map[string]any {
	problem := map[string]any{"title": http.StatusText(status), "status": status, "code": code, "detail": err.Error()}
	if faults, ok := errors.AsType[*edit.Error](err); ok {
		var list []map[string]string
		for _, f := range faults.Faults {
			list = append(list, map[string]string{"path": f.Path, "message": f.Message})
		}
		problem["faults"] = list
	}
	return problem
}

func answer(w http.ResponseWriter, status int, contentType string, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) // the client may be gone
}
