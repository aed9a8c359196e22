package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

const (
	testSecret = "test-secret-0123456789"
	acmeSecret = "acme-secret-0123456789"
)

// memory is a Store that obeys, with faults to inject.
type memory struct {
	mu      sync.Mutex
	objects map[string]object
	presign bool
	fail    error // of every call
	created int   // calls of Create
}

type object struct{ body, contentType string }

func (m *memory) Stat(_ context.Context, tenant, key string) (int64, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, "", m.fail
	}
	o, ok := m.objects[tenant+"/"+key]
	if !ok {
		return 0, "", &fs.PathError{Op: "stat", Path: key, Err: fs.ErrNotExist}
	}
	return int64(len(o.body)), "v1", nil
}

func (m *memory) Create(_ context.Context, tenant, key string, body io.Reader, contentType string, overwrite bool) error {
	m.mu.Lock()
	m.created++
	fail := m.fail
	m.mu.Unlock()
	if fail != nil {
		return fail
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[tenant+"/"+key]; ok && !overwrite {
		return fmt.Errorf("create: %w", fs.ErrExist)
	}
	if m.objects == nil {
		m.objects = map[string]object{}
	}
	m.objects[tenant+"/"+key] = object{string(b), contentType}
	return nil
}

func (m *memory) SignPut(_ context.Context, tenant, key, contentType string, size int64, expiry time.Duration) (string, http.Header, error) {
	if m.fail != nil {
		return "", nil, m.fail
	}
	if !m.presign {
		return "", nil, fmt.Errorf("memory: %w", errors.ErrUnsupported)
	}
	return fmt.Sprintf("https://bucket.example.com/%s/%s?size=%d&expiry=%v", tenant, key, size, expiry), http.Header{"Content-Type": {contentType}}, nil
}

// List is by key, and its cursor is the last one.
func (m *memory) List(_ context.Context, tenant, prefix, cursor string, limit int, yield func(key string, size int64, modified time.Time) bool) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return "", m.fail
	}
	var keys []string
	for name := range m.objects {
		key, ok := strings.CutPrefix(name, tenant+"/")
		if ok && strings.HasPrefix(key, prefix) && key > cursor {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for i, key := range keys {
		if i == limit {
			return keys[i-1], nil
		}
		if !yield(key, int64(len(m.objects[tenant+"/"+key].body)), time.Unix(1_700_000_000, 5e8).In(time.FixedZone("x", 3600))) {
			break
		}
	}
	return "", nil
}

func (m *memory) Delete(_ context.Context, tenant, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	if _, ok := m.objects[tenant+"/"+key]; !ok {
		return &fs.PathError{Op: "delete", Path: key, Err: fs.ErrNotExist}
	}
	delete(m.objects, tenant+"/"+key)
	return nil
}

func (m *memory) get(name string) (object, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	return o, ok
}

// A fixture is a handler with two tenants, its clock and what it logs.
type fixture struct {
	*httptest.Server
	t      *testing.T
	store  *memory
	key    string // demo's
	acme   string
	keys   *MemoryKeys
	faults *faultyKeys
	log    *buffer
	schema schemaReader
	seen   map[string]bool // operations and statuses
	mu     sync.Mutex
	now    time.Time
}

// faultyKeys fail as they are told.
type faultyKeys struct {
	Keys
	mu     sync.Mutex
	fail   error
	lookup bool // fails too
}

func (k *faultyKeys) set(fail error, lookup bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fail, k.lookup = fail, lookup
}

func (k *faultyKeys) err(lookup bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if lookup && !k.lookup {
		return nil
	}
	return k.fail
}

func (k *faultyKeys) Lookup(ctx context.Context, prefix string) ([]Key, error) {
	if err := k.err(true); err != nil {
		return nil, err
	}
	return k.Keys.Lookup(ctx, prefix)
}

func (k *faultyKeys) Create(ctx context.Context, key Key) error {
	if err := k.err(false); err != nil {
		return err
	}
	return k.Keys.Create(ctx, key)
}

func (k *faultyKeys) List(ctx context.Context, tenant string) ([]Key, error) {
	if err := k.err(false); err != nil {
		return nil, err
	}
	return k.Keys.List(ctx, tenant)
}

func (k *faultyKeys) Revoke(ctx context.Context, tenant, id string) error {
	if err := k.err(false); err != nil {
		return err
	}
	return k.Keys.Revoke(ctx, tenant, id)
}

// A buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *buffer) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func (f *fixture) clock() time.Time { f.mu.Lock(); defer f.mu.Unlock(); return f.now }
func (f *fixture) later(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func newFixture(t *testing.T, o *Options) *fixture {
	t.Helper()
	f := &fixture{t: t, store: new(memory), now: time.Unix(1_800_000_000, 0), log: new(buffer), schema: readDocument(t), seen: map[string]bool{}}
	demo, acme := sign.NewAPIKey(), sign.NewAPIKey()
	f.key, f.acme = demo.Reveal(), acme.Reveal()
	f.keys = NewMemoryKeys(NewKey("demo", "", demo, f.now), NewKey("acme", "", acme, f.now), NewKey("gone", "", sign.NewAPIKey(), f.now))
	f.faults = &faultyKeys{Keys: f.keys}
	if o == nil {
		o = &Options{}
	}
	o.Now = f.clock
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(f.log, nil))
	}
	h, err := New(f.store, ProjectMap{
		"demo": {ID: "prj_1", Name: "Demo", BaseURL: "https://demo.example.com", Secret: testSecret, Retired: []string{"retired-secret-01234"}},
		"acme": {ID: "prj_2", Name: "Acme", BaseURL: "https://acme.example.com", Secret: acmeSecret},
	}, f.faults, o)
	require.NoError(t, err)
	f.Server = httptest.NewServer(h)
	t.Cleanup(f.Close)
	return f
}

