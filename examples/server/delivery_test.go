package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"
)

const (
	immutable = "public, max-age=31536000, immutable"
	smaller   = `{"key":"gallery/lake.jpg","edits":[{"resize":{"width":800,"height":600}}]}`
)

func TestMainJob(t *testing.T) {
	s := start(t, t.TempDir())
	s.upload("", "gallery/lake.jpg", drawn())
	path := signed(s.secret, smaller)

	first := s.get(path)
	require.Equal(t, 200, first.StatusCode, "%s", first.body)
	require.Equal(t, "image/webp", first.Header.Get("Content-Type"))
	require.Equal(t, immutable, first.Header.Get("Cache-Control"))
	require.Equal(t, "miss", first.Header.Get("X-Luna-Cache"))
	require.Equal(t, "nosniff", first.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "default-src 'none'; sandbox", first.Header.Get("Content-Security-Policy"))
	require.NotEmpty(t, first.Header.Get("Server-Timing"))
	require.EqualValues(t, len(first.body), first.ContentLength)
	etag := first.Header.Get("ETag")
	require.Regexp(t, `^"[^"]+"$`, etag, "a strong one")
	picture, err := webp.DecodeConfig(bytes.NewReader(first.body))
	require.NoError(t, err)
	require.Equal(t, 800, picture.Width)
	require.Equal(t, 600, picture.Height)

	second := s.get(path)
	require.Equal(t, 200, second.StatusCode)
	require.Equal(t, "hit", second.Header.Get("X-Luna-Cache"))
	require.Equal(t, etag, second.Header.Get("ETag"))
	require.True(t, bytes.Equal(first.body, second.body))

	head := s.do(request{method: "HEAD", path: path})
	require.Equal(t, 200, head.StatusCode)
	require.EqualValues(t, len(first.body), head.ContentLength)
	require.Empty(t, head.body)

	same := s.do(request{path: path, header: http.Header{"If-None-Match": {etag}}})
	require.Equal(t, 304, same.StatusCode)
	require.Empty(t, same.body)
	require.Equal(t, etag, same.Header.Get("ETag"))

	t.Run("metadata", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"gallery/lake.jpg","metadata":true}`))
		require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
		require.Equal(t, "application/json", answer.Header.Get("Content-Type"))
		require.Contains(t, string(answer.body), `"width":1200,"height":900,"format":"jpeg"`)
	})
	t.Run("health", func(t *testing.T) {
		answer := s.get("/healthz")
		require.Equal(t, 200, answer.StatusCode)
		require.Equal(t, "ok\n", string(answer.body))
	})
	t.Run("metrics", func(t *testing.T) {
		answer := s.get("/metrics")
		require.Equal(t, 200, answer.StatusCode)
		require.Regexp(t, `^text/plain; version=0\.0\.4; charset=utf-8`, answer.Header.Get("Content-Type"))
		for _, line := range []string{
			`luna_request_duration_seconds_count{luna_cache_status="miss",luna_format="webp",luna_status_class="2xx"} 1`,
			`luna_request_duration_seconds_count{luna_cache_status="miss",luna_format="json",luna_status_class="2xx"} 1`,
			`luna_request_duration_seconds_count{luna_cache_status="hit",luna_format="webp",luna_status_class="3xx"} 1`,
			`luna_worker_busy 0`,
			`immagin_http_requests_total{code="304",part="delivery"} 1`,
		} {
			require.Contains(t, string(answer.body), "\n"+line+"\n")
		}
		require.Equal(t, 405, s.do(request{method: "POST", path: "/metrics"}).StatusCode)
	})
	t.Run("nothing else", func(t *testing.T) {
		answer := s.get("/usage")
		require.Equal(t, 404, answer.StatusCode)
		require.Equal(t, "not_found", answer.code(t))
	})
	t.Run("the log holds neither signature, ticket, key nor secret", func(t *testing.T) {
		log := strings.Replace(s.log.String(), "API key, shown this once: "+s.key, "", 1)
		require.Contains(t, log, "part=delivery")
		require.Contains(t, log, "/v1/uploads/")
		require.NotContains(t, log, path[strings.Index(path, "sig=")+4:])
		require.NotContains(t, log, s.key)
		require.NotContains(t, log, s.secret)
		require.NotRegexp(t, `/v1/uploads/demo/[0-9A-Za-z_-]`, log)
	})
}

func TestRefusals(t *testing.T) {
	s := start(t, t.TempDir())
	s.upload("", "gallery/lake.jpg", drawn())
	path := signed(s.secret, smaller)
	require.Equal(t, 200, s.get(path).StatusCode)
	payload, sig, _ := strings.Cut(path, "?sig=")

	t.Run("one character changed", func(t *testing.T) {
		other := func(c byte) string {
			if c == '0' {
				return "1"
			}
			return "0"
		}
		for i := 1; i < len(payload); i++ {
			answer := s.get(payload[:i] + other(payload[i]) + payload[i+1:] + "?sig=" + sig)
			require.Equal(t, 403, answer.StatusCode, "payload, at %d", i)
			require.Equal(t, "signature_invalid", answer.code(t))
		}
		for i := range len(sig) {
			require.Equal(t, 403, s.get(payload+"?sig="+sig[:i]+other(sig[i])+sig[i+1:]).StatusCode, "sig, at %d", i)
		}
	})
	for name, spelled := range map[string]string{
		"no signature":        payload,
		"upper case":          payload + "?sig=" + strings.ToUpper(sig),
		"percent-escape":      payload + "?sig=%" + hexOf(sig[0]) + sig[1:],
		"second sig":          path + "&sig=" + sig,
		"other parameter":     path + "&x=1",
		"parameter before it": payload + "?x=1&sig=" + sig,
		"escaped payload":     "/%65" + payload[2:] + "?sig=" + sig,
		"slash at the end":    payload + "/?sig=" + sig,
		"two slashes":         "/" + path,
		"dot segment":         "/." + path,
		"empty":               payload + "?sig=",
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, 403, s.get(spelled).StatusCode)
		})
	}
	t.Run("unknown option", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"gallery/lake.jpg","edits":[{"flip":true},{"resize":{"width":800,"heigth":600}}]}`))
		require.Equal(t, 400, answer.StatusCode)
		require.Equal(t, "payload_invalid", answer.code(t))
		require.Contains(t, string(answer.body), "edits[1].resize.heigth")
	})
	t.Run("payload of 10 KiB", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"`+strings.Repeat("k", 10<<10)+`"}`))
		require.Equal(t, 400, answer.StatusCode)
		require.Equal(t, "payload_invalid", answer.code(t))
	})
	t.Run("key with ..", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"../secret"}`))
		require.Equal(t, 400, answer.StatusCode)
		require.Equal(t, "payload_invalid", answer.code(t))
	})
	t.Run("no such key", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"none.jpg"}`))
		require.Equal(t, 404, answer.StatusCode)
		require.Equal(t, "not_found", answer.code(t))
	})
	t.Run("expired", func(t *testing.T) {
		answer := s.get(signed(s.secret, `{"key":"gallery/lake.jpg","exp":1}`))
		require.Equal(t, 410, answer.StatusCode)
		require.Equal(t, "url_expired", answer.code(t))
	})
	t.Run("the API without its key", func(t *testing.T) {
		require.Equal(t, 401, s.get("/v1/project").StatusCode)
		wrong := s.do(request{path: "/v1/project", header: http.Header{"Authorization": {"Bearer " + testKey}}})
		require.Equal(t, 401, wrong.StatusCode)
	})
	t.Run("originals are not overwritten", func(t *testing.T) {
		answer := s.do(request{
			method: "POST", path: "/v1/images/sign-url", body: []byte(`{"key":"gallery/lake.jpg"}`),
			header: http.Header{"Authorization": {"Bearer " + s.key}, "Content-Type": {"application/json"}},
		})
		require.Equal(t, 409, answer.StatusCode)
	})
	require.Equal(t, 200, s.get(path).StatusCode, "the server is unharmed")
}

func hexOf(c byte) string { return string([]byte{"0123456789abcdef"[c>>4], "0123456789abcdef"[c&15]}) }

func TestTenants(t *testing.T) {
	s := start(t, t.TempDir())
	acme := hexMAC(s.secret, "acme") // as openssl makes it
	s.upload("", "gallery/lake.jpg", drawn())
	port := s.url[strings.LastIndex(s.url, ":"):]
	ask := func(host, path string) response { return s.do(request{path: path, host: host + port}) }

	ours, theirs := signed(s.secret, smaller), signed(acme, smaller)
	for _, host := range []string{"127.0.0.1", "localhost", "demo.localhost", "images.example.com"} {
		require.Equal(t, 200, ask(host, ours).StatusCode, host)
		require.Equal(t, 403, ask(host, theirs).StatusCode, host)
	}
	require.Equal(t, 403, ask("acme.localhost", ours).StatusCode)
	require.Equal(t, 404, ask("acme.localhost", theirs).StatusCode, "verified, but no original of its own")
	require.Equal(t, 403, ask("other.localhost", theirs).StatusCode)

	s.upload("acme.localhost"+port, "gallery/lake.jpg", drawn())
	require.Equal(t, 200, ask("ACME.localhost", theirs).StatusCode)
	require.Equal(t, 403, ask("acme.localhost", ours).StatusCode)

	project := s.do(request{path: "/v1/project", host: "acme.localhost" + port, header: http.Header{"Authorization": {"Bearer " + s.key}}})
	require.JSONEq(t, `{"id":"acme","name":"acme","baseUrl":"http://acme.localhost`+port+`","secret":"`+acme+`"}`, string(project.body))
}

func TestRestart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "state of 100%, ä#?")
	if runtime.GOOS == "windows" {
		data = t.TempDir()
	}
	s := start(t, data)
	s.upload("", "gallery/lake.jpg", drawn())
	path := signed(s.secret, smaller)
	before := s.get(path)
	require.Equal(t, 200, before.StatusCode)
	key := s.key
	s.stop()

	again := start(t, data)
	require.Equal(t, s.secret, again.secret)
	require.Empty(t, again.key, "shown once")
	again.key = key
	after := again.get(path)
	require.Equal(t, 200, after.StatusCode)
	require.Equal(t, "hit", after.Header.Get("X-Luna-Cache"), "derived images outlive the process")
	require.True(t, bytes.Equal(before.body, after.body))
	again.upload("", "gallery/second.jpg", drawn())

	err := filepath.WalkDir(data, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NotContains(t, string(text), key, name)
		}
		return err
	})
	require.NoError(t, err)
}

func TestStores(t *testing.T) {
	for name, args := range map[string][]string{
		"memory":   {"-store", "mem://", "-cache", "mem://"},
		"no cache": {"-store", "mem://", "-cache", "none"},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			s := start(t, data, args...)
			s.upload("", "gallery/lake.jpg", drawn())
			path := signed(s.secret, smaller)
			first, second := s.get(path), s.get(path)
			require.Equal(t, 200, first.StatusCode, "%s", first.body)
			require.True(t, bytes.Equal(first.body, second.body))
			want := "hit"
			if name == "no cache" {
				want = "miss"
			}
			require.Equal(t, want, second.Header.Get("X-Luna-Cache"))
			entries, err := os.ReadDir(data)
			require.NoError(t, err)
			entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "usage.") })
			require.Len(t, entries, 2, "beside the usage, the secret and the API keys alone")
		})
	}
	t.Run("given secret and key", func(t *testing.T) {
		data := t.TempDir()
		s := start(t, data, "-secret", "test-secret-0123456789", "-api-key", testKey, "-tenant", "acme")
		require.Empty(t, s.secret, "no file")
		require.NotContains(t, s.log.String(), testKey)
		s.key, s.secret = testKey, "test-secret-0123456789"
		s.upload("", "hero.jpg", drawn())
		// The specification's test vector.
		answer := s.get("/eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19?sig=6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061")
		require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
	})
}

func TestDoesNotStart(t *testing.T) {
	taken := start(t, t.TempDir())
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"address taken": {[]string{"-addr", strings.TrimPrefix(taken.url, "http://")}, "bind"},
		"unknown store": {[]string{"-store", "ftp://x"}, "-store"},
		"unknown cache": {[]string{"-store", "mem://", "-cache", "nowhere"}, "-cache"},
		"no usage":      {[]string{"-usage", "postgres://user:hunter2@127.0.0.1:1/x?connect_timeout=1"}, "-usage"},
		"data is a file": {[]string{"-data", func() string {
			name := filepath.Join(t.TempDir(), "file")
			require.NoError(t, os.WriteFile(name, nil, 0o600))
			return name
		}()}, "data folder"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"-data", t.TempDir(), "-addr", "127.0.0.1:0"}, test.args...)
			err := run(t.Context(), args, func(string) string { return "" }, nil, new(buffer), new(buffer))
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}
