package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

// signed asks for an upload URL.
func (f *fixture) signed(request string) (uploadURL string, headers []string) {
	f.t.Helper()
	a := f.send("POST", "/v1/images/sign-url", f.key, request)
	require.Equal(f.t, 200, a.status, "%s", a.body)
	require.Equal(f.t, "PUT", a.json["method"])
	for name, value := range a.json["headers"].(map[string]any) {
		headers = append(headers, name, value.(string))
	}
	return a.json["uploadUrl"].(string), headers
}

// ticket signs a ticket as whoever has the secret could.
func (f *fixture) ticket(secret string, t sign.Ticket) string {
	f.t.Helper()
	k, err := sign.NewKeyring(secret)
	require.NoError(f.t, err)
	if t.Method == "" {
		t.Method = "PUT"
	}
	if t.MaxSize == 0 {
		t.MaxSize = 1 << 20
	}
	if t.Expires.IsZero() {
		t.Expires = f.clock().Add(time.Minute)
	}
	text, err := k.IssueTicket(t, f.clock())
	require.NoError(f.t, err)
	return text
}

func TestSignAndUpload(t *testing.T) {
	for _, format := range []string{"jpeg", "png", "gif"} {
		f := newFixture(t, nil)
		body := picture(t, format)
		a := f.send("POST", "/v1/images/sign-url", f.key, fmt.Sprintf(`{"key":"photos/hérø ?#%%.jpg","contentType":"image/%s","size":%d}`, format, len(body)))
		require.Equal(t, 200, a.status)
		require.Len(t, a.json, 5)
		require.Equal(t, "photos/hérø ?#%.jpg", a.json["key"])
		require.Equal(t, map[string]any{"Content-Type": "image/" + format}, a.json["headers"])
		require.Equal(t, "2027-01-15T08:05:00Z", a.json["expiresAt"])
		uploadURL := a.json["uploadUrl"].(string)
		require.True(t, strings.HasPrefix(uploadURL, f.URL+"/v1/uploads/demo/"), uploadURL)

		a = f.send("PUT", uploadURL, "", body, "Content-Type", "image/"+format)
		require.Equal(t, 201, a.status, "%s", a.body)
		require.Equal(t, map[string]any{"key": "photos/hérø ?#%.jpg", "size": float64(len(body)), "contentType": "image/" + format}, a.json)
		o, ok := f.store.get("demo/photos/hérø ?#%.jpg")
		require.True(t, ok)
		require.Equal(t, object{body, "image/" + format}, o)

		f.send("PUT", uploadURL, "", body, "Content-Type", "image/"+format).problem(t, 403, "ticket_used")
		f.send("POST", "/v1/images/sign-url", f.key, `{"key":"photos/hérø ?#%.jpg"}`).problem(t, 409, "key_exists")
	}
}

func TestUploadWithoutDeclarations(t *testing.T) {
	f := newFixture(t, nil)
	uploadURL, headers := f.signed(`{"key":"x.jpg"}`)
	require.Empty(t, headers)
	// What curl -d and a browser's form say is of no interest: a GIF is a GIF.
	r := f.request("PUT", uploadURL, "", io.MultiReader(strings.NewReader(picture(t, "gif"))), "Content-Type", "application/x-www-form-urlencoded")
	require.EqualValues(t, 0, r.ContentLength, "sent in chunks")
	require.Equal(t, 201, f.do(r).status)
	o, _ := f.store.get("demo/x.jpg")
	require.Equal(t, "image/gif", o.contentType)
}

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

func TestTicketsRefused(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	keyring, err := sign.NewKeyring(testSecret)
	require.NoError(t, err)
	good := f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "a.png"})
	text, _, _ := strings.Cut(good, ".")
	payload := "eyJrZXkiOiJhLnBuZyJ9"
	for name, path := range map[string]string{
		"nonsense":           "demo/x",
		"image signature":    "demo/" + payload + "." + keyring.Sign(payload),
		"image sig of text":  "demo/" + text + "." + keyring.Sign(text),
		"other secret":       "demo/" + f.ticket(acmeSecret, sign.Ticket{Tenant: "demo", Key: "a.png"}),
		"other tenant":       "acme/" + good,
		"ticket for another": "demo/" + f.ticket(testSecret, sign.Ticket{Tenant: "acme", Key: "a.png"}),
		"no such tenant":     "nobody/" + good,
		"other method":       "demo/" + f.ticket(testSecret, sign.Ticket{Method: "POST", Tenant: "demo", Key: "a.png"}),
		"cut":                "demo/" + good[:len(good)-1],
		"longer":             "demo/" + good + "0",
		"no signature":       "demo/" + text,
		"bad key":            "demo/" + f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "../a.png"}),
		"newline":            "demo/" + good + "%0a",
		"slash":              "demo/%2F" + good,
	} {
		a := f.send("PUT", "/v1/uploads/"+path, "", body)
		require.Equal(t, 403, a.status, name)
		a.problem(t, 403, "invalid_ticket")
	}
	require.Zero(t, f.store.created)
	f.send("GET", "/v1/uploads/demo/"+good, "", "").problem(t, 405, "method_not_allowed")
	retired := f.ticket("retired-secret-01234", sign.Ticket{Tenant: "demo", Key: "b.png"})
	require.Equal(t, 201, f.send("PUT", "/v1/uploads/demo/"+retired, "", body).status, "a retired secret's tickets still pass")
	require.Equal(t, 201, f.send("PUT", "/v1/uploads/demo/"+good, "", body).status)
}

