package api

import (
	"bytes"
	"encoding/json"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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

// A buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }

func (b *buffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

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
