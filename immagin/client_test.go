package immagin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/sign"
)

const (
	testSecret = "test-secret-0123456789"
	testPath   = "eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19?sig=6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061"
)

var testKey = sign.NewAPIKey().Reveal()

func offline(t *testing.T) *Client {
	t.Helper()
	c, err := NewClient("", &Options{Secret: testSecret, DeliveryURL: "https://demo.example.com/"})
	require.NoError(t, err)
	return c
}

func TestURL(t *testing.T) {
	ctx, c := context.Background(), offline(t)
	u, err := c.Images.URL(ctx, "hero.jpg", []edit.Edit{edit.Resize{Width: 800, Height: 600}}, nil)
	require.NoError(t, err)
	require.Equal(t, "https://demo.example.com/"+testPath, u)

	at := time.Unix(1_800_000_000, 1)
	u, err = c.Images.URL(ctx, "a b/ü<&>.png", nil, &URLOptions{Output: &edit.Output{Format: edit.FormatAVIF, Quality: 50}, Version: "2", Expires: at})
	require.NoError(t, err)
	payload, signature, ok := strings.Cut(strings.TrimPrefix(u, "https://demo.example.com/"), "?sig=")
	require.True(t, ok)
	keyring, err := sign.NewKeyring(testSecret)
	require.NoError(t, err)
	require.NoError(t, keyring.Verify(payload, signature))
	request, err := edit.Decode(payload, nil)
	require.NoError(t, err)
	require.Equal(t, &edit.Request{
		Key: "a b/ü<&>.png", Output: &edit.Output{Format: edit.FormatAVIF, Quality: 50}, Version: "2", Expires: new(int64(1_800_000_001)),
	}, request)

	for _, bad := range []string{"", "../x", "/x", "a//b"} {
		_, err := c.Images.URL(ctx, bad, nil, nil)
		require.Error(t, err, bad)
	}
	_, err = c.Images.URL(ctx, "a.jpg", []edit.Edit{edit.Resize{Width: -1}}, nil)
	require.Error(t, err)
	_, ok = errors.AsType[*edit.Error](err)
	require.True(t, ok, "callers find the faults in it")
}

// A client that was given all it needs never calls.
func TestOfflineClientMakesNoCall(t *testing.T) {
	c, err := NewClient("", &Options{Secret: testSecret, DeliveryURL: "https://a.example.com", HTTPClient: &http.Client{Transport: forbidden{t}}})
	require.NoError(t, err)
	_, err = c.Images.URL(context.Background(), "a.jpg", nil, nil)
	require.NoError(t, err)
	_, err = c.Images.SignURL(context.Background(), "a.jpg", nil)
	require.ErrorContains(t, err, "API key")
	_, err = c.Images.Upload(context.Background(), "a.jpg", strings.NewReader("x"), nil)
	require.ErrorContains(t, err, "API key")
}

type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Errorf("called %s", r.URL)
	return nil, io.EOF
}

func TestNewClientRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		key  string
		opts *Options
	}{
		"nothing":          {"", nil},
		"no base":          {testKey, nil},
		"no key":           {"", &Options{BaseURL: "https://api.example.com"}},
		"malformed key":    {"imk_swordfish", &Options{BaseURL: "https://api.example.com"}},
		"malformed base":   {testKey, &Options{BaseURL: "api.example.com"}},
		"password in base": {testKey, &Options{BaseURL: "https://u:swordfish@api.example.com"}},
		"query in base":    {testKey, &Options{BaseURL: "https://api.example.com?x=swordfish"}},
		"lonely secret":    {testKey, &Options{BaseURL: "https://api.example.com", Secret: testSecret}},
		"lonely delivery":  {testKey, &Options{BaseURL: "https://api.example.com", DeliveryURL: "https://a.example.com"}},
		"short secret":     {"", &Options{Secret: "swordfish", DeliveryURL: "https://a.example.com"}},
		"bad delivery":     {"", &Options{Secret: testSecret, DeliveryURL: "swordfish"}},
	} {
		_, err := NewClient(c.key, c.opts)
		require.Error(t, err, name)
		require.True(t, strings.HasPrefix(err.Error(), "immagin: "), err)
		require.NotContains(t, err.Error(), "swordfish")
		require.NotContains(t, err.Error(), testSecret)
	}
}

func TestNothingShows(t *testing.T) {
	o := Options{BaseURL: "https://api.example.com", Secret: testSecret, DeliveryURL: "https://a.example.com"}
	c, err := NewClient(testKey, &o)
	require.NoError(t, err)
	var out bytes.Buffer
	for _, v := range []any{o, &o, c, c.Images, *c.Images, c.Keys, *c.Keys, []*Client{c}, c.project.Load(), *c.project.Load()} {
		fmt.Fprintf(&out, "%v %+v %#v %s %q %x\n", v, v, v, v, v, v)
		_ = json.NewEncoder(&out).Encode(v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	}
	for _, secret := range []string{testSecret, testKey} {
		require.NotContains(t, out.String(), secret)
		require.NotContains(t, out.String(), fmt.Sprintf("%x", secret))
	}
	require.Contains(t, out.String(), "api.example.com")
}

// stub answers with one function, and counts.
type stub struct {
	*httptest.Server
	calls atomic.Int64
}

func newStub(t *testing.T, serve http.HandlerFunc) (*stub, *Client) {
	t.Helper()
	s := new(stub)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		serve(w, r)
	}))
	t.Cleanup(s.Close)
	c, err := NewClient(testKey, &Options{BaseURL: s.URL + "/base/", HTTPClient: s.Client(), MaxRetries: -1})
	require.NoError(t, err)
	return s, c
}

