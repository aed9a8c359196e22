package behindnginx

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/sign"
)

// An origin is a store of originals in memory that counts how often they are
// opened: that many renders there are, as these tests let luna keep nothing.
type origin struct {
	mu      sync.Mutex
	objects map[string][]byte
	opens   map[string]int
	delay   time.Duration
}

func (o *origin) put(key string, content []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.objects[key] = content
}

func (o *origin) get(key string) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.objects[key]
}

func (o *origin) opened(key string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.opens[key]
}

func (o *origin) Stat(_ context.Context, _, key string) (int64, string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	content, ok := o.objects[key]
	if !ok {
		return 0, "", fs.ErrNotExist
	}
	return int64(len(content)), strconv.FormatUint(uint64(len(content)), 36), nil
}

func (o *origin) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	o.mu.Lock()
	o.opens[key]++
	delay := o.delay
	o.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, 0, "", ctx.Err()
	case <-time.After(delay):
	}
	size, version, err := o.Stat(ctx, tenant, key)
	if err != nil {
		return nil, 0, "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return io.NopCloser(bytes.NewReader(o.objects[key])), size, version, nil
}

// A visit is a request that came through to the handler, and what it got.
type visit struct {
	method, uri, accept, condition, cookie string
	status                                 int
}

// A site is luna as a cache sees it.
type site struct {
	origin *origin
	server *httptest.Server
	keys   map[string]*sign.Keyring

	mu     sync.Mutex
	visits []visit
	// around, if set, answers in the handler's place, or changes its answer.
	around func(luna http.Handler, w http.ResponseWriter, r *http.Request)
}

// av1 takes a second to make.
var av1 = sync.OnceValues(func() (*avif.Codec, error) { return avif.New(nil) })

func newSite(t *testing.T) *site {
	av1, err := av1()
	require.NoError(t, err)
	engine, err := luna.New(append([]codec.Codec{av1}, codecs.Default()...), nil)
	require.NoError(t, err)
	s := &site{
		origin: &origin{objects: map[string][]byte{}, opens: map[string]int{}},
		keys:   map[string]*sign.Keyring{},
	}
	tenants := sign.Tenants{}
	for _, tenant := range []string{"demo", "other"} {
		s.keys[tenant], err = sign.NewKeyring(tenant + "-secret-0123456789")
		require.NoError(t, err)
		tenants[tenant] = s.keys[tenant]
	}
	handler, err := luna.NewHandler(engine, s.origin, tenants, &luna.HandlerOptions{
		Tenant: luna.TenantFromHost("example.com"),
		Logger: slog.New(slog.DiscardHandler),
		// The cache that is under test shall be the only one.
		MemoryCacheBytes: -1,
		VersionAge:       -1,
		// Slow machines make slow pictures.
		RequestTimeout: time.Minute,
		RenderTimeout:  time.Minute,
		AutoTimeout:    -1,
		// What stands in for AVIF stands in for a second.
		AutoPixels: 64 * 64,
		AutoAge:    time.Second,
	})
	require.NoError(t, err)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Direct") != "" { // no visit of the cache's
			handler.ServeHTTP(w, r)
			return
		}
		told := &teller{ResponseWriter: w}
		s.mu.Lock()
		around := s.around
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.visits = append(s.visits, visit{
				r.Method, r.Host + r.RequestURI, r.Header.Get("Accept"), r.Header.Get("If-None-Match"), r.Header.Get("Cookie"), told.status,
			})
		}()
		if around != nil {
			around(handler, told, r)
		} else {
			handler.ServeHTTP(told, r)
		}
	}))
	t.Cleanup(func() {
		s.server.Close()
		require.NoError(t, handler.Shutdown(context.Background()))
	})
	return s
}

// A teller remembers the status of an answer.
type teller struct {
	http.ResponseWriter
	status int
}

func (w *teller) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *teller) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// during has requests answered by f for the rest of a test.
func (s *site) during(t *testing.T, f func(luna http.Handler, w http.ResponseWriter, r *http.Request)) {
	set := func(f func(http.Handler, http.ResponseWriter, *http.Request)) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.around = f
	}
	set(f)
	t.Cleanup(func() { set(nil) })
}

// came returns the requests for a URL that came through, as the cache sent
// them. The handler notes one when it has answered it, which may be after the
// client has read the answer.
func (s *site) came(url string) []visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []visit
	for _, v := range s.visits {
		if v.uri == url {
			list = append(list, v)
		}
	}
	return list
}

// requireCame waits until so many requests for a URL have come through; more
// must not have.
func (s *site) requireCame(t *testing.T, url string, n int) []visit {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for len(s.came(url)) < n && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	list := s.came(url)
	require.Equal(t, n, len(list), "requests that came through for %.80s", url)
	return list
}

// signed returns the host, path and query of a payload that demo has signed.
func (s *site) signed(payload string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(payload))
	return "demo.example.com/" + text + "?sig=" + s.keys["demo"].Sign(text)
}

// picture puts an original of its own under a key and returns the key.
func (s *site) picture(t *testing.T, width, height int) (key string) {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	random := rand.NewChaCha8([32]byte{1})
	random.Read(m.Pix)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	m.SetNRGBA(0, 0, color.NRGBA{1, 2, 3, 255})
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	key = fmt.Sprintf("%s/%dx%d.png", t.Name(), width, height)
	s.origin.put(key, b.Bytes())
	return key
}

// thumb is the URL of a small PNG of an original of this test alone.
func (s *site) thumb(t *testing.T) string {
	return s.signed(fmt.Sprintf(`{"key":%q,"edits":[{"resize":{"width":32}}],"output":{"format":"png"}}`, s.picture(t, 64, 48)))
}

// auto is the URL of a small picture whose format is left open.
func (s *site) auto(t *testing.T, width int) string {
	return s.signed(fmt.Sprintf(`{"key":%q,"edits":[{"resize":{"width":%d}}],"output":{"format":"auto"}}`, s.picture(t, 320, 240), width))
}
