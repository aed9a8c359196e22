package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGuard(t *testing.T) {
	for _, test := range []struct {
		name, addr, host string
		headers          http.Header
		hostOK, pageOK   bool
	}{
		{"own origin", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"http://127.0.0.1:8080"}}, true, true},
		{"own origin, fetch metadata", "127.0.0.1:8080", "localhost:8080", http.Header{"Origin": {"http://localhost:8080"}, "Sec-Fetch-Site": {"same-origin"}}, true, true},
		{"tenant's host", "127.0.0.1:8080", "acme.localhost:8080", http.Header{"Origin": {"http://acme.localhost:8080"}}, true, true},
		{"IPv6", "[::1]:8080", "[::1]:8080", http.Header{"Origin": {"http://[::1]:8080"}}, true, true},
		{"name of -addr", "pictures.lan:8080", "pictures.lan:8080", http.Header{"Origin": {"http://pictures.lan:8080"}}, true, true},
		{"behind TLS", "pictures.lan:8080", "pictures.lan", http.Header{"Origin": {"https://pictures.lan"}}, true, true},
		{"no origin", "127.0.0.1:8080", "127.0.0.1:8080", nil, true, false},
		{"null origin", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"null"}}, true, false},
		{"two origins", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"http://127.0.0.1:8080", "https://evil.example"}}, true, false},
		{"foreign origin", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"https://evil.example"}}, true, false},
		{"other port", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"http://127.0.0.1:9090"}}, true, false},
		{"other loopback name", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"http://localhost:8080"}}, true, false},
		{"other tenant's page", "127.0.0.1:8080", "acme.localhost:8080", http.Header{"Origin": {"http://evil.localhost:8080"}}, true, false},
		{"cross-site by fetch metadata", "127.0.0.1:8080", "127.0.0.1:8080", http.Header{"Origin": {"http://127.0.0.1:8080"}, "Sec-Fetch-Site": {"cross-site"}}, true, false},
		{"DNS rebinding", "127.0.0.1:8080", "evil.example:8080", http.Header{"Origin": {"http://evil.example:8080"}, "Sec-Fetch-Site": {"same-origin"}}, false, false},
		{"DNS rebinding, name like ours", "127.0.0.1:8080", "localhost.evil.example:8080", http.Header{"Origin": {"http://localhost.evil.example:8080"}}, false, false},
		{"name that looks like an address", "127.0.0.1:8080", "127.0.0.1.evil.example", http.Header{"Origin": {"http://127.0.0.1.evil.example"}}, false, false},
		{"no host", ":8080", "", http.Header{"Origin": {"http://"}}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/playground/sign", nil)
			r.Host = test.host
			if test.headers != nil {
				r.Header = test.headers
			}
			g := newGuard(test.addr)
			require.Equal(t, test.hostOK, g.host(r) == nil)
			require.Equal(t, test.pageOK, g.page(r) == nil)
		})
	}
}
