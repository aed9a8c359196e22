package immagin

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// A script answers requests one after the other, and knows when they came.
type script struct {
	answers []any // *http.Response or error; the last one goes on
	calls   []string
	at      []time.Time
	bodies  []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls = append(s.calls, r.Method+" "+r.URL.EscapedPath())
	s.at = append(s.at, time.Now())
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, string(body))
	}
	answer := s.answers[min(len(s.calls), len(s.answers))-1]
	if err, ok := answer.(error); ok {
		return nil, err
	}
	a := *answer.(*http.Response)
	a.Request = r
	return &a, nil
}

// waits are the pauses between the calls.
func (s *script) waits() (w []time.Duration) {
	for i := 1; i < len(s.at); i++ {
		w = append(w, s.at[i].Sub(s.at[i-1]))
	}
	return w
}

func status(code int, headers ...string) *http.Response {
	return answer(code, `{"code":"scripted"}`, headers...)
}

func answer(code int, body string, headers ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: &text{body: body}}
}

// text is a body that is read anew by each answer it is in.
type text struct {
	body string
	at   int
}

func (t *text) Read(p []byte) (int, error) {
	if t.at == len(t.body) {
		t.at = 0
		return 0, io.EOF
	}
	n := copy(p, t.body[t.at:])
	t.at += n
	return n, nil
}

func (t *text) Close() error { return nil }

// scripted returns a client whose jitter is the whole backoff.
func scripted(t *testing.T, retries int, answers ...any) (*script, *Client) {
	t.Helper()
	s := &script{answers: answers}
	c, err := NewClient(testKey, &Options{BaseURL: "https://api.example.com", HTTPClient: &http.Client{Transport: s}, MaxRetries: retries})
	require.NoError(t, err)
	c.jitter = func(most time.Duration) time.Duration { return most }
	return s, c
}

const ms = time.Millisecond

