package luna

import (
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzDisposition holds that whatever the name of an original, the header is
// one line of printable ASCII that parsers read, and names one file.
func FuzzDisposition(f *testing.F) {
	for _, key := range []string{"hero.jpg", `a/say "hi".jpg`, "写真.jpg", "evil\u202egpj.exe", "a\r\nSet-Cookie: x", "a;filename*=UTF-8''b.exe", "\x00", "\xff", ".", "a/", "100%41.jpg", "..jpg"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		d := disposition(key, "webp")
		for _, c := range []byte(d) {
			require.True(t, c >= ' ' && c <= '~', "%q", d)
		}
		kind, parameters, err := mime.ParseMediaType(d)
		require.NoError(t, err, "%q", d)
		require.Equal(t, "inline", kind)
		require.Len(t, parameters, 1)
		name := parameters["filename"]
		require.True(t, strings.HasSuffix(name, ".webp") && utf8.ValidString(name), "%q", name)
		require.NotContains(t, name, "/")
	})
}

// FuzzTenants has hosts and paths from the wire name a tenant, or none: what
// is found is a single label of the domain, or a single segment of the path.
func FuzzTenants(f *testing.F) {
	for _, s := range [][2]string{
		{"acme.example.com", "/eyJ"}, {"ACME.example.com:80", "/acme/eyJ"}, {".example.com", "//"}, {"a.b.example.com", "/a%2fb/c"},
		{"example.com", "/../a/b"}, {"[::1]:80", "/a/"}, {"acme.example.com.", "/a/b/c"}, {"a\x00.example.com", "/%00/b"}, {"-a.example.com", "*"},
	} {
		f.Add(s[0], s[1])
	}
	byHost, byPath := TenantFromHost("example.com"), TenantFromPath()
	f.Fuzz(func(t *testing.T, host, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			return
		}
		r := &http.Request{Host: host, URL: u}
		if tenant, err := byHost(r); err == nil {
			require.True(t, hostLabel(tenant), "%q", tenant)
			require.True(t, strings.HasPrefix(strings.ToLower(host), tenant+".example.com"), "%q is of %q", host, tenant)
		} else {
			require.Empty(t, tenant)
		}
		before := u.EscapedPath()
		tenant, err := byPath(r)
		if err != nil {
			require.Empty(t, tenant)
			return
		}
		require.NotEmpty(t, tenant)
		for i := range len(tenant) {
			require.True(t, base64urlDigit(tenant[i]), "%q", tenant)
		}
		require.Equal(t, strings.TrimPrefix(before, "/"), tenant+u.Path, "what is taken away and what is left are the whole")
	})
}

// FuzzStoredRecord reads what may be beside a derived image in a store that
// others write to: either it is what would be written again, and fit for an
// answer's header, or it is refused.
func FuzzStoredRecord(f *testing.F) {
	body := []byte("body")
	good := newRecord("image/webp", "webp", body).header()
	f.Add(good[headerType], good[headerExtension], good[headerTag], "", int64(4), body)
	f.Add(good[headerType], good[headerExtension], good[headerTag], "U+4E16", int64(5), body)
	f.Add("text/html", "html", good[headerTag], "", int64(4), body)
	f.Add("image/png\r\nX: y", "png", good[headerTag], "\r\n", int64(4), body)
	f.Add("image/png", "png", strings.Repeat(`"`, 32), "", int64(4), []byte{})
	f.Add("image/svg+xml", "svg", "", "", int64(-1), []byte("<svg/>"))
	f.Fuzz(func(t *testing.T, kind, extension, tag, missing string, size int64, body []byte) {
		header := map[string]string{headerType: kind, headerExtension: extension, headerTag: tag}
		if missing != "" {
			header[headerMissing] = missing
		}
		for _, body := range [][]byte{body, nil} {
			r, err := storedRecord(header, size, body)
			if err != nil {
				require.Nil(t, r)
				continue
			}
			require.Equal(t, header, r.header())
			if body != nil {
				require.Equal(t, entityTag(body), r.etag)
				require.EqualValues(t, len(body), r.size)
			}
			for _, s := range []string{r.contentType, r.etag, r.missing, r.extension} {
				require.NotContains(t, s, "\r")
				require.NotContains(t, s, "\n")
			}
		}
	})
}
