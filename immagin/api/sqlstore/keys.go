package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

// Keys are the API keys of a [Store]. It implements [api.Keys].
type Keys struct{ store *Store }

const selectKeys = `SELECT id, tenant, name, prefix, hash, created_at, last_used_at FROM immagin_keys WHERE `

func (k *Keys) find(ctx context.Context, where string, arg string) ([]api.Key, error) {
	var found []api.Key
	err := k.store.query(ctx, func(scan func(...any) error) error {
		var key api.Key
		var hash string
		var created, used int64
		if err := scan(&key.ID, &key.Tenant, &key.Name, &key.Prefix, &hash, &created, &used); err != nil {
			return err
		}
		if err := key.Hash.UnmarshalText([]byte(hash)); err != nil {
			return fmt.Errorf("row of key %s is damaged: %w", key.ID, err)
		}
		key.CreatedAt, key.LastUsedAt = time.UnixMicro(created).UTC(), fromMicro(used)
		found = append(found, key)
		return nil
	}, selectKeys+where, arg)
	return found, err
}

// Lookup is [api.Keys.Lookup].
func (k *Keys) Lookup(ctx context.Context, prefix string) ([]api.Key, error) {
	if api.ValidateTenant(prefix) != nil { // what is no text for a database
		return nil, ctx.Err()
	}
	found, err := k.find(ctx, "prefix = $1", prefix)
	return found, failed(ctx, "look up API keys", err)
}

// Create is [api.Keys.Create].
func (k *Keys) Create(ctx context.Context, key api.Key) error {
	if err := key.Validate(); err != nil {
		return err
	}
	return failed(ctx, "create API key "+key.ID, k.store.change(ctx, fs.ErrExist,
		`INSERT INTO immagin_keys (id, tenant, name, prefix, hash, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
		key.ID, key.Tenant, key.Name, key.Prefix, key.Hash.String(), key.CreatedAt.UnixMicro(), micro(key.LastUsedAt)))
}

// List is [api.Keys.List].
func (k *Keys) List(ctx context.Context, tenant string) ([]api.Key, error) {
	if api.ValidateTenant(tenant) != nil {
		return nil, ctx.Err()
	}
	found, err := k.find(ctx, "tenant = $1", tenant)
	slices.SortFunc(found, api.CompareKeys) // databases order texts by their locale
	return found, failed(ctx, "list API keys", err)
}

// known reports whether a database can be asked for a key at all.
func known(tenant, id string) bool {
	return api.ValidateTenant(tenant) == nil && api.ValidateTenant(id) == nil
}

// Revoke is [api.Keys.Revoke].
func (k *Keys) Revoke(ctx context.Context, tenant, id string) error {
	err := ctx.Err()
	switch {
	case err != nil:
	case known(tenant, id):
		err = k.store.change(ctx, fs.ErrNotExist, `DELETE FROM immagin_keys WHERE id = $1 AND tenant = $2`, id, tenant)
	default:
		err = fs.ErrNotExist
	}
	return failed(ctx, "revoke API key", err)
}

// Used is [api.Keys.Used].
func (k *Keys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	if y := at.UTC().Year(); y < 1970 || y > 9999 {
		return fmt.Errorf("sqlstore: time of use must be in the years 1970 to 9999: %w", fs.ErrInvalid)
	}
	err := ctx.Err()
	switch {
	case err != nil:
	case known(tenant, id):
		err = k.store.change(ctx, fs.ErrNotExist, `UPDATE immagin_keys SET last_used_at = CASE WHEN last_used_at < $1 THEN $1 ELSE last_used_at END WHERE id = $2 AND tenant = $3`, at.UnixMicro(), id, tenant)
	default:
		err = fs.ErrNotExist
	}
	return failed(ctx, "use of API key", err)
}
