package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/blob"

	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/examples/metering/database"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/filestore"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
	"github.com/immagin/immagin-go/storage/bucket"
)

// A server is the parts of the SDK, put together.
type server struct {
	config   *config
	log      *slog.Logger
	tenants  *tenants
	access   *filestore.Store // API keys and used tickets
	buckets  []*blob.Bucket
	derived  *storage.Derived // nil where nothing is kept
	usage    meter.Store
	usageLog *usageLog
	delivery *luna.Handler
	api      *api.Handler
	samples  *samples
	page     *page
	metrics  *metrics
}

// newServer opens the data folder and the stores, and puts the parts
// together. An API key that is made is told to stderr.
func newServer(ctx context.Context, c *config, log *slog.Logger, stderr io.Writer) (_ *server, err error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	secret := c.secret
	if secret == "" {
		if secret, err = keepSecret(filepath.Join(c.data, "secret")); err != nil {
			return nil, err
		}
	}
	s := &server{config: c, log: log, tenants: &tenants{first: c.tenant, secret: secret}}
	defer func() {
		if err != nil {
			s.close(ctx)
		}
	}()
	if s.access, err = filestore.Open(filepath.Join(c.data, "api"), nil); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	made, err := keepKey(ctx, s.access.Keys(), c.apiKey)
	if err != nil {
		return nil, err
	}
	if made.Reveal() != "" {
		fmt.Fprintf(stderr, "API key, shown this once: %s\n", made.Reveal())
	}
	if c.now == nil {
		c.now = time.Now
	}
	if s.usage, err = database.Open(ctx, c.usage); err != nil {
		return nil, fmt.Errorf("-usage: %w", err)
	}
	counter, err := meter.New(s.usage, &meter.Options{Now: c.now})
	if err != nil {
		return nil, err
	}
	gate, err := metering.New(counter, metering.AccountsFunc(account), &metering.Options{Now: c.now})
	if err != nil {
		return nil, err
	}
	store, err := s.open(ctx, "-store", c.store)
	if err != nil {
		return nil, err
	}
	originals := storage.NewOriginals(store, &storage.Options{BeforeSign: bucket.BeforeSign})
	if s.usageLog, err = openUsageLog(c.data, log); err != nil {
		return nil, err
	}
	options := &luna.HandlerOptions{Tenant: s.tenants.of, Logger: log, Admitter: gate, Usage: s.usageLog.Record, Workers: 2 * cores}
	if s.metrics, err = newMetrics(); err != nil {
		return nil, err
	}
	options.MeterProvider = s.metrics.provider
	if c.cache == noCache {
		options.MemoryCacheBytes = -1
	} else {
		cache, err := s.open(ctx, "-cache", c.cache)
		if err != nil {
			return nil, err
		}
		s.derived = storage.NewDerived(cache, nil)
		options.Cache = s.derived
	}
	all, err := allCodecs()
	if err != nil {
		return nil, err
	}
	engine, err := luna.New(all, &luna.Options{Cores: cores})
	if err != nil {
		return nil, err
	}
	drawn := newSamples(c.tenant, c.drawings)
	origin := withSamples{originals, drawn}
	if s.delivery, err = luna.NewHandler(engine, origin, sign.TenantsFunc(s.tenants.keyring), options); err != nil {
		return nil, err
	}
	uploads := forgetful{originals, s.delivery.Forget}
	management := c.api
	management.Deleted, management.Logger = s.deleted, log
	if management.Guard == nil {
		management.Guard = gate.Upload
	}
	if management.Nonces == nil {
		management.Nonces = s.access.Nonces()
	}
	if s.api, err = api.New(uploads, s.tenants, keys{s.access.Keys(), c.tenant}, &management); err != nil {
		return nil, err
	}
	// The page's uploads go through this server, whatever the store: another
	// origin would need a CORS policy of its own.
	management.Strict = true
	pageKey := sign.NewAPIKey()
	pageKeys := keys{api.NewMemoryKeys(api.NewKey(operator, "page", pageKey, time.Now())), c.tenant}
	pageAPI, err := api.New(uploads, s.tenants, pageKeys, &management)
	if err != nil {
		return nil, err
	}
	s.page = &page{
		guard:   newGuard(c.addr),
		tenants: s.tenants,
		uploads: s.tenants.called(pageAPI),
		key:     pageKey,
		usage:   &usagePage{meter: counter, tenants: s.tenants, now: c.now},
		engine:  engine,
		origin:  origin,
		samples: drawn,
	}
	s.page.route()
	s.samples = drawn
	s.samples.start(ctx, log, originals, uploads.Create)
	return s, nil
}

func (s *server) open(ctx context.Context, flag, url string) (*blob.Bucket, error) {
	b, err := bucket.Open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	s.buckets = append(s.buckets, b)
	return b, nil
}

// close waits for the work under way as long as ctx allows, and closes the
// stores.
func (s *server) close(ctx context.Context) error {
	var errs []error
	if s.samples != nil {
		s.samples.close() // soon: it waits for no store
	}
	if s.delivery != nil {
		errs = append(errs, s.delivery.Shutdown(ctx))
	}
	if s.usageLog != nil {
		errs = append(errs, s.usageLog.close())
	}
	if s.usage != nil {
		errs = append(errs, s.usage.Close())
	}
	if s.access != nil {
		errs = append(errs, s.access.Close())
	}
	for _, b := range s.buckets {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}

// deleted removes what was made of an original that is no more. Images of it
// that are being made meanwhile may be stored after that, but nothing finds
// them: the original's version is gone. Other servers on the same store may
// serve it as long as they remember that version, ten seconds.
func (s *server) deleted(ctx context.Context, tenant, key string) error {
	s.delivery.Forget(tenant, key)
	if s.derived == nil {
		return nil
	}
	return s.derived.DeleteAll(ctx, tenant, key)
}

// handler routes by the path as it was sent, which nothing cleans or
// redirects: one picture has one URL.
func (s *server) handler(loopback bool) http.Handler {
	var front http.Handler = s.page
	if !loopback && !s.config.playground {
		front = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, "The page is off: this server does not listen on a loopback address, so that whoever reaches it could upload and sign.\nStart it with -playground to switch the page on.", http.StatusForbidden)
		})
	}
	front = s.metrics.observe("playground", s.log, front)
	// The API logs its requests itself: it knows what not to tell.
	management := s.metrics.observe("api", slog.New(slog.DiscardHandler), s.tenants.called(s.api))
	delivery := s.metrics.observe("delivery", s.log, s.delivery)
	nothing := s.metrics.observe("none", s.log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, "not_found", errors.New("there is nothing at this path: images are at /{payload}?sig=…, the management API is under /v1/"))
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.EscapedPath(); {
		case path == "/" || strings.HasPrefix(path, "/playground/"):
			front.ServeHTTP(w, r)
		case path == "/healthz":
			health(w)
		case path == "/metrics":
			s.metrics.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/v1/"):
			management.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/eyJ"), strings.HasPrefix(r.URL.RawQuery, "sig="):
			delivery.ServeHTTP(w, r)
		default:
			nothing.ServeHTTP(w, r)
		}
	})
}

// health tells a load balancer that requests are answered here.
func health(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

// forgetful makes the delivery look again at an original that was replaced.
type forgetful struct {
	*storage.Originals
	forget func(tenant, key string)
}

// Create is [api.Store.Create].
func (f forgetful) Create(ctx context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	err := f.Originals.Create(ctx, tenant, key, body, contentType, overwrite)
	f.forget(tenant, key)
	return err
}
