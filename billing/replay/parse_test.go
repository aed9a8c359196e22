package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseCommon(t *testing.T) {
	at := time.Date(2000, 10, 10, 20, 55, 36, 0, time.UTC)
	get := Entry{Time: at, Method: "GET", Path: "/apache_pb.gif", Status: 200, Bytes: 2326}
	with := func(change func(*Entry)) Entry { e := get; change(&e); return e }
	for name, c := range map[string]struct {
		line string
		want Entry
	}{
		"the one of the Apache manual": {`127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326`, get},
		"combined":                     {`127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`, get},
		"no body":                      {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/2.0" 200 -`, with(func(e *Entry) { e.Bytes = 0 })},
		"a query":                      {`::1 - - [10/Oct/2000:20:55:36 +0000] "HEAD /a%20b?sig=1?2 HTTP/2.0" 304 0`, Entry{Time: at, Method: "HEAD", Path: "/a%20b", Query: "sig=1?2", Status: 304}},
		"virtual host":                 {`Img.example.com:443 10.0.0.1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326`, with(func(e *Entry) { e.Host = "Img.example.com:443" })},
		"a user of two words":          {`10.0.0.1 - John Doe [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326`, get},
		"a user in brackets":           {`10.0.0.1 - [x] [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326`, get},
		"a user that looks like a time, its quote escaped": {`10.0.0.1 - [11/Oct/2000:20:55:36 +0000] \"GET /b\" [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326`, get},
		"a whole URL":                 {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET https://a.example.com/apache_pb.gif HTTP/1.1" 200 2326`, with(func(e *Entry) { e.Host = "a.example.com" })},
		"a URL without path":          {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET http://a.example.com?x HTTP/1.1" 200 2326`, with(func(e *Entry) { e.Host, e.Path, e.Query = "a.example.com", "", "x" })},
		"no protocol":                 {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif" 200 2326`, get},
		"escapes":                     {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /a\x22\"\\\xzz HTTP/1.1" 200 2326`, with(func(e *Entry) { e.Path = `/a""\xzz` })},
		"cache, as nginx writes it":   {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "-" "curl/8" HIT`, with(func(e *Entry) { e.Cache = Hit })},
		"cache, in quotes":            {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "-" "curl/8" "0.003" "EXPIRED"`, with(func(e *Entry) { e.Cache = Miss })},
		"cache, with its name":        {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "-" "curl/8" - 12 cache=coalesced`, with(func(e *Entry) { e.Cache = Coalesced })},
		"cache, without an agent":     {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 TCP_MISS/200`, with(func(e *Entry) { e.Cache = Miss })},
		"words of the client's own":   {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "HIT" "MISS"`, get},
		"an agent that is cut off":    {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "-" "MISS`, get},
		"an agent with escaped words": {`::1 - - [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.1" 200 2326 "-" "a\" \"MISS" HIT`, with(func(e *Entry) { e.Cache = Hit })},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := ParseCommon([]byte(c.line))
			require.NoError(t, err)
			require.Equal(t, c.want, e)
		})
	}
}

func TestParseCommonRefuses(t *testing.T) {
	for name, line := range map[string]string{
		"nothing":           ``,
		"no time":           `127.0.0.1 - - "GET / HTTP/1.0" 200 1`,
		"a day too many":    `127.0.0.1 - - [32/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1`,
		"before 1970":       `127.0.0.1 - - [10/Oct/1969:13:55:36 -0700] "GET / HTTP/1.0" 200 1`,
		"after 2199":        `127.0.0.1 - - [31/Dec/2199:23:55:36 -0700] "GET / HTTP/1.0" 200 1`,
		"no request":        `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "-" 400 0`,
		"no closing quote":  `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0 200 1`,
		"an escaped quote":  `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0\" 200 1`,
		"no method":         `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] " / HTTP/1.0" 200 1`,
		"no status":         `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0"`,
		"status of 2":       `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 20 1`,
		"status with sign":  `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" +20 1`,
		"no size":           `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200`,
		"size below zero":   `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 -1`,
		"size beyond int64": `127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 9223372036854775808`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCommon([]byte(line))
			require.ErrorIs(t, err, ErrLine)
		})
	}
}

func TestParseJSON(t *testing.T) {
	at := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	get := Entry{Time: at, Method: "GET", Path: "/p", Status: 200}
	for name, c := range map[string]struct {
		line string
		want Entry
	}{
		"least":         {`{"time":"2026-11-03T10:00:00Z","path":"/p","status":200}`, get},
		"Unix seconds":  {`{"time":1793700000,"path":"/p","status":200}`, get},
		"another zone":  {`{"time":"2026-11-03T11:00:00+01:00","path":"/p","status":200,"level":"INFO","msg":"served"}`, get},
		"all":           {`{"time":"2026-11-03T10:00:00Z","tenant":"acme","host":"a.example.com","method":"HEAD","path":"/p?sig=1","status":304,"cache":"miss","bytes":12}`, Entry{Time: at, Tenant: "acme", Host: "a.example.com", Method: "HEAD", Path: "/p", Query: "sig=1", Status: 304, Cache: Miss, Bytes: 12}},
		"query apart":   {`{"time":"2026-11-03T10:00:00Z","path":"/p","query":"sig=1","status":200}`, Entry{Time: at, Method: "GET", Path: "/p", Query: "sig=1", Status: 200}},
		"key":           {`{"time":"2026-11-03T10:00:00Z","key":"hero.jpg","version":"v1","canonical":"{\"key\":\"hero.jpg\"}","status":200}`, Entry{Time: at, Method: "GET", Key: "hero.jpg", Version: "v1", Canonical: `{"key":"hero.jpg"}`, Status: 200}},
		"key, spread":   {`{"time":"2026-11-03T10:00:00Z","key":"hero.jpg","canonical": {"key" : "hero.jpg"},"status":200}`, Entry{Time: at, Method: "GET", Key: "hero.jpg", Canonical: `{"key":"hero.jpg"}`, Status: 200}},
		"refused":       {`{"time":"2026-11-03T10:00:00Z","status":403}`, Entry{Time: at, Method: "GET", Status: 403}},
		"nulls are out": {`{"time":"2026-11-03T10:00:00Z","path":"/p","status":200,"bytes":null,"canonical":null,"tenant":null,"cache":null}`, get},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := ParseJSON([]byte(c.line))
			require.NoError(t, err)
			require.Equal(t, c.want, e)
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	for name, line := range map[string]string{
		"nothing":              ``,
		"null":                 `null`,
		"a list":               `[]`,
		"cut off":              `{"time":"2026-11-03T10:00:00Z","path":"/p","status":20`,
		"no time":              `{"path":"/p","status":200}`,
		"a time of words":      `{"time":"yesterday","path":"/p","status":200}`,
		"fractions of seconds": `{"time":1793700000.5,"path":"/p","status":200}`,
		"a time of 2200":       `{"time":"2200-01-01T00:00:00Z","path":"/p","status":200}`,
		"no status":            `{"time":1793700000,"path":"/p"}`,
		"status in quotes":     `{"time":1793700000,"path":"/p","status":"200"}`,
		"status of 4":          `{"time":1793700000,"path":"/p","status":2000}`,
		"no path":              `{"time":1793700000,"status":200}`,
		"canonical a number":   `{"time":1793700000,"status":200,"key":"k","canonical":1}`,
		"bytes below zero":     `{"time":1793700000,"status":200,"path":"/p","bytes":-1}`,
		"bytes in parts":       `{"time":1793700000,"status":200,"path":"/p","bytes":1.5}`,
		"a path of numbers":    `{"time":1793700000,"status":200,"path":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseJSON([]byte(line))
			require.ErrorIs(t, err, ErrLine)
		})
	}
}

func TestCacheWords(t *testing.T) {
	for word, want := range map[string]Cache{
		"hit": Hit, "HIT": Hit, "HIT, MISS": Hit, "Hit from cloudfront": Hit, "RefreshHit": Hit, "STALE": Hit, "UPDATING": Hit, "REVALIDATED": Hit, "TCP_MEM_HIT/200": Hit, "HIT-CLUSTER": Hit,
		"miss": Miss, "EXPIRED": Miss, "BYPASS": Miss, "pass": Miss, "DYNAMIC": Miss, "TCP_MISS/200": Miss,
		"coalesced": Coalesced,
		"":          Unknown, "-": Unknown, "0.003": Unknown, "hits": Unknown,
	} {
		require.Equal(t, want, parseCache(word), word)
	}
}
