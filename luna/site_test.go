package luna_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	stdpng "image/png"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	_ "golang.org/x/image/webp" // for image.DecodeConfig

	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/jpeg"
	"github.com/immagin/immagin-go/luna/png"
	"github.com/immagin/immagin-go/sign"
)

const (
	secret      = "test-secret-0123456789"
	otherSecret = "other-secret-0123456789"
)

// An origin is a store of originals in memory that counts what it is asked.
type origin struct {
	mu           sync.Mutex
	objects      map[string][]byte // by tenant and key
	stats, opens int
	// stat and open, if set, go first; wrap, if set, changes the body.
	stat func(ctx context.Context) error
	open func(ctx context.Context) error
	wrap func(ctx context.Context, r io.Reader) io.Reader
	// sizes, if set, is told in place of the true size.
	sizes func(int64) int64
}

func (o *origin) put(tenant, key string, content []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.objects == nil {
		o.objects = map[string][]byte{}
	}
	o.objects[tenant+"/"+key] = content
}

func (o *origin) delete(tenant, key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.objects, tenant+"/"+key)
}

func (o *origin) find(tenant, key string) (content []byte, version string, err error) {
	content, ok := o.objects[tenant+"/"+key]
	if !ok {
		return nil, "", fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	sum := sha256.Sum256(content)
	return content, hex.EncodeToString(sum[:8]), nil
}

func (o *origin) Stat(ctx context.Context, tenant, key string) (int64, string, error) {
	o.mu.Lock()
	o.stats++
	hook := o.stat
	o.mu.Unlock()
	if hook != nil {
		if err := hook(ctx); err != nil {
			return 0, "", err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	content, version, err := o.find(tenant, key)
	return int64(len(content)), version, err
}

func (o *origin) Open(ctx context.Context, tenant, key string) (io.ReadCloser, int64, string, error) {
	o.mu.Lock()
	o.opens++
	hook := o.open
	o.mu.Unlock()
	if hook != nil {
		if err := hook(ctx); err != nil {
			return nil, 0, "", err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	content, version, err := o.find(tenant, key)
	if err != nil {
		return nil, 0, "", err
	}
	var r io.Reader = bytes.NewReader(content)
	if o.wrap != nil {
		r = o.wrap(ctx, r)
	}
	size := int64(len(content))
	if o.sizes != nil {
		size = o.sizes(size)
	}
	return io.NopCloser(r), size, version, nil
}

func (o *origin) counts() (stats, opens int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stats, o.opens
}

// A cache is a derived store in memory.
type cache struct {
	mu      sync.Mutex
	objects map[string]cachedImage
	reads   int // of bodies
	put     func(ctx context.Context) error
	get     func(ctx context.Context) error
}

type cachedImage struct {
	header map[string]string
	body   []byte
}

func (c *cache) Get(ctx context.Context, tenant, key, id string) (map[string]string, io.ReadCloser, int64, error) {
	if c.get != nil {
		if err := c.get(ctx); err != nil {
			return nil, nil, 0, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.objects[tenant+"/"+key+"/"+id]
	if !ok {
		return nil, nil, 0, fs.ErrNotExist
	}
	return s.header, &countedBody{c, bytes.NewReader(s.body)}, int64(len(s.body)), nil
}

type countedBody struct {
	c *cache
	*bytes.Reader
}

func (b *countedBody) Read(p []byte) (int, error) {
	b.c.mu.Lock()
	b.c.reads++
	b.c.mu.Unlock()
	return b.Reader.Read(p)
}

func (b *countedBody) Close() error { return nil }

func (c *cache) Put(ctx context.Context, tenant, key, id string, header map[string]string, body []byte) error {
	if c.put != nil {
		if err := c.put(ctx); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.objects == nil {
		c.objects = map[string]cachedImage{}
	}
	c.objects[tenant+"/"+key+"/"+id] = cachedImage{header, body}
	return nil
}

func (c *cache) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.objects)
}

// picture is a PNG of a gradient.
func picture(width, height int, alpha bool) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8(x + y), 255}
			if alpha {
				c.A = uint8(x)
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func photo(width, height int) []byte {
	m, err := stdpng.Decode(bytes.NewReader(picture(width, height, false)))
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A site is a handler and what stands behind it. Its tenants are demo and
// other, told by a host under example.com.
type site struct {
	t       *testing.T
	origin  *origin
	handler *luna.Handler
	log     *bytes.Buffer
}

func tenants(t testing.TB) sign.Tenants {
	demo, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	other, err := sign.NewKeyring(otherSecret)
	require.NoError(t, err)
	return sign.Tenants{"demo": demo, "other": other}
}

// newSite returns a site with a photo hero.jpg of 64x48 and a PNG alpha.png of
// 40x30, both of the tenant demo.
func newSite(t *testing.T, codecs []codec.Codec, opts *luna.HandlerOptions) *site {
	t.Helper()
	if codecs == nil {
		codecs = []codec.Codec{jpeg.Codec{}, png.Codec{}}
	}
	e, err := luna.New(codecs, nil)
	require.NoError(t, err)
	s := &site{t: t, origin: new(origin), log: new(bytes.Buffer)}
	s.origin.put("demo", "hero.jpg", photo(64, 48))
	s.origin.put("demo", "alpha.png", picture(40, 30, true))
	var o luna.HandlerOptions
	if opts != nil {
		o = *opts
	}
	if o.Tenant == nil {
		o.Tenant = luna.TenantFromHost("example.com")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(&lockedWriter{w: s.log}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	s.handler, err = luna.NewHandler(e, s.origin, tenants(t), &o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.handler.Shutdown(context.Background())) })
	return s
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(p)
}

// signed returns the URL of a payload for the tenant demo.
func signed(payload string) string { return signedBy(secret, payload) }

func signedBy(secret, payload string) string {
	p := encode(payload)
	k, err := sign.NewKeyring(secret)
	if err != nil {
		panic(err)
	}
	return "http://demo.example.com/" + p + "?sig=" + k.Sign(p)
}

// get asks for a URL; header is alternating names and values.
func (s *site) get(url string, header ...string) *http.Response {
	return s.do(http.MethodGet, url, header...)
}

func (s *site) do(method, url string, header ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return s.serve(r)
}

func (s *site) serve(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Result()
}

func content(t testing.TB, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return b
}

// A problem is what clients read of an error.
type problem struct {
	Type, Title, Detail, Code string
	Status                    int
	Faults                    []struct{ Path, Message string }
}

// requireProblem checks that an answer is a problem of that status and code,
// and all that holds for every problem.
func requireProblem(t testing.TB, r *http.Response, status int, code string) problem {
	t.Helper()
	body := content(t, r)
	require.Equal(t, status, r.StatusCode, "%s", body)
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	require.Equal(t, strconv.Itoa(len(body)), r.Header.Get("Content-Length"))
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.Empty(t, r.Header.Get("ETag"))
	require.Empty(t, r.Header.Get("X-Luna-Cache"))
	require.Empty(t, r.Header.Get("Server-Timing"))
	cc := r.Header.Get("Cache-Control")
	if age, ok := strings.CutPrefix(cc, "public, max-age="); ok {
		n, err := strconv.Atoi(age)
		require.NoError(t, err)
		require.LessOrEqual(t, n, 60)
	} else {
		require.Equal(t, "no-store", cc)
	}
	var p problem
	require.NoError(t, json.Unmarshal(body, &p))
	require.Equal(t, status, p.Status)
	require.Equal(t, code, p.Code)
	require.Equal(t, http.StatusText(status), p.Title)
	require.NotEmpty(t, p.Detail)
	require.NotContains(t, string(body), "luna:", "no internals")
	return p
}

func size(t testing.TB, b []byte) (format string, width, height int) {
	t.Helper()
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	require.NoError(t, err)
	return format, c.Width, c.Height
}

func encode(payload string) string { return base64.RawURLEncoding.EncodeToString([]byte(payload)) }
