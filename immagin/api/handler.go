// Package api answers the management API of Immagin: uploads, lists and deletions of
// originals, and API keys. It is an http.Handler that the integrator mounts
// anywhere, beside the delivery of package luna; package immagin is the client of
// both.
//
//	handler, err := api.New(originals, projects, keys, &api.Options{
//		MaxSize: 10 << 20,
//		Deleted: func(ctx context.Context, tenant, key string) error {
//			images.Forget(tenant, key) // the *luna.Handler
//			return derived.DeleteAll(ctx, tenant, key)
//		},
//	})
//	if err != nil {
//		return err
//	}
//	http.Handle("/v1/", handler)
//
// These are the calls:
//
//	GET    /v1/project                      what a client signs URLs with
//	POST   /v1/images/sign-url              a URL that takes one upload
//	PUT    /v1/uploads/{tenant}/{ticket}    the uploads of stores that presign none
//	GET    /v1/images?limit=&cursor=&prefix=  originals, by pages
//	DELETE /v1/images/{key}                 an original, and what is derived from it
//	POST   /v1/keys                         a new API key, shown this once
//	GET    /v1/keys                         the project's API keys
//	DELETE /v1/keys/{id}                    revokes one, be it the caller's own
//	GET    /v1/openapi.json                 all this, as OpenAPI 3.1; without a key
//
// The handler stands on small interfaces. A [Store] keeps originals: a
// storage.Originals is one. [Projects] and [Keys] are tables, which packages
// immagin/api/filestore and immagin/api/sqlstore keep in a folder or a database,
// and [ProjectMap] and [MemoryKeys] in memory; so are [Nonces], the upload tickets
// that were used. The handler is safe for concurrent use if these are, and servers
// that share them answer alike.
//
// Errors are application/problem+json (RFC 9457) with a stable member "code", and
// show nothing of the inside.
//
// # Paths and sizes
//
// A key of an image stands in a path as JavaScript's encodeURIComponent writes it:
// its slashes are %2F. With plain slashes the path is none of the API's, and 404.
// Paths are read as they were sent, neither cleaned nor redirected: a router in
// front must not do that either.
//
// JSON requests have at most 16 KiB, and Content-Type application/json or none. Of
// headers and URLs together net/http takes 1 MiB: lower that by
// http.Server.MaxHeaderBytes. No call needs more than 8 KiB.
package api

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// A Handler answers the management API. It is safe for concurrent use if what
// it was made of is.
type Handler struct {
	store    Store
	projects Projects
	keys     Keys
	opts     Options
	routes   []route
	document document
	meters   meters
	touches  touches
}

// New returns a handler that keeps originals in store, and knows its callers and
// their projects by keys and projects. Nil options are all defaults; the error
// names the one that is out of its range, or says which of the three is missing.
func New(store Store, projects Projects, keys Keys, opts *Options) (*Handler, error) {
	if store == nil || projects == nil || keys == nil {
		return nil, errors.New("api: store, projects and keys must not be nil")
	}
	o, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	h := &Handler{store: store, projects: projects, keys: keys, opts: o, document: newDocument(o.PublicURL)}
	h.routes = []route{
		{method: http.MethodGet, path: "/v1/project", serve: h.project},
		{method: http.MethodPost, path: signURLPath, serve: h.signURL},
		{method: http.MethodPut, path: "/v1/uploads/{tenant}/{ticket}", serve: h.upload, open: true, ticket: true},
		{method: http.MethodGet, path: "/v1/images", serve: h.listImages},
		{method: http.MethodDelete, path: "/v1/images/{key}", serve: h.deleteImage},
		{method: http.MethodPost, path: "/v1/keys", serve: h.createKey},
		{method: http.MethodGet, path: "/v1/keys", serve: h.listKeys},
		{method: http.MethodDelete, path: "/v1/keys/{id}", serve: h.revokeKey},
		{method: http.MethodGet, path: "/v1/openapi.json", serve: h.openAPI, open: true},
	}
	return h, nil
}

// A route is one call of the API. Segments in braces in the path are the
// arguments of serve, unescaped.
type route struct {
	method, path string
	serve        func(c *call) error
	open         bool // needs no API key
	ticket       bool // takes an upload ticket instead
}

// A call is one request on its way through the handler.
type call struct {
	w      *recorder
	r      *http.Request
	args   []string // of the route's path
	route  string   // the path's pattern; empty if there is none
	id     string   // of the request
	tenant string   // once it is known
	key    Key      // that the request bears; zero on open routes
}

// ServeHTTP answers one request. The path is taken as it was sent, and is
// neither cleaned nor redirected; http.StripPrefix in front is fine.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: &recorder{ResponseWriter: w}, r: r, id: requestID(r.Header)}
	w.Header().Set("X-Request-Id", c.id)
	defer h.record(c, h.opts.Now())
	if err := h.serve(c); err != nil {
		h.refuse(c, err)
	}
}

func (h *Handler) serve(c *call) error {
	var allow, browser []string
	origins, cors := c.r.Header.Values("Origin"), h.opts.CORS
	for i := range h.routes {
		route := &h.routes[i]
		args, ok := match(route.path, c.r.URL.EscapedPath())
		if !ok {
			continue
		}
		if c.r.Method == route.method || c.r.Method == http.MethodHead && route.method == http.MethodGet {
			c.args, c.route = args, route.path
			if cors.covers(route) {
				cors.allow(c.w.Header(), origins)
			}
			return h.enter(c, route)
		}
		if c.route == "" {
			c.route = route.path
		}
		allow = append(allow, route.method)
		if cors.covers(route) {
			browser = append(browser, route.method)
		}
	}
	switch {
	case allow == nil:
		return &problem{status: http.StatusNotFound, code: "not_found", detail: "the API has no such path"}
	case browser != nil && c.r.Method == http.MethodOptions && c.r.Header.Get("Access-Control-Request-Method") != "":
		return cors.preflight(c.w, origins, browser)
	}
	c.w.Header().Set("Allow", strings.Join(allow, ", "))
	return &problem{status: http.StatusMethodNotAllowed, code: "method_not_allowed", detail: "this path takes " + strings.Join(allow, ", ")}
}

// enter asks for the API key where the route needs one.
func (h *Handler) enter(c *call, route *route) (err error) {
	if !route.open {
		if c.key, err = h.authenticate(c.r); err != nil {
			return err
		}
		c.tenant = c.key.Tenant
		if err := h.limit(c.w.Header(), c.key.Hash); err != nil {
			return err
		}
	}
	return route.serve(c)
}

// match compares an escaped path with a route's. An escaped "/" is part of
// its segment.
func match(pattern, escaped string) (args []string, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(escaped, "/")
	if len(want) != len(got) {
		return nil, false
	}
	for i, segment := range got {
		if !strings.HasPrefix(want[i], "{") {
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
