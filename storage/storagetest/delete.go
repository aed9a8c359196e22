package storagetest

import (
	"context"
	"fmt"
	"io/fs"
)

func checkDeleteImage(ctx context.Context, a Account, _ *Options) error {
	tenant := newTenant()
	other := tenant + "x"
	text := content(1000, 1)
	for _, tenant := range []string{tenant, other} {
		for _, key := range []string{"a", "a.jpg", "ab"} {
			if err := put(ctx, a.Originals, tenant, key, text); err != nil {
				return err
			}
			for _, id := range []string{"1", "2"} {
				if err := a.Derived.Put(ctx, tenant, key, id, nil, text); err != nil {
					return err
				}
			}
		}
	}
	if err := a.DeleteImage(ctx, tenant, "a"); err != nil {
		return fmt.Errorf("DeleteImage: %w", err)
	}
	deleted := func() error {
		err := lacks(ctx, a.Originals, tenant, "a")
		for _, id := range []string{"1", "2"} {
			if err == nil {
				err = misses(ctx, a.Derived, tenant, "a", id)
			}
		}
		return err
	}
	if err := deleted(); err != nil {
		return fmt.Errorf("after DeleteImage: %w", err)
	}
	// What a crash left behind.
	if err := a.Derived.Put(ctx, tenant, "a", "2", nil, text); err != nil {
		return err
	}
	if err := want(a.DeleteImage(ctx, tenant, "a"), fs.ErrNotExist, "DeleteImage of what has only derived images"); err != nil {
		return err
	}
	if err := deleted(); err != nil {
		return fmt.Errorf("after a second DeleteImage: %w", err)
	}
	for _, kept := range [][2]string{{tenant, "a.jpg"}, {tenant, "ab"}, {other, "a"}, {other, "a.jpg"}, {other, "ab"}} {
		_, err := holds(ctx, a.Originals, kept[0], kept[1], text)
		if err == nil {
			err = keeps(ctx, a.Derived, kept[0], kept[1], "2", nil, text)
		}
		if err == nil {
			err = a.DeleteImage(ctx, kept[0], kept[1])
		}
		if err != nil {
			return fmt.Errorf("%q of %q after DeleteImage of another: %w", kept[1], kept[0], err)
		}
	}
	return nil
}

// checkDeleteAccount deletes a tenant whose name is the beginning of others', and
// one that has such a neighbour.
func checkDeleteAccount(ctx context.Context, a Account, o *Options) error {
	base := newTenant()
	tenants := []string{base, base + "b", base + "bc", base + "-b", base + "."}
	keys := o.possible([]string{"a", "a/b", "b/a", "originals/" + base + "/a", "derived/x"})
	for _, tenant := range tenants {
		for i, key := range keys {
			if err := put(ctx, a.Originals, tenant, key, content(100, uint64(i))); err != nil {
				return err
			}
			if err := a.Derived.Put(ctx, tenant, key, "1", nil, content(100, uint64(i))); err != nil {
				return err
			}
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := want(a.DeleteAll(gone, base), context.Canceled, "DeleteAll under a context that is done"); err != nil {
		return err
	}
	for _, bad := range []string{"", base + "/b", base + "/", "..", "."} {
		if err := want(a.DeleteAll(ctx, bad), fs.ErrInvalid, "DeleteAll of the tenant %q", bad); err != nil {
			return err
		}
	}
	for n, tenant := range tenants {
		for range 2 { // it can be repeated
			if err := a.DeleteAll(ctx, tenant); err != nil {
				return fmt.Errorf("DeleteAll: %w", err)
			}
		}
		if listed, err := listAll(ctx, a.Originals, tenant, "", 100); err != nil || len(listed) > 0 {
			return fmt.Errorf("after DeleteAll there are %q, %v", listed, err)
		}
		for _, key := range keys {
			if err := misses(ctx, a.Derived, tenant, key, "1"); err != nil {
				return fmt.Errorf("after DeleteAll: %w", err)
			}
		}
		for _, other := range tenants[n+1:] {
			for i, key := range keys {
				_, err := holds(ctx, a.Originals, other, key, content(100, uint64(i)))
				if err == nil {
					err = keeps(ctx, a.Derived, other, key, "1", nil, content(100, uint64(i)))
				}
				if err != nil {
					return fmt.Errorf("%q, after %q was deleted: %w", other, tenant, err)
				}
			}
		}
	}
	return nil
}