func TestRetries(t *testing.T) {
	ok := answer(200, `{"images":[],"uploadUrl":"https://store.example.com/x","method":"PUT"}`)
	dropped := errors.New("connection reset")
	list := func(c *Client) error { _, err := c.Images.List(context.Background(), nil); return err }
	signURL := func(c *Client) error { _, err := c.Images.SignURL(context.Background(), "a", nil); return err }
	remove := func(c *Client) error { return c.Images.Delete(context.Background(), "a") }
	revoke := func(c *Client) error { return c.Keys.Revoke(context.Background(), "key_1") }
	create := func(c *Client) error { _, err := c.Keys.Create(context.Background(), "x"); return err }
	for name, c := range map[string]struct {
		retries int
		call    func(c *Client) error
		answers []any
		status  int // of the error, 0 for none, -1 for one without
		waits   []time.Duration
	}{
		"none needed":           {0, list, []any{ok}, 0, nil},
		"second time":           {0, list, []any{status(500), ok}, 0, []time.Duration{100 * ms}},
		"each status":           {5, list, []any{status(429), status(500), status(502), status(503), status(504), ok}, 0, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms}},
		"two by default":        {0, list, []any{status(502)}, 502, []time.Duration{100 * ms, 200 * ms}},
		"one":                   {1, list, []any{status(502)}, 502, []time.Duration{100 * ms}},
		"none":                  {-1, list, []any{status(502)}, 502, nil},
		"cap":                   {8, list, []any{status(502)}, 502, []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5000 * ms, 5000 * ms}},
		"network":               {0, list, []any{dropped, ok}, 0, []time.Duration{100 * ms}},
		"network for ever":      {0, list, []any{dropped}, -1, []time.Duration{100 * ms, 200 * ms}},
		"half an answer":        {0, list, []any{&http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), failing{}))}, ok}, 0, []time.Duration{100 * ms}},
		"not JSON":              {0, list, []any{answer(200, "<html>")}, -1, nil},
		"certificate":           {0, list, []any{&tls.CertificateVerificationError{Err: errors.New("expired")}}, -1, nil},
		"501":                   {0, list, []any{status(501)}, 501, nil},
		"400":                   {0, list, []any{status(400)}, 400, nil},
		"401":                   {0, list, []any{status(401)}, 401, nil},
		"302":                   {0, list, []any{status(302)}, 302, nil},
		"seconds":               {0, list, []any{status(503, "Retry-After", "7"), ok}, 0, []time.Duration{7100 * ms}},
		"30 seconds":            {0, list, []any{status(429, "Retry-After", "30"), ok}, 0, []time.Duration{30100 * ms}},
		"31 seconds":            {0, list, []any{status(429, "Retry-After", "31"), ok}, 429, nil},
		"huge":                  {0, list, []any{status(429, "Retry-After", strings.Repeat("9", 99)), ok}, 429, nil},
		"date":                  {0, list, []any{status(503, "Retry-After", "Fri, 15 Jan 2027 08:00:04 GMT", "Date", "Fri, 15 Jan 2027 08:00:00 GMT"), ok}, 0, []time.Duration{4100 * ms}},
		"date by our clock":     {0, list, []any{status(503, "Retry-After", "Sat, 01 Jan 2000 00:00:03 GMT"), ok}, 0, []time.Duration{3100 * ms}},
		"passed":                {0, list, []any{status(503, "Retry-After", "Fri, 31 Dec 1999 00:00:00 GMT"), ok}, 0, []time.Duration{100 * ms}},
		"malformed":             {0, list, []any{status(503, "Retry-After", "-5"), ok}, 0, []time.Duration{100 * ms}},
		"not of a 400":          {0, list, []any{status(400, "Retry-After", "1"), ok}, 400, nil},
		"sign-url":              {0, signURL, []any{status(500), dropped, ok}, 0, []time.Duration{100 * ms, 200 * ms}},
		"delete":                {0, remove, []any{status(502), answer(204, "")}, 0, []time.Duration{100 * ms}},
		"delete, was done":      {0, remove, []any{dropped, status(404)}, 0, []time.Duration{100 * ms}},
		"delete, was not":       {0, remove, []any{status(503), status(404)}, 404, []time.Duration{100 * ms}},
		"delete, never reached": {0, remove, []any{&net.OpError{Op: "dial", Err: dropped}, status(404)}, 404, []time.Duration{100 * ms}},
		"delete, done at last":  {0, remove, []any{status(502), status(429), status(404)}, 0, []time.Duration{100 * ms, 200 * ms}},
		"delete, nothing there": {0, remove, []any{status(404)}, 404, nil},
		"revoke, was done":      {0, revoke, []any{status(504), status(404)}, 0, []time.Duration{100 * ms}},
		"create never":          {5, create, []any{status(503, "Retry-After", "1")}, 503, nil},
		"create, dropped":       {5, create, []any{dropped}, -1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, c.retries, c.answers...)
				err := c.call(client)
				require.Equal(t, c.waits, s.waits())
				e, ok := errors.AsType[*Error](err)
				switch c.status {
				case 0:
					require.NoError(t, err)
				case -1:
					require.Error(t, err)
					require.False(t, ok)
				default:
					require.True(t, ok, "%v", err)
					require.Equal(t, c.status, e.Status)
				}
				require.Len(t, s.calls, len(c.waits)+1)
				for _, body := range s.bodies {
					require.Equal(t, s.bodies[0], body, "each try sends it whole")
				}
			})
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetryAfterIsTold(t *testing.T) {
	_, c := scripted(t, 0, status(429, "Retry-After", "3600"))
	_, err := c.Images.List(context.Background(), nil)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, time.Hour, e.RetryAfter)
}

// Waiting ends with the context, and does not begin where it would outlast it.
func TestRetriesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := scripted(t, 0, status(503, "Retry-After", "20"))
		ctx, cancel := context.WithCancel(context.Background())
		begin := time.Now()
		time.AfterFunc(5*time.Second, cancel)
		_, err := c.Images.List(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		e, ok := errors.AsType[*Error](err)
		require.True(t, ok, "what it waited for is told as well")
		require.Equal(t, 503, e.Status)
		require.Equal(t, 5*time.Second, time.Since(begin))
		require.Len(t, s.calls, 1)
	})
	synctest.Test(t, func(t *testing.T) {
		s, c := scripted(t, 0, status(503, "Retry-After", "20"))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := c.Images.List(ctx, nil)
		e, ok := errors.AsType[*Error](err)
		require.True(t, ok)
		require.Equal(t, 20*time.Second, e.RetryAfter)
		require.Zero(t, time.Since(begin))
		require.Len(t, s.calls, 1)
	})
}

// The API's own rate limit is waited for.
func TestRateLimitOfTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := sign.NewAPIKey()
		h, err := api.New(&memory{objects: map[string]string{}}, api.ProjectMap{"demo": {ID: "1", BaseURL: "https://demo.example.com", Secret: testSecret}},
			api.NewMemoryKeys(api.NewKey("demo", "test", key, time.Now())), &api.Options{RateLimit: api.RateLimit{PerSecond: 0.2, Burst: 1}})
		require.NoError(t, err)
		c, err := NewClient(key.Reveal(), &Options{BaseURL: "https://api.example.com", HTTPClient: &http.Client{Transport: within{h}}})
		require.NoError(t, err)
		begin := time.Now()
		for range 3 {
			_, err := c.Images.List(context.Background(), nil)
			require.NoError(t, err)
		}
		require.GreaterOrEqual(t, time.Since(begin), 10*time.Second)
		require.Less(t, time.Since(begin), 12*time.Second)
	})
}

