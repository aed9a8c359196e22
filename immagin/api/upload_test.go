package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
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

// faulty breaks one promise of a Store.

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