func TestTicketExpires(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	first, _ := f.signed(`{"key":"a.png"}`)
	second, _ := f.signed(`{"key":"b.png"}`)
	f.later(5 * time.Minute)
	require.Equal(t, 201, f.send("PUT", first, "", body).status)
	f.later(time.Second)
	f.send("PUT", second, "", body).problem(t, 410, "ticket_expired")
	require.Equal(t, 1, f.store.created)
}

func TestUploadLimits(t *testing.T) {
	body := picture(t, "png")
	for name, c := range map[string]struct {
		max     int64
		request string
		chunked bool
	}{
		"server's limit, declared":  {int64(len(body)) - 1, `{"key":"a.png"}`, false},
		"server's limit, in chunks": {int64(len(body)) - 1, `{"key":"a.png"}`, true},
		"ticket's size, declared":   {1 << 20, fmt.Sprintf(`{"key":"a.png","size":%d}`, len(body)-1), false},
		"ticket's size, in chunks":  {1 << 20, fmt.Sprintf(`{"key":"a.png","size":%d}`, len(body)-1), true},
		"tiny, in chunks":           {1, `{"key":"a.png"}`, true},
	} {
		f := newFixture(t, &Options{MaxSize: c.max})
		uploadURL, _ := f.signed(c.request)
		var r io.Reader = strings.NewReader(body)
		if c.chunked {
			r = io.MultiReader(r)
		}
		f.do(f.request("PUT", uploadURL, "", r)).problem(t, 413, "too_large")
		require.Empty(t, f.store.objects, name)
	}
	f := newFixture(t, &Options{MaxSize: int64(len(body))})
	for i, r := range []io.Reader{strings.NewReader(body), io.MultiReader(strings.NewReader(body))} {
		uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"%d.png"}`, i))
		require.Equal(t, 201, f.do(f.request("PUT", uploadURL, "", r)).status, "exactly the limit")
	}
	f = newFixture(t, &Options{MaxSize: 1<<63 - 1})
	uploadURL, _ := f.signed(`{"key":"a.png"}`)
	require.Equal(t, 201, f.do(f.request("PUT", uploadURL, "", io.MultiReader(strings.NewReader(body)))).status)
}

// A refusal that the headers justify leaves the ticket as it was.
func TestEarlyRefusalSpendsNothing(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"a.png","contentType":"image/png","size":%d}`, len(body)))
	f.send("PUT", uploadURL, "", body+"x", "Content-Type", "image/png").problem(t, 413, "too_large")
	f.send("PUT", uploadURL, "", body).problem(t, 403, "header_mismatch")
	f.send("PUT", uploadURL, "", body, "Content-Type", "image/jpeg").problem(t, 403, "header_mismatch")
	require.Equal(t, 201, f.send("PUT", uploadURL, "", body, "Content-Type", "image/png").status)
}

