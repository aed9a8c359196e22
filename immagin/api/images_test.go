package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// images asks for one page.
func (f *fixture) images(query string) (keys []string, next string) {
	f.t.Helper()
	a := f.send("GET", "/v1/images"+query, f.key, "")
	require.Equal(f.t, 200, a.status, "%s", a.body)
	keys = []string{}
	for _, image := range a.json["images"].([]any) {
		keys = append(keys, image.(map[string]any)["key"].(string))
	}
	next, _ = a.json["nextCursor"].(string)
	return keys, next
}

func TestListImages(t *testing.T) {
	f := newFixture(t, nil)
	a := f.send("GET", "/v1/images", f.key, "")
	require.Equal(t, 200, a.status)
	require.JSONEq(t, `{"images":[]}`, string(a.body), "never null")

	f.store.objects = map[string]object{"demo/a <&>.png": {body: "12345"}, "acme/b.png": {}}
	a = f.send("GET", "/v1/images", f.key, "")
	require.JSONEq(t, `{"images":[{"key":"a <&>.png","size":5,"lastModified":"2023-11-14T22:13:20.5Z"}]}`, string(a.body))

	for i := range 120 {
		f.store.objects[fmt.Sprintf("demo/p/%03d", i)] = object{}
	}
	keys, next := f.images("")
	require.Len(t, keys, 50)
	require.NotEmpty(t, next)
	keys, next = f.images("?limit=1000")
	require.Len(t, keys, 121)
	require.Empty(t, next)
	keys, _ = f.images("?prefix=" + url.QueryEscape("a <"))
	require.Equal(t, []string{"a <&>.png"}, keys)

	all, cursor := []string{}, ""
	for {
		keys, next = f.images("?prefix=p%2F&limit=7" + cursor)
		all = append(all, keys...)
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Len(t, all, 120)
	require.IsIncreasing(t, all)

	head := f.send("HEAD", "/v1/images", f.key, "")
	require.Equal(t, 200, head.status)
}

func TestListImagesRefuses(t *testing.T) {
	f := newFixture(t, nil)
	f.store.objects = map[string]object{"demo/a": {}, "demo/b": {}, "demo/ab": {}, "acme/a": {}, "acme/b": {}}
	_, cursor := f.images("?limit=1")
	require.NotEmpty(t, cursor)
	_, ofA := f.images("?limit=1&prefix=a")
	ofAcme := f.send("GET", "/v1/images?limit=1", f.acme, "").json["nextCursor"].(string)
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=1001", "limit=1.0", "limit=1e2", "limit=", "limit=+1", "limit=01", "limit=%31%30x", "limit=99999999999999999999", "limit=1&limit=1",
		"Limit=1", "x=1", "x", "=", "limit=1;prefix=a", "prefix=%zz", "prefix=a&prefix=b", "limit[]=1",
		"cursor=x", "cursor=" + cursor + "A", "cursor=" + cursor[1:], "cursor=" + ofA, "cursor=" + ofAcme, "cursor=" + cursor + "&prefix=a", "cursor=" + cursor + "&cursor=" + cursor, "cursor=YQ", "cursor=" + strings.Repeat("A", 3000),
		"prefix=%2F", "prefix=a%2F%2F", "prefix=..%2F", "prefix=.%2Fa", "prefix=a%00", "prefix=%ff", "prefix=a%5C", "prefix=" + strings.Repeat("a", 1025),
	} {
		f.send("GET", "/v1/images?"+query, f.key, "").problem(t, 400, "invalid_request")
	}
	for _, query := range []string{"", "cursor=", "limit=1", "limit=1000", "prefix=", "prefix=..", "prefix=a%2F..", "prefix=a%2F", "prefix=" + strings.Repeat("a", 1024), "cursor=" + cursor} {
		f.images("?" + query)
	}
	f.send("GET", "/v1/images/", f.key, "").problem(t, 404, "not_found")
	f.send("GET", "/v1/images/a", f.key, "").problem(t, 405, "method_not_allowed")
}

// A cursor made with a secret that has since retired still goes on.
func TestCursorOutlivesSecret(t *testing.T) {
	p := Project{Secret: acmeSecret, Retired: []string{testSecret}}
	old := sealCursor(testSecret, "demo", "p/", "token")
	cursor, err := openCursor(p, "demo", "p/", old)
	require.NoError(t, err)
	require.Equal(t, "token", cursor)
	_, err = openCursor(Project{Secret: acmeSecret}, "demo", "p/", old)
	require.Error(t, err)
	_, err = openCursor(p, "acme", "p/", old)
	require.Error(t, err, "of another tenant with the same secret")
	// The parts do not run into each other.
	_, err = openCursor(p, "demop", "/", old)
	require.Error(t, err)
}

