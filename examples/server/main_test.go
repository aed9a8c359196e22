package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

// TestMain is the server itself where a test started this program to be one.
func TestMain(m *testing.M) {
	if os.Getenv("IMMAGIN_TEST_SERVE") != "" {
		command(nil) // drawing samples would take the time of all tests
		return
	}
	os.Exit(m.Run())
}

// A running is a server in this process.
type running struct {
	t        *testing.T
	url      string
	data     string
	secret   string // of the default tenant
	key      string // empty where none was printed
	log      *buffer
	cancel   func()
	finished chan error
}

// start starts a server on a free port, and stops it when the test ends. It
// draws no samples, which takes seconds.
func start(t *testing.T, data string, args ...string) *running {
	t.Helper()
	return startDrawing(t, data, nil, args...)
}

// startDrawing is start with these samples.
func startDrawing(t *testing.T, data string, drawings []drawing, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &running{t: t, data: data, log: new(buffer), cancel: cancel, finished: make(chan error, 1)}
	out, in := io.Pipe()
	args = append([]string{"-addr", "127.0.0.1:0", "-data", data}, args...)
	go func() {
		err := run(ctx, args, func(string) string { return "" }, drawings, in, s.log)
		in.CloseWithError(err) // EOF if it is nil
		s.finished <- err
	}()
	line := make([]byte, 256)
	n, err := out.Read(line)
	require.NoError(t, err, "log: %v", s.log)
	go io.Copy(io.Discard, out)
	url, ok := strings.CutPrefix(string(line[:n]), "listening on ")
	require.True(t, ok, "first line: %q", line[:n])
	s.url = strings.TrimSuffix(url, "\n")
	require.Regexp(t, `^http://[^/\s]+:\d+$`, s.url)
	if text, err := os.ReadFile(filepath.Join(data, "secret")); err == nil {
		s.secret = strings.TrimSpace(string(text))
	}
	s.key = regexp.MustCompile(`imk_[0-9A-Za-z]{22}`).FindString(s.log.String())
	t.Cleanup(s.stop)
	return s
}

func (s *running) stop() {
	s.cancel()
	select {
	case err, ok := <-s.finished:
		if ok {
			close(s.finished)
			if err != nil {
				s.t.Errorf("run: %v", err)
			}
		}
	case <-time.After(time.Minute):
		s.t.Error("the server does not stop")
	}
}

// A buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// signed makes the path of a payload as the specification says, and with
// nothing of this module.
func signed(secret, payload string) string {
	path := base64.RawURLEncoding.EncodeToString([]byte(payload))
	return "/" + path + "?sig=" + hexMAC(secret, path)
}

func hexMAC(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

type request struct {
	method, path, host string
	header             http.Header
	body               []byte
}

type response struct {
	*http.Response
	body []byte
}

func (s *running) do(q request) response {
	s.t.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	if !strings.HasPrefix(q.path, "http") {
		q.path = s.url + q.path
	}
	r, err := http.NewRequestWithContext(s.t.Context(), q.method, q.path, bytes.NewReader(q.body))
	require.NoError(s.t, err)
	if q.header != nil {
		r.Header = q.header
	}
	r.Host = q.host
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return response{answer, body}
}

func (s *running) get(path string) response {
	s.t.Helper()
	return s.do(request{path: path})
}

// code is the stable word of a problem document.
func (r response) code(t *testing.T) string {
	t.Helper()
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), "%s", r.body)
	var problem struct {
		Code   string
		Status int
	}
	require.NoError(t, json.Unmarshal(r.body, &problem), "%s", r.body)
	require.Equal(t, r.StatusCode, problem.Status)
	return problem.Code
}

// upload puts a picture under a key, for the tenant of the host.
func (s *running) upload(host, key string, picture []byte) {
	s.t.Helper()
	question, err := json.Marshal(map[string]any{"key": key, "contentType": http.DetectContentType(picture), "size": len(picture)})
	require.NoError(s.t, err)
	answer := s.do(request{
		method: "POST", path: "/v1/images/sign-url", host: host, body: question,
		header: http.Header{"Authorization": {"Bearer " + s.key}, "Content-Type": {"application/json"}},
	})
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	s.put(answer.body, picture)
}

// put sends a picture to where the answer of sign-url says.
func (s *running) put(presigned, picture []byte) {
	s.t.Helper()
	var to struct {
		UploadURL, Method, Key string
		Headers                map[string]string
		ExpiresAt              time.Time
	}
	require.NoError(s.t, json.Unmarshal(presigned, &to), "%s", presigned)
	require.Equal(s.t, "PUT", to.Method)
	require.WithinDuration(s.t, time.Now().Add(5*time.Minute), to.ExpiresAt, time.Minute)
	header := http.Header{}
	for name, value := range to.Headers {
		header.Set(name, value)
	}
	u := regexp.MustCompile(`^http://([^/]+)(/.*)$`).FindStringSubmatch(to.UploadURL)
	require.NotNil(s.t, u, to.UploadURL)
	answer := s.do(request{method: to.Method, path: u[2], host: u[1], header: header, body: picture})
	require.Contains(s.t, []int{200, 201}, answer.StatusCode, "%s", answer.body)
}

var drawn = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scene.Landscape(1200, 900), &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
})