type answer struct {
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (f *fixture) send(method, path, bearer, body string, headers ...string) answer {
	f.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	return f.do(f.request(method, path, bearer, r, headers...))
}

func (f *fixture) request(method, path, bearer string, body io.Reader, headers ...string) *http.Request {
	f.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = f.URL + path
	}
	r, err := http.NewRequest(method, path, body)
	require.NoError(f.t, err)
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (f *fixture) do(r *http.Request) answer {
	f.t.Helper()
	resp, err := f.Client().Do(r)
	require.NoError(f.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(f.t, err)
	a := answer{status: resp.StatusCode, header: resp.Header, body: body}
	if len(body) > 0 && body[0] == '{' {
		require.NoError(f.t, json.Unmarshal(body, &a.json), "%s", body)
	}
	if !strings.HasSuffix(r.URL.Path, "/v1/openapi.json") && r.Method != http.MethodOptions {
		require.Equal(f.t, "no-store", a.header.Get("Cache-Control"))
	}
	if r.Method != http.MethodOptions {
		require.Equal(f.t, "nosniff", a.header.Get("X-Content-Type-Options"))
	}
	f.document(r, a)
	return a
}

// document holds an answer against the OpenAPI document.
func (f *fixture) document(r *http.Request, a answer) {
	f.t.Helper()
	if len(a.body) > 0 && a.json == nil {
		_ = json.Unmarshal(a.body, &a.json)
	}
	name, err := f.schema.answer(r, r.URL.EscapedPath(), a)
	require.NoError(f.t, err, "%s %s %d: %s", r.Method, r.URL.Path, a.status, a.body)
	f.mu.Lock()
	defer f.mu.Unlock()
	if name != "" {
		f.seen[name] = true
	}
}

// fill gives demo API keys until it has n.
func (f *fixture) fill(n int) {
	f.t.Helper()
	there, err := f.keys.List(f.t.Context(), "demo")
	require.NoError(f.t, err)
	for range n - len(there) {
		require.NoError(f.t, f.keys.Create(f.t.Context(), NewKey("demo", "filler", sign.NewAPIKey(), f.clock())))
	}
}

// problem checks the form of an error, and that nothing of the inside shows.
func (a answer) problem(t *testing.T, status int, code string) {
	t.Helper()
	require.Equal(t, status, a.status, "%s", a.body)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	require.Equal(t, code, a.json["code"])
	require.EqualValues(t, status, a.json["status"])
	require.Equal(t, "about:blank", a.json["type"])
	require.Equal(t, http.StatusText(status), a.json["title"])
	require.NotEmpty(t, a.json["detail"])
	for _, inside := range []string{testSecret, acmeSecret, "imk_0", "disk", "memory:", "prj_"} {
		require.NotContains(t, string(a.body), inside)
	}
}

func picture(t testing.TB, format string) string {
	t.Helper()
	var b bytes.Buffer
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 3)
	}
	var err error
	switch format {
	case "jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "gif":
		err = gif.Encode(&b, m, nil)
	default:
		err = png.Encode(&b, m)
	}
	require.NoError(t, err)
	require.Greater(t, b.Len(), 1024)
	return b.String()
}

func TestProject(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET", "/v1/project", f.key, "")
	require.Equal(t, 200, a.status)
	require.Equal(t, "application/json", a.header.Get("Content-Type"))
	require.Equal(t, map[string]any{"id": "prj_1", "name": "Demo", "baseUrl": "https://demo.example.com", "secret": testSecret}, a.json)
	require.Equal(t, acmeSecret, f.send("GET", "/v1/project", f.acme, "").json["secret"])

	head := f.send("HEAD", "/v1/project", f.key, "")
	require.Equal(t, 200, head.status)
	require.Empty(t, head.body)
}