// within is a network within this program.
type within struct{ h http.Handler }

func (n within) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	n.h.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestFullJitter(t *testing.T) {
	low, high := time.Hour, time.Duration(0)
	for range 1000 {
		d := fullJitter(time.Second)
		low, high = min(low, d), max(high, d)
	}
	require.GreaterOrEqual(t, low, time.Duration(0))
	require.Less(t, low, 100*ms)
	require.LessOrEqual(t, high, time.Second)
	require.Greater(t, high, 900*ms)
}

// An upload is sent again with a new URL, and only where the server did not
// take the first.
func TestUploadRetries(t *testing.T) {
	body := picture(t, 64)
	url := func(n int) *http.Response {
		return answer(200, fmt.Sprintf(`{"uploadUrl":"https://store.example.com/%d","method":"PUT","key":"a"}`, n))
	}
	reset := errors.New("connection reset")
	pipe := func() io.Reader { return io.MultiReader(bytes.NewReader(body)) }
	file := func() io.Reader {
		r := bytes.NewReader(append([]byte("header"), body...))
		_, err := r.Seek(6, io.SeekStart)
		require.NoError(t, err)
		return r
	}
	const post = "POST /v1/images/sign-url"
	for name, c := range map[string]struct {
		body    func() io.Reader
		answers []any
		calls   []string
		status  int
	}{
		"taken":           {file, []any{url(1), status(201)}, []string{post, "PUT /1"}, 0},
		"busy":            {file, []any{url(1), status(503), url(2), status(201)}, []string{post, "PUT /1", post, "PUT /2"}, 0},
		"too many":        {file, []any{url(1), status(429, "Retry-After", "5"), url(2), status(201)}, []string{post, "PUT /1", post, "PUT /2"}, 0},
		"never reached":   {file, []any{url(1), &net.OpError{Op: "dial", Err: reset}, url(2), status(201)}, []string{post, "PUT /1", post, "PUT /2"}, 0},
		"one budget":      {file, []any{status(503), url(1), status(503), url(2), status(503)}, []string{post, post, "PUT /1", post, "PUT /2"}, 503},
		"busy for ever":   {file, []any{status(503)}, []string{post, post, post}, 503},
		"who knows":       {file, []any{url(1), status(500)}, []string{post, "PUT /1"}, 500},
		"gateway":         {file, []any{url(1), status(502)}, []string{post, "PUT /1"}, 502},
		"timeout":         {file, []any{url(1), status(504)}, []string{post, "PUT /1"}, 504},
		"dropped":         {file, []any{url(1), reset}, []string{post, "PUT /1"}, -1},
		"cannot rewind":   {pipe, []any{url(1), status(503)}, []string{post, "PUT /1"}, 503},
		"sign-url alone":  {pipe, []any{status(500), url(1), status(201)}, []string{post, post, "PUT /1"}, 0},
		"refused by hand": {file, []any{url(1), status(409)}, []string{post, "PUT /1"}, 409},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, client := scripted(t, 0, c.answers...)
				up, err := client.Images.Upload(context.Background(), "a", c.body(), nil)
				require.Equal(t, c.calls, s.calls)
				e, ok := errors.AsType[*Error](err)
				switch c.status {
				case 0:
					require.NoError(t, err)
					require.Equal(t, &Uploaded{Key: "a", ContentType: "image/png", Size: int64(len(body))}, up)
				case -1:
					require.Error(t, err)
					require.False(t, ok)
				default:
					require.True(t, ok, "%v", err)
					require.Equal(t, c.status, e.Status)
				}
				for i, call := range s.calls {
					if strings.HasPrefix(call, "PUT") {
						require.True(t, s.bodies[i] == string(body), "the whole, from where it stood")
					}
				}
			})
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "7", " 7 ", "-1", "1.5", "99999999999999999999", "Fri, 15 Jan 2027 08:00:04 GMT", "Friday, 15-Jan-27 08:00:04 GMT", "Fri Jan 15 08:00:04 2027", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed, "")
		f.Add(seed, "Fri, 15 Jan 2027 08:00:00 GMT")
	}
	now := time.Unix(1_800_000_000, 0)
	f.Fuzz(func(t *testing.T, value, date string) {
		d := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, now)
		if d < 0 {
			t.Fatalf("%q: %v", value, d)
		}
		if _, err := http.ParseTime(strings.TrimSpace(value)); err != nil && d%time.Second != 0 {
			t.Fatalf("%q: %v", value, d)
		}
	})
}