func TestContentIsSniffed(t *testing.T) {
	f := newFixture(t, nil)
	for name, body := range map[string]string{
		"text": "hello", "html": "<html><script>", "svg": "<svg xmlns='http://www.w3.org/2000/svg'/>", "pdf": "%PDF-1.7\n", "empty": "", "zip": "PK\x03\x04",
		"image later": strings.Repeat(" ", 600) + picture(t, "png"), "half a magic": "\x89PNG",
	} {
		uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"%s.jpg"}`, name))
		f.send("PUT", uploadURL, "", body, "Content-Type", "image/jpeg").problem(t, 415, "unsupported_media_type")
	}
	uploadURL, _ := f.signed(`{"key":"a.png","contentType":"image/png"}`)
	f.send("PUT", uploadURL, "", picture(t, "gif"), "Content-Type", "image/png").problem(t, 415, "content_type_mismatch")
	require.Zero(t, f.store.created)
}

func TestOverwrite(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	first, _ := f.signed(`{"key":"a.png"}`)
	second, _ := f.signed(`{"key":"a.png"}`)
	over, _ := f.signed(`{"key":"a.png","overwrite":true}`)
	require.Equal(t, 201, f.send("PUT", first, "", body).status)
	f.send("PUT", second, "", picture(t, "gif")).problem(t, 409, "key_exists")
	o, _ := f.store.get("demo/a.png")
	require.Equal(t, body, o.body)
	require.Equal(t, 201, f.send("PUT", over, "", picture(t, "gif")).status)
	o, _ = f.store.get("demo/a.png")
	require.Equal(t, "image/gif", o.contentType)
	f.send("PUT", over, "", body).problem(t, 403, "ticket_used")
}

// Of many uploads with one ticket, and of many tickets for one key, one wins.
func TestConcurrentUploads(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	one, _ := f.signed(`{"key":"one.png","overwrite":true}`)
	urls := make([]string, 16)
	for i := range urls {
		if urls[i] = one; i%2 == 0 {
			urls[i], _ = f.signed(`{"key":"many.png"}`)
		}
	}
	statuses := make([]int, len(urls))
	var wg sync.WaitGroup
	for i, u := range urls {
		wg.Go(func() {
			r, err := http.NewRequest("PUT", u, strings.NewReader(body))
			if err != nil {
				return
			}
			resp, err := f.Client().Do(r)
			if err != nil {
				return
			}
			statuses[i] = resp.StatusCode
			resp.Body.Close()
		})
	}
	wg.Wait()
	count := map[string]int{}
	for i, s := range statuses {
		count[fmt.Sprint(i%2, " ", s)]++
	}
	require.Equal(t, map[string]int{"0 201": 1, "0 409": 7, "1 201": 1, "1 403": 7}, count)
}

// A connection that breaks in the middle leaves nothing behind.
func TestBrokenUpload(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	for i, cut := range []int{1, 100, 513, len(body) - 1} {
		uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"%d.png"}`, i))
		u, err := url.Parse(uploadURL)
		require.NoError(t, err)
		conn, err := net.Dial("tcp", u.Host)
		require.NoError(t, err)
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", u.Path, u.Host, len(body), body[:cut])
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, 400, resp.StatusCode)
		resp.Body.Close()
		conn.Close()
	}
	require.Empty(t, f.store.objects)
}

func TestBodyProblems(t *testing.T) {
	f := newFixture(t, nil)
	serve := func(body io.Reader) *httptest.ResponseRecorder {
		uploadURL, _ := f.signed(`{"key":"a.png"}`)
		w := httptest.NewRecorder()
		f.Config.Handler.ServeHTTP(w, httptest.NewRequest("PUT", uploadURL, io.NopCloser(body)))
		return w
	}
	head := picture(t, "png")[:600]
	require.Equal(t, 400, serve(iotest.TimeoutReader(strings.NewReader(head))).Code, "an error that is none of ours")
	require.Equal(t, 408, serve(io.MultiReader(strings.NewReader(head), iotest.ErrReader(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}))).Code)
	require.Equal(t, 413, serve(http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(head)), 10)).Code, "a limit that the integrator put in front")
	require.Empty(t, f.store.objects)
}

// faulty breaks one promise of a Store.
type faulty struct {
	memory
	create func(body io.Reader) error
}

func (f *faulty) Create(_ context.Context, _, _ string, body io.Reader, _ string, _ bool) error {
	return f.create(body)
}

func TestFaultyStores(t *testing.T) {
	for name, c := range map[string]struct {
		create func(body io.Reader) error
		status int
	}{
		"does not read to the end": {func(body io.Reader) error { _, err := io.CopyN(io.Discard, body, 600); return err }, 502},
		"fails":                    {func(io.Reader) error { return errors.New("disk is full") }, 502},
		"too slow":                 {func(io.Reader) error { return fmt.Errorf("put: %w", context.DeadlineExceeded) }, 504},
		"was raced":                {func(io.Reader) error { return &fs.PathError{Err: fs.ErrExist} }, 409},
		"hides the body's error":   {func(body io.Reader) error { _, _ = io.Copy(io.Discard, body); return nil }, 413},
	} {
		f := newFixture(t, nil)
		h, err := New(&faulty{create: c.create}, ProjectMap{"demo": {Secret: testSecret}}, f.keys, &Options{Now: f.clock})
		require.NoError(t, err)
		ticket := f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "a.png", MaxSize: int64(len(picture(t, "png"))) - 1})
		if c.status != 413 {
			ticket = f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "a.png"})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("PUT", "/v1/uploads/demo/"+ticket, io.MultiReader(strings.NewReader(picture(t, "png")))))
		require.Equal(t, c.status, w.Code, "%s: %s", name, w.Body)
		require.NotContains(t, w.Body.String(), "disk")
	}
}

