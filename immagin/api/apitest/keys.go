package apitest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

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
