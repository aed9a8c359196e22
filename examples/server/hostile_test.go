package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/sign"
)

// TestHostileKeys sends every kind of key that a file system or a URL may take
// for something else through the whole server, in this process. Nothing is
// read, written or deleted but what stands under that very key.
// IMMAGIN_TEST_COUNT is how many keys there are.
func TestHostileKeys(t *testing.T) {
	count := testCount(t, 2000)
	outer := t.TempDir()
	data := filepath.Join(outer, "data")
	store := filepath.Join(data, "store")
	canary := canaryPicture(t)
	apiKey := sign.NewAPIKey()
	config, err := readConfig([]string{
		"-data", data, "-store", fileURL(store, "create_dir=1&no_sync=1"), "-cache", fileURL(store, "create_dir=1&no_sync=1"), "-api-key", apiKey.Reveal(), "-usage", "mem://",
	}, func(string) string { return "" }, io.Discard)
	require.NoError(t, err)
	config.api.RateLimit.PerSecond = -1
	config.api.Nonces = new(api.MemoryNonces) // which do not wait for the disk
	server, err := newServer(t.Context(), config, slog.New(slog.DiscardHandler), io.Discard)
	require.NoError(t, err)
	defer func() { require.NoError(t, server.close(t.Context())) }()
	h := &hostile{t: t, handler: server.handler(true), server: server, key: apiKey.Reveal()}

	// Pictures that are there to be found: beside the store, above the data
	// folder, at the working directory's root, and of another tenant.
	for _, name := range []string{"canary.png", "data/canary.png", "data/store/canary.png", "data/store/originals/canary.png"} {
		name = filepath.Join(outer, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, canary, 0o600))
	}
	h.host = "acme.localhost"
	require.Equal(t, 201, h.upload("canary.png", canary))
	h.host = "127.0.0.1"
	require.Equal(t, 201, h.upload("a/b", canary), "a key that others may be taken for")
	before := outside(t, outer, store)

	random := rand.New(rand.NewPCG(6, 2026))
	var taken int
	seen := map[string]bool{"a/b": true}
	for len(seen) <= count {
		key := hostileKey(random)
		if seen[key] {
			continue
		}
		seen[key] = true
		if h.attack(key) {
			taken++
		}
	}
	require.Greater(t, taken, count/20, "keys that only look odd are taken")
	require.Less(t, taken, count)
	t.Logf("%d keys, of which %d are valid; %d requests, answered %v", count, taken, h.requests, h.answered)
	for status := range h.answered {
		require.Less(t, status, 500)
	}

	require.Equal(t, before, outside(t, outer, store))
	require.Equal(t, 200, h.metadata("a/b"))
	require.Equal(t, []string{"a/b"}, h.list(""), "each is found under its own name, and was deleted under it")
	h.host = "acme.localhost"
	require.Equal(t, 200, h.metadata("canary.png"))
	require.Equal(t, []string{"canary.png"}, h.list(""))
}

// outside is what the folder holds beside what is in the store's folders of
// the tenants' originals and derived images, and the usage log, by name.
func outside(t *testing.T, folder, store string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(store, name)
		rel = filepath.ToSlash(rel)
		if err != nil || rel == "originals/demo" || rel == "originals/acme" || rel == "derived" || rel == "../api" || rel == "../usage.jsonl" {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() {
			files[name] = "a folder"
			return nil
		}
		text, err := os.ReadFile(name)
		files[name] = string(text)
		return err
	}))
	return files
}

type hostile struct {
	t        *testing.T
	handler  http.Handler
	server   *server
	key      string
	host     string
	requests int
	answered map[int]int
}

// attack sends key through all that takes one, and reports whether it is a
// valid one.
func (h *hostile) attack(key string) (valid bool) {
	status := h.metadata(key)
	require.Contains(h.t, []int{400, 404}, status, "nothing was uploaded as %q", key)
	require.Equal(h.t, status, h.delivered(`{"key":"a/b","edits":[{"image":{"key":`+quoted(key)+`}}],"output":{"format":"png"}}`), "a layer %q", key)
	require.Contains(h.t, []int{400, 404}, h.remove(url.PathEscape(key)), "%q", key)
	h.remove(key) // as it is, where that can be sent at all
	for _, found := range h.list(key) {
		require.True(h.t, strings.HasPrefix(found, key), "prefix %q found %q", key, found)
	}
	created := h.upload(key, canaryPicture(h.t))
	if status == 400 {
		require.Equal(h.t, 400, created, "%q", key)
		return false
	}
	require.Equal(h.t, 201, created, "%q", key)
	require.Equal(h.t, 200, h.metadata(key), "%q", key)
	require.Contains(h.t, h.list(key), key)
	require.Equal(h.t, 204, h.remove(url.PathEscape(key)), "%q", key)
	require.Equal(h.t, 404, h.metadata(key), "%q", key)
	return true
}