func TestStoreThatRefusesItsCursor(t *testing.T) {
	f := newFixture(t, nil)
	f.store.fail = &fs.PathError{Op: "list", Err: fs.ErrInvalid}
	f.send("GET", "/v1/images", f.key, "").problem(t, 400, "invalid_request")
}

func TestDeleteImage(t *testing.T) {
	type deleted struct{ tenant, key string }
	var got []deleted
	var fail error
	f := newFixture(t, &Options{Deleted: func(ctx context.Context, tenant, key string) error {
		deadline, ok := ctx.Deadline()
		require.True(t, ok && time.Until(deadline) <= time.Minute)
		got = append(got, deleted{tenant, key})
		return fail
	}})
	const key = "photos/hérø ?#%.jpg"
	path := "/v1/images/" + url.PathEscape(key)
	f.store.objects = map[string]object{"demo/" + key: {}, "acme/" + key: {}, "demo/sign-url": {}, "demo/photos": {}}
	a := f.send("DELETE", path, f.key, "")
	require.Equal(t, 204, a.status)
	require.Empty(t, a.body)
	require.Equal(t, []deleted{{"demo", key}}, got)
	_, there := f.store.get("demo/" + key)
	require.False(t, there)
	_, there = f.store.get("acme/" + key)
	require.True(t, there, "another tenant's stays")

	got = nil
	f.send("DELETE", path, f.key, "").problem(t, 404, "image_not_found")
	require.Equal(t, []deleted{{"demo", key}}, got, "what is derived goes even so")

	// What fails between the two is finished by the next call.
	f.store.objects["demo/"+key] = object{}
	fail = errors.New("derived store on disk 7")
	f.send("DELETE", path, f.key, "").problem(t, 502, "delete_incomplete")
	require.Contains(t, f.log.String(), "disk 7")
	f.send("DELETE", path, f.key, "").problem(t, 502, "delete_incomplete")
	fail = nil
	f.send("DELETE", path, f.key, "").problem(t, 404, "image_not_found")

	// Nothing is forgotten where nothing was deleted.
	got, f.store.fail = nil, errors.New("disk")
	f.send("DELETE", path, f.key, "").problem(t, 502, "store_failed")
	require.Empty(t, got)
	f.store.fail = nil

	require.Equal(t, 204, f.send("DELETE", "/v1/images/sign-url", f.key, "").status, "a key like any other")
	f.send("DELETE", "/v1/images/photos/x.jpg", f.key, "").problem(t, 404, "not_found")
	f.send("DELETE", "/v1/images", f.key, "").problem(t, 405, "method_not_allowed")
	require.Equal(t, 204, f.send("DELETE", "/v1/images/phot%6fs", f.key, "").status)
}

// An escaped slash comes through net/http's own router and StripPrefix.
func TestDeleteBehindAMux(t *testing.T) {
	f := newFixture(t, nil)
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", f.Config.Handler))
	for _, key := range []string{"photos/a.png", "a b/ü%2F.png", "a%2e%2e"} {
		f.store.objects = map[string]object{"demo/" + key: {}}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, f.request("DELETE", "/api/v1/images/"+url.PathEscape(key), f.key, nil))
		require.Equal(t, 204, w.Code, "%s: %s", key, w.Body)
	}
}

// The client's leaving does not keep what is derived.
func TestDeleteOutlivesTheClient(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	called := false
	f := newFixture(t, &Options{Deleted: func(ctx context.Context, _, _ string) error {
		called = true
		cancel()
		return ctx.Err()
	}})
	f.store.objects = map[string]object{"demo/a": {}}
	r := f.request("DELETE", "/v1/images/a", f.key, nil).WithContext(ctx)
	w := httptest.NewRecorder()
	f.Config.Handler.ServeHTTP(w, r)
	require.Equal(t, 204, w.Code)
	require.True(t, called)
}