func TestProjectIsFetchedOnce(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	s, c := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if r.Method != "GET" || r.URL.Path != "/base/v1/project" || r.Header.Get("Authorization") != "Bearer "+testKey {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		fmt.Fprintf(w, `{"id":"prj_1","name":"Demo","baseUrl":"https://demo.example.com","secret":%q}`, testSecret)
	})
	require.Zero(t, s.calls.Load(), "lazily")
	_, err := c.Images.URL(context.Background(), "hero.jpg", nil, nil)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.Equal(t, 503, e.Status)

	down.Store(false)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			u, err := c.Images.URL(context.Background(), "hero.jpg", []edit.Edit{edit.Resize{Width: 800, Height: 600}}, nil)
			if err != nil || u != "https://demo.example.com/"+testPath {
				t.Errorf("%s, %v", u, err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 2, s.calls.Load(), "a failure is not kept, and the callers share one call")
}

// The first caller's end is not the others'.
func TestProjectSurvivesCancellation(t *testing.T) {
	asked := make(chan struct{}, 2)
	proceed := make(chan struct{})
	_, c := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-proceed:
			fmt.Fprintf(w, `{"baseUrl":"https://demo.example.com","secret":%q}`, testSecret)
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := c.Images.URL(ctx, "a.jpg", nil, nil); first <- err }()
	<-asked
	go func() { _, err := c.Images.URL(context.Background(), "a.jpg", nil, nil); second <- err }()
	waiting, stop := context.WithCancel(context.Background())
	stop()
	_, err := c.Images.URL(waiting, "a.jpg", nil, nil)
	require.ErrorIs(t, err, context.Canceled, "a waiter may give up")
	cancel()
	require.ErrorIs(t, <-first, context.Canceled)
	close(proceed)
	require.NoError(t, <-second)
}

func TestBadProjects(t *testing.T) {
	for _, body := range []string{`{}`, `[]`, `x`, ``, `{"baseUrl":"https://a.example.com","secret":"swordfish"}`, `{"baseUrl":"a","secret":"test-secret-0123456789"}`, `{"secret":"swordfish","baseUrl":7}`} {
		_, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
		_, err := c.Images.URL(context.Background(), "a.jpg", nil, nil)
		require.Error(t, err, body)
		require.NotContains(t, err.Error(), "swordfish")
		require.NotContains(t, err.Error(), testSecret)
	}
}

func TestError(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   Error
	}{
		{402, `{"type":"about:blank","title":"Payment Required","status":402,"code":"balance_outstanding","detail":"the account has an outstanding balance"}`, Error{Status: 402, Code: "balance_outstanding", Message: "the account has an outstanding balance"}},
		{404, `{"title":"Not Found"}`, Error{Status: 404, Message: "Not Found"}},
		{502, `<html>bad gateway</html>`, Error{Status: 502, Message: "Bad Gateway"}},
		{599, ``, Error{Status: 599, Message: "unknown status"}},
		{307, ``, Error{Status: 307, Message: "Temporary Redirect"}},
		{302, ``, Error{Status: 302, Message: "Found"}},
	} {
		_, client := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		_, err := client.Images.SignURL(context.Background(), "a.jpg", nil)
		e, ok := errors.AsType[*Error](fmt.Errorf("wrapped: %w", err))
		require.True(t, ok)
		require.Equal(t, c.body, string(e.Body))
		e.Body = nil
		require.Equal(t, &c.want, e)
		require.Contains(t, e.Error(), fmt.Sprint(c.status))
	}
}

func TestErrorsHoldNoKey(t *testing.T) {
	_, c := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		fmt.Fprintf(w, `{"detail":%q,"code":%q}`, "you sent "+r.Header.Get("Authorization"), r.Header.Get("Authorization"))
	})
	_, err := c.Images.SignURL(context.Background(), "a.jpg", nil)
	e, ok := errors.AsType[*Error](err)
	require.True(t, ok)
	require.NotContains(t, fmt.Sprintf("%+v %s %s %v", *e, e.Body, e.Message, err), testKey)
	require.Contains(t, e.Message, testKey[:8]+"…")

	big, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(400)
		for range 100 {
			io.WriteString(w, strings.Repeat("x", 4096))
		}
	})
	_, err = c.Images.SignURL(context.Background(), "a.jpg", nil)
	e, ok = errors.AsType[*Error](err)
	require.True(t, ok)
	require.Len(t, e.Body, maxErrorBody)
	big.Close()
	_, err = c.Images.SignURL(context.Background(), "a.jpg", nil)
	require.Error(t, err)
	_, isURL := errors.AsType[*url.Error](err)
	require.False(t, isURL)
	require.NotContains(t, err.Error(), testKey)
}

func TestAnswersAreBounded(t *testing.T) {
	_, c := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"images":[],"more":"`)
		for range maxAnswer / 4096 {
			io.WriteString(w, strings.Repeat("x", 4096))
		}
		io.WriteString(w, `"}`)
	})
	_, err := c.Images.List(context.Background(), nil)
	require.ErrorContains(t, err, "more than")
}
