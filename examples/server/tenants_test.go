package main

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTenantOfHost(t *testing.T) {
	all := &tenants{first: "demo", secret: "0123456789abcdef"}
	for host, want := range map[string]string{
		"acme.localhost":        "acme",
		"acme.localhost:8080":   "acme",
		"ACME.LocalHost:8080":   "acme",
		"acme.localhost.":       "acme",
		"demo.localhost":        "demo",
		"a-1.localhost":         "a-1",
		"localhost":             "demo",
		"localhost:8080":        "demo",
		"127.0.0.1:8080":        "demo",
		"[::1]:8080":            "demo",
		"[::1]":                 "demo",
		"10.1.2.3":              "demo",
		"images.example.com":    "demo",
		"acme.example.com":      "demo",
		"acme.localhost.evil.x": "demo",
		"a.b.localhost":         "demo",
		".localhost":            "demo",
		"-x.localhost":          "demo",
		"a_b.localhost":         "demo",
		"":                      "demo",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		got, err := all.of(r)
		require.NoError(t, err)
		require.Equal(t, want, got, "host %q", host)
	}
}

func TestTenantSecrets(t *testing.T) {
	all := &tenants{first: "demo", secret: "0123456789abcdef"}
	first, err := all.secretOf("demo")
	require.NoError(t, err)
	require.Equal(t, "0123456789abcdef", first)
	// printf acme | openssl dgst -sha256 -hmac 0123456789abcdef
	other, err := all.secretOf("acme")
	require.NoError(t, err)
	require.Equal(t, "42dd7a21e34198f45c8767fa1dc9c386ba6cba3d037da11564bf70ca18935edd", other)

	keyring, err := all.keyring(t.Context(), "acme")
	require.NoError(t, err)
	demo, err := all.keyring(t.Context(), "demo")
	require.NoError(t, err)
	require.NoError(t, keyring.Verify("eyJ", keyring.Sign("eyJ")))
	require.Error(t, demo.Verify("eyJ", keyring.Sign("eyJ")))
}