// hostileKey makes a key of pieces that somebody takes for something else.
func hostileKey(random *rand.Rand) string {
	pieces := []string{
		"..", ".", "/", "//", "\\", "..\\", "../", "/..", "%2e%2e", "%2E%2e%2f", "%252e%252e%252f", "%5c", "%00", "\x00", "\n", "\r\n", "\t", "\x7f", "\u0085",
		"/etc/passwd", "C:", "C:\\Windows\\", "\\\\server\\share\\", "\\\\?\\", "file:///", "http://127.0.0.1/", "~", "~root", "$HOME", "`id`", "|id", ";", "&", "*", "?", "?sig=", "#", "'", "\"", "<script>",
		"CON", "con.png", "NUL", "nul.tar.png", "AUX", "COM1", "lpt9.jpg", "PRN", "CONIN$", "CLOCK$", "COM¹", "a.", "a ", " a", "a::$DATA", "a:b",
		"\u202e", "gnp.\u202etxt", "\u200b", "\u200f", "\ufeff", "\u2028", "ａ", "․․", "‥", "／", "∕", "e\u0301", "é", "İ", "ß", "日本", "😀",
		"\xff", "\xc0\xae\xc0\xae", "\xc0\xaf", "\xed\xa0\x80", "\xf0\x9f", "__0x2f__", "__0x2e__", "__0x", "__~", ".attrs", ".immagin", ".tmp", "-rf", "--", "{}", "${x}", "{{.}}",
		"canary.png", "a", "b", "a/b", "originals", "derived", "demo", "acme", "acme/canary.png", "secret", "keys.json", "store", "data",
		strings.Repeat("../", 12), strings.Repeat("a", 255), strings.Repeat("a", 256), strings.Repeat("é", 200), strings.Repeat("a/", 30), strings.Repeat("x", 2048), strings.Repeat("日", 341), strings.Repeat("%", 300),
	}
	var b strings.Builder
	for range 1 + random.IntN(5) {
		b.WriteString(pieces[random.IntN(len(pieces))])
		if random.IntN(4) == 0 {
			b.WriteByte('/')
		}
	}
	if random.IntN(8) == 0 {
		b.WriteString(strconv.Itoa(random.IntN(1000)))
	}
	return b.String()
}

func canaryPicture(t *testing.T) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, scene.Landscape(8, 6)))
	return b.Bytes()
}

// quoted is a string of JSON with the bytes of s, be they valid UTF-8 or not.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			b.WriteByte(s[i])
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r < ' ':
			fmt.Fprintf(&b, "\\u%04x", r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (h *hostile) do(method, target, body string) *httptest.ResponseRecorder {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return &httptest.ResponseRecorder{Code: 400, Body: new(bytes.Buffer)} // which net/http answers itself
	}
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://x/", strings.NewReader(body))
	require.NoError(h.t, err)
	r.URL, r.RequestURI, r.Host = u, target, h.host
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Authorization", "Bearer "+h.key)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	h.requests++
	if h.answered == nil {
		h.answered = map[int]int{}
	}
	h.answered[w.Code]++
	require.Less(h.t, w.Code, 500, "%s %s: %s", method, target, w.Body)
	return w
}

func (h *hostile) delivered(payload string) int {
	secret, err := h.server.tenants.secretOf(h.tenant())
	require.NoError(h.t, err)
	path := base64.RawURLEncoding.EncodeToString([]byte(payload))
	return h.do("GET", "/"+path+"?sig="+hexMAC(secret, path), "").Code
}

func (h *hostile) tenant() string {
	tenant, err := h.server.tenants.of(&http.Request{Host: h.host})
	require.NoError(h.t, err)
	return tenant
}

func (h *hostile) metadata(key string) int {
	return h.delivered(`{"key":` + quoted(key) + `,"metadata":true}`)
}

func (h *hostile) remove(escaped string) int {
	return h.do("DELETE", "/v1/images/"+escaped, "").Code
}

func (h *hostile) list(prefix string) (keys []string) {
	w := h.do("GET", "/v1/images?limit=1000&prefix="+url.QueryEscape(prefix), "")
	if w.Code != 200 {
		require.Equal(h.t, 400, w.Code, "prefix %q: %s", prefix, w.Body)
		return nil
	}
	var page struct{ Images []struct{ Key string } }
	require.NoError(h.t, json.Unmarshal(w.Body.Bytes(), &page))
	for _, image := range page.Images {
		keys = append(keys, image.Key)
	}
	return keys
}

func (h *hostile) upload(key string, body []byte) int {
	w := h.do("POST", "/v1/images/sign-url", `{"key":`+quoted(key)+`}`)
	if w.Code != 200 {
		return w.Code
	}
	var to struct{ UploadURL string }
	require.NoError(h.t, json.Unmarshal(w.Body.Bytes(), &to))
	_, path, ok := strings.Cut(to.UploadURL, "//"+h.host)
	require.True(h.t, ok, to.UploadURL)
	return h.do("PUT", path, string(body)).Code
}
