package api

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/immagin/immagin-go/sign"
)

// A Key is what a server keeps of an API key. Times are in UTC and exact to
// the microsecond.
type Key struct {
	// ID is "key_" and 22 base62 digits, as [NewKey] makes them. Stores take
	// 1 to 64 ASCII letters, digits, "_" and "-".
	ID string
	// Tenant whose project the key opens; see [ValidateTenant].
	Tenant string
	// Name that its owner gave it, at most [MaxKeyName] bytes of UTF-8
	// without control characters; may be empty.
	Name string
	// Prefix is the key's first 8 characters.
	Prefix string
	// Hash of the whole key.
	Hash sign.KeyHash
	// CreatedAt is between the years 1970 and 9999.
	CreatedAt time.Time
	// LastUsedAt is zero for a key that was never used.
	LastUsedAt time.Time
}

// MaxKeyName and MaxTenant bound names, in bytes: of a key, 100 characters.
const (
	MaxKeyName = 400
	MaxTenant  = 255
)

// NewKey returns what to keep of a tenant's API key, with a new ID.
func NewKey(tenant, name string, key sign.APIKey, created time.Time) Key {
	// An ID is as random as a key, and made like one.
	id := "key_" + strings.TrimPrefix(sign.NewAPIKey().Reveal(), "imk_")
	return Key{ID: id, Tenant: tenant, Name: name, Prefix: key.Prefix(), Hash: key.Hash(), CreatedAt: exact(created)}
}

// exact is how precise stores keep a time.
func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Validate returns an error that is [fs.ErrInvalid] for a key that no store
// takes.
func (k Key) Validate() error {
	switch {
	case !validID(k.ID):
		return fmt.Errorf("api: ID of a key must be 1 to 64 letters, digits, _ and -: %w", fs.ErrInvalid)
	case len(k.Name) > MaxKeyName || !printable(k.Name):
		return fmt.Errorf("api: name of a key must be at most %d bytes of UTF-8 without control characters: %w", MaxKeyName, fs.ErrInvalid)
	case len(k.Prefix) != 8 || !validID(k.Prefix):
		return fmt.Errorf("api: prefix of a key must be its first 8 characters: %w", fs.ErrInvalid)
	case k.Hash == sign.KeyHash{}:
		return fmt.Errorf("api: a key must have its hash: %w", fs.ErrInvalid)
	case !validTime(k.CreatedAt) || !k.LastUsedAt.IsZero() && !validTime(k.LastUsedAt):
		return fmt.Errorf("api: times of a key must be in the years 1970 to 9999: %w", fs.ErrInvalid)
	}
	return ValidateTenant(k.Tenant)
}

// ValidateTenant returns an error that is [fs.ErrInvalid] for a name that no
// tenant has in the stores of this module: it must be 1 to [MaxTenant] bytes
// of UTF-8 without control characters.
func ValidateTenant(tenant string) error {
	if tenant == "" || len(tenant) > MaxTenant || !printable(tenant) {
		return fmt.Errorf("api: a tenant must be 1 to %d bytes of UTF-8 without control characters: %w", MaxTenant, fs.ErrInvalid)
	}
	return nil
}

func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func validTime(t time.Time) bool { y := t.UTC().Year(); return y >= 1970 && y <= 9999 }

// Keys is a store of API keys. It must be safe for concurrent use, and may be
// shared by several servers.
type Keys interface {
	// Lookup returns all keys of that prefix that are valid now, of any
	// tenant; none if there is none. The handler compares the hashes.
	Lookup(ctx context.Context, prefix string) ([]Key, error)
	// Create keeps a key. It returns an error that is [fs.ErrExist] where the
	// ID is taken, and one that is [fs.ErrInvalid] for a key that
	// [Key.Validate] refuses.
	Create(ctx context.Context, k Key) error
	// List returns a tenant's keys in the order of CreatedAt, then ID;
	// revoked ones are gone.
	List(ctx context.Context, tenant string) ([]Key, error)
	// Revoke removes a tenant's key: it is gone at the next Lookup on every
	// server that shares the store. It returns an error that is
	// [fs.ErrNotExist] where the tenant has no such key.
	Revoke(ctx context.Context, tenant, id string) error
	// Used sets LastUsedAt, which never moves back; an error that is
	// [fs.ErrNotExist] where the tenant has no such key, and one that is
	// [fs.ErrInvalid] for a time outside the years 1970 to 9999. The handler
	// calls it at most once a minute and key.
	Used(ctx context.Context, tenant, id string, at time.Time) error
}

