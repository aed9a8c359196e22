package immagin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/sign"
)

// echo is a network that sends all that it was sent back, by fail.
type echo struct {
	upload string // URL that sign-url answers; "" echoes there too
	fail   func(dump string) (*http.Response, error)
}

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	if e.upload != "" && strings.HasSuffix(r.URL.Path, "/sign-url") {
		text, err := json.Marshal(SignedURL{UploadURL: e.upload, Method: "PUT", Headers: map[string]string{"X-Amz-Security-Token": "header-swordfish"}, Key: "a"})
		if err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(text))}, nil
	}
	dump, err := httputil.DumpRequest(r, false)
	if err != nil {
		return nil, err
	}
	said := fmt.Sprintf("%s %s %s %s %s %s %s", path.Base(r.URL.Path), dump, r.URL, r.URL.RequestURI(), url.QueryEscape(r.URL.String()), r.URL.RawQuery, r.URL.Query())
	return e.fail(said)
}

// Whatever becomes of a call, nothing that it returns shows the API key, the
// secret or a right to upload.
func TestErrorsShowNothing(t *testing.T) {
	newKey := sign.NewAPIKey().Reveal()
	escaped := strings.NewReplacer("imk_", `\u0069mk_`).Replace(testKey)
	echoes := map[string]func(dump string) (*http.Response, error){
		"transport error": func(dump string) (*http.Response, error) { return nil, errors.New("lost: " + dump) },
		"wrapped": func(dump string) (*http.Response, error) {
			return nil, &url.Error{Op: "Put", URL: dump, Err: errors.New(dump)}
		},
		"text": func(dump string) (*http.Response, error) { return answer(400, dump), nil },
		"problem": func(dump string) (*http.Response, error) {
			text, err := json.Marshal(map[string]string{"detail": dump, "code": dump, "title": dump})
			return answer(404, string(text)), err
		},
		"escaped problem": func(string) (*http.Response, error) {
			return answer(404, `{"detail":"`+escaped+`"}`), nil
		},
		"redirect": func(dump string) (*http.Response, error) {
			return answer(307, dump, "Location", "https://elsewhere.example.com/"+url.PathEscape(dump)), nil
		},
		"server error": func(dump string) (*http.Response, error) { return answer(503, dump, "X-Echo", dump), nil },
		"not JSON":     func(dump string) (*http.Response, error) { return answer(200, dump), nil },
		"wrong JSON": func(dump string) (*http.Response, error) {
			text, err := json.Marshal(map[string]any{"baseUrl": dump, "secret": []string{testSecret}, "key": dump, "images": dump, "width": dump, "uploadUrl": 7})
			return answer(200, string(text)), err
		},
		"bad values": func(string) (*http.Response, error) {
			return answer(200, `{"baseUrl":"https://u:`+testSecret+`@x","secret":"`+testSecret+`","key":"`+newKey+`!","uploadUrl":"ht tp://query-swordfish-0123","method":"P T"}`), nil
		},
		"body breaks": func(dump string) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{dump}))}, nil
		},
	}
	uploads := []string{
		"", // sign-url itself echoes
		"https://api.example.com/v1/uploads/demo/ticket-swordfish-0123456789.abcdef",
		"https://bucket.example.com/a?X-Amz-Signature=query-swordfish-0123&X-Amz-Credential=AKIA%2Fquery-swordfish-0123%2Faws4_request",
		"https://account.blob.example.com/c/a?sv=2024&sig=query-swordfish-0123%2B%2F%3D&se=2027",
		"ht tp://query-swordfish-0123",
		"/query-swordfish-0123",
	}
	hidden := []string{
		testKey, newKey, testSecret, "ticket-swordfish", "query-swordfish", "header-swordfish", url.QueryEscape(testKey),
		base64.StdEncoding.EncodeToString([]byte(testKey)), fmt.Sprintf("%x", testKey),
	}
	ctx := context.Background()
	for name, fail := range echoes {
		for _, upload := range uploads {
			c, err := NewClient(testKey, &Options{BaseURL: "https://api.example.com", HTTPClient: &http.Client{Transport: echo{upload, fail}}, MaxRetries: -1})
			require.NoError(t, err)
			given, err := NewClient(testKey, &Options{BaseURL: "https://api.example.com", HTTPClient: c.http, Secret: testSecret, DeliveryURL: "https://a.example.com", MaxRetries: -1})
			require.NoError(t, err)
			errs := map[string]error{}
			_, errs["URL"] = c.Images.URL(ctx, "a", nil, nil)
			_, errs["Upload"] = c.Images.Upload(ctx, "a", bytes.NewReader(picture(t, 8)), nil)
			_, errs["List"] = c.Images.List(ctx, nil)
			for _, err := range c.Images.All(ctx, nil) {
				errs["All"] = err
			}
			errs["Delete"] = c.Images.Delete(ctx, "a")
			_, errs["Metadata"] = given.Images.Metadata(ctx, "a", nil)
			_, errs["Keys.Create"] = c.Keys.Create(ctx, "a")
			_, errs["Keys.List"] = c.Keys.List(ctx)
			errs["Keys.Revoke"] = c.Keys.Revoke(ctx, "key_1")
			errs["Refresh"] = c.Refresh(ctx)
			if upload == "" {
				_, errs["SignURL"] = c.Images.SignURL(ctx, "a", nil)
			}
			failures := 0
			for call, err := range errs {
				if err == nil {
					continue
				}
				failures++
				shown := shownBy(err)
				for _, secret := range hidden {
					require.NotContains(t, shown, secret, "%s: %s: %s", name, upload, call)
				}
				if call == "Metadata" {
					payload, err := (&edit.Request{Key: "a", Metadata: new(edit.Metadata)}).Payload()
					require.NoError(t, err)
					require.NotContains(t, shown, given.project.Load().keyring.Sign(payload), name)
				}
			}
			require.GreaterOrEqual(t, failures, 4, "%s: a test of errors needs errors", name)
		}
	}
}

