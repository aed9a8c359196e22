package immagin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// memory is an api.Store without presigning.
type memory struct {
	mu      sync.Mutex
	objects map[string]string
}

func (m *memory) Stat(_ context.Context, _, key string) (int64, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	body, ok := m.objects[key]
	if !ok {
		return 0, "", fs.ErrNotExist
	}
	return int64(len(body)), "", nil
}

func (m *memory) Create(_ context.Context, _, key string, body io.Reader, contentType string, _ bool) error {
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[key] = contentType + "\n" + string(b)
	return nil
}

func (m *memory) SignPut(context.Context, string, string, string, int64, time.Duration) (string, http.Header, error) {
	return "", nil, errors.ErrUnsupported
}

func (m *memory) List(_ context.Context, _, prefix, cursor string, limit int, yield func(string, int64, time.Time) bool) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := ""
	for _, key := range slices.Sorted(maps.Keys(m.objects)) {
		switch {
		case key <= cursor || !strings.HasPrefix(key, prefix):
			continue
		case limit == 0:
			return last, nil
		}
		if !yield(key, int64(len(m.objects[key])), time.Unix(1_800_000_000, 0)) {
			break
		}
		last, limit = key, limit-1
	}
	return "", nil
}

func (m *memory) Delete(_ context.Context, _, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[key]; !ok {
		return fs.ErrNotExist
	}
	delete(m.objects, key)
	return nil
}

// newAPI serves the real API over a store in memory.
func newAPI(t *testing.T, opts *api.Options) (*memory, *Client) {
	t.Helper()
	store, key := &memory{objects: map[string]string{}}, sign.NewAPIKey()
	h, err := api.New(store, api.ProjectMap{"demo": {ID: "1", BaseURL: "https://demo.example.com", Secret: testSecret}}, api.NewMemoryKeys(api.NewKey("demo", "test", key, time.Now())), opts)
	require.NoError(t, err)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c, err := NewClient(key.Reveal(), &Options{BaseURL: s.URL})
	require.NoError(t, err)
	return store, c
}

func picture(t testing.TB, side int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	state := uint32(1)
	for i := range m.Pix {
		state = state*1664525 + 1013904223
		m.Pix[i] = byte(state >> 24)
	}
	var b bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, m))
	return b.Bytes()
}

func TestUpload(t *testing.T) {
	body := picture(t, 64)
	large := picture(t, 640) // 1.6 MB: asks before it sends
	name := filepath.Join(t.TempDir(), "x.jpg")
	require.NoError(t, os.WriteFile(name, body, 0o600))
	ctx := context.Background()
	store, c := newAPI(t, nil)
	moved := bytes.NewReader(append([]byte("header"), body...))
	_, err := moved.Seek(6, io.SeekStart)
	require.NoError(t, err)
	for key, c := range map[string]struct {
		upload func(key string) (*Uploaded, error)
		want   []byte
	}{
		"bytes":  {func(key string) (*Uploaded, error) { return c.Images.Upload(ctx, key, bytes.NewReader(body), nil) }, body},
		"buffer": {func(key string) (*Uploaded, error) { return c.Images.Upload(ctx, key, bytes.NewBuffer(body), nil) }, body},
		"stream": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, io.MultiReader(bytes.NewReader(body)), nil)
		}, body},
		"byte by byte": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, iotest.OneByteReader(bytes.NewReader(body)), nil)
		}, body},
		"from where it stands": {func(key string) (*Uploaded, error) { return c.Images.Upload(ctx, key, moved, nil) }, body},
		"seeker": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, struct{ io.ReadSeeker }{bytes.NewReader(body)}, nil)
		}, body},
		"size given": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, io.MultiReader(bytes.NewReader(body)), &UploadOptions{Size: int64(len(body))})
		}, body},
		"file/ü?#%.jpg": {func(key string) (*Uploaded, error) { return c.Images.UploadFile(ctx, key, name, nil) }, body},
		"large":         {func(key string) (*Uploaded, error) { return c.Images.Upload(ctx, key, bytes.NewReader(large), nil) }, large},
		"large stream": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, io.MultiReader(bytes.NewReader(large)), nil)
		}, large},
		"type given": {func(key string) (*Uploaded, error) {
			return c.Images.Upload(ctx, key, bytes.NewReader(body), &UploadOptions{ContentType: "image/png"})
		}, body},
	} {
		got, err := c.upload(key)
		require.NoError(t, err, key)
		require.Equal(t, &Uploaded{Key: key, ContentType: "image/png", Size: int64(len(c.want))}, got, key)
		require.True(t, store.objects[key] == "image/png\n"+string(c.want), key)
	}
}

