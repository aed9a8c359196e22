package apitest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

func keysTexts(ctx context.Context, a, b api.Keys, _ *Options) error {
	// Tenants with these names may have keys from earlier runs.
	var keys []api.Key
	for _, text := range texts {
		keys = append(keys, newKey(text, text))
	}
	if err := create(ctx, a, keys...); err != nil {
		return err
	}
	for i, k := range keys {
		if err := holds(ctx, b, k); err != nil {
			return err
		}
		all, err := b.List(ctx, texts[i])
		if err != nil {
			return fmt.Errorf("store: List of tenant %q: %w", short(texts[i]), err)
		}
		for _, other := range all {
			if other.Tenant != texts[i] {
				return fmt.Errorf("store: List of tenant %q has a key of tenant %q", short(texts[i]), short(other.Tenant))
			}
		}
		for _, other := range texts {
			if other != texts[i] {
				if err := want(b.Revoke(ctx, other, k.ID), fs.ErrNotExist, "Revoke by tenant %q of a key of tenant %q", short(other), short(texts[i])); err != nil {
					return err
				}
			}
		}
	}
	for _, k := range keys {
		if err := a.Revoke(ctx, k.Tenant, k.ID); err != nil {
			return fmt.Errorf("store: Revoke of a key of tenant %q: %w", short(k.Tenant), err)
		}
		if err := lacks(ctx, b, k); err != nil {
			return err
		}
	}
	return nil
}

func keysOrder(ctx context.Context, a, b api.Keys, _ *Options) error {
	tenant, other := newTenant(), newKey(newTenant(), "")
	var keys []api.Key
	unique := rand.Text()[:12]
	for _, id := range []string{"a", "B", "_", "-", "0", "b", "A", "aa", "Z", "z", "key_1", "key-1", "KEY_1"} {
		k := newKey(tenant, id)
		k.ID = id + unique
		keys = append(keys, k)
	}
	for _, after := range []time.Duration{time.Microsecond, -time.Microsecond, time.Hour, -1000 * time.Hour} {
		k := newKey(tenant, after.String())
		k.CreatedAt = day.Add(after)
		keys = append(keys, k)
	}
	if err := create(ctx, a, append(slices.Clone(keys), other)...); err != nil {
		return err
	}
	slices.SortFunc(keys, api.CompareKeys)
	for _, s := range []api.Keys{a, b} {
		got, err := s.List(ctx, tenant)
		if err != nil {
			return err
		}
		if len(got) != len(keys) {
			return fmt.Errorf("store: List has %d keys; it should have %d", len(got), len(keys))
		}
		for i := range keys {
			if err := same(got[i], keys[i]); err != nil {
				return fmt.Errorf("store: List, key %d of %d: %w", i+1, len(keys), err)
			}
		}
		if got, err = s.List(ctx, newTenant()); err != nil || len(got) != 0 {
			return fmt.Errorf("store: List of a tenant without keys has %d (%v)", len(got), err)
		}
	}
	return nil
}
