package metering_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
	"github.com/immagin/immagin-go/examples/metering"
	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// now is when all this happens: a while before the end of a month.
var now = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// perThousand is the price of renditions in these tests' paid plan.
func perThousand(t testing.TB) billing.Price {
	rate, err := billing.Per(1000, "0.20", "USD")
	require.NoError(t, err)
	return billing.Unit(rate, billing.Linear)
}

func paid(t testing.TB) billing.Plan {
	return billing.Plan{ID: "paid", Version: 1, Components: []billing.Component{{Metric: billing.TransformsUnique, Overage: perThousand(t)}}}
}

// free is a plan of one project and so many transforms a month.
func free(transforms int64) billing.Plan {
	return billing.Plan{ID: "free", Version: 1, Limits: billing.Limits{
		Projects: 1, Hard: map[billing.Metric]int64{billing.TransformsUnique: transforms},
	}}
}

// accounts is a table of accounts that tests change.
type accounts struct {
	mu  sync.Mutex
	all []metering.Account
}

func (a *accounts) set(all ...metering.Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = all
}

func (a *accounts) Account(_ context.Context, tenant string) (metering.Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, account := range a.all {
		for _, project := range account.Projects {
			if project == tenant {
				return account, nil
			}
		}
	}
	return metering.Account{}, errors.New("no such account")
}

// A site is luna and the management API on stores in memory, and a gate
// before both. Its hosts are TENANT.example.com.
type site struct {
	t         *testing.T
	usage     *memory.Meter
	store     *failingStore // usage, as the meter sees it
	meter     *meter.Meter
	accounts  *accounts
	derived   *failingCache
	originals *storage.Originals
	handler   *luna.Handler
	mux       http.Handler
}

// allCodecs is shared: compiling AVIF takes seconds.
var allCodecs = sync.OnceValues(func() ([]codec.Codec, error) { return codecs.All(nil) })

const secret = "test-secret-0123456789"

// apiKeys are those of two projects.
var apiKeys = map[string]sign.APIKey{"acme": sign.NewAPIKey(), "second": sign.NewAPIKey()}

func newSite(t *testing.T, all ...metering.Account) *site {
	t.Helper()
	s := &site{t: t, usage: memory.NewMeter(), accounts: new(accounts)}
	s.store = &failingStore{Store: s.usage}
	s.accounts.set(all...)
	var err error
	s.meter, err = meter.New(s.store, &meter.Options{Now: clock})
	require.NoError(t, err)
	gate, err := metering.New(s.meter, s.accounts, &metering.Options{Now: clock})
	require.NoError(t, err)

	bucket := memblob.OpenBucket(nil)
	t.Cleanup(func() { require.NoError(t, bucket.Close()) })
	s.originals = storage.NewOriginals(bucket, nil)
	s.derived = &failingCache{Derived: storage.NewDerived(bucket, nil)}
	formats, err := allCodecs()
	require.NoError(t, err)
	engine, err := luna.New(formats, nil)
	require.NoError(t, err)
	ring, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	silent := slog.New(slog.DiscardHandler)
	s.handler, err = luna.NewHandler(engine, s.originals, sign.Tenants{"acme": ring, "second": ring}, &luna.HandlerOptions{
		Tenant: luna.TenantFromHost("example.com"), Cache: s.derived, Admitter: gate, Logger: silent,
		MemoryCacheBytes: -1, VersionAge: -1,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.handler.Shutdown(context.Background())) })
	var keys []api.Key
	projects := api.ProjectMap{}
	for tenant, key := range apiKeys {
		keys = append(keys, api.NewKey(tenant, "test", key, now))
		projects[tenant] = api.Project{ID: tenant, Name: tenant, BaseURL: "http://" + tenant + ".example.com", Secret: secret}
	}
	management, err := api.New(s.originals, projects, api.NewMemoryKeys(keys...), &api.Options{Guard: gate.Upload, Strict: true})
	require.NoError(t, err)
	s.mux = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			management.ServeHTTP(w, r)
			return
		}
		s.handler.ServeHTTP(w, r)
	})
	return s
}

func clock() time.Time { return now }

func (s *site) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r)
	return w
}

// get asks for an image of a tenant. Header is names and values.
func (s *site) get(tenant, payload string, header ...string) *httptest.ResponseRecorder {
	return s.ask(http.MethodGet, tenant, payload, header...)
}

func (s *site) ask(method, tenant, payload string, header ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	ring, err := sign.NewKeyring(secret)
	require.NoError(s.t, err)
	path := encode(payload)
	r := httptest.NewRequest(method, "http://"+tenant+".example.com/"+path+"?sig="+ring.Sign(path), nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return s.serve(r)
}

// upload puts a picture, and returns the status and the code of a refusal.
func (s *site) upload(tenant, key string, body []byte) (status int, code string) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://"+tenant+".example.com/v1/images/sign-url", strings.NewReader(`{"key":"`+key+`"}`))
	r.Header.Set("Authorization", "Bearer "+apiKeys[tenant].Reveal())
	w := s.serve(r)
	if w.Code != http.StatusOK {
		return w.Code, problem(s.t, w)
	}
	var to struct{ UploadURL string }
	require.NoError(s.t, json.Unmarshal(w.Body.Bytes(), &to))
	w = s.serve(httptest.NewRequest(http.MethodPut, to.UploadURL, bytes.NewReader(body)))
	if w.Code >= 300 {
		return w.Code, problem(s.t, w)
	}
	return w.Code, ""
}

func problem(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), "%s", w.Body)
	var p struct{ Code string }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	return p.Code
}

// used is the unique transforms of a tenant.
func (s *site) used(tenant string) int64 {
	s.t.Helper()
	usage, err := s.meter.Usage(s.t.Context(), tenant, billing.Month(now))
	require.NoError(s.t, err)
	return usage[billing.TransformsUnique]
}

func photo(shift int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scene.Landscape(64+shift, 48), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// failingStore is a meter's store that fails for a while.
type failingStore struct {
	meter.Store
	mu  sync.Mutex
	err error
}

func (s *failingStore) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *failingStore) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *failingStore) Insert(ctx context.Context, batch []meter.Record) (int, error) {
	if err := s.failure(); err != nil {
		return 0, err
	}
	return s.Store.Insert(ctx, batch)
}

func (s *failingStore) Settle(ctx context.Context, slot meter.Slot, at time.Time, rendered bool) (int, error) {
	if err := s.failure(); err != nil && rendered {
		return 0, err
	}
	return s.Store.Settle(ctx, slot, at, rendered)
}

// failingCache is a store of derived images that fails for a while.
type failingCache struct {
	*storage.Derived
	mu   sync.Mutex
	err  error
	puts int
	put  func()
}

func (c *failingCache) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

func (c *failingCache) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	c.mu.Lock()
	c.puts++
	err, put := c.err, c.put
	c.mu.Unlock()
	if put != nil {
		put()
	}
	if err != nil {
		return err
	}
	return c.Derived.Put(ctx, tenant, key, id, header, body)
}

func (c *failingCache) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.puts
}

// storeOver replaces a.jpg.
func storeOver(s *site, body []byte) error {
	return s.originals.Create(s.t.Context(), "acme", "a.jpg", bytes.NewReader(body), "image/jpeg", true)
}