// hostile are texts that have hurt servers.
var hostile = []string{
	"", ".", "..", "../a", "a/../b", "a/..", "%2e%2e", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "//etc", "a//b", "a/", "/", "\\", "..\\..\\windows", "C:\\x", "c:", "CON", "nul.txt", "aux", "LPT1.jpg", "a:b", "a\x00b", "\x00",
	"\x7f", "\u0085", "\u202e gpj.exe", "\u2066a", "\ufeff", "\u2028", "\xff\xfe", "\xc0\xae\xc0\xae/", "\xed\xa0\x80", "%", "%%", "%zz", "%00", "%u0041", "a%0d%0aSet-Cookie: x=1", "a\r\nb", "a\tb", " ", "a ", ".a", "a.", "~", "-rf", "$(id)", "`id`", "|id",
	"'; DROP TABLE keys;--", "<script>", "{{7*7}}", "${jndi:ldap://x}", "*", "?", "#", "&", ";", "=", "+", "a?b=c", "a#b", "sign-url", "key_", "null", "0", "-1", "1e999", "[]", "😀", "e\u0301", "é", "ﬁ", "İ", strings.Repeat("a", 1024), strings.Repeat("a", 1025), strings.Repeat("a/", 512) + "b", strings.Repeat("../", 700),
	strings.Repeat("é", 512), strings.Repeat("😀", 257), strings.Repeat("x", 256) + "/" + strings.Repeat("y", 256),
}

// hostileCalls makes text a key, a prefix and all else that a client can
// choose, against the real store.
func hostileCalls(t testing.TB, f *fixture, h http.Handler, text string) {
	t.Helper()
	quoted := strings.ReplaceAll(fmt.Sprintf("%+q", text), `\x`, `\u00`)
	for _, c := range []struct{ method, path, body string }{
		{"DELETE", "/v1/images/" + url.PathEscape(text), ""},
		{"DELETE", "/v1/images/" + (&url.URL{Path: text}).EscapedPath(), ""},
		{"DELETE", "/v1/keys/" + url.PathEscape(text), ""},
		{"GET", "/v1/images?prefix=" + url.QueryEscape(text), ""},
		{"GET", "/v1/images?cursor=" + url.QueryEscape(text), ""},
		{"GET", "/v1/images?limit=" + url.QueryEscape(text), ""},
		{"GET", "/v1/images?" + text, ""},
		{"PUT", "/v1/uploads/" + url.PathEscape(text) + "/" + url.PathEscape(text), "x"},
		{"POST", "/v1/images/sign-url", `{"key":` + quoted + `}`},
		{"POST", "/v1/images/sign-url", text},
		{"POST", "/v1/keys", `{"name":` + quoted + `}`},
		{"GET", "/" + text, ""},
	} {
		u, err := url.ParseRequestURI(c.path)
		if err != nil {
			continue // net/http answers 400
		}
		r := httptest.NewRequest(c.method, "/", strings.NewReader(c.body))
		r.URL, r.RequestURI = u, c.path
		r.Header.Set("Authorization", "Bearer "+f.key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code < 200 {
			t.Fatalf("%s %q %q: %d %s", c.method, c.path, c.body, w.Code, w.Body)
		}
		if w.Code < 300 && c.body == "" && strings.HasPrefix(c.path, "/v1/images/") {
			t.Fatalf("%s %q: deleted something", c.method, c.path)
		}
	}
	_, err := storage.NewOriginals(memblob.OpenBucket(nil), nil).List(context.Background(), "demo", text, "", 1, func(string, int64, time.Time) bool { return true })
	if validPrefix(text) != (err == nil) {
		t.Fatalf("prefix %q: storage says %v, the handler %v", text, err, validPrefix(text))
	}
	if (edit.ValidateKey(text) == nil) != (storage.CheckKey(text) == nil) {
		t.Fatalf("key %q: storage and edit disagree", text)
	}
}

func newHostile(t testing.TB) (*fixture, http.Handler) {
	t.Helper()
	key := sign.NewAPIKey()
	bucket := memblob.OpenBucket(nil) // nothing to close: it is memory
	h, err := New(storage.NewOriginals(bucket, nil), ProjectMap{"demo": {Secret: testSecret}}, NewMemoryKeys(NewKey("demo", "", key, time.Now())), &Options{RateLimit: RateLimit{PerSecond: -1}})
	require.NoError(t, err)
	return &fixture{key: key.Reveal()}, h
}

func TestHostileTexts(t *testing.T) {
	f, h := newHostile(t)
	for _, text := range hostile {
		for _, form := range []string{text, "a/" + text, text + "/a", url.PathEscape(text), strings.ToUpper(text) + text} {
			hostileCalls(t, f, h, form)
		}
	}
}

func FuzzHostileTexts(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	fix, h := newHostile(f)
	calls := 0
	f.Fuzz(func(t *testing.T, text string) {
		if calls++; calls%500 == 0 {
			fix, h = newHostile(t) // since keys are made
		}
		hostileCalls(t, fix, h, text)
	})
}
