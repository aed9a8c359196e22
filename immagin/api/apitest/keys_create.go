package apitest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

func keysRoundTrip(ctx context.Context, a, b api.Keys, _ *Options) error {
	key := newKey(newTenant(), "laptop")
	if err := lacks(ctx, a, key); err != nil {
		return err
	}
	used := newKey(newTenant(), "")
	used.LastUsedAt = day.Add(time.Hour)
	// Stores keep microseconds, in UTC.
	fine, rough := newKey(newTenant(), "fine"), api.Key{}
	rough = fine
	fine.CreatedAt = day.Add(999 * time.Nanosecond).In(time.FixedZone("", 3600))
	long := newKey(newTenant(), "")
	long.ID = strings.Repeat("Z", 52) + "_-" + strings.ToLower(rand.Text())[:10]
	if err := create(ctx, a, key, used, fine, long); err != nil {
		return err
	}
	for _, s := range []api.Keys{a, b} {
		for _, k := range []api.Key{key, used, rough, long} {
			if err := holds(ctx, s, k); err != nil {
				return err
			}
		}
	}
	return nil
}

func keysPrefixes(ctx context.Context, a, b api.Keys, _ *Options) error {
	// Keys that differ in case are not the same to anyone but some file
	// systems.
	lower, upper := newKey(newTenant(), "lower"), newKey(newTenant(), "upper")
	lower.Prefix = "imk_k" + strings.ToLower(rand.Text())[:3] // digits have no case
	upper.Prefix = "imk_" + strings.ToUpper(lower.Prefix[4:])
	other := newKey(newTenant(), "of the same prefix")
	other.Prefix = lower.Prefix
	again := newKey(lower.Tenant, "of the same prefix and tenant")
	again.Prefix = lower.Prefix
	if err := create(ctx, a, lower, upper, other, again); err != nil {
		return err
	}
	for _, k := range []api.Key{lower, upper, other, again} {
		if err := holds(ctx, b, k); err != nil {
			return err
		}
	}
	return nil
}

func keysTaken(ctx context.Context, a, b api.Keys, _ *Options) error {
	key := newKey(newTenant(), "first")
	if err := create(ctx, a, key); err != nil {
		return err
	}
	for _, tenant := range []string{key.Tenant, newTenant()} {
		second := newKey(tenant, "second")
		second.ID = key.ID
		for _, s := range []api.Keys{a, b} {
			if err := want(s.Create(ctx, second), fs.ErrExist, "Create with an ID that is taken"); err != nil {
				return err
			}
			if err := holds(ctx, s, key); err != nil {
				return fmt.Errorf("after a Create with its ID: %w", err)
			}
			if _, ok, err := lookup(ctx, s, second.Prefix, second.ID); err != nil || ok {
				return errors.Join(err, errors.New("a Create with an ID that is taken made the key findable by another prefix"))
			}
		}
	}
	return nil
}

func keysRefused(ctx context.Context, a, _ api.Keys, _ *Options) error {
	tenant := newTenant()
	good := newKey(tenant, "")
	bad := []api.Key{{}}
	for _, text := range hostile {
		k := good
		if k.ID = text; k.Validate() != nil {
			bad = append(bad, k)
		}
		k = good
		if k.Tenant = text; k.Validate() != nil {
			bad = append(bad, k)
		}
		k = good
		if k.Name = text; k.Validate() != nil {
			bad = append(bad, k)
		}
		k = good
		if k.Prefix = text; k.Validate() != nil {
			bad = append(bad, k)
		}
	}
	k := good
	k.Hash = sign.KeyHash{}
	bad = append(bad, k)
	k = good
	k.CreatedAt = time.Time{}
	bad = append(bad, k)
	k = good
	k.LastUsedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	bad = append(bad, k)
	for _, k := range bad {
		if err := want(a.Create(ctx, k), fs.ErrInvalid, "Create of a key with ID %q, tenant %q, name %q, prefix %q, made in %d", short(k.ID), short(k.Tenant), short(k.Name), short(k.Prefix), k.CreatedAt.Year()); err != nil {
			return err
		}
	}
	return lacks(ctx, a, good)
}
