package apitest

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

func keysUsed(ctx context.Context, a, b api.Keys, _ *Options) error {
	key := newKey(newTenant(), "")
	if err := want(a.Used(ctx, key.Tenant, key.ID, day), fs.ErrNotExist, "Used of a key that never was"); err != nil {
		return err
	}
	if err := create(ctx, a, key); err != nil {
		return err
	}
	stays := newKey(key.Tenant, "never used")
	stays.Prefix = key.Prefix
	if err := create(ctx, a, stays); err != nil {
		return err
	}
	for _, step := range []struct{ at, shown time.Time }{
		{day.Add(time.Hour + 999), day.Add(time.Hour)},
		{day.Add(time.Hour), day.Add(time.Hour)},
		{day.Add(time.Minute), day.Add(time.Hour)}, // never back
		{day.Add(time.Hour + time.Microsecond).In(time.FixedZone("", -3600)), day.Add(time.Hour + time.Microsecond)},
		{time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
		{day, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
	} {
		if err := a.Used(ctx, key.Tenant, key.ID, step.at); err != nil {
			return fmt.Errorf("store: Used at %v: %w", step.at, err)
		}
		key.LastUsedAt = step.shown
		if err := holds(ctx, b, key); err != nil {
			return fmt.Errorf("after Used at %v: %w", step.at, err)
		}
		a, b = b, a
	}
	for _, at := range []time.Time{{}, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if err := want(a.Used(ctx, key.Tenant, key.ID, at), fs.ErrInvalid, "Used at %v", at); err != nil {
			return err
		}
	}
	if err := want(a.Used(ctx, newTenant(), stays.ID, day), fs.ErrNotExist, "Used by another tenant"); err != nil {
		return err
	}
	if err := holds(ctx, a, stays); err != nil {
		return err
	}
	return holds(ctx, a, key)
}
