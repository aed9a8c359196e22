package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSignURLRefuses(t *testing.T) {
	f := newFixture(t, &Options{MaxSize: 1000})
	for body, want := range map[string]string{
		``:                                   "400 invalid_request",
		`{}`:                                 "400 invalid_key",
		`[]`:                                 "400 invalid_request",
		`null`:                               "400 invalid_request",
		`"a"`:                                "400 invalid_request",
		`{"key":"a"`:                         "400 invalid_request",
		`{"key":"a"}{}`:                      "400 invalid_request",
		`{"key":"a"} x`:                      "400 invalid_request",
		`{"key":1}`:                          "400 invalid_request",
		`{"key":null}`:                       "400 invalid_key",
		`{"Key":"a"}`:                        "400 invalid_request",
		`{"key":"a","x":1}`:                  "400 invalid_request",
		`{"key":"a","size":"1"}`:             "400 invalid_request",
		`{"key":"a","size":1.5}`:             "400 invalid_request",
		`{"key":"a","size":0}`:               "400 invalid_request",
		`{"key":"a","size":-1}`:              "400 invalid_request",
		`{"key":"a","size":1e99}`:            "400 invalid_request",
		`{"key":"a","size":1001}`:            "413 too_large",
		`{"key":"a","contentType":"text/x"}`: "415 unsupported_media_type",
		`{"key":"a","contentType":"image/svg+xml"}`:      "415 unsupported_media_type",
		`{"key":"a","contentType":7}`:                    "400 invalid_request",
		`{"key":"a","overwrite":1}`:                      "400 invalid_request",
		`{"key":""}`:                                     "400 invalid_key",
		`{"key":"/a"}`:                                   "400 invalid_key",
		`{"key":"a/"}`:                                   "400 invalid_key",
		`{"key":"a//b"}`:                                 "400 invalid_key",
		`{"key":"../a"}`:                                 "400 invalid_key",
		`{"key":"a/./b"}`:                                "400 invalid_key",
		`{"key":"a\\b"}`:                                 "400 invalid_key",
		`{"key":"a\u0000"}`:                              "400 invalid_key",
		`{"key":"a\u007f"}`:                              "400 invalid_key",
		`{"key":"\ud800.jpg"}`:                           "400 invalid_request",
		`{"key":"\udc00\ud800.jpg"}`:                     "400 invalid_request",
		`{"key":"\ud83d\u0041.jpg"}`:                     "400 invalid_request",
		"{\"key\":\"\xff.jpg\"}":                         "400 invalid_request",
		`{"key":"` + strings.Repeat("k", 1025) + `"}`:    "400 invalid_key",
		`{"key":"` + strings.Repeat("k", maxRequest):     "413 too_large",
		`{"` + strings.Repeat("x", 9999) + `":"a"}`:      "400 invalid_request",
		strings.Repeat(`{"key":`, 2000):                  "400 invalid_request",
		`{"key":"a","contentType":"image/png; charset="`: "400 invalid_request",
	} {
		a := f.send("POST", "/v1/images/sign-url", f.key, body)
		status, code, _ := strings.Cut(want, " ")
		require.Equal(t, status+" "+code, fmt.Sprint(a.status, " ", a.json["code"]), "%.80s", body)
		a.problem(t, a.status, code)
		require.Less(t, len(a.body), 1000)
	}
	for body, key := range map[string]string{
		`{"key":"\ud83d\ude00.jpg"}`: "😀.jpg",
		`{"key":"\ufffd.jpg"}`:       "\ufffd.jpg",
		`{"key":"%2e%2e"}`:           "%2e%2e",
	} {
		a := f.send("POST", "/v1/images/sign-url", f.key, body)
		require.Equal(t, key, a.json["key"], "%s: %s", body, a.body)
	}
	require.Zero(t, f.store.created)
}

func TestLoneSurrogate(t *testing.T) {
	for text, want := range map[string]bool{
		`"\ud800"`: true, `"\uDFFF"`: true, `"\ud83d\ude00"`: false, `"\\ud800"`: false, `"\\\ud800"`: true, `"\ud83d\\ude00"`: true,
		`"\ud83d"`: true, `"\ud83dx\ude00"`: true, `"\n\ud83d\ude00\ud83d\ude00"`: false, `""`: false, `"\u0041"`: false, `"\ude00\ud83d"`: true,
	} {
		require.Equal(t, want, loneSurrogate([]byte(text)), text)
	}
}

func TestNativePresigning(t *testing.T) {
	f := newFixture(t, nil)
	f.store.presign = true
	uploadURL, headers := f.signed(`{"key":"a.jpg","contentType":"image/jpg","size":12345}`)
	require.Equal(t, "https://bucket.example.com/demo/a.jpg?size=12345&expiry=5m0s", uploadURL)
	require.Equal(t, []string{"Content-Type", "image/jpeg"}, headers)
	uploadURL, _ = f.signed(`{"key":"a.jpg"}`)
	require.Contains(t, uploadURL, "size=0")

	strict := newFixture(t, &Options{Strict: true})
	strict.store.presign = true
	uploadURL, _ = strict.signed(`{"key":"a.jpg"}`)
	require.True(t, strings.HasPrefix(uploadURL, strict.URL))

	f.store.objects = map[string]object{"demo/a.jpg": {}}
	f.send("POST", "/v1/images/sign-url", f.key, `{"key":"a.jpg"}`).problem(t, 409, "key_exists")
	f.signed(`{"key":"a.jpg","overwrite":true}`)
}

func TestMountedAnywhere(t *testing.T) {
	f := newFixture(t, nil)
	mux := http.NewServeMux()
	mux.Handle("/api/b%20c/", http.StripPrefix("/api/b%20c", f.Config.Handler))
	mux.Handle("/deep/er/", http.StripPrefix("/deep/er", f.Config.Handler))
	s := httptest.NewTLSServer(mux)
	defer s.Close()
	r := f.request("POST", s.URL+"/deep/er/v1/images/sign-url?x=1", f.key, strings.NewReader(`{"key":"a.png"}`))
	resp, err := s.Client().Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), `"`+s.URL+`/deep/er/v1/uploads/demo/`, "scheme, host and prefix as the caller sees them")

	behind := newFixture(t, &Options{PublicURL: "https://api.example.com/x/"})
	uploadURL, _ := behind.signed(`{"key":"a.png"}`)
	require.True(t, strings.HasPrefix(uploadURL, "https://api.example.com/x/v1/uploads/demo/"), uploadURL)
}
