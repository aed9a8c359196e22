package luna

import (
	"errors"
	"net"
	"net/http"
	"strings"
)

// A TenantFunc names the tenant of a request, or says that there is none, for
// which the answer is that of a wrong signature. It must be safe for
// concurrent use.
//
// It may take its part of the path away by setting URL.Path and URL.RawPath,
// as [http.StripPrefix] does: the request's URL is a copy. What is left must
// be a slash and the payload.
//
// A custom domain is a TenantFunc that looks up r.Host in a table.
type TenantFunc func(r *http.Request) (tenant string, err error)

var errTenant = errors.New("no such tenant")

// FixedTenant returns a TenantFunc for a server of one tenant.
func FixedTenant(tenant string) TenantFunc {
	return func(*http.Request) (string, error) { return tenant, nil }
}

// TenantFromHost returns a TenantFunc for hosts named {tenant}.domain, where
// the tenant is one label: lowercase letters, digits and inner hyphens once
// the case of the host is folded. A port is ignored. domain is a name such as
// "example.com".
func TenantFromHost(domain string) TenantFunc {
	suffix := "." + strings.ToLower(strings.Trim(domain, "."))
	return func(r *http.Request) (string, error) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		label, ok := strings.CutSuffix(strings.ToLower(host), suffix)
		if !ok || !hostLabel(label) {
			return "", errTenant
		}
		return label, nil
	}
}

// hostLabel reports whether s is a label of a host name (RFC 1123).
func hostLabel(s string) bool {
	if len(s) < 1 || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return word(strings.ReplaceAll(s, "-", "0"))
}

// TenantFromPath returns a TenantFunc for paths of the form /{tenant}/{payload},
// where the tenant has letters, digits, hyphens and underscores.
func TenantFromPath() TenantFunc {
	return func(r *http.Request) (string, error) {
		segment, rest, ok := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
		if !ok {
			return "", errTenant
		}
		tenant, ok := splitPath(segment)
		if !ok {
			return "", errTenant
		}
		r.URL.Path, r.URL.RawPath = "/"+rest, ""
		return tenant, nil
	}
}
