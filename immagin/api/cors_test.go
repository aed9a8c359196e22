package api

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const page1, page2 = "https://www.example.com", "http://localhost:3000"

func preflight(f *fixture, path, method, origin string) answer {
	return f.send("OPTIONS", path, "", "", "Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", "content-type")
}

func corsHeaders(a answer) (names []string) {
	for name := range a.header {
		if strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	return names
}

func TestNoCORS(t *testing.T) {
	f := newFixture(t, nil)
	a := preflight(f, "/v1/uploads/demo/x.y", "PUT", page1)
	a.problem(t, 405, "method_not_allowed")
	require.Empty(t, corsHeaders(a))
	a = f.send("GET", "/v1/project", f.key, "", "Origin", page1)
	require.Empty(t, corsHeaders(a))
	require.Empty(t, a.header.Values("Vary"))
}

func TestCORSForUploads(t *testing.T) {
	f := newFixture(t, &Options{CORS: CORS{Origins: []string{page1, page2}, MaxAge: time.Hour}})
	uploadURL, _ := f.signed(`{"key":"a.png"}`)
	for _, origin := range []string{page1, page2} {
		a := preflight(f, uploadURL, "PUT", origin)
		require.Equal(t, 204, a.status)
		require.Equal(t, origin, a.header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, "PUT", a.header.Get("Access-Control-Allow-Methods"))
		require.Contains(t, a.header.Get("Access-Control-Allow-Headers"), "Content-Type")
		require.Equal(t, "3600", a.header.Get("Access-Control-Max-Age"))
		require.Equal(t, []string{"Origin"}, a.header.Values("Vary"))
		require.NotContains(t, a.header, "Access-Control-Allow-Credentials")
	}
	a := f.send("PUT", uploadURL, "", picture(t, "png"), "Origin", page1)
	require.Equal(t, 201, a.status)
	require.Equal(t, page1, a.header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, a.header.Get("Access-Control-Expose-Headers"), "Retry-After")

	a = f.send("PUT", uploadURL, "", picture(t, "png"), "Origin", page1)
	a.problem(t, 403, "ticket_used")
	require.Equal(t, page1, a.header.Get("Access-Control-Allow-Origin"), "a page sees errors too")

	for _, origin := range []string{"https://evil.example.com", "http://www.example.com", "https://www.example.com:444", "https://www.example.com.evil.com", "HTTPS://www.example.com", "null", "*", ""} {
		a := preflight(f, uploadURL, "PUT", origin)
		a.problem(t, 403, "origin_not_allowed")
		require.Empty(t, corsHeaders(a), origin)
		require.Equal(t, []string{"Origin"}, a.header.Values("Vary"))
		require.Empty(t, corsHeaders(f.send("PUT", uploadURL, "", "x", "Origin", origin)))
	}
	r := f.request("OPTIONS", uploadURL, "", nil, "Access-Control-Request-Method", "PUT")
	r.Header["Origin"] = []string{page1, page2}
	f.do(r).problem(t, 403, "origin_not_allowed")

	// The rest of the API is for servers.
	for _, path := range []string{"/v1/project", "/v1/images", "/v1/images/a", "/v1/keys"} {
		a := preflight(f, path, "GET", page1)
		a.problem(t, 405, "method_not_allowed")
		require.Empty(t, corsHeaders(a))
		require.Empty(t, corsHeaders(f.send("GET", path, f.key, "", "Origin", page1)))
	}
	f.send("OPTIONS", uploadURL, "", "", "Origin", page1).problem(t, 405, "method_not_allowed")
	preflight(f, "/v1/none", "PUT", page1).problem(t, 404, "not_found")
}

func TestCORSForAll(t *testing.T) {
	f := newFixture(t, &Options{CORS: CORS{Origins: []string{"*"}, API: true}})
	a := preflight(f, "/v1/images/sign-url", "POST", page1)
	require.Equal(t, 204, a.status)
	require.Equal(t, "*", a.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "POST, DELETE", a.header.Get("Access-Control-Allow-Methods"))
	require.Contains(t, a.header.Get("Access-Control-Allow-Headers"), "Authorization")
	require.Empty(t, a.header.Values("Vary"), "the same for all")
	require.NotContains(t, a.header, "Access-Control-Max-Age")
	require.Empty(t, a.body)

	a = f.send("GET", "/v1/project", "", "", "Origin", page2)
	a.problem(t, 401, "unauthorized")
	require.Equal(t, "*", a.header.Get("Access-Control-Allow-Origin"))
}

func TestCORSRefuses(t *testing.T) {
	for _, c := range []CORS{
		{Origins: []string{""}}, {Origins: []string{"example.com"}}, {Origins: []string{"https://example.com/"}}, {Origins: []string{"https://example.com/x"}}, {Origins: []string{"https://Example.com"}}, {Origins: []string{"null"}},
		{Origins: []string{"https://*.example.com?"}}, {Origins: []string{"https://u:p@example.com"}}, {Origins: []string{page1, "x"}}, {Origins: []string{"*"}, MaxAge: -1},
	} {
		_, err := New(new(memory), ProjectMap{}, NewMemoryKeys(), &Options{CORS: c})
		require.ErrorContains(t, err, "CORS", "%+v", c)
	}
	_, err := New(new(memory), ProjectMap{}, NewMemoryKeys(), &Options{CORS: CORS{Origins: []string{"*", page1, "capacitor://localhost", "http://[::1]:80"}}})
	require.NoError(t, err)
}
