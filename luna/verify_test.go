package luna

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const testSignature = "6c60d53b495030f74292423943a93909f1882a72c2eed321d631cc979d07a061"

func TestParseQuery(t *testing.T) {
	for raw, want := range map[string]rung{
		"sig=" + testSignature:                         {},
		"w=400&sig=" + testSignature:                   {width: 400},
		"w=400&dpr=1.5&sig=" + testSignature:           {width: 400, density: 1.5},
		"w=400&dpr=2&fm=avif&sig=" + testSignature:     {width: 400, density: 2, format: "avif"},
		"w=1&fm=jp2&sig=" + testSignature:              {width: 1, format: "jp2"},
		"w=9007199&dpr=0.0001&sig=" + testSignature:    {width: 9007199, density: 0.0001},
		"w=400&dpr=1.25&fm=webp&sig=" + testSignature:  {width: 400, density: 1.25, format: "webp"},
		"w=16383&dpr=3&fm=heif&sig=" + testSignature:   {width: 16383, density: 3, format: "heif"},
		"w=400&dpr=10&fm=webp&sig=" + testSignature:    {width: 400, density: 10, format: "webp"},
		"w=400&dpr=100.5&fm=gif&sig=" + testSignature:  {width: 400, density: 100.5, format: "gif"},
		"w=400&dpr=12345&fm=tiff&sig=" + testSignature: {width: 400, density: 12345, format: "tiff"},
	} {
		q, ok := parseQuery(raw)
		require.True(t, ok, raw)
		require.Equal(t, query{want, testSignature}, q, raw)
	}
	s := testSignature
	for _, raw := range []string{
		"", "sig=", "sig", "sig=" + s[1:], "sig=" + s + "0", "SIG=" + s, "sig=" + strings.ToUpper(s),
		"sig=%36" + s[1:], "sig=" + s + "&sig=" + s, "sig=" + s + "&x=1", "x=1&sig=" + s, "&sig=" + s,
		"sig=" + s + "&", "sig=" + s + "#", "sig=" + s + ";x", " sig=" + s, "sig=+" + s[1:], "sig=" + s[1:] + "\n",
		"sig=" + s + "&w=400", "w=&sig=" + s, "w=0&sig=" + s, "w=-1&sig=" + s, "w=+1&sig=" + s, "w=01&sig=" + s,
		"w=1e2&sig=" + s, "w=1.0&sig=" + s, "w=99999999999999999999&sig=" + s, "w=4%30&sig=" + s, "w=1&w=1&sig=" + s,
		"w=1&dpr=&sig=" + s, "w=1&dpr=1.0&sig=" + s, "w=1&dpr=.5&sig=" + s, "w=1&dpr=1e0&sig=" + s, "w=1&dpr=0&sig=" + s,
		"w=1&dpr=-1&sig=" + s, "w=1&dpr=NaN&sig=" + s, "w=1&dpr=Inf&sig=" + s, "w=1&dpr=+Inf&sig=" + s, "w=1&dpr=0x1p1&sig=" + s,
		"w=1&dpr=1_0&sig=" + s, "w=1&fm=webp&dpr=1&sig=" + s, "w=1&fm=&sig=" + s, "w=1&fm=WebP&sig=" + s, "w=1&fm=we%62p&sig=" + s,
		"dpr=1&w=1&sig=" + s, "w=1", "w=1&", "w=1&dpr=1", "w=1&&sig=" + s, "w=1sig=" + s,
	} {
		_, ok := parseQuery(raw)
		require.False(t, ok, raw)
	}
}

// FuzzParseQuery holds that a query has one spelling: what passes is what its
// parts spell.
func FuzzParseQuery(f *testing.F) {
	f.Add("sig=" + testSignature)
	f.Add("w=400&dpr=1.5&fm=avif&sig=" + testSignature)
	f.Add("w=400&fm=avif&sig=" + testSignature)
	f.Add("w=1&dpr=0x1p1&sig=" + testSignature)
	f.Fuzz(func(t *testing.T, raw string) {
		q, ok := parseQuery(raw)
		if !ok {
			require.Zero(t, q.rung)
			return
		}
		require.Equal(t, raw, spell(q))
	})
}

func TestSplitPath(t *testing.T) {
	for path, want := range map[string]string{
		"/eyJr-_9": "eyJr-_9",
		"eyJr":     "eyJr", // StripPrefix("/img/") leaves it so
	} {
		got, ok := splitPath(path)
		require.True(t, ok, path)
		require.Equal(t, want, got)
	}
	for _, path := range []string{"", "/", "//eyJ", "/eyJ/", "/a/eyJ", "/eyJ%41", "/eyJ=", "/eyJ+", "/eyJ ", "/é", "/eyJ.png", "/../eyJ"} {
		_, ok := splitPath(path)
		require.False(t, ok, path)
	}
}

func TestTenants(t *testing.T) {
	host := TenantFromHost("Example.com.")
	path := TenantFromPath()
	fixed := FixedTenant("demo")
	for _, c := range []struct {
		of           TenantFunc
		url          string
		tenant, rest string // no tenant where empty
	}{
		{fixed, "http://anything/eyJ", "demo", "/eyJ"},
		{host, "http://acme.example.com/eyJ", "acme", "/eyJ"},
		{host, "http://ACME.example.COM:8080/eyJ", "acme", "/eyJ"},
		{host, "http://a-1.example.com/eyJ", "a-1", "/eyJ"},
		{host, "http://example.com/eyJ", "", ""},
		{host, "http://.example.com/eyJ", "", ""},
		{host, "http://a.b.example.com/eyJ", "", ""},
		{host, "http://acmeexample.com/eyJ", "", ""},
		{host, "http://acme.example.com.evil.net/eyJ", "", ""},
		{host, "http://acme.example.com./eyJ", "", ""},
		{host, "http://-a.example.com/eyJ", "", ""},
		{host, "http://a_b.example.com/eyJ", "", ""},
		{host, "http://" + strings.Repeat("a", 64) + ".example.com/eyJ", "", ""},
		{host, "http://127.0.0.1/eyJ", "", ""},
		{host, "http://[::1]:80/eyJ", "", ""},
		{path, "http://cdn/acme/eyJ", "acme", "/eyJ"},
		{path, "http://cdn/Acme_1-2/eyJ", "Acme_1-2", "/eyJ"},
		{path, "http://cdn/acme/", "acme", "/"},
		{path, "http://cdn/acme/a/eyJ", "acme", "/a/eyJ"},
		{path, "http://cdn/acme/e%79J", "acme", "/e%2579J"}, // refused by its percent sign
		{path, "http://cdn/eyJ", "", ""},
		{path, "http://cdn//eyJ", "", ""},
		{path, "http://cdn/ac%6De/eyJ", "", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, c.url, nil)
		got := copyRequest(r)
		tenant, err := c.of(got)
		if c.tenant == "" {
			require.Error(t, err, c.url)
			continue
		}
		require.NoError(t, err, c.url)
		require.Equal(t, c.tenant, tenant, c.url)
		require.Equal(t, c.rest, got.URL.EscapedPath(), c.url)
		require.Equal(t, c.url, r.URL.String(), "the caller's request is not changed")
	}
}

func spell(q query) string {
	var s string
	if q.rung.width != 0 {
		s = "w=" + strconv.Itoa(q.rung.width)
		if q.rung.density != 0 {
			s += "&dpr=" + strconv.FormatFloat(q.rung.density, 'f', -1, 64)
		}
		if q.rung.format != "" {
			s += "&fm=" + q.rung.format
		}
		s += "&"
	}
	return s + "sig=" + q.signature
}
