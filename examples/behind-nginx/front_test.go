package behindnginx

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/servertest"
)

// A front is a cache in front of a site.
type front struct {
	*site
	address string
	client  *http.Client
}

func newFront(t *testing.T, s *site, address string) *front {
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	return &front{s, address, &http.Client{Transport: transport}}
}

func TestNginx(t *testing.T) {
	t.Parallel() // they mostly wait
	s := newSite(t)
	var cache string
	address := servertest.Nginx(t, func(port int, folder string) string {
		cache = folder + "/cache"
		return replaced(t, "nginx.conf",
			"    listen 80;", "    listen 127.0.0.1:"+strconv.Itoa(port)+";",
			"    server 127.0.0.1:8080;", "    server "+s.server.Listener.Addr().String()+";",
			"    server 127.0.0.1:8001;", "    server unix:"+folder+"/cache.sock;",
			"    listen 127.0.0.1:8001;", "    listen unix:"+folder+"/cache.sock;",
			" /var/cache/nginx/luna ", " "+cache+" ",
		)
	})
	f := newFront(t, s, address)
	t.Run("purge", func(t *testing.T) {
		purge(t, f, func(t *testing.T, url string) {
			// Files, found by what they say of their key, as the page has it.
			host, _, _ := strings.Cut(url, "/")
			said, err := exec.Command("sh", "-c", `grep -lra "KEY: $0/" "$1" | xargs rm`, host, cache).CombinedOutput()
			require.NoError(t, err, "%s", said)
		})
	})
	everything(t, f)
}

func TestVarnish(t *testing.T) {
	t.Parallel() // they mostly wait
	s := newSite(t)
	host, port, err := net.SplitHostPort(s.server.Listener.Addr().String())
	require.NoError(t, err)
	address, socket := servertest.Varnish(t, replaced(t, "default.vcl",
		`.host = "127.0.0.1";`, `.host = "`+host+`";`,
		`.port = "8080";`, `.port = "`+port+`";`,
	))
	f := newFront(t, s, address)
	t.Run("purge", func(t *testing.T) {
		purge(t, f, func(t *testing.T, url string) {
			require.Equal(t, http.StatusMethodNotAllowed, f.do(t, "PURGE", url).status, "not for everybody")
			require.Equal(t, "HIT", f.get(t, url, "Accept", "*/*").header.Get("X-Cache"))
			inside := newFront(t, s, "purge")
			inside.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "unix", socket)
			}
			require.Equal(t, http.StatusOK, inside.do(t, "PURGE", url).status)
		})
	})
	everything(t, f)
}

// The headers alone must do: a cache that knows nothing of luna is as right,
// though it keeps more.
func TestPlain(t *testing.T) {
	t.Parallel() // they mostly wait
	t.Run("nginx", func(t *testing.T) {
		s := newSite(t)
		address := servertest.Nginx(t, func(port int, folder string) string {
			return `
proxy_cache_path ` + folder + `/cache keys_zone=plain:1m;
server {
    listen 127.0.0.1:` + strconv.Itoa(port) + `;
    large_client_header_buffers 4 16k;
    location / {
        proxy_pass http://` + s.server.Listener.Addr().String() + `;
        proxy_set_header Host $host;
        proxy_cache plain;
        proxy_cache_key $host$request_uri;
        proxy_cache_lock on;
        proxy_cache_lock_timeout 15s;
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        add_header X-Cache $upstream_cache_status always;
    }
}`
		})
		headersAlone(t, newFront(t, s, address))
	})
	t.Run("Varnish", func(t *testing.T) {
		s := newSite(t)
		host, port, err := net.SplitHostPort(s.server.Listener.Addr().String())
		require.NoError(t, err)
		address, _ := servertest.Varnish(t, `vcl 4.1;
backend default { .host = "`+host+`"; .port = "`+port+`"; }
sub vcl_deliver {
    set resp.http.X-Cache = "MISS";
    if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; }
}`)
		headersAlone(t, newFront(t, s, address))
	})
}

func headersAlone(t *testing.T, f *front) {
	t.Run("hits", func(t *testing.T) { hits(t, f) })
	t.Run("head", func(t *testing.T) { head(t, f) })
	t.Run("etag", func(t *testing.T) { etag(t, f) })
	t.Run("formats", func(t *testing.T) { formats(t, f, false) })
	t.Run("errors", func(t *testing.T) { failures(t, f) })
	t.Run("signatures", func(t *testing.T) { signatures(t, f) })
	t.Run("large", func(t *testing.T) { large(t, f) })
	t.Run("stampede", func(t *testing.T) { stampede(t, f) })
	t.Run("cut", func(t *testing.T) { cut(t, f) })
}

func everything(t *testing.T, f *front) {
	headersAlone(t, f)
	t.Run("revalidate", func(t *testing.T) { revalidate(t, f) })
	t.Run("reduced formats", func(t *testing.T) { formats(t, f, true) })
	t.Run("stampede of formats", func(t *testing.T) { stampedeOfFormats(t, f) })
	t.Run("errors end", func(t *testing.T) { failuresEnd(t, f) })
	t.Run("expires", func(t *testing.T) { expires(t, f) })
	t.Run("replaced", func(t *testing.T) { replacedOriginal(t, f) })
	t.Run("longest URL", func(t *testing.T) { longest(t, f) })
	t.Run("range", func(t *testing.T) { ranges(t, f) })
	t.Run("cookies", func(t *testing.T) { cookies(t, f) })
	t.Run("down", func(t *testing.T) { down(t, f) }) // the last
}

// replaced returns a file with lines of it replaced, each of which must stand
// there once.
func replaced(t *testing.T, name string, pairs ...string) string {
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	for i := 0; i < len(pairs); i += 2 {
		require.Equal(t, 1, strings.Count(string(text), pairs[i]), "%q in %s", pairs[i], name)
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return string(text)
}

// An answer is one that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error // of reading the body
}

func (f *front) do(t *testing.T, method, url string, header ...string) answer {
	t.Helper()
	a, err := f.ask(t.Context(), f.address, method, url, header...)
	require.NoError(t, err)
	return a
}

func (f *front) get(t *testing.T, url string, header ...string) answer {
	t.Helper()
	a := f.do(t, http.MethodGet, url, header...)
	require.NoError(t, a.err)
	return a
}

// direct asks luna itself.
func (f *front) direct(t *testing.T, url string, header ...string) answer {
	t.Helper()
	a, err := f.ask(t.Context(), f.server.Listener.Addr().String(), http.MethodGet, url, append([]string{"X-Direct", "1"}, header...)...)
	require.NoError(t, err)
	require.NoError(t, a.err)
	return a
}

func (f *front) ask(ctx context.Context, address, method, url string, header ...string) (answer, error) {
	host, rest, _ := strings.Cut(url, "/")
	r, err := http.NewRequestWithContext(ctx, method, "http://"+address+"/"+rest, nil)
	if err != nil {
		return answer{}, err
	}
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	response, err := f.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, body, err}, nil
}
