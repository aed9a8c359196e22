package apitest

import (
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/immagin/immagin-go/immagin/api"
)

func keysHostile(ctx context.Context, a, b api.Keys, _ *Options) error {
	key := newKey(newTenant(), "")
	if err := create(ctx, a, key); err != nil {
		return err
	}
	for _, text := range hostile {
		if found, err := a.Lookup(ctx, text); err != nil || len(found) != 0 {
			return fmt.Errorf("store: Lookup of %q finds %d keys (%v); it should find none", short(text), len(found), err)
		}
		for _, args := range [][2]string{{text, key.ID}, {key.Tenant, text}, {text, text}} {
			if err := want(a.Revoke(ctx, args[0], args[1]), fs.ErrNotExist, "Revoke of %q, %q", short(args[0]), short(args[1])); err != nil {
				return err
			}
			if err := want(a.Used(ctx, args[0], args[1], day), fs.ErrNotExist, "Used of %q, %q", short(args[0]), short(args[1])); err != nil {
				return err
			}
		}
		found, err := a.List(ctx, text)
		if err != nil {
			return fmt.Errorf("store: List of tenant %q: %w", short(text), err)
		}
		if slices.ContainsFunc(found, func(k api.Key) bool { return k.Tenant != text }) {
			return fmt.Errorf("store: List of tenant %q has keys of another", short(text))
		}
	}
	return holds(ctx, b, key)
}

func keysCanceled(ctx context.Context, a, b api.Keys, _ *Options) error {
	key, new := newKey(newTenant(), ""), newKey(newTenant(), "")
	if err := create(ctx, a, key); err != nil {
		return err
	}
	over := canceled(ctx)
	_, err1 := a.Lookup(over, key.Prefix)
	_, err2 := a.List(over, key.Tenant)
	for call, err := range map[string]error{
		"Lookup": err1, "List": err2,
		"Create": a.Create(over, new),
		"Used":   a.Used(over, key.Tenant, key.ID, day),
		"Revoke": a.Revoke(over, key.Tenant, key.ID),
	} {
		if err := want(err, context.Canceled, "%s with a context that is over", call); err != nil {
			return err
		}
	}
	if err := lacks(ctx, b, new); err != nil {
		return fmt.Errorf("after a Create that was canceled: %w", err)
	}
	if err := holds(ctx, b, key); err != nil {
		return fmt.Errorf("after calls that were canceled: %w", err)
	}
	return nil
}
