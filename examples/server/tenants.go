package main

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// tenants knows the tenant of every host and the secret of every tenant: one
// secret serves them all.
type tenants struct {
	first  string // the tenant of all hosts but t.localhost
	secret string // its secret
}

// of returns the tenant that r's host names. It is a luna.TenantFunc.
func (t *tenants) of(r *http.Request) (string, error) {
	host := hostname(r.Host)
	if label, ok := strings.CutSuffix(host, ".localhost"); ok && isLabel(label) {
		return label, nil
	}
	return t.first, nil
}

// secretOf returns the secret that signs the tenant's URLs. There is no
// tenant whose name is no label of a host.
func (t *tenants) secretOf(tenant string) (string, error) {
	if tenant == t.first {
		return t.secret, nil
	}
	if !isLabel(tenant) {
		return "", fmt.Errorf("tenant %q: %w", tenant, fs.ErrNotExist)
	}
	return sign.TenantSecret(t.secret, tenant)
}

// keyring makes the tenant's keyring. It is a sign.TenantsFunc. It costs one
// HMAC; kept ones would fill the memory of a server whose clients make up
// host names.
func (t *tenants) keyring(_ context.Context, tenant string) (*sign.Keyring, error) {
	secret, err := t.secretOf(tenant)
	if err != nil {
		return nil, err
	}
	return sign.NewKeyring(secret)
}

// Project is [api.Projects.Project].
func (t *tenants) Project(ctx context.Context, tenant string) (api.Project, error) {
	secret, err := t.secretOf(tenant)
	if err != nil {
		return api.Project{}, err
	}
	caller, _ := ctx.Value(callerKey{}).(caller)
	return api.Project{ID: tenant, Name: tenant, BaseURL: "http://" + caller.host, Secret: secret}, nil
}

// A caller is what the management API needs to know of the host that a
// request names.
type caller struct{ tenant, host string }

type callerKey struct{}

// called puts the caller into the context of h's requests.
func (t *tenants) called(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, _ := t.of(r) // never fails
		ctx := context.WithValue(r.Context(), callerKey{}, caller{tenant, r.Host})
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// hostname is the lowercase name or address in a Host header, without port,
// brackets and the root's dot.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isLabel reports whether s is a label of a host name, in lowercase.
func isLabel(s string) bool {
	if len(s) < 1 || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
