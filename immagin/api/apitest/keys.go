package apitest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// KeysChecks returns the duties of a store of API keys, in the order in which
// [api.Keys] states them.
func KeysChecks() []Check[api.Keys] {
	return []Check[api.Keys]{
		{"RoundTrip", keysRoundTrip},
		{"Prefixes", keysPrefixes},
		{"Taken", keysTaken},
		{"Refused", keysRefused},
		{"Texts", keysTexts},
		{"Order", keysOrder},
		{"Revoke", keysRevoke},
		{"RevokedElsewhere", keysRevokedElsewhere},
		{"Used", keysUsed},
		{"Hostile", keysHostile},
		{"Canceled", keysCanceled},
		{"ConcurrentCreate", keysConcurrentCreate},
		{"ConcurrentRevoke", keysConcurrentRevoke},
		{"ConcurrentUse", keysConcurrentUse},
	}
}

// newKey returns a key of a tenant.
func newKey(tenant, name string) api.Key {
	return api.NewKey(tenant, name, sign.NewAPIKey(), day)
}

func create(ctx context.Context, s api.Keys, keys ...api.Key) error {
	for _, k := range keys {
		if err := s.Create(ctx, k); err != nil {
			return fmt.Errorf("store: Create of key %q of tenant %q: %w", short(k.ID), short(k.Tenant), err)
		}
	}
	return nil
}

func short(s string) string { return s[:min(len(s), 40)] }

// lookup returns the key of an ID, as Lookup finds it.
func lookup(ctx context.Context, s api.Keys, prefix, id string) (found api.Key, ok bool, err error) {
	keys, err := s.Lookup(ctx, prefix)
	if err != nil {
		return found, false, fmt.Errorf("store: Lookup of %q: %w", short(prefix), err)
	}
	for _, k := range keys {
		if k.Prefix != prefix {
			return found, false, fmt.Errorf("store: Lookup of %q found a key of prefix %q", short(prefix), short(k.Prefix))
		}
		if k.ID == id {
			if ok {
				return found, false, fmt.Errorf("store: Lookup found key %s twice", id)
			}
			found, ok = k, true
		}
	}
	return found, ok, nil
}

// same compares keys. Times must be in UTC, which is how they are shown.
func same(got, wanted api.Key) error {
	if got != wanted {
		return fmt.Errorf("the key is %#v; it should be %#v", got, wanted)
	}
	return nil
}

// holds makes sure that the store has a key as it is.
func holds(ctx context.Context, s api.Keys, k api.Key) error {
	found, ok, err := lookup(ctx, s, k.Prefix, k.ID)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("store: Lookup does not find key %s of tenant %q", k.ID, short(k.Tenant))
	}
	if err := same(found, k); err != nil {
		return fmt.Errorf("store: Lookup: %w", err)
	}
	all, err := s.List(ctx, k.Tenant)
	if err != nil {
		return fmt.Errorf("store: List of tenant %q: %w", short(k.Tenant), err)
	}
	i := slices.IndexFunc(all, func(other api.Key) bool { return other.ID == k.ID })
	if i < 0 {
		return fmt.Errorf("store: List of tenant %q lacks key %s", short(k.Tenant), k.ID)
	}
	if err := same(all[i], k); err != nil {
		return fmt.Errorf("store: List: %w", err)
	}
	return nil
}

// lacks makes sure that the store does not have a key.
func lacks(ctx context.Context, s api.Keys, k api.Key) error {
	if _, ok, err := lookup(ctx, s, k.Prefix, k.ID); err != nil || ok {
		return errors.Join(err, fmt.Errorf("store: Lookup finds key %s, which should not be there", short(k.ID)))
	}
	all, err := s.List(ctx, k.Tenant)
	if err != nil {
		return fmt.Errorf("store: List of tenant %q: %w", short(k.Tenant), err)
	}
	if slices.ContainsFunc(all, func(other api.Key) bool { return other.ID == k.ID }) {
		return fmt.Errorf("store: List has key %s, which should not be there", short(k.ID))
	}
	return nil
}