func TestGuard(t *testing.T) {
	var asked []Upload
	var refusal error
	f := newFixture(t, &Options{Guard: func(_ context.Context, u Upload) error {
		asked = append(asked, u)
		return refusal
	}})
	body := picture(t, "png")
	uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"a.png","size":%d,"contentType":"image/png","overwrite":true}`, len(body)))
	want := Upload{Tenant: "demo", Key: "a.png", ContentType: "image/png", Size: int64(len(body)), Overwrite: true}
	require.Equal(t, []Upload{want}, asked)

	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{fmt.Errorf("acct_17: %w", ErrBalanceOutstanding), 402, "balance_outstanding"},
		{fmt.Errorf("plan free: %w", ErrProjectLimit), 403, "project_limit"},
		{errors.New("database on disk 7"), 500, "internal"},
	} {
		refusal = c.err
		f.send("POST", "/v1/images/sign-url", f.key, `{"key":"b.png"}`).problem(t, c.status, c.code)
		f.send("PUT", uploadURL, "", body, "Content-Type", "image/png").problem(t, c.status, c.code)
	}
	require.Zero(t, f.store.created)
	refusal, asked = nil, nil
	require.Equal(t, 201, f.send("PUT", uploadURL, "", body, "Content-Type", "image/png").status, "a refusal does not spend the ticket")
	require.Equal(t, []Upload{want}, asked)
}

type brokenNonces struct{}

func (brokenNonces) Use(context.Context, string, string, time.Duration) error {
	return errors.New("disk is full")
}

func TestNoncesFail(t *testing.T) {
	f := newFixture(t, &Options{Nonces: brokenNonces{}})
	uploadURL, _ := f.signed(`{"key":"a.png"}`)
	f.send("PUT", uploadURL, "", picture(t, "png")).problem(t, 500, "internal")
	require.Zero(t, f.store.created)
}

func TestMemoryNonces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		var m MemoryNonces
		require.NoError(t, m.Use(ctx, "demo", "n", time.Minute))
		require.ErrorIs(t, m.Use(ctx, "demo", "n", time.Minute), fs.ErrExist)
		require.NoError(t, m.Use(ctx, "acme", "n", time.Minute), "tenants do not share nonces")
		time.Sleep(time.Minute - 1)
		require.ErrorIs(t, m.Use(ctx, "demo", "n", time.Minute), fs.ErrExist)
		time.Sleep(time.Nanosecond)
		require.NoError(t, m.Use(ctx, "demo", "n", time.Minute))

		most := 0
		for i := range 20000 {
			require.NoError(t, m.Use(ctx, "demo", fmt.Sprint(i), time.Minute))
			most = max(most, len(m.until))
			time.Sleep(100 * time.Millisecond) // 600 are alive at a time
		}
		require.LessOrEqual(t, most, 1300, "what is over is dropped")
	})
}

func FuzzPaths(f *testing.F) {
	f.Add("/v1/uploads/demo/x.y")
	f.Add("/v1/uploads/%2e%2e/%00")
	h, err := New(new(memory), ProjectMap{"demo": {Secret: testSecret}}, NewMemoryKeys(), nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		for _, method := range []string{"GET", "PUT", "POST"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, &http.Request{Method: method, URL: u, RequestURI: path, Host: "example.com", Header: http.Header{}, Body: http.NoBody})
			if w.Code < 400 || w.Code >= 500 {
				t.Fatalf("%s %q: %d", method, path, w.Code)
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(`{"key":"a","contentType":"image/png","size":1}`)
	f.Add(`{"key":"\ud83d\ude00"}`)
	f.Fuzz(func(t *testing.T, body string) {
		var key string
		var size *int64
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		err := decode(httptest.NewRecorder(), r, map[string]any{"key": &key, "size": &size})
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.status/100 != 4) {
			t.Fatalf("%q: %v", body, err)
		}
		if err == nil && strings.Contains(key, "\ufffd") && !strings.Contains(body, "\ufffd") && !strings.Contains(strings.ToLower(body), `\ufffd`) {
			t.Fatalf("%q became the key %q", body, key)
		}
	})
}
