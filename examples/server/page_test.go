package main

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// own is what the browser sends for the page's own requests.
func (s *running) own() http.Header {
	return http.Header{"Content-Type": {"application/json"}, "Origin": {s.url}, "Sec-Fetch-Site": {"same-origin"}}
}

func TestPage(t *testing.T) {
	s := start(t, t.TempDir())
	index := s.get("/")
	require.Equal(t, 200, index.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", index.Header.Get("Content-Type"))
	require.Contains(t, index.Header.Get("Content-Security-Policy"), "default-src 'none'")

	presigned := s.do(request{method: "POST", path: "/playground/upload", header: s.own(), body: []byte(`{"name":"My lake (1).jpg","contentType":"image/jpeg","size":` + jsonOf(len(drawn())) + `}`)})
	require.Equal(t, 200, presigned.StatusCode, "%s", presigned.body)
	s.put(presigned.body, drawn())
	var to struct{ Key string }
	require.NoError(t, json.Unmarshal(presigned.body, &to))
	require.Regexp(t, `^uploads/[a-z2-7]{8}-My-lake--1-\.jpg$`, to.Key)

	answer := s.do(request{method: "POST", path: "/playground/sign", header: s.own(), body: []byte(`{"key":"` + to.Key + `","edits":[{"resize":{"width":200,"height":150}}]}`)})
	require.Equal(t, 200, answer.StatusCode, "%s", answer.body)
	var is struct{ URL string }
	require.NoError(t, json.Unmarshal(answer.body, &is))
	picture := s.get(is.URL)
	require.Equal(t, 200, picture.StatusCode, "%s", picture.body)
	require.Equal(t, signed(s.secret, `{"key":"`+to.Key+`","edits":[{"resize":{"width":200,"height":150}}]}`), is.URL)

	t.Run("faults are told by their paths", func(t *testing.T) {
		answer := s.do(request{method: "POST", path: "/playground/sign", header: s.own(), body: []byte(`{"key":"a.jpg","edits":[{"resize":{"width":0}}]}`)})
		require.Equal(t, 400, answer.StatusCode)
		require.Contains(t, string(answer.body), `"path":"edits[0].resize.width"`)
	})
	t.Run("what is no picture is refused before it is sent", func(t *testing.T) {
		answer := s.do(request{method: "POST", path: "/playground/upload", header: s.own(), body: []byte(`{"name":"a.txt","contentType":"text/plain","size":5}`)})
		require.Equal(t, 415, answer.StatusCode)
	})
	t.Run("neither secret nor key is in the page or an answer", func(t *testing.T) {
		all := string(index.body) + string(presigned.body) + string(answer.body)
		err := fs.WalkDir(pageFiles, "page", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() != "index.html" {
				file := s.get("/playground/" + d.Name())
				require.Equal(t, 200, file.StatusCode)
				all += string(file.body)
			}
			return err
		})
		require.NoError(t, err)
		require.Contains(t, all, "/playground/sign")
		require.NotContains(t, all, s.secret)
		require.NotContains(t, all, "imk_")
	})
	t.Run("a browser keeps files as long as they are the same", func(t *testing.T) {
		file := s.get("/playground/page.js")
		require.Equal(t, "text/javascript; charset=utf-8", file.Header.Get("Content-Type"))
		require.Equal(t, "no-cache", file.Header.Get("Cache-Control"))
		again := s.do(request{path: "/playground/page.js", header: http.Header{"If-None-Match": {file.Header.Get("Etag")}}})
		require.Equal(t, 304, again.StatusCode)
		require.Empty(t, again.body)
	})
	t.Run("nothing comes from elsewhere", func(t *testing.T) {
		require.NotContains(t, string(index.body), "//", "no other host")
	})
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestPageAnswersItselfAlone(t *testing.T) {
	s := start(t, t.TempDir())
	port := s.url[strings.LastIndex(s.url, ":"):]
	questions := map[string]string{
		"/playground/sign":     `{"key":"a.jpg"}`,
		"/playground/describe": `{"key":"a.jpg"}`,
		"/playground/upload":   `{"name":"a.jpg","size":5}`,
		"/playground/samples":  `{}`,
		"/playground/usage":    `{}`,
		"/playground/costs":    `{"transforms":1000,"deliveries":1}`,
	}
	for path := range new(page).endpoints() {
		require.Contains(t, questions, path, "an endpoint that this test does not try")
	}
	for path, question := range questions {
		ask := func(host string, change func(http.Header)) response {
			q := request{method: "POST", path: path, host: host, header: s.own(), body: []byte(question)}
			change(q.header)
			return s.do(q)
		}
		require.Equal(t, 200, ask("", func(http.Header) {}).StatusCode)
		for name, change := range map[string]func(http.Header){
			"foreign origin": func(h http.Header) { h.Set("Origin", "https://evil.example") },
			"null origin":    func(h http.Header) { h.Set("Origin", "null") },
			"no origin":      func(h http.Header) { h.Del("Origin") },
			"cross-site":     func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"other port":     func(h http.Header) { h.Set("Origin", "http://127.0.0.1:1") },
		} {
			answer := ask("", change)
			require.Equal(t, 403, answer.StatusCode, "%s %s", path, name)
			require.NotContains(t, string(answer.body), "sig=")
		}
		if path != "/playground/usage" { // which reads no question, and has a page of its own
			form := ask("", func(h http.Header) { h.Set("Content-Type", "text/plain") })
			require.Equal(t, 415, form.StatusCode, "what a form can send")
			require.Equal(t, 405, s.do(request{path: path}).StatusCode, "GET")
		}
		rebound := ask("evil.example"+port, func(h http.Header) { h.Set("Origin", "http://evil.example"+port) })
		require.Equal(t, 403, rebound.StatusCode, "DNS rebinding")
		for _, host := range []string{"evil.example", "localhost.evil.example", "127.0.0.1.evil.example"} {
			rebound = ask(host+port, func(h http.Header) { h.Set("Sec-Fetch-Site", "same-origin"); h.Set("Origin", "http://"+host+port) })
			require.Equal(t, 403, rebound.StatusCode, "%s at %s", path, host)
			require.NotContains(t, string(rebound.body), "sig=")
			rebound = ask(host+port, func(h http.Header) {}) // our Origin, by whatever trick
			require.Equal(t, 403, rebound.StatusCode, "%s at %s", path, host)
		}
		none := s.do(request{method: "OPTIONS", path: path, header: http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"POST"}}})
		require.Empty(t, none.Header.Get("Access-Control-Allow-Origin"))
	}
	require.Equal(t, 403, s.do(request{path: "/", host: "evil.example" + port}).StatusCode, "DNS rebinding")
	large := s.do(request{method: "POST", path: "/playground/sign", header: s.own(), body: []byte(`{"key":"` + strings.Repeat("k", maxQuestion) + `"}`)})
	require.Equal(t, 413, large.StatusCode)
}