func TestUploadRefused(t *testing.T) {
	ctx, body := context.Background(), picture(t, 64)
	store, c := newAPI(t, &api.Options{MaxSize: int64(len(body))})
	_, err := c.Images.Upload(ctx, "a.png", bytes.NewReader(body), nil)
	require.NoError(t, err)
	for name, u := range map[string]struct {
		key    string
		body   io.Reader
		opts   *UploadOptions
		status int
		code   string
	}{
		"exists":         {"a.png", bytes.NewReader(body), nil, 409, "key_exists"},
		"too large":      {"b.png", bytes.NewReader(append(body, 0)), nil, 413, "too_large"},
		"not a picture":  {"b.png", strings.NewReader("hello"), nil, 415, "unsupported_media_type"},
		"claims a type":  {"b.png", strings.NewReader("hello"), &UploadOptions{ContentType: "image/png"}, 415, "unsupported_media_type"},
		"claims another": {"b.png", bytes.NewReader(body), &UploadOptions{ContentType: "image/gif"}, 415, "content_type_mismatch"},
	} {
		_, err := c.Images.Upload(ctx, u.key, u.body, u.opts)
		e, ok := errors.AsType[*Error](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, fmt.Sprint(u.status, u.code), fmt.Sprint(e.Status, e.Code), name)
	}
	for name, u := range map[string]struct {
		key  string
		body io.Reader
		opts *UploadOptions
	}{
		"empty":         {"c.png", strings.NewReader(""), nil},
		"bad key":       {"../c.png", bytes.NewReader(body), nil},
		"failing":       {"c.png", iotest.ErrReader(io.ErrNoProgress), nil},
		"fails later":   {"c.png", io.MultiReader(bytes.NewReader(body[:900]), iotest.ErrReader(io.ErrNoProgress)), nil},
		"shorter":       {"c.png", io.MultiReader(bytes.NewReader(body[:900])), &UploadOptions{Size: 1000}},
		"longer":        {"c.png", io.MultiReader(bytes.NewReader(body)), &UploadOptions{Size: 1000}},
		"negative size": {"c.png", bytes.NewReader(body), &UploadOptions{Size: -1}},
	} {
		_, err := c.Images.Upload(ctx, u.key, u.body, u.opts)
		require.Error(t, err, name)
	}
	_, err = c.Images.UploadFile(ctx, "c.png", filepath.Join(t.TempDir(), "absent"), nil)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Len(t, store.objects, 1)

	_, err = c.Images.Upload(ctx, "a.png", bytes.NewReader(body), &UploadOptions{Overwrite: true})
	require.NoError(t, err)
}

// A store gets the headers that the API named, and never the API key.
func TestUploadToForeignStore(t *testing.T) {
	body := picture(t, 16)
	var seen atomic.Pointer[http.Request]
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		seen.Store(r)
		if strings.HasPrefix(r.URL.Path, "/moved") {
			http.Redirect(w, r, "/bucket", http.StatusFound)
		}
	}))
	defer store.Close()
	headers, path := "", "/bucket/a.png?X-Signature=swordfish"
	_, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"uploadUrl":%q,"method":"PUT","headers":{%s},"key":"a.png","expiresAt":"2027-01-15T08:05:00Z"}`, store.URL+path, headers)
	})
	headers = fmt.Sprintf(`"Content-Type":"image/png","x-ms-blob-type":"BlockBlob","host":"bucket.example.com","content-length":"%d"`, len(body))
	_, err := c.Images.Upload(context.Background(), "a.png", bytes.NewReader(body), nil)
	require.NoError(t, err)
	r := seen.Load()
	require.Empty(t, r.Header.Get("Authorization"))
	require.Equal(t, "image/png", r.Header.Get("Content-Type"))
	require.Equal(t, "BlockBlob", r.Header.Get("X-Ms-Blob-Type"))
	require.Equal(t, "bucket.example.com", r.Host)
	require.EqualValues(t, len(body), r.ContentLength)

	headers = `"Content-Length":"7"`
	_, err = c.Images.Upload(context.Background(), "a.png", bytes.NewReader(body), nil)
	require.ErrorContains(t, err, "Content-Length")

	headers, path = "", "/moved?X-Signature=swordfish"
	_, err = c.Images.Upload(context.Background(), "a.png", bytes.NewReader(body), nil)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok, "a redirect would be a GET that succeeds: %v", err)
	require.Equal(t, http.StatusFound, e.Status)

	store.Close()
	_, err = c.Images.Upload(context.Background(), "a.png", bytes.NewReader(body), nil)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "swordfish", "an upload URL is a right")
}

// After Upload has returned, nobody reads the caller's reader.
func TestUploadReturnsTheReader(t *testing.T) {
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(413) }))
	defer store.Close()
	_, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"uploadUrl":%q,"method":"PUT","headers":{},"key":"a.png"}`, store.URL)
	})
	large := picture(t, 512)
	for range 20 {
		body := &watched{r: bytes.NewReader(large)}
		_, err := c.Images.Upload(context.Background(), "a.png", body, &UploadOptions{Size: 1 << 20})
		require.Error(t, err)
		body.n++ // a race, if the transport still reads
	}
}

