package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/immagin/immagin-go/sign"
)

// A Key is what a server keeps of an API key.
type Key struct {
	// Tenant whose project the key opens.
	Tenant string
	// Prefix is the key's first 8 characters.
	Prefix string
	// Hash of the whole key.
	Hash sign.KeyHash
}

// NewKey returns what to keep of a tenant's API key.
func NewKey(tenant string, key sign.APIKey) Key {
	return Key{Tenant: tenant, Prefix: key.Prefix(), Hash: key.Hash()}
}

// Keys finds API keys. It must be safe for concurrent use.
type Keys interface {
	// Lookup returns all keys of that prefix that are valid now, none if
	// there is none. The handler compares the hashes.
	Lookup(ctx context.Context, prefix string) ([]Key, error)
}

// MemoryKeys keeps keys in memory. The zero value is empty and ready.
type MemoryKeys struct {
	mu   sync.RWMutex
	keys map[string][]Key
}

// NewMemoryKeys returns a MemoryKeys that holds keys.
func NewMemoryKeys(keys ...Key) *MemoryKeys {
	m := new(MemoryKeys)
	for _, k := range keys {
		m.Add(k)
	}
	return m
}

// Add adds a key.
func (m *MemoryKeys) Add(k Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys == nil {
		m.keys = map[string][]Key{}
	}
	m.keys[k.Prefix] = append(m.keys[k.Prefix], k)
}

// Lookup is [Keys.Lookup].
func (m *MemoryKeys) Lookup(_ context.Context, prefix string) ([]Key, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Clone(m.keys[prefix]), nil
}

// authenticate returns the tenant whose key the request bears.
func (h *Handler) authenticate(r *http.Request) (tenant string, err error) {
	unauthorized := &problem{status: http.StatusUnauthorized, code: "unauthorized", detail: "send a valid API key as Authorization: Bearer imk_…"}
	fields := r.Header.Values("Authorization")
	if len(fields) != 1 {
		return "", unauthorized
	}
	scheme, text, _ := strings.Cut(fields[0], " ")
	key, err := sign.ParseAPIKey(text)
	if err != nil || !strings.EqualFold(scheme, "Bearer") {
		return "", unauthorized
	}
	keys, err := h.keys.Lookup(r.Context(), key.Prefix())
	if err != nil {
		return "", fmt.Errorf("API keys: %w", err)
	}
	found := false
	for _, k := range keys {
		if k.Hash.Verify(key) == nil {
			tenant, found = k.Tenant, true
		}
	}
	if !found {
		return "", unauthorized
	}
	return tenant, nil
}