func TestPageOfTenant(t *testing.T) {
	s := start(t, t.TempDir())
	host := "acme.localhost" + s.url[strings.LastIndex(s.url, ":"):]
	header := s.own()
	header.Set("Origin", "http://"+host)
	answer := s.do(request{method: "POST", path: "/playground/sign", host: host, header: header, body: []byte(`{"key":"a.jpg"}`)})
	require.Equal(t, 200, answer.StatusCode)
	require.Contains(t, string(answer.body), signed(hexMAC(s.secret, "acme"), `{"key":"a.jpg"}`))
}

func TestPageIsOffWhereOthersReachIt(t *testing.T) {
	off := start(t, t.TempDir(), "-addr", "0.0.0.0:0")
	off.url = strings.NewReplacer("0.0.0.0", "127.0.0.1", "[::]", "127.0.0.1").Replace(off.url)
	answer := off.get("/")
	require.Equal(t, 403, answer.StatusCode)
	require.Contains(t, string(answer.body), "-playground")
	require.Equal(t, 403, off.do(request{method: "POST", path: "/playground/sign", header: off.own(), body: []byte(`{"key":"a.jpg"}`)}).StatusCode)
	require.Equal(t, 403, off.get("/playground/page.js").StatusCode)
	require.Equal(t, 200, off.get("/healthz").StatusCode, "the rest goes on")

	on := start(t, t.TempDir(), "-addr", "0.0.0.0:0", "-playground")
	on.url = strings.NewReplacer("0.0.0.0", "127.0.0.1", "[::]", "127.0.0.1").Replace(on.url)
	require.Equal(t, 200, on.get("/").StatusCode)
	require.Equal(t, 200, on.do(request{method: "POST", path: "/playground/sign", header: on.own(), body: []byte(`{"key":"a.jpg"}`)}).StatusCode)
	require.Equal(t, 403, on.do(request{path: "/", host: "evil.example"}).StatusCode)
}

func TestKeyNames(t *testing.T) {
	for name, want := range map[string]string{
		"hero.jpg":                       "hero.jpg",
		"../../etc/passwd":               "..-..-etc-passwd",
		`C:\pictures\a b.png`:            "C--pictures-a-b.png",
		"Übung 1.webp":                   "Übung-1.webp",
		"\x00\n\u202e":                   "---",
		"":                               "picture",
		strings.Repeat("x", 99) + ".jpg": strings.Repeat("x", 56) + ".jpg",
	} {
		require.Equal(t, want, keyName(name))
	}
}
