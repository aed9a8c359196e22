package filestore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

const (
	keysFolder     = "keys"
	prefixesFolder = "prefixes"
	tenantsFolder  = "tenants"
	keyFile        = "key.json"
	usedMark       = "used-"
	maxID          = 64
)

// Keys are the API keys of a [Store]. It implements [api.Keys].
type Keys struct{ store *Store }

// record is what key.json holds.
type record struct {
	ID        string       `json:"id"`
	Tenant    string       `json:"tenant"`
	Name      string       `json:"name"`
	Prefix    string       `json:"prefix"`
	Hash      sign.KeyHash `json:"hash"`
	CreatedAt time.Time    `json:"createdAt"`
}

func keyFolder(id string) string { return keysFolder + "/" + hex.EncodeToString([]byte(id)) }
func prefixFolder(prefix string) string {
	return prefixesFolder + "/" + hex.EncodeToString([]byte(prefix))
}
func tenantFolder(tenant string) string { return tenantsFolder + "/" + sum(tenant) }

// get reads a key; an error that is [fs.ErrNotExist] for one that is not there
// or not yet.
func (k *Keys) get(id string) (api.Key, error) {
	if id == "" || len(id) > maxID {
		return api.Key{}, fs.ErrNotExist
	}
	folder := keyFolder(id)
	var r record
	if err := k.store.read(folder+"/"+keyFile, &r); err != nil {
		return api.Key{}, err
	}
	key := api.Key{ID: r.ID, Tenant: r.Tenant, Name: r.Name, Prefix: r.Prefix, Hash: r.Hash, CreatedAt: r.CreatedAt.UTC()}
	if err := key.Validate(); err != nil || key.ID != id {
		return api.Key{}, fmt.Errorf("%s/%s is damaged: it is no record of this key", folder, keyFile)
	}
	last, _, err := k.marks(folder)
	if err != nil {
		return api.Key{}, err
	}
	if last != 0 {
		key.LastUsedAt = time.UnixMicro(last).UTC()
	}
	return key, nil
}

// marks returns the last time of use, 0 if there is none, and the names of
// all.
func (k *Keys) marks(folder string) (last int64, all []string, err error) {
	names, err := k.store.names(folder)
	for _, name := range names {
		if digits, ok := strings.CutPrefix(name, usedMark); ok {
			if at, err := strconv.ParseInt(digits, 10, 64); err == nil {
				last, all = max(last, at), append(all, name)
			}
		}
	}
	return last, all, err
}

// in returns the keys that a folder of empty files names.
func (k *Keys) in(folder string, keep func(api.Key) bool) ([]api.Key, error) {
	names, err := k.store.names(folder)
	if err != nil {
		return nil, err
	}
	var found []api.Key
	for _, name := range names {
		id, err := hex.DecodeString(name)
		if err != nil {
			continue // not ours
		}
		key, err := k.get(string(id))
		if errors.Is(err, fs.ErrNotExist) {
			continue // half created or half revoked
		}
		if err != nil {
			return nil, err
		}
		if keep(key) {
			found = append(found, key)
		}
	}
	return found, nil
}

// Lookup is [api.Keys.Lookup].
func (k *Keys) Lookup(ctx context.Context, prefix string) ([]api.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if prefix == "" || len(prefix) > maxID {
		return nil, nil
	}
	found, err := k.in(prefixFolder(prefix), func(key api.Key) bool { return key.Prefix == prefix })
	return found, failed("look up API keys", err)
}

// Create is [api.Keys.Create]. A crash on the way leaves no key, but may leave
// its ID taken.
func (k *Keys) Create(ctx context.Context, key api.Key) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := key.Validate(); err != nil {
		return err
	}
	return failed("create API key "+key.ID, k.create(key))
}

func (k *Keys) create(key api.Key) error {
	// Only one of all servers makes this folder. What says where to look
	// comes before the record, without which it says nothing.
	s, folder, name := k.store, keyFolder(key.ID), hex.EncodeToString([]byte(key.ID))
	if err := s.root.Mkdir(folder, 0o700); err != nil {
		return err
	}
	err := s.sync(keysFolder)
	for _, index := range []string{prefixFolder(key.Prefix), tenantFolder(key.Tenant)} {
		if err == nil {
			err = s.mkdir(index)
		}
		if err == nil {
			err = s.mark(index, name)
		}
	}
	if err == nil && !key.LastUsedAt.IsZero() {
		err = s.mark(folder, markName(key.LastUsedAt))
	}
	if err == nil {
		err = s.write(folder, keyFile, record{key.ID, key.Tenant, key.Name, key.Prefix, key.Hash, time.UnixMicro(key.CreatedAt.UnixMicro()).UTC()})
	}
	if err != nil {
		k.clear(key)
	}
	return err
}

// clear removes what is left of a key that is not there.
func (k *Keys) clear(key api.Key) {
	name := hex.EncodeToString([]byte(key.ID))
	_ = k.store.root.Remove(prefixFolder(key.Prefix) + "/" + name)
	_ = k.store.root.Remove(tenantFolder(key.Tenant) + "/" + name)
	_ = k.store.root.RemoveAll(keyFolder(key.ID)) // at last, for it takes the ID
}

func markName(at time.Time) string { return fmt.Sprintf("%s%018d", usedMark, at.UnixMicro()) }

// List is [api.Keys.List].
func (k *Keys) List(ctx context.Context, tenant string) ([]api.Key, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found, err := k.in(tenantFolder(tenant), func(key api.Key) bool { return key.Tenant == tenant })
	slices.SortFunc(found, api.CompareKeys)
	return found, failed("list API keys", err)
}

// of returns a tenant's key.
func (k *Keys) of(tenant, id string) (api.Key, error) {
	key, err := k.get(id)
	if err == nil && key.Tenant != tenant {
		err = fs.ErrNotExist
	}
	return key, err
}

// Revoke is [api.Keys.Revoke].
func (k *Keys) Revoke(ctx context.Context, tenant, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	key, err := k.of(tenant, id)
	if err == nil {
		err = k.store.root.Remove(keyFolder(id) + "/" + keyFile)
	}
	if err == nil {
		err = k.store.sync(keyFolder(id))
		if errors.Is(err, fs.ErrNotExist) {
			err = k.store.sync(keysFolder) // a use that came too late has cleared up
		}
		k.clear(key)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist // and not where
	}
	return failed("revoke API key", err)
}

// Used is [api.Keys.Used].
func (k *Keys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if y := at.UTC().Year(); y < 1970 || y > 9999 {
		return fmt.Errorf("filestore: time of use must be in the years 1970 to 9999: %w", fs.ErrInvalid)
	}
	err := k.use(tenant, id, at)
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
	}
	return failed("use of API key", err)
}

// use needs no lock: the last of all marks counts, and each caller removes but
// those before its own.
func (k *Keys) use(tenant, id string, at time.Time) error {
	key, err := k.of(tenant, id)
	if err != nil || at.UnixMicro() <= key.LastUsedAt.UnixMicro() {
		return err
	}
	folder, name := keyFolder(id), markName(at)
	if err := k.store.mark(folder, name); err != nil {
		return err
	}
	if _, err := k.store.root.Stat(folder + "/" + keyFile); errors.Is(err, fs.ErrNotExist) {
		k.clear(key) // revoked meanwhile, by one who may not have seen the mark
		return err
	}
	_, all, err := k.marks(folder)
	for _, other := range all {
		if other < name {
			_ = k.store.root.Remove(folder + "/" + other) // another may have
		}
	}
	return err
}
