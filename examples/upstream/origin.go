// Package upstream is a store as one writes one's own: originals that lie on
// another web server, and are asked for by HTTP. Delivering pictures needs no
// more of a store than the two methods of [luna.Origin].
//
//	origin, err := upstream.New("https://files.example.com/pictures", nil)
//	handler, err := luna.NewHandler(engine, origin, tenants, nil)
//
// It is read-only, so that the management API cannot upload to it: see
// examples/docs/own-store.md.
package upstream

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/storage"
)

// An Origin reads originals from a web server: that of tenant acme and key
// gallery/hero.jpg below the base URL, at acme/gallery/hero.jpg. It is safe for
// concurrent use.
type Origin struct {
	base   string
	client *http.Client
}

var _ luna.Origin = (*Origin)(nil)

// New returns the originals below a URL of http or https. The client is one
// that follows no redirects by default: the server could send it anywhere,
// also to addresses that only this machine reaches.
func New(base string, client *http.Client) (*Origin, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("upstream: %s: must be a URL of http or https, without a query", u.Redacted())
	}
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Origin{base: strings.TrimSuffix(base, "/"), client: client}, nil
}

// Stat asks for the headers only.
func (o *Origin) Stat(ctx context.Context, tenant, key string) (size int64, version string, err error) {
	empty, size, version, err := o.ask(ctx, http.MethodHead, tenant, key)
	if err != nil {
		return 0, "", err
	}
	return size, version, empty.Close()
}

// Open asks for the content. Size and version are of the same answer, so that
// they belong together even where the file is replaced at this moment.
func (o *Origin) Open(ctx context.Context, tenant, key string) (content io.ReadCloser, size int64, version string, err error) {
	return o.ask(ctx, http.MethodGet, tenant, key)
}

func (o *Origin) ask(ctx context.Context, method, tenant, key string) (content io.ReadCloser, size int64, version string, err error) {
	address, err := o.address(tenant, key)
	if err != nil {
		return nil, 0, "", err
	}
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, 0, "", err
	}
	// Compressed on the way, it would have another size and version.
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := o.client.Do(r)
	if err != nil {
		return nil, 0, "", fmt.Errorf("upstream: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		answer.Body.Close()
		return nil, 0, "", failure(key, answer)
	}
	// The version changes whenever the content does.
	version = cmp.Or(answer.Header.Get("ETag"), answer.Header.Get("Last-Modified"))
	if version == "" {
		answer.Body.Close()
		return nil, 0, "", fmt.Errorf("upstream: %s has neither ETag nor Last-Modified, so that nobody would see it replaced", key)
	}
	return body{ctx, answer.Body}, answer.ContentLength, version, nil
}

// A body ends with its context also where the rest has arrived already.
type body struct {
	ctx context.Context
	io.ReadCloser
}

func (b body) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}

// address spells the URL of an original. Keys are checked, since they come
// from payloads: none leads out of its tenant's folder.
func (o *Origin) address(tenant, key string) (string, error) {
	if err := storage.CheckKey(key); err != nil {
		return "", err
	}
	if len(tenant) > 255 || strings.Contains(tenant, "/") {
		return "", fmt.Errorf("upstream: a tenant has at most 255 bytes, and no slash: %w", fs.ErrInvalid)
	}
	if err := storage.CheckKey(tenant); err != nil {
		return "", err
	}
	segments := strings.Split(tenant+"/"+key, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return o.base + "/" + strings.Join(segments, "/"), nil
}

// failure says in the standard library's words what luna answers differently:
// 404 for what is not there, 502 for the rest.
func failure(key string, answer *http.Response) error {
	err := fmt.Errorf("the server answers %s", answer.Status)
	switch answer.StatusCode {
	case http.StatusNotFound, http.StatusGone:
		err = fs.ErrNotExist
	case http.StatusUnauthorized, http.StatusForbidden:
		err = fs.ErrPermission
	}
	return &fs.PathError{Op: "get", Path: key, Err: err}
}