// MemoryKeys keeps keys in memory. The zero value is empty and ready.
type MemoryKeys struct {
	mu       sync.RWMutex
	keys     map[string]Key                 // by ID
	prefixes map[string]map[string]struct{} // the IDs of each
}

// NewMemoryKeys returns a MemoryKeys that holds keys, which are not checked.
// Of those with one ID it holds the last.
func NewMemoryKeys(keys ...Key) *MemoryKeys {
	m := new(MemoryKeys)
	for _, k := range keys {
		m.remove(k.ID)
		m.add(k)
	}
	return m
}

func (m *MemoryKeys) add(k Key) {
	if m.keys == nil {
		m.keys, m.prefixes = map[string]Key{}, map[string]map[string]struct{}{}
	}
	if m.prefixes[k.Prefix] == nil {
		m.prefixes[k.Prefix] = map[string]struct{}{}
	}
	m.keys[k.ID] = k
	m.prefixes[k.Prefix][k.ID] = struct{}{}
}

func (m *MemoryKeys) remove(id string) {
	k, ok := m.keys[id]
	if !ok {
		return
	}
	delete(m.keys, id)
	if delete(m.prefixes[k.Prefix], id); len(m.prefixes[k.Prefix]) == 0 {
		delete(m.prefixes, k.Prefix)
	}
}

// Lookup is [Keys.Lookup].
func (m *MemoryKeys) Lookup(ctx context.Context, prefix string) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []Key
	for id := range m.prefixes[prefix] {
		found = append(found, m.keys[id])
	}
	return found, nil
}

// Create is [Keys.Create].
func (m *MemoryKeys) Create(ctx context.Context, k Key) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := k.Validate(); err != nil {
		return err
	}
	k.CreatedAt, k.LastUsedAt = exact(k.CreatedAt), exact(k.LastUsedAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.keys[k.ID]; taken {
		return fmt.Errorf("api: key %s: %w", k.ID, fs.ErrExist)
	}
	m.add(k)
	return nil
}

// List is [Keys.List].
func (m *MemoryKeys) List(ctx context.Context, tenant string) ([]Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []Key
	for _, k := range m.keys {
		if k.Tenant == tenant {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, CompareKeys)
	return found, nil
}

// CompareKeys orders keys as [Keys.List] does.
func CompareKeys(a, b Key) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
}

// Revoke is [Keys.Revoke].
func (m *MemoryKeys) Revoke(ctx context.Context, tenant, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if k, ok := m.keys[id]; !ok || k.Tenant != tenant {
		return fmt.Errorf("api: key of the tenant: %w", fs.ErrNotExist)
	}
	m.remove(id)
	return nil
}

// Used is [Keys.Used].
func (m *MemoryKeys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !validTime(at) {
		return fmt.Errorf("api: time of use must be in the years 1970 to 9999: %w", fs.ErrInvalid)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if !ok || k.Tenant != tenant {
		return fmt.Errorf("api: key of the tenant: %w", fs.ErrNotExist)
	}
	if at = exact(at); at.After(k.LastUsedAt) {
		k.LastUsedAt = at
		m.keys[id] = k
	}
	return nil
}

// authenticate returns the key that the request bears.
func (h *Handler) authenticate(r *http.Request) (Key, error) {
	unauthorized := &problem{status: http.StatusUnauthorized, code: "unauthorized", detail: "send a valid API key as Authorization: Bearer imk_…"}
	fields := r.Header.Values("Authorization")
	if len(fields) != 1 {
		return Key{}, unauthorized
	}
	scheme, text, _ := strings.Cut(fields[0], " ")
	key, err := sign.ParseAPIKey(text)
	if err != nil || !strings.EqualFold(scheme, "Bearer") {
		return Key{}, unauthorized
	}
	keys, err := h.keys.Lookup(r.Context(), key.Prefix())
	if err != nil {
		return Key{}, fmt.Errorf("API keys: %w", err)
	}
	if len(keys) == 0 {
		keys = []Key{{}} // an unknown prefix takes the work of a wrong key
	}
	var found Key
	ok := false
	for _, k := range keys {
		if k.Hash.Verify(key) == nil {
			found, ok = k, true
		}
	}
	if !ok {
		return Key{}, unauthorized
	}
	h.touch(r.Context(), found)
	return found, nil
}