func TestAuthentication(t *testing.T) {
	f := newFixture(t, nil)
	stranger := sign.NewAPIKey().Reveal()
	samePrefix := f.key[:8] + stranger[8:]
	for name, header := range map[string][]string{
		"none":           nil,
		"empty":          {""},
		"no scheme":      {f.key},
		"other scheme":   {"Basic " + f.key},
		"unknown key":    {"Bearer " + stranger},
		"unknown tail":   {"Bearer " + samePrefix},
		"two spaces":     {"Bearer  " + f.key},
		"space after":    {"Bearer " + f.key + " x"},
		"cut":            {"Bearer " + f.key[:25]},
		"longer":         {"Bearer " + f.key + "0"},
		"two headers":    {"Bearer " + f.key, "Bearer " + f.key},
		"hash":           {"Bearer " + sign.KeyHash(sha256.Sum256([]byte(f.key))).String()},
		"other case":     {"Bearer IMK_" + f.key[4:]},
		"only a prefix":  {"Bearer " + f.key[:8]},
		"the secret":     {"Bearer " + testSecret},
		"quoted":         {`Bearer "` + f.key + `"`},
		"bearer= syntax": {"Bearer=" + f.key},
	} {
		r := f.request("GET", "/v1/project", "", nil)
		r.Header["Authorization"] = header
		a := f.do(r)
		a.problem(t, 401, "unauthorized")
		require.Equal(t, `Bearer realm="immagin"`, a.header.Get("WWW-Authenticate"), name)
	}
	f.send("POST", "/v1/images/sign-url", stranger, `{"key":"a"}`).problem(t, 401, "unauthorized")
	require.Equal(t, 200, f.send("GET", "/v1/project", "", "", "Authorization", "bearer "+f.key).status, "schemes have no case")
}

// A key may outlive its project, and keys or projects may not be reachable.
func TestInsideFailures(t *testing.T) {
	orphan := sign.NewAPIKey()
	f := newFixture(t, nil)
	require.NoError(t, f.keys.Create(t.Context(), NewKey("gone", "", orphan, f.now)))
	f.send("GET", "/v1/project", orphan.Reveal(), "").problem(t, 500, "internal")
	require.Contains(t, f.log.String(), "gone")

	f.store.fail = errors.New("disk is on fire")
	f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.png"}`).problem(t, 502, "store_failed")
	require.Contains(t, f.log.String(), "disk is on fire")
	f.store.fail = context.DeadlineExceeded
	f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.png"}`).problem(t, 504, "store_timeout")
	require.NotContains(t, f.log.String(), testSecret)

	h, err := New(f.store, ProjectMap{"demo": {Secret: "short"}}, f.keys, nil)
	require.NoError(t, err)
	s := httptest.NewServer(h)
	defer s.Close()
	f.send("GET", s.URL+"/v1/project", f.key, "").problem(t, 500, "internal")
}

func TestPaths(t *testing.T) {
	f := newFixture(t, nil)
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/project/", "//v1/project", "/v1//project", "/v1/./project", "/v1/x/../project", "/v1%2Fproject", "/V1/project", "/v1/uploads/demo", "/v1/uploads/demo/", "/v1/uploads//x", "/v1/uploads/a/b/c"} {
		f.send("GET", path, f.key, "").problem(t, 404, "not_found")
	}
	a := f.send("DELETE", "/v1/project", f.key, "")
	a.problem(t, 405, "method_not_allowed")
	require.Equal(t, "GET", a.header.Get("Allow"))
	require.Equal(t, "PUT", f.send("POST", "/v1/uploads/demo/x", "", "x").header.Get("Allow"))
}

func TestNewRefuses(t *testing.T) {
	store, projects, keys := new(memory), ProjectMap{}, NewMemoryKeys()
	for _, o := range []Options{
		{MaxSize: -1}, {Expiry: time.Millisecond}, {Expiry: -time.Hour}, {Expiry: sign.MaxTicketLife + 1},
		{PublicURL: "api.example.com"}, {PublicURL: "ftp://a"}, {PublicURL: "https://u:swordfish@a"}, {PublicURL: "https://a?b=c"}, {PublicURL: "https://a#b"}, {PublicURL: "http://[::1"},
	} {
		_, err := New(store, projects, keys, &o)
		require.Error(t, err, "%+v", o)
		require.NotContains(t, err.Error(), "swordfish")
	}
	_, err := New(nil, projects, keys, nil)
	require.Error(t, err)
	_, err = New(store, projects, keys, nil)
	require.NoError(t, err)
}

func TestProjectHidesItsSecrets(t *testing.T) {
	p := Project{ID: "prj_1", Name: "Demo", BaseURL: "https://demo.example.com", Secret: testSecret, Retired: []string{acmeSecret}}
	var out bytes.Buffer
	for _, v := range []any{p, &p, ProjectMap{"demo": p}, []Project{p}} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x %d\n", v, v, v, v, v, v, v)
		require.NoError(t, json.NewEncoder(&out).Encode(v))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	require.NotContains(t, out.String(), testSecret)
	require.NotContains(t, out.String(), acmeSecret)
	require.NotContains(t, out.String(), fmt.Sprintf("%x", testSecret))
	require.Contains(t, out.String(), "prj_1")
}
