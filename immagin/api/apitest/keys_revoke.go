package apitest

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

func keysRevoke(ctx context.Context, a, _ api.Keys, _ *Options) error {
	tenant := newTenant()
	key, stays := newKey(tenant, "goes"), newKey(tenant, "stays")
	stays.Prefix = key.Prefix
	if err := want(a.Revoke(ctx, tenant, key.ID), fs.ErrNotExist, "Revoke of a key that never was"); err != nil {
		return err
	}
	if err := create(ctx, a, key, stays); err != nil {
		return err
	}
	if err := want(a.Revoke(ctx, newTenant(), key.ID), fs.ErrNotExist, "Revoke of another tenant's key"); err != nil {
		return err
	}
	if err := holds(ctx, a, key); err != nil {
		return fmt.Errorf("after a Revoke by another tenant: %w", err)
	}
	if err := a.Used(ctx, tenant, key.ID, day); err != nil {
		return err
	}
	if err := a.Revoke(ctx, tenant, key.ID); err != nil {
		return err
	}
	if err := lacks(ctx, a, key); err != nil {
		return fmt.Errorf("after Revoke: %w", err)
	}
	if err := want(a.Revoke(ctx, tenant, key.ID), fs.ErrNotExist, "Revoke of a revoked key"); err != nil {
		return err
	}
	if err := want(a.Used(ctx, tenant, key.ID, day.Add(time.Hour)), fs.ErrNotExist, "Used of a revoked key"); err != nil {
		return err
	}
	if err := lacks(ctx, a, key); err != nil {
		return fmt.Errorf("after Used of a revoked key: %w", err)
	}
	return holds(ctx, a, stays)
}

func keysRevokedElsewhere(ctx context.Context, a, b api.Keys, o *Options) error {
	tenant := newTenant()
	for range o.Rounds {
		key := newKey(tenant, "")
		if err := create(ctx, a, key); err != nil {
			return err
		}
		// Both have seen it, so that either might have kept it.
		for _, s := range []api.Keys{a, b} {
			if err := holds(ctx, s, key); err != nil {
				return err
			}
		}
		if err := b.Revoke(ctx, tenant, key.ID); err != nil {
			return err
		}
		if err := lacks(ctx, a, key); err != nil {
			return fmt.Errorf("after another server revoked it: %w", err)
		}
		a, b = b, a
	}
	return nil
}
