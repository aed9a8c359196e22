// Package api answers the management API of Immagin as an http.Handler that
// the integrator mounts anywhere:
//
//	GET  /v1/project                      what a client signs URLs with
//	POST /v1/images/sign-url              a URL that takes one upload
//	PUT  /v1/uploads/{tenant}/{ticket}    the uploads of stores that presign none
//
// It stands on small interfaces: [Projects], [Keys], [Store] and [Nonces].
// Errors are application/problem+json (RFC 9457) with a stable member "code",
// and show nothing of the inside.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/immagin/immagin-go/sign"
)

// The defaults of [Options].
const (
	DefaultMaxSize = 32 << 20 // bytes
	DefaultExpiry  = 5 * time.Minute
)

// Options are the settings of a [Handler]. The zero value of a field is its
// default.
type Options struct {
	// MaxSize of an uploaded object in bytes; DefaultMaxSize by default.
	MaxSize int64
	// Expiry is how long an upload URL lives, 1 second to
	// [sign.MaxTicketLife]; DefaultExpiry by default. An upload that has
	// begun may take longer: bound it by the server's ReadTimeout.
	Expiry time.Duration
	// Strict sends every upload through this handler, where the size is cut
	// off while streaming, the content is looked at and a URL works once,
	// rather than straight to a store that presigns URLs itself.
	Strict bool
	// PublicURL is where the world finds this handler, without "/v1". By
	// default it is taken from each request, which is wrong behind a proxy
	// that changes the scheme, the host or the path.
	PublicURL string
	// Guard is asked before an upload URL is made, and again before an upload
	// to this handler is taken. [ErrBalanceOutstanding] and
	// [ErrProjectLimit] refuse; any other error is a 500. Nil allows all.
	Guard func(ctx context.Context, u Upload) error
	// Nonces remembers which tickets were used; by default in memory, which
	// serves one process and forgets when it ends.
	Nonces Nonces
	// Now is the clock; time.Now by default.
	Now func() time.Time
	// Logger gets the causes of answers of 500 and more; nil logs nothing.
	Logger *slog.Logger
}

// A Handler answers the management API. It is safe for concurrent use if what
// it was made of is.
type Handler struct {
	store    Store
	projects Projects
	keys     Keys
	opts     Options
	touches  touches
	routes   []route
}

// New returns a handler on store, projects and keys.
func New(store Store, projects Projects, keys Keys, opts *Options) (*Handler, error) {
	if store == nil || projects == nil || keys == nil {
		return nil, errors.New("api: store, projects and keys must not be nil")
	}
	var o Options
	if opts != nil {
		o = *opts
	}
	switch {
	case o.MaxSize < 0:
		return nil, errors.New("api: MaxSize must be at least 1 byte")
	case o.Expiry != 0 && (o.Expiry < time.Second || o.Expiry > sign.MaxTicketLife):
		return nil, errors.New("api: Expiry must be 1 second to 7 days")
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.Expiry == 0 {
		o.Expiry = DefaultExpiry
	}
	if o.PublicURL != "" {
		u, err := url.Parse(o.PublicURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return nil, errors.New("api: PublicURL must be like https://api.example.com/path")
		}
		o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	}
	if o.Guard == nil {
		o.Guard = func(context.Context, Upload) error { return nil }
	}
	if o.Nonces == nil {
		o.Nonces = new(MemoryNonces)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	h := &Handler{store: store, projects: projects, keys: keys, opts: o}
	h.routes = []route{
		{http.MethodGet, "/v1/project", h.project},
		{http.MethodPost, signURLPath, h.signURL},
		{http.MethodPut, "/v1/uploads/{}/{}", h.upload},
	}
	return h, nil
}

// ServeHTTP answers one request. The path is taken as it was sent, and is
// neither cleaned nor redirected; http.StripPrefix in front is fine.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.serve(w, r); err != nil {
		h.refuse(w, r, err)
	}
}

// A route is one call of the API. Segments that are "{}" in the path are the
// arguments of serve, unescaped.
type route struct {
	method, path string
	serve        func(w http.ResponseWriter, r *http.Request, args []string) error
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	var allow []string
	for _, route := range h.routes {
		args, ok := match(route.path, r.URL.EscapedPath())
		switch {
		case !ok:
		case r.Method == route.method || r.Method == http.MethodHead && route.method == http.MethodGet:
			return route.serve(w, r, args)
		default:
			allow = append(allow, route.method)
		}
	}
	if allow != nil {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		return &problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", detail: "this path takes " + strings.Join(allow, ", ")}
	}
	return &problem{status: http.StatusNotFound, code: "not_found", detail: "the API has no such path"}
}

// match compares an escaped path with a route's. An escaped "/" is part of
// its segment.
func match(pattern, escaped string) (args []string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(escaped, "/")
	if len(want) != len(got) {
		return nil, false
	}
	for i, segment := range got {
		if want[i] != "{}" {
			if segment != want[i] {
				return nil, false
			}
			continue
		}
		arg, err := url.PathUnescape(segment)
		if err != nil || arg == "" {
			return nil, false
		}
		args = append(args, arg)
	}
	return args, true
}
