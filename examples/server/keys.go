package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// operator is whom the keys of the server's start belong to in the store: no
// host names a tenant like this.
const operator = "*"

// keys are the API keys of all tenants. Those of the operator, whose one
// secret is behind all others, open the project of whichever tenant the host
// names, and are listed and revoked among those of the first tenant, which is
// the operator's own. Those of a tenant open its project alone, under its own
// host. It implements [api.Keys].
type keys struct {
	api.Keys
	first string // tenant
}

// Lookup is [api.Keys.Lookup].
func (k keys) Lookup(ctx context.Context, prefix string) ([]api.Key, error) {
	caller, _ := ctx.Value(callerKey{}).(caller)
	found, err := k.Keys.Lookup(ctx, prefix)
	for i := range found {
		if found[i].Tenant == operator {
			found[i].Tenant = caller.tenant
		}
	}
	return slices.DeleteFunc(found, func(key api.Key) bool { return key.Tenant != caller.tenant }), err
}

// List is [api.Keys.List].
func (k keys) List(ctx context.Context, tenant string) ([]api.Key, error) {
	found, err := k.Keys.List(ctx, tenant)
	if err != nil || tenant != k.first {
		return found, err
	}
	more, err := k.Keys.List(ctx, operator)
	found = append(found, more...)
	slices.SortFunc(found, api.CompareKeys)
	return found, err
}

// Revoke is [api.Keys.Revoke].
func (k keys) Revoke(ctx context.Context, tenant, id string) error {
	err := k.Keys.Revoke(ctx, tenant, id)
	if errors.Is(err, fs.ErrNotExist) && tenant == k.first {
		err = k.Keys.Revoke(ctx, operator, id)
	}
	return err
}

// Used is [api.Keys.Used]. It is told the tenant that Lookup named.
func (k keys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	err := k.Keys.Used(ctx, tenant, id, at)
	if errors.Is(err, fs.ErrNotExist) {
		err = k.Keys.Used(ctx, operator, id, at)
	}
	return err
}

// keepKey adds given to the operator's keys, if it is not the zero key and not
// yet among them. Where there is neither, it makes one and returns it as made,
// which is the one time that anybody sees it.
func keepKey(ctx context.Context, store api.Keys, given sign.APIKey) (made sign.APIKey, err error) {
	there, err := store.List(ctx, operator)
	switch {
	case err != nil:
	case given.Reveal() != "":
		err = addKey(ctx, store, "given at the start", given)
	case len(there) == 0:
		made = sign.NewAPIKey()
		err = addKey(ctx, store, "made at the first start", made)
	}
	if err != nil {
		return sign.APIKey{}, fmt.Errorf("API keys of the data folder: %w", err)
	}
	return made, nil
}

// addKey adds a key to the operator's, unless it is there. Of several servers
// that start with one key at once, one adds it, since its ID is made of it; but
// a start that was cut off may have left that ID taken.
func addKey(ctx context.Context, store api.Keys, name string, add sign.APIKey) error {
	key := api.NewKey(operator, name, add, time.Now())
	for _, id := range []string{"key_" + key.Hash.String()[:22], key.ID} {
		there, err := store.List(ctx, operator)
		if err != nil || slices.ContainsFunc(there, func(k api.Key) bool { return k.Hash == key.Hash }) {
			return err
		}
		key.ID = id
		if err := store.Create(ctx, key); !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return fs.ErrExist
}