type watched struct {
	r io.Reader
	n int
}

func (w *watched) Read(p []byte) (int, error) {
	w.n++
	return w.r.Read(p[:min(len(p), 4096)])
}

func TestUploadCancelled(t *testing.T) {
	store, c := newAPI(t, nil)
	body := picture(t, 64)
	for _, n := range []int{0, 100, 2000} { // before the head, within it, within the body
		ctx, cancel := context.WithCancel(context.Background())
		r, w := io.Pipe()
		done := make(chan error, 1)
		go func() { _, err := c.Images.Upload(ctx, "a.png", r, nil); done <- err }()
		_, err := w.Write(body[:n])
		require.NoError(t, err)
		cancel()
		require.ErrorIs(t, <-done, context.Canceled, "although Read blocks")
		w.Close()
	}
	require.Empty(t, store.objects)
}

func TestSignURL(t *testing.T) {
	_, c := newAPI(t, &api.Options{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }, PublicURL: "https://api.example.com"})
	signed, err := c.Images.SignURL(context.Background(), "a/ü.jpg", &SignURLOptions{ContentType: "image/jpeg", Size: 100, Overwrite: true})
	require.NoError(t, err)
	require.Equal(t, "PUT", signed.Method)
	require.Equal(t, map[string]string{"Content-Type": "image/jpeg"}, signed.Headers)
	require.Equal(t, "a/ü.jpg", signed.Key)
	require.Equal(t, time.Unix(1_800_000_300, 0).UTC(), signed.ExpiresAt)
	text, ok := strings.CutPrefix(signed.UploadURL, "https://api.example.com/v1/uploads/demo/")
	require.True(t, ok)
	keyring, err := sign.NewKeyring(testSecret)
	require.NoError(t, err)
	ticket, err := keyring.VerifyTicket(text, "PUT", "demo", time.Unix(1_800_000_000, 0))
	require.NoError(t, err)
	require.EqualValues(t, 100, ticket.MaxSize)
	require.True(t, ticket.Overwrite)
	require.Equal(t, "image/jpeg", ticket.ContentType)
	_, err = c.Images.SignURL(context.Background(), "a//b", nil)
	require.ErrorContains(t, err, "key")
}

// 64 MB pass through a few buffers.
func TestUploadIsStreamed(t *testing.T) {
	const size = 64 << 20
	head := picture(t, 16)
	var got atomic.Int64
	store := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		got.Store(n)
	}))
	defer store.Close()
	_, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"uploadUrl":%q,"method":"PUT","headers":{},"key":"a.png"}`, store.URL)
	})
	for _, known := range []int64{0, size} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		body := io.LimitReader(io.MultiReader(bytes.NewReader(head), zeros{}), size)
		uploaded, err := c.Images.Upload(context.Background(), "a.png", body, &UploadOptions{Size: known})
		require.NoError(t, err)
		runtime.ReadMemStats(&after)
		require.EqualValues(t, size, uploaded.Size)
		require.EqualValues(t, size, got.Load())
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
