// Package immagin is the client of Immagin: it makes signed image URLs and
// talks to the management API.
//
//	client, err := immagin.NewClient("imk_…", &immagin.Options{BaseURL: "https://api.example.com"})
//	url, err := client.Images.URL(ctx, "hero.jpg", []edit.Edit{edit.Resize{Width: 800, Height: 600}}, nil)
//
// URLs are signed here, without a call to the API: the project's secret is
// fetched once, or given in [Options].
package immagin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/immagin/immagin-go/sign"
)

// Options are the settings of a [Client]. They print and log without the
// secret.
type Options struct {
	// BaseURL of the management API, without "/v1", such as
	// "https://api.example.com". Required for all that calls the API.
	BaseURL string
	// HTTPClient makes the calls; one without a time limit by default, since
	// each call has its context. Its CheckRedirect is not used: a redirect is
	// an [*Error].
	HTTPClient *http.Client
	// Secret of the project, at least [sign.MinSecret] bytes. With it and
	// DeliveryURL, [Images.URL] never calls the API; without them it asks the
	// API once.
	Secret string `json:"-"`
	// DeliveryURL is where the project's images are delivered, such as
	// "https://acme.example.com". Goes with Secret.
	DeliveryURL string
}

// String names the URLs, and not the secret.
func (o Options) String() string {
	return fmt.Sprintf("immagin.Options(%q, %q)", o.BaseURL, o.DeliveryURL)
}

// GoString is [Options.String].
func (o Options) GoString() string { return o.String() }

// Format writes [Options.String] for every verb.
func (o Options) Format(s fmt.State, _ rune) { io.WriteString(s, o.String()) }

// LogValue is [Options.String].
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// A Client speaks for one project. It is safe for concurrent use, and meant to
// live as long as the program.
type Client struct {
	// Images makes URLs of images and uploads originals.
	Images *Images

	key      sign.APIKey
	base     string // of the API; empty if there is none
	http     *http.Client
	project  atomic.Pointer[project]
	fetching chan struct{} // holds a token while the project is fetched
}

// A project is what URLs are made with.
type project struct {
	delivery string
	keyring  *sign.Keyring
}

// NewClient returns a client that shows the API key to the API at
// [Options].BaseURL. The key may be empty where Options has the secret and
// only URLs are made.
func NewClient(apiKey string, opts *Options) (*Client, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	c := &Client{http: new(http.Client), fetching: make(chan struct{}, 1)}
	c.Images = &Images{c}
	if o.HTTPClient != nil {
		*c.http = *o.HTTPClient
	}
	// Followed, some would turn an upload into a GET that succeeds.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var err error
	if apiKey != "" {
		if c.key, err = sign.ParseAPIKey(apiKey); err != nil {
			return nil, fmt.Errorf("immagin: %w", err)
		}
	}
	if o.BaseURL != "" {
		if c.base, err = baseURL(o.BaseURL); err != nil {
			return nil, fmt.Errorf("immagin: BaseURL: %w", err)
		}
	}
	switch {
	case o.Secret != "" && o.DeliveryURL != "":
		p, err := newProject(o.DeliveryURL, o.Secret)
		if err != nil {
			return nil, fmt.Errorf("immagin: %w", err)
		}
		c.project.Store(p)
	case o.Secret != "" || o.DeliveryURL != "":
		return nil, errors.New("immagin: Secret and DeliveryURL go together: give both or neither")
	case o.BaseURL == "" || apiKey == "":
		return nil, errors.New("immagin: give an API key and a BaseURL, or a Secret and a DeliveryURL")
	}
	return c, nil
}

func newProject(delivery, secret string) (*project, error) {
	base, err := baseURL(delivery)
	if err != nil {
		return nil, fmt.Errorf("delivery URL: %w", err)
	}
	keyring, err := sign.NewKeyring(secret)
	if err != nil {
		return nil, err
	}
	return &project{base, keyring}, nil
}

// baseURL checks a URL that paths are put behind, and takes slashes off its
// end. Its errors do not repeat what may have a password in it.
func baseURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", errors.New("must be like https://example.com/path")
	case u.User != nil:
		return "", errors.New("must have no user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("must have no query or fragment")
	}
	return strings.TrimRight(text, "/#"), nil
}

// signer returns the project, which it fetches at the first call. A fetch
// that fails, or whose caller gives up, is tried again by the next in line.
func (c *Client) signer(ctx context.Context) (*project, error) {
	if p := c.project.Load(); p != nil {
		return p, nil
	}
	select {
	case c.fetching <- struct{}{}:
		defer func() { <-c.fetching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p := c.project.Load(); p != nil {
		return p, nil
	}
	var answer struct {
		BaseURL string `json:"baseUrl"`
		Secret  string `json:"secret"`
	}
	if err := c.call(ctx, http.MethodGet, "/v1/project", nil, &answer); err != nil {
		return nil, err
	}
	p, err := newProject(answer.BaseURL, answer.Secret)
	if err != nil {
		return nil, fmt.Errorf("immagin: the API's project: %w", err)
	}
	c.project.Store(p)
	return p, nil
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

// call calls the API: in is sent and out received as JSON; either may be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	if c.base == "" || c.key.Reveal() == "" {
		return errors.New("immagin: calling the API takes an API key and a BaseURL")
	}
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("immagin: %w", err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("immagin: %w", withoutURL(err))
	}
	r.Header.Set("Authorization", "Bearer "+c.key.Reveal())
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("immagin: %s %s: %w", method, path, withoutURL(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return c.errorOf(answer)
	}
	if out == nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("immagin: %s %s: %w", method, path, err)
	}
	// The decoder's own error might quote what it could not read.
	if json.Unmarshal(text, out) != nil {
		return fmt.Errorf("immagin: %s %s: the answer is not the JSON that it should be", method, path)
	}
	return nil
}