type broken struct{ said string }

func (b broken) Read([]byte) (int, error) { return 0, errors.New("broken: " + b.said) }

// shownBy is what a program may print of an error, and of what it wraps.
func shownBy(err error) string {
	var out strings.Builder
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(&out, "%v %+v %#v %s %q\n", err, err, err, err, err)
		_ = json.NewEncoder(&out).Encode(err)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", err)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", err)
		if e, ok := err.(*Error); ok {
			fmt.Fprintf(&out, "%s %+v %#v\n", e.Body, *e, *e)
		}
	}
	return out.String()
}

func FuzzProblem(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[]`, `{"detail":"x","code":"y"}`, `{"title":"x"}`, `{"title":7,"detail":null,"code":{}}`, `{"code":"a","status":"b"}`,
		`{"detail":"` + testKey + `"}`, `{"detail":"\u0069mk_"}`, "\xff", `<html>`, testKey,
	} {
		f.Add(400, seed)
	}
	c, err := NewClient(testKey, &Options{BaseURL: "https://api.example.com"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, status int, body string) {
		e := c.errorOf(&http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))})
		if e.Status != status || e.Message == "" || len(e.Body) > maxErrorBody {
			t.Fatalf("%+v", e)
		}
		if strings.Contains(e.Error()+string(e.Body), testKey) {
			t.Fatal("the key shows")
		}
		if !strings.Contains(body, testKey) && string(e.Body) != body[:min(len(body), maxErrorBody)] {
			t.Fatal("the body is another")
		}
	})
}

// Whatever the API says in answer to any call, the client neither panics nor
// goes on for ever.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"images":[{"key":"a","size":1,"lastModified":"2027-01-15T08:00:00Z"}],"nextCursor":"b"}`, `[{"id":"key_1","lastUsedAt":null}]`,
		`{"id":"key_1","key":"imk_0123456789012345678901","prefix":"imk_0123","name":"x"}`, `{"width":1,"placeholder":{"thumbHash":"AA==","dataUrl":"x"}}`,
		`{"baseUrl":"https://a.example.com","secret":"test-secret-0123456789"}`, `{"uploadUrl":"https://s.example.com/v1/uploads/a/b?c=d&e","method":"PUT","headers":{"Host":"x","Content-Length":"3","A b":"\n"}}`,
		`{"uploadUrl":"http:///","method":"\u0000"}`, `null`, `{}`, `[]`, `{"size":1e99}`, ``,
	} {
		f.Add(200, seed)
		f.Add(404, seed)
	}
	ctx := context.Background()
	f.Fuzz(func(_ *testing.T, status int, body string) {
		c, err := NewClient(testKey, &Options{BaseURL: "https://api.example.com", MaxRetries: -1, HTTPClient: &http.Client{
			Transport: echo{fail: func(string) (*http.Response, error) { return answer(status, body), nil }},
		}})
		if err != nil {
			panic(err)
		}
		_, _ = c.Images.Upload(ctx, "a", strings.NewReader("abc"), nil)
		_, _ = c.Images.Metadata(ctx, "a", &MetadataOptions{Placeholder: true})
		n := 0
		for range c.Images.All(ctx, nil) {
			if n++; n > 1000 {
				break // of as many images on its pages
			}
		}
		_ = c.Images.Delete(ctx, "a")
		_, _ = c.Keys.Create(ctx, "a")
		_, _ = c.Keys.List(ctx)
		_ = c.Keys.Revoke(ctx, "a")
	})
}
