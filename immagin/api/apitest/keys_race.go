package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

func keysConcurrentCreate(ctx context.Context, a, b api.Keys, o *Options) error {
	both := []api.Keys{a, b}
	for range o.Rounds {
		keys := make([]api.Key, o.Racers)
		id := newKey("t", "").ID
		for i := range keys {
			keys[i] = newKey(newTenant(), fmt.Sprint(i))
			keys[i].ID = id
		}
		errs := race(o.Racers, func(i int) error { return both[i%2].Create(ctx, keys[i]) })
		if err := oneWins(errs, fs.ErrExist, "Create of one ID"); err != nil {
			return err
		}
		for i, k := range keys {
			check := lacks
			if errs[i] == nil {
				check = holds
			}
			if err := check(ctx, a, k); err != nil {
				return fmt.Errorf("after a race to Create: %w", err)
			}
		}
	}
	// Those that have nothing in common do not disturb each other.
	tenant := newTenant()
	errs := race(o.Racers, func(i int) error {
		k := newKey(tenant, fmt.Sprint(i))
		return errors.Join(create(ctx, both[i%2], k), holds(ctx, both[(i+1)%2], k))
	})
	return errors.Join(errs...)
}

func keysConcurrentRevoke(ctx context.Context, a, b api.Keys, o *Options) error {
	both := []api.Keys{a, b}
	for range o.Rounds {
		key := newKey(newTenant(), "")
		if err := create(ctx, a, key); err != nil {
			return err
		}
		// Others revoke while some use it.
		begun, begin := context.WithCancel(ctx)
		defer begin()
		errs := race(o.Racers, func(i int) error {
			if i < 2 {
				defer begin()
				// A use must not bring back what is revoked meanwhile.
				for n := range 20 {
					if n == 1 {
						begin()
					}
					err := both[i].Used(ctx, key.Tenant, key.ID, day.Add(time.Duration(n)*time.Second))
					if errors.Is(err, fs.ErrNotExist) {
						break
					}
					if err != nil {
						return err
					}
				}
				return fs.ErrNotExist
			}
			<-begun.Done()
			return both[i%2].Revoke(ctx, key.Tenant, key.ID)
		})
		if err := oneWins(errs, fs.ErrNotExist, "Revoke"); err != nil {
			return err
		}
		if err := lacks(ctx, b, key); err != nil {
			return fmt.Errorf("after a race to Revoke: %w", err)
		}
	}
	return nil
}

func keysConcurrentUse(ctx context.Context, a, b api.Keys, o *Options) error {
	both := []api.Keys{a, b}
	for range o.Rounds {
		key := newKey(newTenant(), "")
		if err := create(ctx, a, key); err != nil {
			return err
		}
		errs := race(o.Racers, func(i int) error {
			if i%4 == 3 { // reads, which must find it all the while
				if _, ok, err := lookup(ctx, both[i/4%2], key.Prefix, key.ID); err != nil || !ok {
					return errors.Join(err, fmt.Errorf("found: %v", ok))
				}
				return nil
			}
			return both[i%2].Used(ctx, key.Tenant, key.ID, day.Add(time.Duration(i)*time.Second))
		})
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("while others used the key: %w", err)
		}
		last := o.Racers - 1
		if last%4 == 3 {
			last--
		}
		key.LastUsedAt = day.Add(time.Duration(last) * time.Second)
		if err := holds(ctx, b, key); err != nil {
			return fmt.Errorf("after a race of uses: %w", err)
		}
	}
	return nil
}
