package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
)

func checkNoOverwrite(ctx context.Context, s Originals, _ *Options) error {
	tenant, key := newTenant(), "dir/a.jpg"
	first, second := content(1000, 1), content(700, 2)
	if err := put(ctx, s, tenant, key, first); err != nil {
		return err
	}
	version, err := holds(ctx, s, tenant, key, first)
	if err != nil {
		return err
	}
	err = s.Create(ctx, tenant, key, bytes.NewReader(second), jpegType, false)
	if err := want(err, fs.ErrExist, "Create without overwrite of what is there"); err != nil {
		return err
	}
	if again, err := holds(ctx, s, tenant, key, first); err != nil || again != version {
		return fmt.Errorf("a refused Create changed the original's version from %q to %q (%v)", version, again, err)
	}
	if err := s.Create(ctx, tenant, key, bytes.NewReader(second), "image/png", true); err != nil {
		return fmt.Errorf("store: Create with overwrite: %w", err)
	}
	if again, err := holds(ctx, s, tenant, key, second); err != nil || again == version {
		return fmt.Errorf("after overwriting, version %q (%v)", again, err)
	}
	if err := remove(ctx, s, tenant, key); err != nil {
		return err
	}
	// What was deleted may be created anew, and overwriting needs nothing to be there.
	if err := put(ctx, s, tenant, key, first); err != nil {
		return err
	}
	if err := s.Create(ctx, tenant, "new", bytes.NewReader(first), jpegType, true); err != nil {
		return fmt.Errorf("store: Create with overwrite of nothing: %w", err)
	}
	return remove(ctx, s, tenant, key, "new")
}

func checkVersions(ctx context.Context, s Originals, o *Options) error {
	tenant, key := newTenant(), "a.jpg"
	seen := map[string]int{}
	for i := range o.Rounds {
		// Same size, as fast as can be.
		text := content(64, uint64(i+1))
		if err := s.Create(ctx, tenant, key, bytes.NewReader(text), jpegType, true); err != nil {
			return err
		}
		version, err := holds(ctx, s, tenant, key, text)
		if err != nil {
			return err
		}
		if before, ok := seen[version]; ok {
			return fmt.Errorf("contents %d and %d share the version %q", before, i, version)
		}
		seen[version] = i
	}
	return remove(ctx, s, tenant, key)
}
