// Package immagin is the client of Immagin. It makes signed URLs of images and the
// HTML to show them, uploads, lists and deletes originals, and makes and revokes
// API keys. The program that answers is another, or another part of the same: it
// mounts the handlers of packages luna and immagin/api.
//
// A [Client] speaks for one project:
//
//	client, err := immagin.NewClient("imk_…", &immagin.Options{BaseURL: "https://api.example.com"})
//	if err != nil {
//		return err
//	}
//	url, err := client.Images.URL(ctx, "hero.jpg", []edit.Edit{
//		edit.Resize{Width: 800, Height: 600},
//	}, nil)
//
// What can be asked of an image, such as edit.Resize, is in package immagin/edit.
//
// URLs are signed in this process: the API is asked once for the project's secret
// and then not again. With [Options].Secret and DeliveryURL it is never asked, and
// a client that only makes URLs needs no API key. [Images.Picture],
// [Images.SrcSet] and [TemplateFuncs] write the markup of responsive pictures.
//
// # Errors
//
// What a server refuses is an [*Error] with its HTTP status and a stable code; find
// it with errors.As. A URL that no server would answer, such as that of a picture
// of no width, is refused before there is one, by an *edit.Error that names the
// member. Requests that failed for a moment are sent again where that is safe: see
// [Options].MaxRetries. A call ends when its context does.
//
// # Secrets
//
// A Client may be used by any number of goroutines, and is meant to live as long as
// the program. Keep it on the server: whoever has the secret can sign any URL. A
// browser that uploads gets a URL for one upload, by [Images.SignURL]; one that
// chooses among sizes gets a signed set of them, by [Images.Ladder].
package immagin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

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
	// MaxRetries is how many times more a request is sent that failed by the
	// network, or by status 429, 500, 502, 503 or 504, and that may be sent
	// twice: reads, deletions, [Images.SignURL], and uploads as
	// [Images.Upload] says, but never the making of an API key. 2 by default;
	// none if negative. Between them is a random wait of at most 0.1 s at
	// first, twice that the next time and so on up to 5 s, besides what the
	// server asks for by Retry-After. A server that asks for more than 30
	// seconds, or more than the context has left, is not waited for: the
	// caller gets its answer at once.
	MaxRetries int
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
	// Images makes URLs of images, and uploads, lists and deletes originals.
	Images *Images
	// Keys makes, lists and revokes the project's API keys.
	Keys *Keys

	key        sign.APIKey
	base       string // of the API; empty if there is none
	http       *http.Client
	maxRetries int
	jitter     func(most time.Duration) time.Duration
	given      bool // the project was, in Options
	project    atomic.Pointer[project]
	fetching   chan struct{} // holds a token while the project is fetched
}

// A project is what URLs are made with.
type project struct {
	delivery string
	keyring  *sign.Keyring
}

// NewClient returns a client that calls the API at [Options].BaseURL with that
// API key. The key may be empty where Options has Secret and DeliveryURL, and
// only URLs are made. It makes no call itself; the error says which option is
// missing or wrong.
func NewClient(apiKey string, opts *Options) (*Client, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	c := &Client{http: new(http.Client), maxRetries: o.MaxRetries, jitter: fullJitter, fetching: make(chan struct{}, 1)}
	c.Images, c.Keys = &Images{c}, &Keys{c}
	if o.MaxRetries == 0 {
		c.maxRetries = defaultRetries
	}
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
		c.given = true
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
	if err := c.lock(ctx); err != nil {
		return nil, err
	}
	defer c.unlock()
	if p := c.project.Load(); p != nil {
		return p, nil
	}
	return c.fetch(ctx)
}

// Refresh fetches the project's secret and delivery URL again. A Client holds
// what it fetched for its life; a program that outlives a secret, so that URLs
// begin to be answered by 403, calls Refresh after each rotation. The old ones
// stay in use until the new ones are there. A client whose project was given
// in [Options] cannot be refreshed.
func (c *Client) Refresh(ctx context.Context) error {
	if c.given {
		return errors.New("immagin: refresh: the secret was given in Options: make a new client")
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	_, err := c.fetch(ctx)
	return err
}

func (c *Client) lock(ctx context.Context) error {
	select {
	case c.fetching <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("immagin: project: %w", ctx.Err())
	}
}

func (c *Client) unlock() { <-c.fetching }

func (c *Client) fetch(ctx context.Context) (*project, error) {
	var answer struct {
		BaseURL string `json:"baseUrl"`
		Secret  string `json:"secret"`
	}
	if err := c.call(ctx, c.retries(), http.MethodGet, "/v1/project", nil, &answer); err != nil {
		return nil, err
	}
	p, err := newProject(answer.BaseURL, answer.Secret)
	if err != nil {
		return nil, fmt.Errorf("immagin: the API's project: %w", err)
	}
	c.project.Store(p)
	return p, nil
}
